"""The draft of a recipe as TOML that teaches: what was guessed, how sure that is, and what a person has to decide."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from etl.guess import LIKELY, SHARED, SURE, Guess, decimal_mark
from etl.guess_values import ONE_TWO, POINT_PATTERNS, is_one_two
from etl.places import Places
from etl.recipe import FEEDABLE, Reading
from etl.source import Raw
from etl.values import clean, words
from geodata.fields import FIELDS

MANY = 40  # most distinct values of a coded column that are listed
ALIAS_HINT = "the file in etl/aliases knows all its words"


@dataclass(frozen=True)
class Draft:
    """What the inspection found, for writing."""

    raw: Raw
    reading: Reading
    kind: str
    chosen: Sequence[Guess]
    others: Sequence[Guess]
    level_words: Sequence[str]
    places: Places
    notes: Sequence[str]
    iso3: str | None


def write_draft(draft: Draft) -> str:
    """The whole draft; `read_recipe` accepts it."""
    parts = [_head(draft), _place(draft), _boundary(draft) if draft.kind == "boundary" else _source(draft)]
    if draft.kind != "schools":
        parts.append(_needed_register())
    return "\n\n".join(p for p in parts if p) + "\n"


def _head(draft: Draft) -> str:
    lines = [
        f"Draft of a recipe for {draft.raw.path.name}, written by `firstmile inspect`.",
        "Read it from top to bottom, correct what is wrong, then run: firstmile build THIS_FILE --data FOLDER_OF_THE_DATA",
        "Everything behind # is a remark. A field that you are not sure of is better left out: it is then unknown, which is honest.",
        "",
        *draft.notes,
    ]
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _place(draft: Draft) -> str:
    level_words = list(draft.level_words) or ["province"]
    lines = [
        "[place]",
        f"name = {_text(draft.raw.path.name.split('.')[0])}  # the name of the country or province, as people say it",
        f'iso3 = "{draft.iso3 or "XXX"}"  # the ISO 3166 code of the country, three letters'
        + ("" if draft.iso3 else ": PLEASE SET"),
        f"levels = [{', '.join(map(_text, level_words[:4]))}]  # your words for the levels from the top: province, district …",
    ]
    return "\n".join(lines)


def _source(draft: Draft) -> str:
    lines = [
        "[[source]]",
        f"name = {_text(_name(draft))}  # stands beside each value that comes from this file",
        f'kind = "{draft.kind}"',
        f"path = {_text(draft.raw.path.name)}",
        *_reading(draft),
        'publisher = ""  # who published it',
        'licence = ""  # its licence, such as CC-BY-4.0',
        'date = ""  # the year or day that the data describe',
    ]
    if draft.kind in ("cells", "coverage") and "radio" not in {g.field for g in draft.chosen}:
        lines.append('generation = "4G"  # the file does not say: PLEASE CHECK')
    if draft.kind == "tiles":
        lines.append('network = "fixed"  # fixed or mobile: PLEASE CHECK')
    feeds = _feedable(draft)
    lines += _made_ids(draft, feeds)
    sections = ["\n".join(lines), _columns(draft, feeds), _values(draft, feeds), _scope(draft, feeds), _repair(draft)]
    return "\n\n".join(s for s in sections if s)


def _feedable(draft: Draft) -> list[Guess]:
    """The guesses that this kind of source can feed; an ITU `ict_id` is a node's id in a file of nodes."""
    allowed = FEEDABLE[draft.kind]
    out = []
    for one in draft.chosen:
        name = "node_id" if draft.kind == "nodes" and one.field == "cell_id" else one.field
        name = (
            {"cells": "cell_id", "nodes": "node_id"}.get(draft.kind, name)
            if name == "school_id_govt" and not any(g.field == "cell_id" for g in draft.chosen)
            else name
        )
        if name in allowed:
            out.append(Guess(one.column, name, one.rule, one.confidence, one.why))
    return out


def _reading(draft: Draft) -> list[str]:
    lines = []
    if draft.reading.header_row:
        lines.append(
            f"header_row = {draft.reading.header_row}  # the column names stand below {draft.reading.header_row} lines of title"
        )
    if "," in (draft.reading.decimal, decimal_mark(draft.raw.frame, [g.column for g in draft.chosen])):
        lines.append('decimal = ","')
    told = draft.reading.model_dump(include={"format", "encoding", "delimiter", "sheet", "layer", "crs"})
    lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items() if value is not None]
    for note in draft.raw.notes:
        if found := re.search(r"taken as (\S+)\. If accents", note):
            lines.append(f"encoding = {_text(found.group(1))}  # guessed: look at the accents in a few names")
    return lines


def _made_ids(draft: Draft, feeds: Sequence[Guess]) -> list[str]:
    if draft.kind != "schools" or any(g.field in ("school_id_govt", "school_id_giga") for g in feeds):
        return []
    columns = [
        g.column
        for name in ("school_name", "admin1", "admin2", "latitude", "longitude")
        for g in feeds
        if g.field == name
    ]
    return [
        f"make_id_from = [{', '.join(map(_text, columns or [str(draft.raw.frame.columns[0])]))}]  # no column looks like an id: these tell the schools apart"
    ]


def _columns(draft: Draft, feeds: Sequence[Guess]) -> str:
    lines = ["[source.columns]  # field = raw column"]
    order = {name: i for i, name in enumerate(FEEDABLE[draft.kind])}
    for name in sorted({g.field for g in feeds}, key=lambda n: order[n]):
        group = [g for g in feeds if g.field == name]
        lines.append(f"{name} = {_feed(group)}  # {_sure(group[0])}: {group[0].why}")
    for one in draft.others:
        if one.field in FEEDABLE[draft.kind]:
            lines.append(f"# {one.field} = {_feed([one])}  # perhaps ({one.confidence:.0%}): {one.why}")
    return "\n".join(lines)


def _feed(group: Sequence[Guess]) -> str:
    first = group[0]
    if len(group) > 1:
        return f'{{ columns = [{", ".join(_text(g.column) for g in group)}], rule = "sum" }}'
    if first.rule == "invert":
        return f"{{ column = {_text(first.column)}, invert = true }}"
    if first.rule in POINT_PATTERNS:
        return f"{{ column = {_text(first.column)}, pattern = {_text(POINT_PATTERNS[first.rule])} }}"
    if first.rule == "kbps":
        return f"{{ column = {_text(first.column)}, scale = 0.001 }}"
    return _text(first.column)


def _sure(one: Guess) -> str:
    word = "sure" if one.confidence >= SURE else "likely" if one.confidence >= LIKELY else "perhaps"
    return f"{word} ({one.confidence:.0%})"


def _values(draft: Draft, feeds: Sequence[Guess]) -> str:
    """Aliases: a shared file where it knows all words, else a table with the open ones left to a person."""
    lines: list[str] = []
    for one in feeds:
        if FIELDS[one.field].kind == "code" or (FIELDS[one.field].kind == "yesno"):
            lines += _value_lines(one, clean(draft.raw.frame[one.column]))
    if not lines:
        return ""
    said = [
        '"" means unknown. What stands under a PLEASE SET is unknown until you give it one of the values listed there.'
    ]
    return "\n".join(
        [
            "[source.values]  # field = a file of etl/aliases, or { raw value = allowed value }",
            *(f"# {s}" for s in said),
            *lines,
        ]
    )


def _value_lines(one: Guess, column: pd.Series) -> list[str]:
    coded = FIELDS[one.field].kind == "yesno" and is_one_two(column)
    shared = ONE_TWO if coded else SHARED.get(one.field)
    parsed = words(column, one.field, shared)
    own = not coded and not words(column, one.field, None).unmapped
    if not parsed.unmapped:
        return [] if own or shared is None else [f"{one.field} = {_text(shared)}  # {ALIAS_HINT}"]
    counts = column.value_counts()
    if len(counts) > MANY:
        return [
            f"# {one.field}: {len(counts)} different values, {sum(parsed.unmapped.values()):,} not understood; write them into a CSV (raw,value) in etl/aliases and name it here."
        ]
    known = {raw: _word(parsed.values[column == raw].iloc[0]) for raw in counts.index if raw not in parsed.unmapped}
    allowed = ("yes", "no") if FIELDS[one.field].kind == "yesno" else FIELDS[one.field].allowed
    lines = [f"# PLEASE SET {one.field}, one of: {', '.join(allowed)}"]
    pairs = [f"{_text(raw)} = {_text(known.get(raw, ''))}" for raw in counts.index]
    return [
        *lines,
        f"{one.field} = {{ {', '.join(pairs)} }}  # rows: {', '.join(f'{raw} {n:,}' for raw, n in list(counts.items())[:12])}",
    ]


def _word(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def _scope(draft: Draft, feeds: Sequence[Guess]) -> str:
    """Where a column tells closed schools, or other things than schools, apart: a scope to switch on."""
    told = (g for name in ("school_status", "facility_type") for g in feeds if g.field == name)
    decides = next((g for g in told if 1 < draft.raw.frame[g.column].nunique() <= 12), None)
    if decides is None:
        return ""
    counts = draft.raw.frame[decides.column].value_counts()
    status = decides.field == "school_status"
    understood = words(clean(draft.raw.frame[decides.column]), decides.field, SHARED[decides.field]).values
    keep = [str(v) for v in counts.index if understood[draft.raw.frame[decides.column] == v].notna().all()]
    keep = (keep if not status else keep[:1]) or [str(counts.index[0])]
    why = "closed for good" if status else "not a school"
    lines = [
        "Rows of schools that have closed for good should leave, with the reason; the temporarily closed, damaged or occupied stay."
        if status
        else "Rows that are no schools should leave, with the reason.",
        f"{decides.column} has: {', '.join(f'{v!r} in {n:,} rows' for v, n in counts.items())}. To leave rows out, take away the # and set:",
        "[source.scope]",
        f"column = {_text(decides.column)}",
        f"keep = [{', '.join(map(_text, keep))}]",
        f"reasons = {{ {', '.join(_text(str(v)) + ' = ' + _text(why) for v in counts.index if str(v) not in keep)} }}",
    ]
    return "\n".join(f"# {line}" for line in lines)


def _repair(draft: Draft) -> str:
    if draft.kind in ("tiles", "coverage"):
        return ""
    bounds, repairs = draft.places.bounds, draft.places.repairs
    lines = []
    for name, why in repairs.items():
        value = '"EPSG:32737"  # PLEASE SET the system of the columns' if name == "projected" else "true"
        inside = name == "swapped" and "fall among" in why
        needs_person = name in ("projected", "lost_decimal_point") or inside
        lines.append(
            f"{'# ' if needs_person else ''}{name} = {value}{'' if name == 'projected' else '  #'} {why}".replace(
                "  # ", "  # ", 1
            )
        )
        if name == "lost_decimal_point":
            lines.append(
                "# For this, set bounds = [west, south, east, north] of the place: they decide where the point was. Then take away the #."
            )
        if inside:
            lines.append("# For this, set bounds = [west, south, east, north] of the place, then take away the #.")
    if bounds:
        lines.append(
            f"# bounds = [{', '.join(str(b) for b in bounds)}]  # where the middle 99 % lies; a location outside becomes unknown"
        )
    return "\n".join(["[source.repair]", *lines]) if lines else ""


def _boundary(draft: Draft) -> str:
    fed = {g.field: g.column for g in draft.chosen}
    deepest = max((f for f in fed if re.fullmatch(r"admin\d", f)), default="admin1")
    name = next((fed[f] for f in (deepest, "school_name") if f in fed), str(draft.raw.frame.columns[0]))
    lines = [
        "[[boundary]]",
        f"level = {deepest[-1]}  # 1 is the first level in [place]: PLEASE CHECK",
        f"path = {_text(draft.raw.path.name)}",
        f"name_column = {_text(name)}",
        'join = ["polygon"]  # and "code" or "name", in order of trust',
    ]
    if identity := next((fed[f] for f in (f"{deepest}_id", "school_id_govt") if f in fed), None):
        lines.insert(3, f"id_column = {_text(identity)}")
    return "\n".join(lines)


def _needed_register() -> str:
    lines = ["# A recipe needs the register of schools too: run `firstmile inspect` on it and bring its [[source]] here.", "[[source]]", 'name = "register"', 'kind = "schools"', 'path = "PLEASE-SET-your-register.csv"']  # fmt: skip
    return "\n".join(lines)


def _name(draft: Draft) -> str:
    return re.sub(r"\W+", " ", draft.raw.path.name.split(".")[0]).strip() or "register"


def _text(text: str) -> str:
    """A TOML basic string: JSON's, with the one character that TOML wants escaped besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
