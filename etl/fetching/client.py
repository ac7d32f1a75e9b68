"""One client for every service: own User-Agent, time-outs, retries, a cache by content, and no network when offline."""

from __future__ import annotations

import hashlib
import json as jsonlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from etl.connect import Connector
from etl.fetching import paging
from etl.fetching.cache import KEPT_HEADERS, Cache, Entry, request_key, utc
from etl.fetching.downloading import Download, fetch_file
from etl.fetching.hiding import Veil
from etl.fetching.paging import Pages
from etl.fetching.patience import FIRST_WAIT_S, Patience, TryAgainError
from etl.fetching.replies import Reply
from etl.fetching.settings import Settings
from etl.fetching.wire import Session, body, exchange, new_session
from geodata.declare import found
from geodata.errors import KeyNeededError, OfflineError, SourceError

__all__ = ["AGENT", "Client", "Pages", "Reply", "TryAgainError"]

AGENT = "FirstMile/0.1 (+https://github.com/first-mile; school connectivity planning)"
MOST_BYTES = 256 << 20  # of one answer held in memory; larger things are downloaded
FRESH_H = 24.0  # an answer is not asked for again within a day, unless the client refreshes


@dataclass(frozen=True)
class Question:
    """One request: how it is sent, and how it is named where no secret may stand."""

    service: str
    method: str
    address: str
    sent: requests.Request = field(repr=False)
    body: str = ""

    @property
    def key(self) -> str:
        """Its name in the index."""
        return request_key(self.service, self.method, self.address, self.body)


@dataclass
class Client:
    """Asks services; the only place from which the network is reached.

    `sleep`, `now` and `chance` (0 to 1, for jitter) are given by tests. `met` lists every reply and download in order.
    """

    settings: Settings
    cache: Path
    offline: bool = False
    refresh: bool = False  # ask again for what the cache holds (conditionally), as `firstmile refresh` does
    tell: Callable[[str], None] = print
    session: Session | None = None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] | None = None
    met: list[Reply | Download] = field(default_factory=list)
    services: Mapping[str, Connector] | None = None  # by name; those of etl/sources where not given

    def __post_init__(self) -> None:
        agent = AGENT.replace("; ", f"; {self.settings.contact}; ") if self.settings.contact else AGENT
        self.session = self.session or new_session(agent)
        self.store = Cache(Path(self.cache))
        self.veil = Veil(set(self.settings.secrets))
        self._turns: dict[str, threading.Semaphore] = {}
        self._last: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def base(self, connector: Connector) -> str:
        """The address of a service as the settings have it, else its usual one."""
        return self.settings.base(connector.name, connector.base)

    def _service(self, name: str) -> Connector | None:
        return (connectors() if self.services is None else self.services).get(name)

    def hide(self, *secrets: str) -> None:
        """Secrets that were learnt on the way (a token that a log-in gave): struck out from now on."""
        self.veil.add(*secrets)

    def get(
        self,
        service: str,
        address: str,
        *,
        params: Any = None,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        json: Any = None,
        method: str = "GET",
        key_header: tuple[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        allow: tuple[int, ...] = (404,),
        keep: bool = True,
        redirects: bool = True,
        most: int = MOST_BYTES,
        check: Callable[[Reply], None] | None = None,
    ) -> Reply:
        """What a service answers; `address` is absolute, or begins with / and follows the service's base address.

        A status in `allow` comes back as it is; 401 and 403 raise KeyNeededError, any other from 400 on SourceError.
        `key_header` (name, value) and `auth` (user, password) are sent, and stand nowhere. `keep=False` for answers that
        hold secrets or people: the cache never sees them. `check` looks at a reply before it is kept: it raises
        SourceError for an answer that is an error in spite of its status, TryAgainError for one that may pass.
        """
        secret = self._secret_headers(key_header, auth)
        ask = self._question(service, method, address, params, data, json, {**(headers or {}), **secret}, auth)
        held = self.store.find(ask.key) if keep else None
        if held and self._as_it_is(held, service) and (reply := self._held(held)) is not None:
            return self._met(reply)
        if self.offline:
            raise self._missing(service, ask.address)
        patience = self._patience(service)

        def attempt() -> Reply:
            reply = self._once(ask, held, allow=allow, redirects=redirects, most=most, private=tuple(secret))
            if check is not None:
                check(reply)
            return reply

        with self._turn(service, ask.sent.url):
            reply = patience.call(attempt, f"{service} ({ask.address})", self._mend(service))
        if keep:
            self._keep(ask, held, reply)
        return self._met(reply)

    def json(self, service: str, address: str, **same: Any) -> Any:
        """The answer as JSON (None for an allowed status without JSON); web pages, pointers and half answers are refused."""
        read: list[Any] = []
        more = same.pop("check", None)

        def check(reply: Reply) -> None:
            read[:] = [None if reply.status >= 400 and not _looks_json(reply.content) else reply.json()]
            if more is not None:
                more(reply)

        reply = self.get(service, address, check=check, **same)
        if reply.cached:
            check(reply)
        return read[0]

    def pages(
        self,
        service: str,
        ask_page: Callable[[int], list[dict[str, Any]]],
        *,
        first: int = 1,
        size: int | None,
        id_of: Callable[[dict[str, Any]], str],
        most: int = paging.MOST_PAGES,
    ) -> Pages:
        """All rows of a paged list; see `etl.fetching.paging.all_pages`. `ask_page` returns [] past the end."""
        return paging.all_pages(ask_page, service=service, first=first, size=size, id_of=id_of, most=most)

    def download(
        self,
        service: str,
        address: str,
        *,
        magic: tuple[bytes, ...],
        name: str,
        params: Any = None,
        headers: Mapping[str, str] | None = None,
        key_header: tuple[str, str] | None = None,
        absent: tuple[int, ...] = (),
    ) -> Path:
        """A file in the cache under `name`, whole: length, first bytes and inner checksums agree; see `fetch_file`.

        A status in `absent` raises NothingFoundError (S3 answers 403 or 404 for what is not published).
        """
        secret = self._secret_headers(key_header, None)
        ask = self._question(service, "GET", address, params, None, None, {**(headers or {}), **secret}, None)
        held = self.store.find(ask.key)
        if held and self._as_it_is(held, service):
            got = Download(
                self.store.named(held.sha256, name), held.sha256, ask.address, held.age_from, held.headers, True
            )
            self.met.append(got)
            return got.path
        if self.offline:
            raise self._missing(service, ask.address)
        assert self.session is not None
        with self._turn(service, ask.sent.url):
            got = fetch_file(
                self.session, ask.sent, self.store, self._patience(service), key=ask.key, held=held, name=name,
                magic=magic, shown=ask.address, service=service, mend=self._mend(service), tell=self.tell,
                absent=absent, private=tuple(secret), veil=self.veil,
            )  # fmt: skip
        self.met.append(got)
        return got.path

    # --- how -----------------------------------------------------------------------------------------------------

    def _secret_headers(self, key_header: tuple[str, str] | None, auth: tuple[str, str] | None) -> dict[str, str]:
        if auth:
            self.hide(auth[1])
        if not key_header:
            return {}
        self.hide(key_header[1].removeprefix("Bearer ").removeprefix("ApiToken ").removeprefix("Basic "))
        return {key_header[0]: key_header[1].strip()}

    def _question(
        self,
        service: str,
        method: str,
        address: str,
        params: Any,
        data: Any,
        json: Any,
        headers: dict[str, str],
        auth: Any,
    ) -> Question:
        if address.startswith("/"):
            connector = self._service(service)
            base = self.settings.base(service, connector.base if connector else "")
            if not base:
                raise SourceError(
                    f"There is no address of the service {service}. Set FIRSTMILE_{service.upper()}_BASE."
                )
            address = base + address
        sent = requests.Request(method, address, params=params, data=data, json=json, headers=headers, auth=auth)
        full = requests.Request("GET", address, params=params)
        fault = ""
        try:
            whole = str(full.prepare().url)
        except (requests.RequestException, ValueError):
            fault = f"{self.veil.address(address)!r} is no web address. Correct it in the settings or the recipe."
        if fault:
            raise SourceError(fault)
        said = data if data is not None else json
        what = "" if said is None else self.veil.text(said if isinstance(said, str) else jsonlib.dumps(said, sort_keys=True, default=repr))  # fmt: skip
        return Question(service, method, self.veil.address(whole), sent, hashlib.sha256(what.encode()).hexdigest() if what else "")  # fmt: skip

    def _once(
        self,
        ask: Question,
        held: Entry | None,
        *,
        allow: tuple[int, ...],
        redirects: bool,
        most: int,
        private: tuple[str, ...],
    ) -> Reply:
        """One try."""
        sent = requests.Request(
            **{k: getattr(ask.sent, k) for k in ("method", "url", "data", "json", "params", "auth")}
        )
        sent.headers = {**ask.sent.headers, **conditions(held)}
        assert self.session is not None
        with exchange(self.session, sent, ask.address, self.now(), private=private, redirects=redirects) as answer:
            content = self.veil.content(body(answer, most, ask.address))
            status, landed = answer.status_code, self.veil.address(str(answer.url))
            told = {k.lower(): self.veil.text(v) for k, v in answer.headers.items() if k.lower() != "set-cookie"}
        if status == 304 and held and (reply := self._held(held, refreshed=True)) is not None:
            return reply
        if status in (401, 403) and status not in allow:
            raise KeyNeededError(self._no_key(ask, status))
        if status >= 400 and status not in allow:
            raise SourceError(f"{ask.service} answered {ask.address} with status {status}{_said(content)}. {self._mend(ask.service)}")  # fmt: skip
        if status == 200 and not content.strip():
            raise TryAgainError("answered with nothing")
        return Reply(status, content, told, ask.address, self.now(), landed=landed)

    def _keep(self, ask: Question, held: Entry | None, reply: Reply) -> None:
        sha256 = hashlib.sha256(reply.content).hexdigest()
        same = held is not None and held.sha256 == sha256
        told = {k: v for k, v in reply.headers.items() if k in KEPT_HEADERS}
        entry = Entry(
            ask.service, ask.method, ask.address, ask.body, reply.status, sha256, len(reply.content),
            held.retrieved if held and same else utc(reply.retrieved), utc(self.now()), told,
        )  # fmt: skip
        self.store.keep(ask.key, entry, reply.content)

    def _held(self, entry: Entry, *, refreshed: bool = False) -> Reply | None:
        content = self.store.read(entry)
        if content is None:
            return None
        when = datetime.fromisoformat(entry.retrieved)
        return Reply(
            entry.status, content, entry.headers, entry.address, when, cached=not refreshed, landed=entry.address
        )

    def _as_it_is(self, entry: Entry, service: str) -> bool:
        """Whether the cache's answer is taken without asking: offline, or young enough."""
        connector = self._service(service)
        rest = connector.rest_h if connector else 0.0
        return self.offline or self.now() - entry.age_from < timedelta(
            hours=rest if self.refresh else max(rest, FRESH_H)
        )

    def _met(self, reply: Reply) -> Reply:
        self.met.append(reply)
        return reply

    def _patience(self, service: str) -> Patience:
        connector = self._service(service)
        first = connector.first_wait_s if connector else FIRST_WAIT_S
        more = {} if self.chance is None else {"chance": self.chance}
        return Patience(self.sleep, self.now, first_wait=first, **more)

    def _turn(self, service: str, address: str) -> threading.Semaphore:
        """One request at a time to one host, or as many as its service allows."""
        connector = self._service(service)
        host = urlsplit(address).netloc
        with self._lock:
            return self._turns.setdefault(host, threading.Semaphore(connector.parallel if connector else 1))

    def _missing(self, service: str, address: str) -> OfflineError:
        return OfflineError(f"{service}: {address} is not in the cache, and the network is not asked (--offline). Run it once with a connection. {self._mend(service)}")  # fmt: skip

    def _mend(self, service: str) -> str:
        connector = self._service(service)
        by_hand = connector.by_hand if connector else ""
        return f"Or put the file there by hand (service.file in the recipe): {by_hand}" if by_hand else "Or put the file there by hand."  # fmt: skip

    def _no_key(self, ask: Question, status: int) -> str:
        connector = self._service(ask.service)
        key = connector.key if connector else None
        where = f" {key.where}" if key and key.where else ""
        return f"{ask.service} answered {ask.address} with status {status}: it wants a key, or refuses the one that is set (FIRSTMILE_{ask.service.upper()}_KEY).{where}"  # fmt: skip


def conditions(held: Entry | None) -> dict[str, str]:
    """Headers that ask for an answer only if it differs from the one at hand."""
    if held is None:
        return {}
    pairs = (("If-None-Match", held.headers.get("etag")), ("If-Modified-Since", held.headers.get("last-modified")))
    return {name: value for name, value in pairs if value}


def connectors() -> dict[str, Connector]:
    """Every service that is known, by name."""
    return found(Connector, "etl.sources")


def _looks_json(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def _said(content: bytes) -> str:
    """The service's own words, where it has any: short, one line, no web page."""
    text = " ".join(content[:600].decode("utf-8", "replace").split())
    return f" ({text[:200]})" if text and not text.startswith("<") else ""
