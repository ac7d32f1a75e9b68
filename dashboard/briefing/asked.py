"""What the address asks of a brief: which plan, the official figure, decisions, letterhead and crest; as `Wanted` and back.

`brief=plan:none` or `brief=plan:12` (a saved plan), `brief=words:<packed>` for what people typed. The plan's budget and
terms stand in the address as the page Plan has them. Visitors of the public view choose the plan alone: a letterhead or
a figure of somebody's own on a public server would speak in the ministry's name.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from geodata.briefing.parts import Decision, Official
from geodata.disclosure import Tier
from geodata.errors import ViewError
from geodata.query import Desk
from geodata.say import tr
from geodata.text import legible
from geodata.view import View

PATH, MODE = "/brief", "/briefing"
KEY = "brief"
NONE = "none"
MOST_DECISIONS = 5
LONGEST = {"asked": 180, "owner": 60, "date": 30, "source": 160, "definition": 120, "letterhead": 100}
MOST_PACKED = 2600  # characters in the address; the server reads addresses of about 4,000
MOST_PLAIN = 20_000  # characters once unpacked


@dataclass(frozen=True)
class Words:
    """What people typed for one brief. `share` is the official figure in per cent as typed; empty where none is given."""

    share: str = ""
    source: str = ""
    date: str = ""
    definition: str = ""
    letterhead: str = ""
    crest: int = 0
    decisions: tuple[tuple[str, str, str], ...] = ()

    @property
    def official(self) -> Official | None:
        """The official figure; None where none was given."""
        number = percentage(self.share)
        return None if number is None else Official(number, self.source, self.date, "", self.definition)

    @property
    def asked(self) -> tuple[Decision, ...]:
        """The decisions asked for."""
        return tuple(Decision(*one) for one in self.decisions)


@dataclass(frozen=True)
class Wanted:
    """One brief as the address asks for it. `plan`: "" the plan of the address, "none", or the number of a saved one."""

    plan: str = ""
    words: Words = Words()


def percentage(text: str) -> float | None:
    """A typed percentage as a share; None where there is none. Raises ViewError where it is no percentage."""
    text = text.strip().rstrip("%").strip().replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise ViewError(tr("The official figure is {text}, which is no percentage from 0 to 100.", text=text))
    return number / 100


def tidied(words: Words) -> Words:
    """Typed words on one line each, no longer than they may be, empty decisions left out."""
    lines = {f.name: _line(getattr(words, f.name), LONGEST.get(f.name, 60)) for f in fields(Words) if f.name not in ("crest", "decisions")}  # fmt: skip
    rows = [tuple(_line(part, LONGEST[name]) for part, name in zip(one, ("asked", "owner", "date"), strict=True)) for one in words.decisions]  # fmt: skip
    kept = tuple((a, o, d) for a, o, d in rows if a)[:MOST_DECISIONS]
    return replace(words, **lines, crest=int(words.crest), decisions=kept)


def _line(text: Any, most: int) -> str:
    return " ".join(legible(str(text or "")).split())[:most]


def wanted(desk: Desk, view: View) -> Wanted:
    """What the address asks for. Raises ViewError where it cannot be read."""
    parts = dict(part.partition(":")[::2] for part in view.shown(KEY).split(",") if part)
    if wrong := set(parts) - {"plan", "words"}:
        raise ViewError(tr("brief= names no choice {key!r}; there are plan and words.", key=sorted(wrong)[0]))
    plan = parts.get("plan", "")
    if plan and plan != NONE and not plan.isdecimal():
        raise ViewError(tr("brief=plan: may be none or the number of a saved plan, not {plan!r}.", plan=plan))
    words = unpacked(parts["words"]) if parts.get("words") and may_write(desk) else Words()
    return Wanted(plan, words)


def with_(view: View, found: Wanted) -> View:
    """The view that asks for this brief. Raises ViewError where what was typed is too long for an address."""
    words = tidied(found.words)
    packed = pack(words) if words != Words() else ""
    if len(packed) > MOST_PACKED:
        raise ViewError(tr("This is too long to stand in a link. Shorten the decisions or the source."))
    parts = {"plan": found.plan, "words": packed}
    return view.with_screen(brief=",".join(f"{k}:{v}" for k, v in parts.items() if v))


def may_write(desk: Desk) -> bool:
    """Whether this view's visitors may put words of their own into a brief."""
    return desk.tier != Tier.PUBLIC


def pack(words: Words) -> str:
    """Words as letters that an address holds: JSON, compressed."""
    text = json.dumps(astuple(words), ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpacked(text: str) -> Words:
    """The words that were packed. Raises ViewError for anything else."""
    try:
        raw = zlib.decompressobj().decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), MOST_PLAIN)
        *lines, crest, decisions = json.loads(raw)
        words = Words(*(str(line) for line in lines), crest=int(crest), decisions=tuple((str(a), str(o), str(d)) for a, o, d in decisions))  # fmt: skip
    except (ValueError, TypeError, OverflowError, RecursionError, zlib.error) as error:
        raise ViewError(tr("The words of this brief's address cannot be read: part of the link may be missing.")) from error  # fmt: skip
    found = tidied(words)
    percentage(found.share)  # a figure that is none is refused here, once
    return found
