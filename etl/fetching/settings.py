"""Where services are and with which keys: from the environment or a file outside the project, never from a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# Keys by these names say who somebody is, not a secret: they are not struck out of texts.
NOT_SECRET = ("user", "username", "account")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, repr=False)
class Settings:
    """`bases`: service → address, `keys`: (service, key name) → secret. Its text form never shows a secret.

    `contact`: mail or web address that stands in the User-Agent, as Overpass and HDX ask for.
    """

    bases: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    contact: str = ""

    def base(self, service: str, usual: str) -> str:
        """The address of a service, without a slash at its end."""
        return self.bases.get(service, usual).rstrip("/")

    def key(self, service: str, name: str = "key") -> str | None:
        """A key of a service, or None where it is not set."""
        return self.keys.get((service, name)) or None

    def keyed(self, service: str) -> bool:
        """Whether any key of a service is set."""
        return any(of == service and value for (of, _), value in self.keys.items())

    def with_base(self, service: str, base: str | None) -> Settings:
        """The same with another address of one service (a recipe's `service.base`), unless the settings name one."""
        return replace(self, bases={service: base, **self.bases}) if base else self

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret, to be struck out of whatever is written or said."""
        return tuple(v for (_, name), v in self.keys.items() if v and name not in NOT_SECRET)

    def __repr__(self) -> str:
        return f"Settings(bases={dict(self.bases)!r}, keys of {sorted({s for s, _ in self.keys})})"
