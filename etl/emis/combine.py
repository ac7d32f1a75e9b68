"""Several answers to one value, in three states: sums that stay unknown where a part is, any yes, one value of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from etl.emis.mapping import Line
from etl.emis.plain import number
from etl.values import key
from geodata.fields import FIELDS

YES, NO = frozenset(("true", "yes", "1", "y")), frozenset(("false", "no", "0", "n"))


def combined(line: Line, raws: Sequence[str], count: Counter[str]) -> str:
    """One text for the answers that a school gave to one line; empty where they do not say. `count` hears of trouble."""
    given = [r for r in raws if r]
    if not given:
        return ""
    if line.agg == "any":
        return any_yes(yes_no(line, r) for r in given)
    if line.agg in ("sum", "sum_known"):
        return summed(line, given, count)
    meant = list(dict.fromkeys(line.meaning(r) or r for r in given))
    if len(meant) > 1:
        count[f"several {line.number}"] += 1
        return ""
    return scaled(line, meant[0])


def yes_no(line: Line, raw: str) -> str:
    """yes, no, or empty where neither the line nor the word itself says."""
    if line.listed or line.words:
        meaning = line.meaning(raw) or ""
        return meaning if meaning in ("yes", "no") else ""
    folded = key(raw)
    if folded in YES:
        return "yes"
    if folded in NO:
        return "no"
    size = number(folded)
    return "" if size is None else "yes" if size > 0 else "no"


def any_yes(answers: Iterable[str]) -> str:
    """yes where any is; no where all are; else unknown."""
    told = list(answers)
    return "yes" if "yes" in told else "no" if told and all(a == "no" for a in told) else ""


def summed(line: Line, given: Iterable[str], count: Counter[str]) -> str:
    """The sum; unknown where a part is no number, unless only the known parts are asked for."""
    numbers = [number(r) for r in given]
    known = [n for n in numbers if n is not None]
    if len(known) < len(numbers):
        count[f"no number {line.number}"] += 1
        if line.agg == "sum" or not known:
            return ""
    return plain(sum(known) * line.factor)


def scaled(line: Line, raw: str) -> str:
    """A number times the line's factor; other texts stay."""
    found = number(raw) if FIELDS[line.field].kind in ("count", "number", "share") else None
    return raw if found is None else plain(found * line.factor)


def plain(value: float) -> str:
    """A number as text, whole where it is."""
    return f"{value:.12g}"


def of_lines(lines: Sequence[Line], parts: Sequence[str]) -> str:
    """One value from several lines of one field: sums and yes/no of the parts, else the first that is known."""
    line = lines[0]
    if len(lines) == 1:
        return parts[0]
    if line.agg == "any":
        return any_yes(parts)
    if line.agg in ("sum", "sum_known"):
        known = [n for p in parts if (n := number(p)) is not None]
        return plain(sum(known)) if known and (len(known) == len(parts) or line.agg == "sum_known") else ""
    return next((p for p in parts if p), "")


def by_field(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    """The lines of each field, in the file's order."""
    out: dict[str, list[Line]] = {}
    for line in lines:
        out.setdefault(line.field, []).append(line)
    return out


def told(count: Mapping[str, int], lines: Iterable[Line]) -> list[str]:
    """Sentences about what could not be used, a line of the mapping file each."""
    said = []
    for line in lines:
        if several := count.get(f"several {line.number}"):
            said.append(
                f"{line.field}: {several:,} schools gave answers that differ; left unknown (mapping file, line {line.number})."
            )
        if wrong := count.get(f"no number {line.number}"):
            said.append(
                f"{line.field}: {wrong:,} schools gave an answer that is no number (mapping file, line {line.number})."
            )
    return said
