"""One client for every service: own User-Agent, time-outs, retries, a cache by content, and no network when offline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from etl.fetching.settings import Settings

AGENT = "FirstMile/0.1 (+https://github.com/first-mile; school connectivity planning)"


@dataclass(frozen=True)
class Reply:
    """What a service answered: status, content, headers (lower case), the address without secrets."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    address: str

    def json(self) -> Any:
        """The content as JSON; raises SourceError that says what it is instead (a web page, nothing, cut off …)."""
        raise NotImplementedError


@dataclass
class Client:
    """Asks services; the only place from which the network is reached."""

    settings: Settings
    cache: Path
    offline: bool = False
    refresh: bool = False  # ask again for what the cache holds (conditionally), as `firstmile refresh` does
    tell: Callable[[str], None] = print
    session: requests.Session = field(default_factory=requests.Session)
