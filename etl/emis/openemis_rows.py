"""Rows of OpenEMIS as one row a school: areas from the nested set, utilities, assets and summaries by a mapping file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl.emis.combine import any_yes, by_field, combined, of_lines, plain
from etl.emis.mapping import Line
from etl.emis.plain import number, text

INSTITUTIONS, ASSETS, SUMMARY = "institutions", "institution-assets", "summary-institutions"
INTERNETS, ELECTRICITIES = "infrastructure-utility-internets", "infrastructure-utility-electricities"
# Where the condition of a row stands: working or broken.
CONDITION = {
    INTERNETS: "utility_internet_condition_id",
    ELECTRICITIES: "utility_electricity_condition_id",
    ASSETS: "asset_condition_id",
}
LOOKUPS = {
    "utility_internet_type_id": "utility-internet-types",
    "utility_internet_bandwidth_id": "utility-internet-bandwidths",
    "utility_internet_condition_id": "utility-internet-conditions",
    "utility_electricity_type_id": "utility-electricity-types",
    "utility_electricity_condition_id": "utility-electricity-conditions",
    "asset_type_id": "asset-types",
}
OF_PERIOD = (INTERNETS, ELECTRICITIES, SUMMARY)  # lands, buildings and assets are of no period
RESOURCES = (INSTITUTIONS, INTERNETS, ELECTRICITIES, ASSETS, SUMMARY, "institution-grades")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """Rows of each resource by institution id, and the names of what ids stand for, by field."""

    rows: Mapping[str, Mapping[str, list[dict[str, Any]]]]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def called(self, row: Row, name: str) -> str:
        """The value of a field: the lookup's name where there is one, else as it stands."""
        raw = text(row.get(name))
        return self.names.get(name, {}).get(raw, raw)

    def meaning(self, line: Line, row: Row, name: str) -> str:
        """yes, no or empty: what the mapping file says of a field's name, or of its id."""
        raws = dict.fromkeys((self.called(row, name), text(row.get(name))))
        meant = {line.meaning(raw) for raw in raws if raw} - {None, "unknown"}
        return "yes" if "yes" in meant else "no" if "no" in meant else ""


def area_chains(areas: Iterable[Row]) -> dict[str, list[tuple[str, str]]]:
    """Area id → (id, name) of the areas from the first level below the whole down to it."""
    rows = {text(a.get("id")): a for a in areas if text(a.get("id"))}
    above = {i: text(a.get("parent_id")) or _around(a, rows) for i, a in rows.items()}
    out = {}
    for start in rows:
        chain: list[str] = []
        now = start
        while now in rows and now not in chain:
            chain.append(now)
            now = above[now]
        out[start] = [(i, text(rows[i].get("name"))) for i in reversed(chain[:-1])]
    return out


def _around(area: Row, rows: Mapping[str, Row]) -> str:
    """The narrowest area around this one in the nested set; nothing where it tells no numbers."""
    left, right = number(area.get("lft")), number(area.get("rght"))
    if left is None or right is None:
        return ""
    around = []
    for uid, other in rows.items():
        a, b = number(other.get("lft")), number(other.get("rght"))
        if a is not None and b is not None and a < left and b > right:
            around.append((b - a, uid))
    return min(around)[1] if around else ""


def answered(institution: Row, lines: Sequence[Line], answers: Answers, count: Counter[str]) -> dict[str, str]:
    """Each field of the mapping file for one school; empty where OpenEMIS does not say."""
    broken = {line.dx: line for line in lines if line.agg == "any" and line.dx in CONDITION and not line.part}
    out = {}
    for name, group in by_field(lines).items():
        out[name] = of_lines(group, [_part(institution, line, answers, broken, count) for line in group])
    return out


def _part(institution: Row, line: Line, answers: Answers, broken: Mapping[str, Line], count: Counter[str]) -> str:
    resource, _, name = line.dx.partition("/")
    uid = text(institution.get("id"))
    rows: list[Row] = [institution] if resource == INSTITUTIONS else list(answers.rows.get(resource, {}).get(uid, []))
    rows = [r for r in rows if _fits(line, r, answers)]
    if name:
        if judge := broken.get(resource):
            rows = [r for r in rows if answers.meaning(judge, r, CONDITION[resource]) != "no"]
        return combined(line, [answers.called(r, name) for r in rows], count)
    if not rows or resource not in CONDITION:
        return ""
    told = [_works(line, r, answers, CONDITION[resource]) for r in rows]
    return any_yes(told) if line.agg == "any" else _counted(line, told, count)


def _works(line: Line, row: Row, answers: Answers, name: str) -> str:
    """Whether a row counts: by its condition where the line says what conditions mean, else every row does."""
    return answers.meaning(line, row, name) if line.listed or line.words else "yes"


def _counted(line: Line, told: Sequence[str], count: Counter[str]) -> str:
    """How many work; unknown where a condition is not told, unless only the known are asked for."""
    if "" in told:
        count[f"no condition {line.number}"] += 1
        if line.agg != "sum_known" or not any(told):
            return ""
    return plain(told.count("yes") * line.factor)


def _fits(line: Line, row: Row, answers: Answers) -> bool:
    """`field=value|value&field=value`: each by the name of the lookup or the id."""
    for one in filter(None, line.part.split("&")):
        name, _, values = one.partition("=")
        wanted = {v.strip().casefold() for v in values.split("|")}
        if not {answers.called(row, name.strip()).casefold(), text(row.get(name.strip())).casefold()} & wanted:
            return False
    return True


def grouped(rows: Iterable[dict[str, Any]], keep: Callable[[Row], bool]) -> dict[str, list[dict[str, Any]]]:
    """Rows by institution."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if keep(row):
            out.setdefault(text(row.get("institution_id")), []).append(row)
    return out
