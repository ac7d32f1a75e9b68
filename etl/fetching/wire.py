"""One exchange over the wire: a request sent, the answer read with a cap, and what went wrong said in words."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from etl.fetching.patience import AGAIN, TryAgainError, retry_after
from geodata.errors import SourceError

TIMEOUT_S = (10, 120)  # to connect, and between two pieces of an answer
PIECE = 1 << 18


class Session(requests.Session):
    """A session that, on its way to another host, leaves behind every header that holds a key, not only Authorization."""

    private: frozenset[str] = frozenset()

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Called by requests for each redirect."""
        before, after = response.request.url or "", prepared_request.url or ""
        if self.should_strip_auth(before, after):
            for name in self.private:
                prepared_request.headers.pop(name, None)
        super().rebuild_auth(prepared_request, response)


def new_session(agent: str) -> Session:
    """A session with our own name; its log lines, which show whole addresses, go nowhere."""
    logging.getLogger("urllib3.connectionpool").addFilter(_no_addresses)
    session = Session()
    session.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip"})
    return session


def _no_addresses(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.CRITICAL


@contextmanager
def exchange(
    session: Session,
    request: requests.Request,
    shown: str,
    now: datetime,
    *,
    private: tuple[str, ...] = (),
    redirects: bool = True,
) -> Iterator[requests.Response]:
    """The answer to a request, its body still to be read; what may pass is a TryAgainError, what will not a SourceError.

    `shown` is the address without secrets: the only form in which it stands in a message.
    """
    fault: Exception | None = None
    try:
        prepared = session.prepare_request(request)
        settings = session.merge_environment_settings(prepared.url, {}, True, None, None)
        session.private = session.private | set(private)
        with session.send(prepared, timeout=TIMEOUT_S, allow_redirects=redirects, **settings) as answer:
            if answer.status_code in AGAIN:
                wait = retry_after(answer.headers.get("Retry-After"), now)
                raise TryAgainError(f"answered with status {answer.status_code}", wait)
            yield answer
    except (requests.RequestException, urllib3.exceptions.HTTPError, zlib.error, OSError) as error:
        fault = _fault(error, shown)
    if fault is not None:  # raised here, so that no cause with the whole address hangs on it
        raise fault


def _fault(error: Exception, shown: str) -> Exception:
    host = urlsplit(shown).hostname
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return SourceError(
            f"{host} could not prove who it is (its certificate is not trusted here). Behind a ministry's or school's proxy, set REQUESTS_CA_BUNDLE to the file with its certificate; checking is never switched off."
        )
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return SourceError(f"{shown} sends from one address to the next without end. Try again later.")
    if isinstance(
        error, requests.exceptions.MissingSchema | requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema
    ):
        return SourceError(f"{shown!r} is no web address. Correct it in the settings or the recipe.")
    if isinstance(error, requests.exceptions.InvalidHeader | UnicodeError):
        return SourceError(f"The key for {host} has a line break or a letter that no key may have. Set it anew.")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return TryAgainError("did not answer in time")
    if isinstance(error, requests.ConnectionError) and not _broke_off(error):
        return TryAgainError("could not be reached (is there a connection to the internet?)")
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return error
    return TryAgainError("broke off in the middle of its answer")


def _broke_off(error: Exception) -> bool:
    return any(
        word in repr(error) for word in ("RemoteDisconnected", "IncompleteRead", "ConnectionReset", "BadStatusLine")
    )


def pieces(answer: requests.Response) -> Iterator[bytes]:
    """The bytes as they come over the wire, not unpacked; a connection that closes too early is an error."""
    yield from answer.raw.stream(PIECE, decode_content=False)


def body(answer: requests.Response, most: int, shown: str) -> bytes:
    """The whole body, unpacked where the service packed it, no larger than `most` bytes."""
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    unpack: Any = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding in ("gzip", "x-gzip", "deflate") else None
    out = bytearray()
    for piece in pieces(answer):
        out += unpack.decompress(piece, most + 1 - len(out)) if unpack else piece
        if len(out) > most:
            raise SourceError(
                f"{shown} answers with more than {most >> 20} MB where a small answer was expected. Ask for a smaller part, or report this."
            )
    if unpack and out and not unpack.eof:
        raise TryAgainError("broke off in the middle of its answer")
    return bytes(out)
