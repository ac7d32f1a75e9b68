"""One client for every service: own User-Agent, time-outs, retries, a cache by content, and no network when offline."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from etl.connect import Connector
from etl.fetching import paging, words
from etl.fetching.cache import KEPT_HEADERS, Cache, Entry, utc
from etl.fetching.downloading import Download, fetch_file
from etl.fetching.hiding import Veil
from etl.fetching.paging import Pages
from etl.fetching.patience import FIRST_WAIT_S, Patience, Reach, TryAgainError, jitter
from etl.fetching.questions import Question, conditions, question
from etl.fetching.replies import HalfError, Reply, opened, without
from etl.fetching.settings import Settings
from etl.fetching.wire import Session, body, exchange, new_session
from geodata.declare import found
from geodata.errors import SourceError

__all__ = ["AGENT", "Client", "Download", "Pages", "Reply", "TryAgainError", "services"]

AGENT = "FirstMile/0.1 (+https://github.com/first-mile; school connectivity planning)"
MOST_BYTES = 256 << 20  # of one answer held in memory; larger things are downloaded
FRESH_H = 24.0  # an answer is not asked for again within a day, unless the client refreshes


@dataclass
class Client:
    """Asks services; the only place from which the network is reached.

    `sleep`, `now` and `chance` (0 to 1, for jitter) are given by tests. `met` lists every reply and download in order;
    `services` are those of `etl/sources` where not given.
    """

    settings: Settings
    cache: Path
    offline: bool = False
    refresh: bool = False  # ask again for what the cache holds (conditionally), as `firstmile refresh` does
    tell: Callable[[str], None] = print
    session: Session | None = None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = jitter
    met: list[Reply | Download] = field(default_factory=list)
    services: Mapping[str, Connector] | None = None

    def __post_init__(self) -> None:
        contact = self.settings.contact
        self.session = self.session or new_session(AGENT.replace("; ", f"; {contact}; ") if contact else AGENT)
        self.store = Cache(Path(self.cache))
        self.veil = Veil(set(self.settings.secrets))
        self._asked: set[str] = set()  # in this run: three levels of boundaries are one file, asked for once
        self._turns: dict[str, threading.Semaphore] = {}
        self._reach = Reach()
        self._lock = threading.Lock()

    def base(self, connector: Connector) -> str:
        """The address of a service as the settings have it, else its usual one; without a slash at its end."""
        return self.settings.base(connector.name, connector.base)

    def key(self, connector: Connector, name: str = "") -> str:
        """The key of a service; raises KeyNeededError that says how to get and set one."""
        name = name or (connector.key.name if connector.key else "key")
        if found := self.settings.key(connector.name, name):
            return found
        raise words.key_needed(connector.name, connector)

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
        who: str = "",
        forget: Callable[[str], bool] | None = None,
    ) -> Reply:
        """What a service answers; `address` is absolute, or begins with / and follows the service's base address.

        A status in `allow` comes back as it is; 401 and 403 raise KeyNeededError, any other from 400 on SourceError.
        `key_header` (name, value) and `auth` (user, password) are sent, and stand nowhere. `keep=False` for answers that
        hold secrets or people: the cache never sees them. `check` looks at a reply before it is kept: it raises
        SourceError for an answer that is an error in spite of its status, TryAgainError for one that may pass.
        `most` bytes are read at most; `redirects=False` gives back a redirect as it is. `who` tells users apart to whom the
        service shows different things: one never gets another's answer from the cache (offline without a key, the last that
        came). `forget` says which names of a JSON answer hold people: these entries are gone before anything is kept.
        """
        anyone = question(
            self.veil, service, self._whole(service, address), method=method, params=params, headers=headers, data=data,
            body=json, key_header=key_header, auth=auth,
        )  # fmt: skip
        ask = anyone.of(who) if who else anyone
        held = self.store.find(ask.key) if keep else None
        at_hand = self._held(held) if held else None
        if held and at_hand and self._as_it_is(held, ask):
            return self._met(at_hand)
        known = self.known(service)
        if self.offline:
            raise words.missing(service, ask.address, known)

        def attempt() -> Reply:
            reply = self._once(ask, held if at_hand else None, allow, redirects=redirects, most=most)
            if forget is not None:
                reply = without(reply, forget)
            if check is not None:
                check(reply)
            return reply

        with self._turn(ask):
            reply = self._patience(service).call(attempt, f"{service} ({ask.address})", words.mend(known))
        if keep:
            self._keep(ask, held, reply)
            if who:
                self._keep(anyone, held, reply)
            self._asked.add(ask.key)
        return self._met(reply)

    def json(self, service: str, address: str, **same: Any) -> Any:
        """The answer as JSON (None for an allowed status without JSON); web pages, pointers and half answers are refused."""
        read: list[Any] = []
        more = same.pop("check", None)

        def check(reply: Reply) -> None:
            try:
                read[:] = [None if reply.status >= 400 and not opened(reply.content) else reply.json()]
            except HalfError as half:
                raise TryAgainError(half.reason) from None
            if more is not None:
                more(reply)

        reply = self.get(service, address, check=check, **same)
        if not read:
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
        wary: bool = False,
    ) -> Pages:
        """All rows of a paged list; see `etl.fetching.paging.all_pages`. `ask_page` returns [] past the end."""
        return paging.all_pages(
            ask_page, service=service, first=first, size=size, id_of=id_of, most=most, wary=wary, tell=self.tell
        )

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
        ask = question(
            self.veil, service, self._whole(service, address), params=params, headers=headers, key_header=key_header
        )
        held = self.store.find(ask.key)
        held = held if held and self.store.whole(held) else None
        if held and held.status in absent and self._as_it_is(held, ask):
            raise words.absent(service, ask.address, held.status, name)
        held = held if held and held.status < 400 else None
        if held and self._as_it_is(held, ask):
            path = self.store.named(held.sha256, name)
            got = Download(path, held.sha256, ask.address, datetime.fromisoformat(held.retrieved), held.headers, True)
        elif self.offline:
            raise words.missing(service, ask.address, self.known(service))
        else:
            assert self.session is not None
            with self._turn(ask):
                got = fetch_file(
                    self.session, ask, self.store, self._patience(service), held=held, name=name, magic=magic,
                    absent=absent, tell=self.tell, service=self.known(service), veil=self.veil,
                )  # fmt: skip
        self._asked.add(ask.key)
        self.met.append(got)
        return got.path

    def known(self, name: str) -> Connector | None:
        """The connector of a service, where there is one of this name (some are shared by several: hdx)."""
        return (services() if self.services is None else self.services).get(name)

    # --- how -----------------------------------------------------------------------------------------------------

    def _whole(self, service: str, address: str) -> str:
        if not address.startswith("/"):
            return address
        known = self.known(service)
        base = self.settings.base(service, known.base if known else "")
        if not base:
            raise SourceError(f"The address of {service} is not known. Set FIRSTMILE_{service.upper()}_BASE.")
        return base + address

    def _once(self, ask: Question, held: Entry | None, allow: tuple[int, ...], *, redirects: bool, most: int) -> Reply:
        """One try."""
        assert self.session is not None
        request = ask.request(conditions(held))
        with exchange(
            self.session, request, ask.address, self.now(), private=ask.private, redirects=redirects
        ) as answer:
            content = self.veil.content(body(answer, most, ask.address))
            status, landed = answer.status_code, self.veil.address(str(answer.url))
            told = {k.lower(): self.veil.text(v) for k, v in answer.headers.items() if k.lower() != "set-cookie"}
        if status == 304:
            if held and (reply := self._held(held, asked=True)) is not None:
                return reply
            raise TryAgainError("says that nothing has changed, and nothing is at hand")
        if status >= 400 and status not in allow:
            said = self.veil.text(content[:600].decode("utf-8", "replace")).encode()
            raise words.refused(ask.service, ask.address, status, self.known(ask.service), said)
        if status == 200 and ask.method != "HEAD" and not content.strip():
            raise TryAgainError("answered with nothing")
        return Reply(status, content, told, ask.address, self.now(), landed=landed)

    def _keep(self, ask: Question, held: Entry | None, reply: Reply) -> None:
        sha256 = hashlib.sha256(reply.content).hexdigest()
        came = held.retrieved if held and held.sha256 == sha256 else utc(reply.retrieved)
        told = {k: v for k, v in reply.headers.items() if k in KEPT_HEADERS}
        entry = Entry(
            ask.service, ask.method, ask.address, ask.body, reply.status, sha256, len(reply.content), came,
            utc(self.now()), told, reply.landed,
        )  # fmt: skip
        self.store.keep(ask.key, entry, reply.content)

    def _held(self, entry: Entry, *, asked: bool = False) -> Reply | None:
        content = self.store.read(entry)
        if content is None:
            return None
        when = datetime.fromisoformat(entry.retrieved)
        return Reply(entry.status, content, entry.headers, entry.address, when, cached=not asked, landed=entry.landed)

    def _as_it_is(self, entry: Entry, ask: Question) -> bool:
        """Whether the cache's answer is taken without asking: offline, asked in this run already, or young enough."""
        known = self.known(entry.service)
        rest = known.rest_h if known else 0.0
        young = timedelta(hours=rest if self.refresh else max(rest, FRESH_H))
        return self.offline or ask.key in self._asked or self.now() - entry.age_from < young

    def _met(self, reply: Reply) -> Reply:
        self.met.append(reply)
        return reply

    def _patience(self, service: str) -> Patience:
        known = self.known(service)
        first = known.first_wait_s if known else FIRST_WAIT_S
        return Patience(self.sleep, self.now, self.chance, first, self._reach)

    def _turn(self, ask: Question) -> threading.Semaphore:
        """One request at a time to one host, or as many as its service allows."""
        known = self.known(ask.service)
        with self._lock:
            host = urlsplit(ask.url).netloc
            return self._turns.setdefault(host, threading.Semaphore(known.parallel if known else 1))


def services() -> dict[str, Connector]:
    """Every service that is known, by name."""
    return found(Connector, "etl.sources")
