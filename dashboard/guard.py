"""What strangers meet at the door: limits on what may be asked, plain answers to what is wrong, headers on everything.

No answer tells of files, code or other parts of the machine, and nothing that a visitor sends is a fault of the server.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from geodata.errors import BusyError, FirstMileError, LayerError, StoreError
from geodata.say import later, told, tr

LONGEST = 8_000  # characters of path and query together; the server of the command has its own, shorter limit
LARGEST = 4 * 1024 * 1024  # bytes of a request's body
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SORRY = later(
    "Something went wrong here; what you see is what was there before. Reload the page, and tell whoever runs this "
    "server if it happens again."
)
OWN_PAGES = later("This may be asked for from the pages of this server alone.")
_FOLDERS = re.compile(r"(?<![\w.:/])(?:/(?:[^\s/]+/)+|[A-Za-z]:\\(?:[^\\\s]+\\)+)")
log = logging.getLogger(__name__)


def said(error: Exception) -> str:
    """What a visitor may read of an error: our own sentences, file names without their folders; else that it went wrong."""
    return _FOLDERS.sub("", told(str(error))) if isinstance(error, FirstMileError) else tr(SORRY)


def plain(text: str, status: int) -> Response:
    """A sentence as the whole answer."""
    return Response(text, status, mimetype="text/plain")


def install(server: Flask) -> None:
    """Limits and plain answers for a server."""
    server.config["MAX_CONTENT_LENGTH"] = LARGEST
    server.wsgi_app = _limited(server.wsgi_app)  # type: ignore[method-assign]
    server.before_request(_own_pages_alone)

    @server.errorhandler(FirstMileError)
    def _told(error: FirstMileError) -> Response:
        return plain(said(error), 503 if isinstance(error, BusyError | LayerError | StoreError) else 400)

    @server.errorhandler(HTTPException)
    def _plain(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:  # a redirect
            return cast(Response, error.get_response())
        return plain(f"{error.code} {error.name}.", error.code)

    @server.errorhandler(Exception)
    def _fault(error: Exception) -> Response:
        log.error("a request failed: %s", request.path, exc_info=error)
        if (
            request.path == "/_dash-update-component"
        ):  # faults of our own callbacks are told before; this body was not ours
            return plain(tr("This request could not be read."), 400)
        return plain(tr(SORRY), 500)


def _own_pages_alone() -> Response | None:
    """What changes something is asked for by our own pages alone: no other site may have a visitor's browser ask for it."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    foreign = site not in ("same-origin", "none") if site else bool(origin) and urlsplit(origin).netloc != request.host
    return plain(tr(OWN_PAGES), 403) if foreign else None


def _limited(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) > LONGEST:
            text = b"The address is too long; choose by area or filter instead of many ids."
            start(
                "414 URI Too Long",
                [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text))), *HEADERS.items()],
            )
            return [text]
        return app(environ, start)

    return answer
