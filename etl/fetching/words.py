"""What is said when a service does not give what was asked: who, what it answered, how to go on."""

from __future__ import annotations

from etl.connect import Connector
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, SourceError


def mend(service: Connector | None) -> str:
    """How to do without the network: the file that may be put there by hand."""
    by_hand = service.by_hand if service else ""
    return f"Or put the file there by hand (`file` of the service in the recipe): {by_hand}" if by_hand else "Or put the file there by hand."  # fmt: skip


def missing(name: str, address: str, service: Connector | None) -> OfflineError:
    """Not in the cache, and the network may not be asked."""
    return OfflineError(
        f"{name}: {address} is not in the cache, and the network is not asked (--offline). Run it once with a connection. {mend(service)}"
    )


def key_needed(name: str, service: Connector | None, said: str = "") -> KeyNeededError:
    """A key is not set (`said` is empty), or the service refuses it; how to get and set one."""
    key = service.key if service else None
    where = f" {key.where}" if key and key.where else ""
    variable = f"FIRSTMILE_{name.upper()}_KEY" + (f"_{key.name.upper()}" if key and key.name != "key" else "")
    name = service.title if service else name
    what = f"{said}: it wants a key, or refuses the one that is set" if said else "needs a key, and none is set"
    return KeyNeededError(f"{name} {what} ({variable}, or the settings file).{where}")


def refused(name: str, address: str, status: int, service: Connector | None, content: bytes = b"") -> SourceError:
    """A status that is no success."""
    if status in (401, 403):
        return key_needed(name, service, f"answered {address} with status {status}")
    return SourceError(f"{name} answered {address} with status {status}{own_words(content)}. {mend(service)}")


def absent(name: str, address: str, status: int, what: str) -> NothingFoundError:
    """The service does not have it."""
    return NothingFoundError(f"{name} has no {what} ({address} answered with status {status}).")


def own_words(content: bytes) -> str:
    """The service's own words, where it has any: short, one line, no web page."""
    text = " ".join(content[:600].decode("utf-8", "replace").split())
    return f" ({text[:200]})" if text and not text.startswith("<") and text.isprintable() else ""
