"""Where services are and with which keys: from the environment or a file outside the project, never from a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, repr=False)
class Settings:
    """`bases`: service → address, `keys`: (service, key name) → secret. Its text form never shows a secret."""

    bases: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def base(self, service: str, usual: str) -> str:
        """The address of a service, without a slash at its end."""
        return self.bases.get(service, usual).rstrip("/")

    def key(self, service: str, name: str = "key") -> str | None:
        """A key of a service, or None where it is not set."""
        return self.keys.get((service, name)) or None

    def __repr__(self) -> str:
        return f"Settings(bases={dict(self.bases)!r}, keys of {sorted({s for s, _ in self.keys})})"
