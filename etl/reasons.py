"""Why a service gave nothing, twice: in full for whoever mends it (in the recipe), and in a sentence for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from etl.connect import Connector
from geodata.errors import KeyNeededError, OfflineError

NO_KEY = "it needs a key, and none is set"
# Sentences of an error that say how to go on: of use beside the command, not on the page of a country.
HOW_TO = ("Or put ", "Try again", "Run it once", "Take its table", "Fetch it again", "Please report")


def in_full(error: Exception, folders: Iterable[Path] = ()) -> str:
    """An error's own words on one line, a full stop at its end, no folder of this machine."""
    words = " ".join(str(error).split()).rstrip(".")
    for folder in folders:
        words = words.replace(f"{folder}/", "")
    return f"{words}."


def in_short(error: Exception, connector: Connector, folders: Iterable[Path] = (), *, key_set: bool = False) -> str:
    """The same in a sentence or two, as it follows "Service: ": no web address but that of where to get a key, no key of
    the recipe. `key_set`: whether the settings have the service's key."""
    where = connector.key.where if connector.key else ""
    if isinstance(error, KeyNeededError):
        what = "it refused the key that is set" if key_set else NO_KEY
        return f"{what}. {where}".strip()
    if isinstance(error, OfflineError):
        return "it is not among what was fetched before, and the network was not asked."
    words = re.sub(r"\s*\([^()]*://[^()]*(?:\([^()]*\)[^()]*)*\)", "", in_full(error, folders))
    words = re.sub(r"https?://([^/\s]+)\S*", r"\1", words)
    words = re.sub(rf"^(?:{re.escape(connector.name)}|{re.escape(connector.title)}):? ", "it ", words)
    kept = [s for s in re.split(r"(?<=[.!?]) +(?=[A-Z])", words) if not s.startswith(HOW_TO) and "[[" not in s]
    return f"{' '.join(kept or ['it gave nothing']).rstrip('.')}."
