"""One exchange over the wire: a request sent, the answer read with a cap, and what went wrong said in words."""

from __future__ import annotations

import errno
import logging
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import requests
import urllib3

from etl.fetching.patience import AGAIN, TryAgainError, UnreachableError, retry_after
from geodata.errors import SourceError

TIMEOUT_S = (10, 120)  # to connect, and between two pieces of an answer
PIECE = 1 << 18
WINDOW_S, LEAST_BYTES = 120.0, 60_000  # half a kilobyte a second: slower than any line that still carries a file
CODED = ("gzip", "x-gzip", "deflate")
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG)
ADDRESS = (requests.exceptions.MissingSchema, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
CLOSED = ("RemoteDisconnected", "IncompleteRead", "ConnectionReset", "BadStatusLine", "BrokenPipe")


class Session(requests.Session):
    """A session that, on its way to another host, leaves behind every header that holds a key, not only Authorization."""

    private: frozenset[str] = frozenset({"Authorization"})

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Called by requests for each redirect."""
        before, after = response.request.url or "", prepared_request.url or ""
        if self.should_strip_auth(before, after):  # type: ignore[no-untyped-call]
            for name in self.private:
                prepared_request.headers.pop(name, None)


def new_session(agent: str) -> Session:
    """A session with our own name. The log of the library below shows whole addresses, so it is kept still."""
    logging.getLogger("urllib3.connectionpool").addFilter(_silent)
    session = Session()
    session.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip"})
    return session


def _silent(record: logging.LogRecord) -> bool:
    return False


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

    `shown` is the address without secrets: the only form in which it stands in a message. `private` names the headers
    that hold keys.
    """
    fault: Exception
    sent = False
    session.private |= set(private)
    try:
        prepared = session.prepare_request(request)
        sent = True
        how = session.merge_environment_settings(prepared.url or "", {}, True, None, None)
        with session.send(prepared, timeout=TIMEOUT_S, allow_redirects=redirects, **how) as answer:
            if answer.status_code in AGAIN:
                wait = retry_after(answer.headers.get("Retry-After"), now)
                raise TryAgainError(f"answered with status {answer.status_code}", wait)
            yield answer
            return
    except (requests.RequestException, urllib3.exceptions.HTTPError, zlib.error, OSError) as error:
        fault = _fault(error, shown)
        if sent and isinstance(error, requests.exceptions.InvalidHeader):
            fault = TryAgainError("answered with headers that contradict each other")
    raise fault  # here, so that no cause with the whole address hangs on it


def _fault(error: Exception, shown: str) -> Exception:
    host = urlsplit(shown).hostname
    if isinstance(error, OSError) and error.errno in DISK:
        return error
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return SourceError(
            f"{host} could not prove who it is (its certificate is not trusted here). Behind a ministry's or school's proxy, set REQUESTS_CA_BUNDLE to the file with its certificate; checking is never switched off."
        )
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return SourceError(f"{shown} sends from one address to the next without end. Try again later.")
    if isinstance(error, ADDRESS):
        return SourceError(f"{shown!r} leads to no web address. Correct it in the settings or the recipe.")
    if isinstance(error, requests.exceptions.InvalidHeader | UnicodeError):
        return SourceError(f"The key for {host} has a line break or a letter that no key may have. Set it anew.")
    if isinstance(error, requests.ConnectTimeout):
        return UnreachableError("could not be reached in time (is there a connection to the internet?)")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return TryAgainError("did not answer in time")
    if isinstance(error, requests.ConnectionError) and not any(word in repr(error) for word in CLOSED):
        return UnreachableError("could not be reached (is there a connection to the internet?)")
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return SourceError(f"{host} could not be asked: {error}. Is REQUESTS_CA_BUNDLE a file that is there?")
    return TryAgainError("broke off in the middle of its answer")


def pieces(answer: requests.Response) -> Iterator[bytes]:
    """The bytes as they come over the wire, not unpacked; a connection that closes too early is an error.

    TryAgainError where hardly anything comes: a byte a second never meets the time-out between two pieces.
    """
    return lively(iter(lambda: answer.raw.read1(PIECE, decode_content=False), b""))


def lively(given: Iterable[bytes], clock: Callable[[], float] = time.monotonic) -> Iterator[bytes]:
    """The pieces, as long as at least `LEAST_BYTES` come in every `WINDOW_S` seconds."""
    began, size = clock(), 0
    for piece in given:
        size += len(piece)
        if clock() - began > WINDOW_S:
            if size < LEAST_BYTES:
                raise TryAgainError(f"sends hardly anything ({size:,} bytes in {clock() - began:,.0f} seconds)")
            began, size = clock(), 0
        yield piece


def unpacked(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip (all its members) or deflate piece by piece, in bounded memory; TryAgainError where its end is missing."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    began = False
    for piece in packed:
        while piece:
            if unpack.eof:
                if not (piece := piece.lstrip(b"\x00")):
                    break
                unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
            began = True
            yield unpack.decompress(piece, PIECE << 2)
            piece = unpack.unused_data if unpack.eof else unpack.unconsumed_tail  # noqa: PLW2901
    while began and not unpack.eof and (rest := unpack.decompress(b"", PIECE << 2)):
        yield rest
    if began and not unpack.eof:
        raise TryAgainError("broke off in the middle of its answer")


def body(answer: requests.Response, most: int, shown: str) -> bytes:
    """The whole body, unpacked where the service packed it, no larger than `most` bytes."""
    coded = answer.headers.get("Content-Encoding", "").strip().lower() in CODED
    out = bytearray()
    for piece in unpacked(pieces(answer)) if coded else pieces(answer):
        out += piece
        if len(out) > most:
            raise SourceError(
                f"{shown} answers with more than {most / 1e6:,.0f} MB where a small answer was expected. Ask for a smaller part, or report this."
            )
    return bytes(out)
