"""What a service answered, and whether it is what was asked for: status 200 is not success."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from geodata.errors import SourceError

LFS = b"version https://git-lfs.github.com/spec/"
PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
DEEPEST = 200  # levels of lists and objects: no service nests more than a dozen


class HalfError(SourceError):
    """JSON that ends too early: another try may give it whole. `reason` is said of the service."""

    reason = "answered with JSON that is cut off"


@dataclass(frozen=True)
class Reply:
    """What a service answered: status, content, headers (lower case), the address without secrets.

    `retrieved`: when these bytes came over the network; `cached`: they were at hand; `landed`: where redirects led to.
    """

    status: int
    content: bytes = field(repr=False)
    headers: Mapping[str, str]
    address: str
    retrieved: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    cached: bool = False
    landed: str = ""

    @property
    def text(self) -> str:
        """The content as text in UTF-8 (a byte order mark is left out); what is no UTF-8 is shown as �."""
        return self.content.decode("utf-8-sig", errors="replace")

    def json(self) -> Any:
        """The content as JSON; raises SourceError that says what it is instead (a web page, nothing, cut off …).

        `NaN` and `Infinity`, which are no JSON, are read as null; half a surrogate pair as �.
        """
        if what := impostor(self.content):
            raise SourceError(f"{self.address} answered with {what} instead of JSON.{_hint(what)}")
        try:
            text = self.content.decode("utf-8-sig")
            value = json.loads(text, parse_constant=lambda _: None)
        except RecursionError:
            raise SourceError(f"{self.address} answered with JSON nested beyond all sense. Try again later.") from None
        except ValueError as error:
            late = isinstance(error, json.JSONDecodeError) and error.pos >= len(error.doc.rstrip()) - 1
            raise self._broken(late) from None
        if depth(value) > DEEPEST:
            raise SourceError(f"{self.address} answered with JSON nested beyond all sense. Try again later.")
        return _whole(value) if HALF_PAIR.search(text) else value

    def _broken(self, late: bool) -> SourceError:
        """What content is that cannot be read as JSON; `late`: it could be read up to its end."""
        begun = opened(self.content)
        cut = begun and (late or self.content.rstrip()[-1:] not in (b"}", b"]"))
        what = (
            "JSON that is cut off"
            if cut
            else "JSON that is broken"
            if begun
            else f"{_kind(self.content)} instead of JSON"
        )
        said = f"{self.address} answered with {what} ({len(self.content):,} bytes). Try again later."
        return HalfError(said) if cut else SourceError(said)


def without(reply: Reply, forget: Callable[[str], bool]) -> Reply:
    """The reply without those entries of its JSON whose name is to be forgotten; what is no JSON stays as it is."""
    try:
        value = reply.json()
    except SourceError:
        return reply
    lean, gone = _lean(value, forget)
    return replace(reply, content=json.dumps(lean, ensure_ascii=False).encode("utf-8", "replace")) if gone else reply


def _lean(value: Any, forget: Callable[[str], bool]) -> tuple[Any, bool]:
    if isinstance(value, dict):
        parts = {k: _lean(v, forget) for k, v in value.items() if not forget(k)}
        gone = len(parts) < len(value) or any(g for _, g in parts.values())
        return ({k: v for k, (v, _) in parts.items()}, True) if gone else (value, False)
    if isinstance(value, list):
        rows = [_lean(v, forget) for v in value]
        return ([v for v, _ in rows], True) if any(g for _, g in rows) else (value, False)
    return value, False


def opened(content: bytes) -> bool:
    """Whether it begins as JSON lists and objects do."""
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def impostor(content: bytes) -> str:
    """What the content is that no data are: "nothing", "a web page (HTML)", "a Git LFS pointer"; else empty."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t")
    low = start[:400].lower()
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        return "nothing"
    if start.startswith(LFS):
        return "a Git LFS pointer"
    if low.startswith(PAGES) or (low.startswith(b"<") and b"<html" in low):
        return "a web page (HTML)"
    return ""


def _hint(what: str) -> str:
    return {
        "a web page (HTML)": " It may be a log-in or an error page: open the address in a browser, or try again later.",
        "nothing": " Try again later.",
        "a Git LFS pointer": " The data lie elsewhere: fetch the file itself and drop it by hand.",
    }[what]


def _kind(content: bytes) -> str:
    if content.startswith(b"\x1f\x8b"):
        return "a gzip archive"
    if content.startswith(b"PK\x03\x04"):
        return "a ZIP archive"
    return "XML" if content.lstrip()[:1] == b"<" else "something else"


def depth(value: Any) -> int:
    """How deep lists and objects are nested; no deeper than one past the deepest that is believed."""
    level, now = 0, [value]
    while now and level <= DEEPEST:
        inner = [v for item in now if isinstance(item, dict) for v in item.values()]
        inner += [v for item in now if isinstance(item, list) for v in item]
        now = [v for v in inner if isinstance(v, dict | list)]
        level += 1
    return level


def _whole(value: Any) -> Any:
    """Texts with half a surrogate pair cannot be written anywhere: the half becomes �."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return {_whole(k): _whole(v) for k, v in value.items()} if isinstance(value, dict) else value
