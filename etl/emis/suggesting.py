"""Suggestions for a mapping file: a system's own names held against words in four languages. A person decides.

Each line has a score from 0 to 100 and its reason; nothing is used before somebody writes yes under `confirmed`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from rapidfuzz import fuzz

from etl.emis.dhis2_talk import Dhis2, RefusedError, open_dhis2
from etl.emis.dhis2_values import NUMBERS, data_sets, elements_of
from etl.emis.mapping import ABOUT, COLUMNS
from etl.emis.openemis_rows import CONDITION, LOOKUPS
from etl.emis.openemis_talk import OpenEmis, open_openemis
from etl.emis.plain import entry, listed, text
from etl.fetching.client import Client
from etl.personal import words_of
from etl.values import ALIASES, aliases, key
from geodata.errors import RecipeError, SourceError
from geodata.fields import FIELDS
from geodata.tables import REGISTER
from geodata.text import fold

WORDS = ALIASES / "mapping_words.csv"
LEAST, BEST = 60, 3  # lines shown: at least so likely, at most so many a field
YES_NO = ("BOOLEAN", "TRUE_ONLY")
SHARED = {
    "electricity_type": "electricity",
    "connectivity_type": "connectivity_type",
    "school_area_type": "urban_rural",
}
WORKS = (
    "working", "functional", "good", "fair", "operational", "in use", "fonctionnel", "bon", "bueno", "funciona", "bom", "operativo",
)  # fmt: skip
BROKEN = (
    "not", "non", "no", "nao", "broken", "damaged", "out of order", "unserviceable", "unusable", "defective", "inoperative",
    "dysfunctional", "nonfunctional", "hors service", "en panne", "defectuoso", "danado", "avariado", "inoperativo",
)  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """One line of a mapping file that a person may confirm."""

    field: str
    dx: str
    name: str
    score: int
    reason: str
    part: str = ""
    agg: str = ""
    values: str = ""

    def row(self) -> dict[str, str]:
        """The line as the file has it."""
        given = {"target_field": self.field, "dx_uid": self.dx, "coc_uid": self.part, "agg": self.agg, "true_values": self.values, "name": self.name, "score": str(self.score), "reason": self.reason}  # fmt: skip
        return {c: given.get(c, "") for c in (*COLUMNS, *ABOUT[:4])}


def suggest(service: str, client: Client) -> list[Suggestion]:
    """Suggestions for one service, best first within each field, in the order of the fields."""
    if service not in ASKED:
        near = get_close_matches(service, ASKED, n=1)
        raise SourceError(
            f"There are no suggestions for {service!r}{f'; did you mean {near[0]!r}' if near else ''}; allowed: {', '.join(ASKED)}."
        )
    found = ASKED[service](client)
    order = {name: n for n, name in enumerate(REGISTER.columns)}
    return sorted(found, key=lambda s: (order[s.field], -s.score, s.name, s.dx))


def as_csv(found: Iterable[Suggestion]) -> str:
    """The mapping file, every line still to be confirmed."""
    out = io.StringIO()
    out.write(
        "# Write yes under confirmed where a line is right, correct what is not, leave the others: they are not used.\n"
    )
    table = csv.DictWriter(out, (*COLUMNS, *ABOUT[:4]), lineterminator="\n")
    table.writeheader()
    table.writerows(one.row() for one in found)
    return out.getvalue()


# --- names ---------------------------------------------------------------------------------------------------------


@cache
def words() -> tuple[tuple[str, str], ...]:
    """Field and phrase, as comparable words."""
    with WORDS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple((r["field"], _comparable(p)) for r in rows for p in r["words"].split("|"))


def _comparable(name: str) -> str:
    return " ".join(words_of(fold(name)))


def likeness(name: str, kind: str = "") -> list[tuple[str, int, str]]:
    """Field, score and reason for each field whose words a name holds or nearly holds, best first; `kind`: DHIS2's."""
    plain = _comparable(name)
    best: dict[str, tuple[int, str]] = {}
    for field, phrase in words():
        inside = f" {phrase} " in f" {plain} "
        like = 100.0 if inside else fuzz.partial_ratio(phrase, plain) if len(phrase) > 5 and len(plain) >= len(phrase) else fuzz.ratio(phrase, plain)  # fmt: skip
        if like < 86:  # a slip of the pen, not another word
            continue
        covered = min(1.0, len(phrase) / max(len(plain), 1))
        score = round((0.75 * like + 25 * covered) * (1 if inside else 0.85) * fits(field, kind))
        why = f"its name holds {phrase!r}" if inside else f"its name is like {phrase!r}"
        if score > best.get(field, (0, ""))[0]:
            best[field] = (score, why + ("" if fits(field, kind) == 1 else f"; but it is {kind}"))
    return sorted(((f, s, w) for f, (s, w) in best.items()), key=lambda x: (-x[1], x[0]))


def fits(field: str, kind: str) -> float:
    """How well a data element's type suits a field: 1, or less."""
    wanted = FIELDS[field].kind
    if not kind:
        return 1.0
    if wanted in ("count", "number"):
        return 1.0 if kind in NUMBERS else 0.6
    if wanted == "yesno":
        return 1.0 if kind in YES_NO else 0.85 if kind == "TEXT" else 0.65
    return 1.0 if kind == "TEXT" else 0.6


def meanings(field: str, raws: Iterable[str], named: Mapping[str, str]) -> str:
    """`raw=value|raw=value` for the words that the shared alias file knows; `named`: raw → its name."""
    shared = "yes_no" if FIELDS[field].kind == "yesno" else SHARED.get(field)
    known = _aliases(shared, field) if shared else {}
    own = (
        {key(v): v for v in ("yes", "no")}
        if FIELDS[field].kind == "yesno"
        else {key(v): v for v in FIELDS[field].allowed}
    )
    pairs = [(raw, known.get(key(named[raw])) or own.get(key(named[raw])) or known.get(key(raw))) for raw in raws]
    return "|".join(f"{raw}={value}" for raw, value in pairs if value and not set(raw) & set("|="))


def _aliases(shared: str, field: str) -> dict[str, str]:
    try:
        return aliases(shared, field)
    except RecipeError:
        return {}


# --- DHIS2 ---------------------------------------------------------------------------------------------------------


def of_dhis2(client: Client) -> list[Suggestion]:
    """Data elements of every data set that the user may read."""
    dhis2 = open_dhis2(client)
    seen: dict[str, tuple[dict[str, str], str]] = {}
    for one in data_sets(dhis2):
        for element in elements_of(one):
            seen.setdefault(text(element.get("id")), ({**element}, text(one.get("name"))))
    by_field: dict[str, list[Suggestion]] = {}
    for uid, (element, where) in seen.items():
        kind = text(element.get("valueType"))
        for field, score, why in likeness(text(element.get("name")), kind)[:2]:
            if score >= LEAST:
                reason = f"{why}; {kind or 'of unknown type'}, in {where}"
                by_field.setdefault(field, []).append(Suggestion(field, uid, text(element.get("name")), score, reason))
    best = [s for many in by_field.values() for s in sorted(many, key=lambda s: (-s.score, s.name))[:BEST]]
    return [_completed(dhis2, s, seen[s.dx][0]) for s in best]


def _completed(dhis2: Dhis2, one: Suggestion, element: Mapping[str, object]) -> Suggestion:
    """With the way to add up, and what the options of an option set mean."""
    kind, numeric = text(element.get("valueType")), FIELDS[one.field].kind in ("count", "number")
    agg = "any" if FIELDS[one.field].kind == "yesno" else "sum" if FIELDS[one.field].kind == "count" else "value"
    values = "true=yes|false=no" if kind == "BOOLEAN" and agg == "any" else "true" if kind == "TRUE_ONLY" else ""
    options = text(entry(element.get("optionSet")).get("id"))
    if options and not numeric:
        named = _options(dhis2, options)
        values = meanings(one.field, named, named) or values
    return Suggestion(one.field, one.dx, one.name, one.score, one.reason, agg=agg, values=values)


def _options(dhis2: Dhis2, uid: str) -> dict[str, str]:
    try:
        answer = dhis2.ask(f"optionSets/{uid}", [("fields", "options[code,name]")])
        return {
            text(o.get("code")): text(o.get("name")) for o in listed(answer, "options", "DHIS2") if text(o.get("code"))
        }
    except RefusedError:
        return {}


# --- OpenEMIS ------------------------------------------------------------------------------------------------------

SUMMARY = {"num_students": "total_students", "num_students_girls": "total_students_female", "num_students_boys": "total_students_male", "num_teachers": "total_staff_teaching"}  # fmt: skip
UTILITIES = {
    "has_internet": ("infrastructure-utility-internets", "utility-internet-conditions"),
    "has_electricity": ("infrastructure-utility-electricities", "utility-electricity-conditions"),
}
TYPES = {
    "connectivity_type": ("infrastructure-utility-internets", "utility_internet_type_id"),
    "electricity_type": ("infrastructure-utility-electricities", "utility_electricity_type_id"),
}
ASSETS = "institution-assets"


def of_openemis(client: Client) -> list[Suggestion]:
    """What the lookups of this site say; learners and teachers from the summary, whose fields are the same everywhere."""
    emis = open_openemis(client)
    same = "the same field in every OpenEMIS"
    out = [Suggestion(f, f"summary-institutions/{name}", name, 95, same, agg="value") for f, name in SUMMARY.items()]
    for field, (resource, lookup) in UTILITIES.items():
        names = emis.lookup(lookup)
        values = "|".join(f"{n}={w}" for n in names.values() if (w := condition(n)))
        said = f"conditions here: {', '.join(names.values()) or 'none'}"
        out.append(
            Suggestion(field, resource, CONDITION[resource], 90 if values else LEAST, said, agg="any", values=values)
        )
    for field, (resource, column) in TYPES.items():
        found = emis.lookup(LOOKUPS[column])
        values = meanings(field, found.values(), {n: n for n in found.values()})
        said = f"types here: {', '.join(found.values()) or 'none'}"
        out.append(
            Suggestion(field, f"{resource}/{column}", column, 80 if values else LEAST, said, agg="value", values=values)
        )
    return out + _assets(emis)


def _assets(emis: OpenEmis) -> list[Suggestion]:
    types = emis.lookup("asset-types").values()
    out = []
    for field in ("num_computers", "num_tablets"):
        fit = [(n, s) for n in types for f, s, _ in likeness(n) if f == field and s >= LEAST]
        if fit:
            part = "asset_type_id=" + "|".join(n for n, _ in fit)
            reason = "name the ids of asset_condition_id that work in true_values (1=yes|2=no); empty counts every one"
            out.append(
                Suggestion(field, ASSETS, ", ".join(n for n, _ in fit), max(s for _, s in fit), reason, part, "sum")
            )
    return out


def condition(name: str) -> str:
    """yes or no by the words of a condition, empty where they do not tell."""
    plain = f" {_comparable(name)} "
    if any(f" {w} " in plain for w in BROKEN):
        return "no"
    return "yes" if any(f" {w} " in plain for w in WORKS) else ""


ASKED: Mapping[str, Callable[[Client], list[Suggestion]]] = {"dhis2": of_dhis2, "openemis": of_openemis}


def columns_for(found: Sequence[Suggestion]) -> list[str]:
    """Lines of `[source.columns]` for the fields that are suggested."""
    return [f'{name} = "{name}"' for name in dict.fromkeys(s.field for s in found)]
