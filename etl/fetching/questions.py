"""A request: how it is sent, and how it is named where no secret may stand."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from etl.fetching.cache import Entry, request_key
from etl.fetching.hiding import Veil
from geodata.errors import SourceError

# Headers that change what is answered, and so belong to the name of a request.
TELLING = ("range", "accept", "accept-language")


@dataclass(frozen=True)
class Question:
    """One request. `address` and `body` (a SHA-256) are without secrets, `sent` is whole; `private` names its key headers."""

    service: str
    method: str
    address: str
    body: str
    sent: Mapping[str, Any] = field(repr=False)
    private: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in the index."""
        return request_key(self.service, self.method, self.address, self.body)

    @property
    def url(self) -> str:
        """The address before its parameters."""
        return str(self.sent["url"])

    def of(self, who: str) -> Question:
        """The same asked by somebody: another name in the index, from which she cannot be told."""
        return replace(self, body=hashlib.sha256(f"{self.body} {who}".encode()).hexdigest())

    def request(self, headers: Mapping[str, str] | None = None) -> requests.Request:
        """What is sent, with these headers too."""
        return requests.Request(**{**self.sent, "headers": {**self.sent["headers"], **(headers or {})}})


def question(
    veil: Veil,
    service: str,
    address: str,
    *,
    method: str = "GET",
    params: Any = None,
    headers: Mapping[str, str] | None = None,
    data: Any = None,
    body: Any = None,
    key_header: tuple[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Question:
    """A request to a whole address; `body` is sent as JSON, `data` as it is. Its secrets are veiled from now on.

    Raises SourceError where the address is none.
    """
    if auth:
        veil.add(auth[1])
    if key_header:
        veil.add(key_header[1].strip(), key_header[1].strip().rpartition(" ")[2])
    said = {name.lower(): value for name, value in (headers or {}).items() if name.lower() in TELLING}
    secret = {key_header[0]: key_header[1].strip()} if key_header else {}
    # The function in place of `auth` keeps a netrc file of this machine from putting its own log-in there.
    sent = {"method": method, "url": address, "params": params, "data": data, "json": body, "auth": auth or as_it_is, "headers": {**(headers or {}), **secret}}  # fmt: skip
    whole = None
    with contextlib.suppress(requests.RequestException, ValueError):
        whole = requests.Request("GET", address, params=params).prepare().url
    if whole is None:
        raise SourceError(
            f"{veil.address(address)!r} is no web address. Correct it in the settings or the recipe (http:// or https:// …)."
        )
    return Question(service, method, veil.address(whole), _digest(veil, said, data, body), sent, tuple(secret))


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No log-in beside what the headers hold."""
    return request


def conditions(held: Entry | None) -> dict[str, str]:
    """Headers that ask for an answer only if it differs from the one at hand."""
    pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {name: value for name, key in pairs if held is not None and (value := held.headers.get(key))}


def _digest(veil: Veil, said: dict[str, str], data: Any, body: Any) -> str:
    """A hash of what is sent beside the address; empty where nothing is."""
    if not said and data is None and body is None:
        return ""
    text = json.dumps([said, data, body], sort_keys=True, default=_text)
    return hashlib.sha256(veil.text(text).encode()).hexdigest()


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
