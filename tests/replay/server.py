"""Services as they answer, on loopback: one real HTTP server, one handler a service, and faults that a test switches on.

    with Replay(land) as replay:                        # services found in tests/replay/services/*.py
        replay.fault("giga_maps", "status", status=429, retry_after="2", times=1)
        client = replay.client(tmp_path)                # every base address set, no waiting between tries
        …
        replay.asked                                    # what came in: service, method, path, query, headers, body

A service is a module with `ROUTES`: a list of (pattern, function). The pattern is a regular expression over the whole
path behind the service's base; its groups are `asked.match`. The function gets an `Asked` and returns an `Answer`
(helpers: `answer_json`, `answer_file`, `answer_text`), or None for "no such thing" (404). What it speaks of is `asked.land`.
ETag, If-None-Match (304), Range with If-Range (206) and HEAD are done here. A module may name further hosts of its service
in `HOSTS = ("media",)`: `asked.replay.url("geoboundaries", "media")` is on another port, as a redirect to a second host needs.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from etl.fetching.client import Client
from etl.fetching.settings import Settings

HTML = b"<!DOCTYPE html>\n<html><head><title>Please sign in</title></head><body>Maintenance</body></html>"
ALONE = (
    "status",
    "retry_after",
    "redirect",
    "json_error",
    "html",
    "lfs",
    "empty",
    "garbage",
    "replace",
    "refuse",
    "cut",
)
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456\n"


@dataclass
class Asked:
    """One request as it came in; `query` holds the last value of each name, `queries` all of them."""

    service: str
    host: str
    method: str
    path: str
    query: dict[str, str]
    queries: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    replay: Replay
    match: re.Match[str] | None = None

    @property
    def land(self) -> Any:
        """What the services speak of; a test may change or replace it."""
        return self.replay.land

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return {k: v[-1] for k, v in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass
class Answer:
    """What goes back. `cut`: close the connection after so many bytes of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


def answer_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """JSON in UTF-8."""
    return Answer(
        json.dumps(value, ensure_ascii=False).encode(), status, {"Content-Type": "application/json", **headers}
    )


def answer_text(text: str, kind: str = "text/plain; charset=utf-8", status: int = 200) -> Answer:
    """Text, such as CSV, HTML or XML."""
    return Answer(text.encode(), status, {"Content-Type": kind})


def answer_file(content: bytes | Path, kind: str = "application/octet-stream") -> Answer:
    """A file."""
    return Answer(content.read_bytes() if isinstance(content, Path) else content, 200, {"Content-Type": kind})


def redirect(address: str, status: int = 302) -> Answer:
    """To another address."""
    return Answer(b"", status, {"Location": address})


@dataclass
class Fault:
    """Something that goes wrong for a while: `times` answers (None: until it is cleared), where `path` is found."""

    service: str
    kind: str
    path: str = ""
    times: int | None = None
    skip: int = 0
    options: dict[str, Any] = field(default_factory=dict)


Route = tuple[str, Callable[[Asked], Answer | None]]


class Replay:
    """The server; `url(service)` is the base address of a service on it."""

    def __init__(self, land: Any = None, *, extra: Mapping[str, list[Route]] | None = None, port: int = 0) -> None:
        self.land, self.port = land, port
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.routes: dict[str, list[Route]] = {**service_routes(), **(extra or {})}
        self._lock = threading.Lock()
        self._servers: dict[str, ThreadingHTTPServer] = {}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Replay:
        self._start("")
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, host: str) -> None:
        server = _Server(("127.0.0.1", 0 if host else self.port), _Handler)
        server.replay, server.host = self, host
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self._servers[host] = server
        self._threads.append(thread)

    def url(self, service: str, host: str = "") -> str:
        """Base address of a service; each further `host` is a server on its own port."""
        with self._lock:
            if host not in self._servers:
                self._start(host)
        return f"http://127.0.0.1:{self._servers[host].server_port}/{service}"

    def fault(
        self, service: str, kind: str, *, path: str = "", times: int | None = None, skip: int = 0, **options: Any
    ) -> None:
        """Switch a fault on for the answers of a service ("" for all) whose path holds `path`, after `skip` good ones.

        Kinds: status (status=, body=, retry_after=), retry_after (429 with seconds=), cut (after=bytes, default half;
        the length is promised whole), truncate (the length is honest; keep=share), html, lfs, empty, garbage, json_error
        (value=, status 200), wrong_type (content type only), slow (seconds=), redirect (to=), ignore_page (names=: query
        parameters that are dropped before the handler sees them), no_range, no_etag, change_etag, refuse (no connection:
        closed before any answer), mutate (with_=function of the body's bytes to bytes), replace (answer=Answer).
        """
        self.faults.append(Fault(service, kind, path, times, skip, options))

    def clear(self) -> None:
        """All faults off."""
        self.faults.clear()

    def settings(self, keys: Mapping[tuple[str, str], str] | None = None) -> Settings:
        """Every service's base address on this server."""
        return Settings({name: self.url(name) for name in self.routes}, keys or {})

    def client(self, cache: Path, keys: Mapping[tuple[str, str], str] | None = None, **more: Any) -> Client:
        """A client that asks this server and never really waits; `client.waits` lists what it would have waited."""
        waits: list[float] = []
        more = {"tell": lambda _: None, "sleep": waits.append, "chance": lambda: 0.0, **more}
        client = Client(self.settings(keys), Path(cache), **more)
        client.waits = waits  # type: ignore[attr-defined]
        return client

    def paths(self, service: str) -> list[str]:
        """Paths that a service was asked for, in order."""
        return [asked.path for asked in self.asked if asked.service == service]

    # --- answering -----------------------------------------------------------------------------------------------

    def due(self, asked: Asked) -> list[Fault]:
        """The faults that strike this request, each counting down; one that answers in place of the handler strikes alone."""
        with self._lock:
            struck = []
            for fault in self.faults:
                if fault.service not in ("", asked.service) or fault.path not in asked.path:
                    continue
                if fault.skip:
                    fault.skip -= 1
                elif fault.times is None or fault.times > 0:
                    fault.times = None if fault.times is None else fault.times - 1
                    struck.append(fault)
                    if fault.kind in ALONE:
                        break
            return struck

    def answer(self, asked: Asked, faults: list[Fault]) -> Answer:
        """The handler's answer with the faults in it."""
        for fault in faults:
            if fault.kind == "ignore_page":
                for name in fault.options.get("names", ("page", "start", "offset", "startIndex", "$offset")):
                    asked.query.pop(name, None)
                    asked.queries.pop(name, None)
            if early := _instead(fault):
                return early
        answer = self._routed(asked)
        for fault in faults:
            answer = _spoilt(answer, fault)
        return answer

    def _routed(self, asked: Asked) -> Answer:
        for pattern, function in self.routes.get(asked.service, []):
            if match := re.fullmatch(pattern, asked.path):
                asked.match = match
                if (answer := function(asked)) is not None:
                    return answer
        return answer_json({"detail": "Not found."}, 404)


def _instead(fault: Fault) -> Answer | None:
    """Faults that answer without asking the handler."""
    options = fault.options
    if fault.kind in ("status", "retry_after"):
        wait = options.get("retry_after", options.get("seconds"))
        headers = {"Content-Type": "application/json", **({} if wait is None else {"Retry-After": str(wait)})}
        return Answer(options.get("body", b'{"detail": "fault"}'), options.get("status", 429), headers)
    if fault.kind == "slow":
        time.sleep(options.get("seconds", 0.05))
    if fault.kind == "redirect":
        return redirect(options["to"], options.get("status", 302))
    if fault.kind == "json_error":
        return answer_json(options.get("value", {"error": "INVALID_TOKEN", "message": "invalid"}))
    fixed = {"html": (HTML, "text/html"), "lfs": (LFS, "text/plain"), "empty": (b"", "application/json")}
    fixed["garbage"] = (bytes(range(256)) * 4, "application/octet-stream")
    if fault.kind in fixed:
        return Answer(fixed[fault.kind][0], options.get("status", 200), {"Content-Type": fixed[fault.kind][1]})
    return options["answer"] if fault.kind == "replace" else None


def _spoilt(answer: Answer, fault: Fault) -> Answer:
    """Faults in what the handler answered."""
    options, body = fault.options, answer.body
    if fault.kind == "cut":
        answer.cut = options.get("after", len(body) // 2)
    elif fault.kind == "truncate":
        answer.body = body[: int(len(body) * options.get("keep", 0.5))]
    elif fault.kind == "wrong_type":
        answer.headers["Content-Type"] = options.get("type", "text/html; charset=utf-8")
    elif fault.kind == "mutate" and answer.status == 200:
        answer.body = options["with_"](body)
    elif fault.kind == "no_etag":
        answer.headers["ETag"] = ""
    elif fault.kind == "change_etag":
        answer.headers["ETag"] = f'"{options.get("to", time.monotonic_ns())}"'
    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    replay: Replay
    host: str

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news; a handler that crashed is answered with 500 and kept for the test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the one before to be confirmed
    server: _Server

    def _any(self) -> None:
        replay = self.server.replay
        parts = urlsplit(self.path)
        _, service, *rest = parts.path.split("/", 2)
        queries = parse_qs(parts.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {k: v[-1] for k, v in queries.items()}
        headers = {k.lower(): v for k, v in self.headers.items()}
        asked = Asked(
            service, self.server.host, self.command, "/" + "".join(rest), query, queries, headers, body, replay
        )
        replay.asked.append(asked)
        faults = replay.due(asked)
        kinds = {fault.kind for fault in faults}
        if "refuse" in kinds:
            self.close_connection = True
            return
        try:
            answer = replay.answer(asked, faults)
        except Exception as error:  # noqa: BLE001 - the test must see it: it comes back as words
            answer = answer_json({"handler_failed": repr(error)}, 500)
        self._send(asked, answer, ranges="no_range" not in kinds)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _any  # noqa: N815

    def _send(self, asked: Asked, answer: Answer, *, ranges: bool) -> None:
        body, status, headers = answer.body, answer.status, dict(answer.headers)
        if status == 200 and asked.method in ("GET", "HEAD"):
            headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
            if headers["ETag"] and asked.headers.get("if-none-match") == headers["ETag"]:
                status, body = 304, b""
            same = asked.headers.get("if-range") in (None, headers["ETag"])
            match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", "")) if ranges and same else None
            if status == 200 and match:
                status, body = self._part(body, match, headers)
        if not headers.get("ETag"):
            headers.pop("ETag", None)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if asked.method == "HEAD" or status == 304:
            return
        self.wfile.write(body if answer.cut is None else body[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True

    def _part(self, body: bytes, match: re.Match[str], headers: dict[str, str]) -> tuple[int, bytes]:
        start, end = int(match[1]), int(match[2] or len(body) - 1)
        if start >= len(body):
            headers["Content-Range"] = f"bytes */{len(body)}"
            return 416, b""
        end = min(end, len(body) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return 206, body[start : end + 1]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def service_routes() -> dict[str, list[Route]]:
    """The routes of every module in tests/replay/services, by its name or the names that it gives in `SERVICES`."""
    from tests.replay import services

    routes: dict[str, list[Route]] = {}
    for module in pkgutil.iter_modules(services.__path__):
        loaded = importlib.import_module(f"tests.replay.services.{module.name}")
        if hasattr(loaded, "SERVICES"):
            routes |= loaded.SERVICES  # several services in one module: name → routes
        elif hasattr(loaded, "ROUTES"):
            routes[module.name] = loaded.ROUTES
    return routes
