"""A country from open sources alone: choose who gives what, and write it down as a recipe that a person can edit.

The recipe is an ordinary one. Above each table stands why this source was taken and what the others said; what could
not be had stands in it as `[[missing]]`, and from there on the Data page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from etl.choosing import Asking, Choice, Got, choose, reading_of
from etl.codes import language_of, name_of
from etl.connect import Ask, Bounds, Connector
from etl.fetching.cache import write_whole
from etl.recipe import read_recipe
from etl.source import read_raw
from geodata.toml_out import remark, table

# What OCHA's levels are called, for its files do not say; a person may set other words in the recipe.
USUAL_WORDS = Path(__file__).parent / "aliases" / "level_words.csv"
LEVEL_WORDS = ("province", "district", "subdistrict", "village")
PLURALS = {
    "county": "counties", "municipality": "municipalities", "city": "cities", "territory": "territories",
    "sub-county": "sub-counties", "local government area": "local government areas", "communal section": "communal sections",
    "traditional authority": "traditional authorities", "locality": "localities", "state or region": "states and regions",
    "parish": "parishes", "commune": "communes", "province": "provinces",
}  # fmt: skip
NO_WORDS = ("unknown", "none", "nan", "other")
# From 5.0 on, INFORM's own class "high": schools of the place are shown to the public by district or coarse hexagon.
HIGH_RISK = 5.0


@dataclass(frozen=True)
class Country:
    """A recipe that was written, or was there: `recipe` its file, `written` whether now; `missing` (what, why)."""

    recipe: Path
    data: Path
    written: bool
    missing: tuple[tuple[str, str], ...] = ()


def recipe_path(data: Path, iso3: str, *, anew: bool = False) -> Path:
    """Where a country's recipe stands; with `anew` the next free number beside those that are there."""
    first = data / f"{iso3.lower()}.toml"
    if not anew or not first.exists():
        return first
    number = 2
    while (path := data / f"{iso3.lower()}-{number}.toml").exists():
        number += 1
    return path


def write_country(asking: Asking, *, only: Collection[str] = ()) -> Country:
    """Choose the sources of a country and write its recipe; one that is there is taken as it stands, unless `asking.anew`.

    Files go to `asking.data`, each whole or not at all, so that a stopped run goes on where it was. Raises SourceError
    with every service's reason where no schools are to be had; then there is no recipe.
    """
    data, iso3 = asking.data, asking.ask.iso3
    path = recipe_path(data, iso3, anew=asking.anew)
    if path.exists():
        recipe = read_recipe(path)
        return Country(path, data, False, tuple((m.what, m.reason) for m in recipe.missing))
    data.mkdir(parents=True, exist_ok=True)
    choices = choose(asking, only)
    text = recipe_text(asking.ask, choices)
    write_whole(path, text.encode("utf-8", "replace"))
    read_recipe(path)
    return Country(path, data, True, tuple(m for c in choices for m in c.missing))


# --- the recipe's text --------------------------------------------------------------------------------------------


def recipe_text(ask: Ask, choices: Sequence[Choice]) -> str:
    """The whole recipe; `read_recipe` accepts it."""
    bounds = ask.bounds if ask.areas is not None else None
    parts = [_head(ask), _place(ask, choices)]
    for choice in choices:
        parts.append(_heading(choice))
        parts += [_block(got, bounds if choice.slot.gives == "schools" else None) for got in choice.got]
        if choice.slot.gives == "schools" and choice.got:
            parts += [_beside(other, choice.got[0]) for other in choice.unasked]
    gaps = [gap for choice in choices for gap in choice.missing]
    if gaps:
        parts.append(remark("--- What could not be had. It stands on the Data page; nothing is put in its place."))
    parts += [table("missing", {"what": what, "reason": reason}, many=True) for what, reason in gaps]
    return "\n\n".join(parts) + "\n"


def _head(ask: Ask) -> str:
    return remark(
        f"{_name(ask)} from open sources alone, written by `firstmile country {ask.iso3}` on {ask.today.isoformat()}.",
        "",
        "It is yours to edit: nothing overwrites it. Take a table out, and what it fed is not reported; put one of your own in",
        "(a ministry's register, its speeds, its budget), and it is used. docs/recipes.md names every key.",
        "`firstmile refresh` asks the services again; a file that you drop into the folder of the data is used as it is.",
        "",
        "Open sources know where schools are better than what is in them. Learners, devices and power are mostly not",
        'reported, and not reported is never taken for no: most schools will stand under "verify first". A register of the',
        "ministry, joined by `[source.link]`, changes that.",
    )


def _name(ask: Ask) -> str:
    return ask.name or name_of(ask.iso3)


def _place(ask: Ask, choices: Sequence[Choice]) -> str:
    by = {choice.slot.gives: choice for choice in choices}
    words = level_words(by.get("boundaries"), by.get("schools"), ask)
    risk, why = _risk(by.get("risk"), ask)
    given: dict[str, Any] = {
        "name": _name(ask),
        "iso3": ask.iso3,
        "levels": words,
        "levels_plural": [plural(word) for word in words],
        "language": _language(by.get("boundaries"), ask),
        "risk": risk,
        "worldview": _worldview(by.get("boundaries")),
    }
    return "\n".join([*([remark(*why)] if why else []), table("place", given)])


def plural(word: str) -> str:
    """The plural of a level's word."""
    return PLURALS.get(word, f"{word}s")


def level_words(boundaries: Choice | None, schools: Choice | None, ask: Ask) -> list[str]:
    """A word for each level: of the boundaries, else of the levels that the schools name, else of one level nobody fills."""
    got = boundaries.got if boundaries else []
    own = {getattr(g.reading, "level", 0): _singular(_column(g, ask, "level_word")) for g in got}
    depth = max(own, default=0) or _named_levels(schools, ask)
    usual = _usual_words(ask.iso3) if own else {}
    words: list[str] = []
    for n in range(1, max(depth, 1) + 1):
        word = own.get(n) or usual.get(n) or LEVEL_WORDS[n - 1]
        words.append(word if word not in words else next(w for w in LEVEL_WORDS if w not in words))
    return words


def _usual_words(iso3: str) -> dict[int, str]:
    """What a country calls its levels, of those that are written down."""
    every = pd.read_csv(USUAL_WORDS, dtype="str", keep_default_na=False, index_col="iso3")
    return {n: str(every.at[iso3, f"level{n}"]) for n in (1, 2, 3)} if iso3 in every.index else {}


def _singular(word: str) -> str:
    """The word that a source has for its level, in the singular and in small letters; empty where it is no single word."""
    word = word.strip().lower()
    if not word.isalpha() or word in NO_WORDS:
        return ""
    singular = {v: k for k, v in PLURALS.items()}
    return singular.get(word, word[:-1] if word.endswith("s") and not word.endswith("ss") else word)


def _column(got: Got, ask: Ask, name: str) -> str:
    """What most rows of a file have in a column; empty where there is none."""
    frame = read_raw(got.reading, ask.data).frame
    known = frame[name].dropna() if name in frame else pd.Series(dtype="str")
    return str(known.mode().iloc[0]) if len(known) else ""


def _language(boundaries: Choice | None, ask: Ask) -> str:
    """Main language of the names, as the boundaries say, else the country's first official one."""
    said = next((_column(g, ask, "lang") for g in boundaries.got), "") if boundaries else ""
    return said if re.fullmatch("[a-z]{2,3}", said) else language_of(ask.iso3)


def _named_levels(schools: Choice | None, ask: Ask) -> int:
    """How many levels the schools' own columns name, from the top without a gap."""
    if not schools or not schools.got:
        return 0
    reading: Any = schools.got[0].reading
    frame = read_raw(reading, ask.data).frame
    for level in range(1, len(LEVEL_WORDS) + 1):
        feed = reading.columns.get(f"admin{level}") or reading.columns.get(f"admin{level}_id")
        if feed is None or not any(c in frame and frame[c].notna().any() for c in feed.raw):
            return level - 1
    return len(LEVEL_WORDS)


def _worldview(boundaries: Choice | None) -> str | None:
    if not boundaries or not boundaries.got:
        return None
    return f"Boundaries: {boundaries.got[0].connector.title}"


def _risk(choice: Choice | None, ask: Ask) -> tuple[str | None, list[str]]:
    """The place's risk, and why. Never lower than the usual medium; INFORM can only make it more careful."""
    usual = "Risk that published school locations bring: not set, which counts as medium (the public sees hexagons, not points)."
    who = 'Who knows of attacks on schools in the country decides: risk = "low", "medium" or "high" (docs/methods.md, places at risk).'
    score = _inform(choice, ask)
    if score is None:
        return None, [usual, who]
    if score < HIGH_RISK:
        said = f"INFORM Risk is {score:g} of 10, under {HIGH_RISK:g}; that speaks of crises, not of schools, so nothing is opened for it."
        return None, [usual, said, who]
    said = f"INFORM Risk is {score:g} of 10, in its class high ({HIGH_RISK:g} and more). It does not count attacks on schools; as a precaution the risk is set to high until somebody who does has decided."
    return "high", [said, who]


def _inform(choice: Choice | None, ask: Ask) -> float | None:
    """The overall score of the INFORM Risk Index, 0 to 10."""
    for got in choice.got if choice else ():
        frame = read_raw(got.reading, ask.data).frame
        if {"indicator", "value"} <= set(frame.columns):
            values = pd.to_numeric(frame.loc[frame["indicator"] == "inform_risk", "value"], errors="coerce").dropna()
            if len(values):
                return float(values.iloc[0])
    return None


def _heading(choice: Choice) -> str:
    """Why this source was taken, and what the others said."""
    what = choice.slot.what[:1].upper() + choice.slot.what[1:]
    lines = [f"--- {what}"]
    if not choice.asked:
        return remark(*lines, "Not looked for: --only named others.")
    if not choice.got:
        lines.append("None: see [[missing]] below.")
    lines += [_why(got) for got in _once_each(choice.got)]
    lines += [
        f"Nothing from {r.connector.title}{f' ({r.block})' if r.block else ''}: {r.told or r.reason}"
        for r in choice.refused
    ]
    for other in choice.unasked if choice.slot.gives != "schools" else ():
        lines.append(
            f"Not asked: {other.title} gives this too. To use it, set [source.service] name = {other.name!r}, or add a table for it."
        )
    return remark(*lines)


def _once_each(got: Iterable[Got]) -> list[Got]:
    return list({g.connector.name: g for g in got}.values())


def _why(got: Got) -> str:
    about = got.passport
    of = f", {about['date']}" if about.get("date") else ""
    when = str(about.get("retrieved") or "")[:10]
    licence = about.get("licence") or got.connector.licence or "not stated"
    return f"{got.connector.title}{of}{f', asked on {when}' if when else ''}. Licence: {licence}."


def _block(got: Got, bounds: Bounds | None) -> str:
    """One table of the recipe. Schools of a country whose polygons are known must lie in or near them."""
    reading = got.reading
    given = reading.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    for key in ("licence", "attribution", "date"):
        if got.passport.get(key):
            given[key] = got.passport[key]
    if got.block.table == "source" and bounds is not None and "bounds" not in given.get("repair", {}):
        given["repair"] = {**given.get("repair", {}), "bounds": list(bounds)}
    given["columns"] = {k: _short(v) for k, v in given.get("columns", {}).items()} or None
    service = {k: v for k, v in given.pop("service").items() if v}
    notes = [str(note) for note in got.passport.get("notes") or ()]
    return table(got.block.table, {**_ordered(given), "service": service}, many=True, remarks=notes[:6])


def _beside(connector: Connector, got: Got) -> str:
    """Another source of schools as a table that a person may switch on: it adds what it knows to the same schools."""
    lead = remark(
        f"{connector.title} may know more of the same schools. To add that, take away the # before each line:"
    )
    register = getattr(got.reading, "name", "")
    tables = []
    for block in connector.blocks:
        given = reading_of(connector, block).model_dump(mode="json", exclude_unset=True, exclude_none=True)
        given |= {"kind": "attributes", "service": {"name": connector.name}, "link": {"to": register}}
        given["columns"] = {k: _short(v) for k, v in given.get("columns", {}).items()}
        tables.append(table(block.table, _ordered(given), many=True))
    return "\n".join([lead, *(f"# {line}".rstrip() for line in "\n\n".join(tables).splitlines())])


def _short(feed: Any) -> Any:
    """`{ column = name }` is written as the name."""
    return feed["column"] if isinstance(feed, Mapping) and set(feed) == {"column"} else feed


def _ordered(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that say what it is first, then its passport, then how it is read."""
    first = [k for k in ("name", "level", "kind", "path") if k in given]
    return {
        **{k: given[k] for k in first},
        **{k: v for k, v in given.items() if k not in first and v not in ("", None)},
    }
