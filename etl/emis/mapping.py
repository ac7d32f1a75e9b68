"""The mapping file: which answer of a ministry's system feeds which field. Every country's differs, so a person writes it.

One CSV for every system: `target_field,dx_uid,coc_uid,agg,true_values,unit_factor,year_rule`. `firstmile suggest` drafts
it, with `confirmed`, `name`, `score` and `reason` beside each line; a line that nobody confirmed is not used.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from etl.values import key
from geodata.errors import SourceError
from geodata.fields import FIELDS
from geodata.tables import REGISTER

Agg = Literal["sum", "sum_known", "any", "value"]
COLUMNS = ("target_field", "dx_uid", "coc_uid", "agg", "true_values", "unit_factor", "year_rule")
ABOUT = ("confirmed", "name", "score", "reason", "example")  # beside, for people
AGGS: tuple[Agg, ...] = ("sum", "sum_known", "any", "value")
NUMBERS = ("count", "number", "share")
SAYS_YES = ("yes", "y", "x", "1", "true", "oui", "sim", "si")
LATEST = ("", "latest")


@dataclass(frozen=True)
class Line:
    """One line of a mapping file.

    `words`: raw value → what it means (yes, no, or a value of the field), in comparable form; `listed`: those that mean
    yes where the line only lists them. `year`: a period, or empty for the newest that the school answered.
    """

    number: int
    field: str
    dx: str
    part: str = ""
    agg: Agg = "value"
    words: Mapping[str, str] = made(default_factory=dict)
    listed: frozenset[str] = frozenset()
    factor: float = 1.0
    year: str = ""

    def meaning(self, raw: str) -> str | None:
        """What a raw value means: `yes`, `no`, another value of the field; None where the line does not say."""
        folded = key(raw)
        if self.listed:
            return "yes" if folded in self.listed else "no"
        return self.words.get(folded)


@dataclass(frozen=True)
class MappingFile:
    """The confirmed lines of a mapping file, and how many wait for a person."""

    lines: tuple[Line, ...]
    unconfirmed: int = 0

    def notes(self) -> list[str]:
        """What is to be said of it."""
        some = f"{self.unconfirmed:,} lines of the mapping file are not confirmed by a person and were not used."
        return [some] if self.unconfirmed else []


def read_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file. Raises SourceError that names each wrong line and the nearest right name."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(
            f"There is no mapping file {path}. `firstmile suggest` drafts one; a person confirms its lines."
        ) from None
    except (UnicodeDecodeError, IsADirectoryError, PermissionError):
        raise SourceError(f"{path} cannot be read as CSV in UTF-8; save the mapping file as such.") from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str = "mapping.csv") -> MappingFile:
    """The same from text; commas or semicolons, `#` begins a remark."""
    kept = [
        (n, line)
        for n, line in enumerate(text.lstrip("\ufeff").splitlines(), 1)
        if line.strip(' ,;"') and not line.startswith("#")
    ]
    if not kept:
        raise SourceError(f"{name} is empty; its first line is {','.join(COLUMNS)}.")
    header = kept[0][1]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = csv.DictReader(io.StringIO("\n".join(line for _, line in kept)), delimiter=delimiter)
    faults = _header_faults([(c or "").strip().lower() for c in rows.fieldnames or ()])
    lines: list[Line] = []
    waiting = 0
    if not faults:
        for number, row in zip((n for n, _ in kept[1:]), rows, strict=False):
            cells = {(c or "").strip().lower(): (v or "").strip() for c, v in row.items() if isinstance(v, str | None)}
            if cells["target_field"].startswith("?") or _refused(cells):
                waiting += 1
                continue
            try:
                lines.append(_line(number, cells))
            except SourceError as error:
                faults.append(f"line {number}: {error}")
    if faults:
        raise SourceError("\n  - ".join([f"{name} needs mending:", *faults]))
    if not lines:
        raise SourceError(
            f"{name} has no confirmed line: take away the ? (or write yes under confirmed) where it is right."
        )
    return MappingFile(tuple(lines), waiting)


def _refused(cells: Mapping[str, str]) -> bool:
    return "confirmed" in cells and key(cells["confirmed"]) not in SAYS_YES


def _header_faults(names: Sequence[str]) -> list[str]:
    known = (*COLUMNS, *ABOUT)
    faults = [f"the column {c} is missing" for c in COLUMNS[:2] if c not in names]
    return faults + [f"there is no column {n!r}{_near(n, known)}" for n in names if n not in known]


def _line(number: int, cells: Mapping[str, str]) -> Line:
    target, dx = cells["target_field"], cells["dx_uid"]
    if target not in REGISTER.columns:
        raise SourceError(f"there is no field {target!r}{_near(target, REGISTER.columns)}")
    if not dx:
        raise SourceError(f"{target} has no dx_uid: which answer feeds it?")
    agg = _agg(cells.get("agg", ""), target)
    listed, words = _values(cells.get("true_values", ""))
    if listed and FIELDS[target].kind != "yesno":
        raise SourceError(f"{target} is not a yes/no field: write true_values as raw=value|raw=value")
    _check_meanings(target, words)
    return Line(
        number, target, dx, cells.get("coc_uid", ""), agg, words, listed, _factor(cells.get("unit_factor", "")),
        _year(cells.get("year_rule", "")),
    )  # fmt: skip


def _agg(given: str, target: str) -> Agg:
    kind = FIELDS[target].kind
    usual: Agg = "any" if kind == "yesno" else "sum" if kind == "count" else "value"
    agg = given.lower() or usual
    if agg not in AGGS:
        raise SourceError(f"there is no agg {given!r}{_near(given, AGGS)}")
    if agg in ("sum", "sum_known") and kind not in NUMBERS:
        raise SourceError(f"{target} is no number, so that {agg} cannot feed it; use any or value")
    if agg == "any" and kind != "yesno":
        raise SourceError(f"{target} is not a yes/no field, so that any cannot feed it; use value")
    return next(a for a in AGGS if a == agg)


def _values(text: str) -> tuple[frozenset[str], dict[str, str]]:
    """`a|b` lists what means yes; `a=yes|b=no` says of each what it means."""
    parts = [p.strip() for p in text.split("|") if p.strip()]
    if not any("=" in p for p in parts):
        return frozenset(map(key, parts)), {}
    pairs = [p.rpartition("=") for p in parts]
    if broken := [p for p, (raw, sign, _) in zip(parts, pairs, strict=True) if not sign or not raw.strip()]:
        raise SourceError(f"true_values: {broken[0]!r} has no meaning beside it; write raw=value for each, parted by |")
    return frozenset(), {key(raw): value.strip() for raw, _, value in pairs}


def _check_meanings(target: str, words: Mapping[str, str]) -> None:
    declared = FIELDS[target]
    allowed = ("yes", "no") if declared.kind == "yesno" else declared.allowed
    for value in words.values():
        if allowed and value and value not in (*allowed, "unknown"):
            raise SourceError(f"{value!r} is not a value of {target}{_near(value, allowed)}")


def _factor(text: str) -> float:
    try:
        factor = float(text.replace(",", ".")) if text else 1.0
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        raise SourceError(f"unit_factor {text!r} is no number above 0, such as 0.001 from kbps to Mbps")
    return factor


def _year(text: str) -> str:
    if text.lower() in LATEST:
        return ""
    if not any(c.isdigit() for c in text):
        raise SourceError(f"year_rule {text!r} is neither latest nor a period such as 2025")
    return text


def _near(name: str, allowed: Sequence[str]) -> str:
    near = get_close_matches(name, list(allowed), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; allowed: {', '.join(allowed[:40])}"
