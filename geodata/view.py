"""A view: which schools, ranked how, sorted how. Exactly the query part of the dashboard's address.

The same text drives the map, the list, the tiles and `firstmile export --view`, so that what one sees is what one
exports. The language of the address:

    area=<area id>            only schools in this area, at any level
    <column>=a,b              a coded or yes/no column has one of these values; `unknown` matches what is not reported
    min.<column>=n  max.<column>=n   a number lies within; schools without the number do not match
    q=<text>                  name or id contains the text, whatever its case and accents
    ids=<id>,<id>             only these schools
    kept=<key>                only the schools of a named list, by the hash of its ids (`geodata.store.lists`)
    p.<policy number>=value   a policy number or weight, changed for this view; the ranking follows
    sort=<column> or -<column>   order of the list; priority_rank by default
Numbers of the groups plan, cost and reach are kept apart in `plans`: they decide what a budget buys, and rank no school.
Keys of the screen alone (`show`, `school`, `at`, `layers`, `compare`, `tab`, `lang`, `data`; `people` and `place` of the page Children;
`budget` and `terms` of the page Plan; `brief` of the page Brief;
`beside`, the other area of the page Compare; `split`, the other half of the split map; `by`, the groups of the page Monitor) are kept apart in `screen`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import isfinite
from urllib.parse import parse_qsl, urlencode

from geodata.errors import ViewError
from geodata.fields import FIELDS, Field
from geodata.policy import NUMBERS, PLAN_GROUPS, POLICY, Policy
from geodata.say import tr, written
from geodata.tables import SCHOOLS

SCREEN_KEYS = (
    "data",
    "show",
    "school",
    "at",
    "layers",
    "compare",
    "tab",
    "lang",
    "people",
    "place",
    "budget",
    "terms",
    "brief",
    "beside",
    "split",
    "by",
)
UNKNOWN = "unknown"
KEPT = re.compile(r"[0-9a-f]{20}")  # the key of a named list
LONGEST = 100_000  # characters of a query: some thousand ids
Pairs = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class View:
    """A parsed view; hashable, so that results can be cached by it."""

    area: str = ""
    among: Pairs = ()
    at_least: tuple[tuple[str, float], ...] = ()
    at_most: tuple[tuple[str, float], ...] = ()
    text: str = ""
    ids: tuple[str, ...] = ()
    kept: str = ""  # key of a named list; its ids stand in `ids` once it was opened
    policy: tuple[tuple[str, float | str], ...] = ()
    plans: tuple[tuple[str, float | str], ...] = ()
    sort: str = "priority_rank"
    descending: bool = False
    screen: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, query: str) -> View:
        """A view from a query string, with or without its `?`; raises ViewError naming the nearest right name."""
        if len(query) > LONGEST:
            raise ViewError(
                tr(
                    "The address is longer than {LONGEST} characters; choose by area or filter instead of many ids.",
                    LONGEST=written(LONGEST),
                )
            )
        view = cls()
        text = query.lstrip("?").encode("utf-8", "replace").decode()
        for key, value in parse_qsl(text, keep_blank_values=False):
            view = _with(view, key, value)
        return view

    def query(self) -> str:
        """The query string of the view: canonical, shortest, with the screen's keys last."""
        pairs: list[tuple[str, str]] = []
        if self.area:
            pairs.append(("area", self.area))
        pairs += [(name, ",".join(values)) for name, values in self.among]
        pairs += [(f"min.{name}", _said(value)) for name, value in self.at_least]
        pairs += [(f"max.{name}", _said(value)) for name, value in self.at_most]
        pairs += [("q", self.text)] if self.text else []
        pairs += [("kept", self.kept)] if self.kept else [("ids", ",".join(self.ids))] if self.ids else []
        pairs += [
            (f"p.{name}", _said(value) if isinstance(value, float) else str(value))
            for name, value in sorted((*self.policy, *self.plans))
        ]
        if (self.sort, self.descending) != ("priority_rank", False):
            pairs.append(("sort", ("-" if self.descending else "") + self.sort))
        return urlencode([*pairs, *self.screen], safe=",./:-")

    def shown(self, key: str, default: str = "") -> str:
        """A key of the screen."""
        return dict(self.screen).get(key, default)

    def with_screen(self, **keys: str) -> View:
        """A copy with keys of the screen set, or removed where the value is empty."""
        changed = {**dict(self.screen), **keys}
        if wrong := set(changed) - set(SCREEN_KEYS):
            raise ViewError(tr("The screen has no key {wrong!r}.", wrong=sorted(wrong)[0]))
        return replace(self, screen=tuple((k, changed[k]) for k in SCREEN_KEYS if changed.get(k)))

    def like(self, view: View) -> View:
        """A copy for the country and the language of another view."""
        return self.with_screen(data=view.shown("data"), lang=view.shown("lang"))

    def with_among(self, column: str, values: Iterable[str]) -> View:
        """A copy whose filter on a coded column is replaced, or removed where no value is left."""
        kept = {**dict(self.among), column: tuple(sorted(set(values)))}
        return replace(self, among=tuple(sorted((k, v) for k, v in kept.items() if v)))

    def with_policy(self, values: dict[str, float | str], base: Policy = POLICY) -> View:
        """A copy with policy numbers changed; those equal to the base are left out."""
        policy = base.with_values({**dict(self.policy), **dict(self.plans), **values})
        return _with_numbers(self, policy.changes(base))

    def policy_over(self, base: Policy) -> Policy:
        """The policy by which this view ranks, over the country's own; the plan's numbers are the country's."""
        return base.with_values(dict(self.policy))

    def plan_policy_over(self, base: Policy) -> Policy:
        """The full policy of this view over the country's own, the plan's numbers with it."""
        return base.with_values({**dict(self.policy), **dict(self.plans)})

    @property
    def schools_only(self) -> View:
        """The view without the screen's keys, the plan's numbers and the order: what decides which schools, and how they rank."""
        return replace(self, screen=(), plans=(), sort="priority_rank", descending=False)


def _with(view: View, key: str, value: str) -> View:
    if key in SCREEN_KEYS:
        return view.with_screen(**{key: value})
    if key == "area":
        return replace(view, area=value)
    if key == "q":
        return replace(view, text=value)
    if key == "ids":
        return replace(view, ids=tuple(sorted(set(value.split(",")))), kept="")
    if key == "kept":
        if not KEPT.fullmatch(value):
            raise ViewError(tr("kept={value!r} is no key of a named list.", value=value[:40]))
        return replace(view, kept=value, ids=())
    if key == "sort":
        column = _column(value.lstrip("-"), "sort")
        return replace(view, sort=column.name, descending=value.startswith("-"))
    if key.startswith("p."):
        name = key[2:]
        if name not in NUMBERS:
            raise ViewError(
                tr("There is no policy number {name!r}.{name_2}", name=name, name_2=_nearest(name, NUMBERS))
            )
        return _with_numbers(view, {**dict(view.policy), **dict(view.plans), name: NUMBERS[name].check(value)})
    if key.startswith(("min.", "max.")):
        column = _column(key[4:], key)
        if column.kind not in ("count", "number", "share", "degrees"):
            raise ViewError(
                tr(
                    "{title} ({name}) is not a number, so {key}= cannot bound it.",
                    title=column.title,
                    name=column.name,
                    key=key,
                )
            )
        least = key.startswith("min.")
        bounds = {**dict(view.at_least if least else view.at_most), column.name: _number(value, key)}
        pairs = tuple(sorted(bounds.items()))
        return replace(view, at_least=pairs) if least else replace(view, at_most=pairs)
    return view.with_among(key, _allowed(_column(key, key), value.split(",")))


def _with_numbers(view: View, changed: Mapping[str, float | str]) -> View:
    """A copy with these policy numbers, those of plans apart from those that rank."""
    pairs = sorted(changed.items())
    plans = tuple(pair for pair in pairs if NUMBERS[pair[0]].group in PLAN_GROUPS)
    return replace(view, policy=tuple(pair for pair in pairs if pair not in plans), plans=plans)


def _allowed(column: Field, values: list[str]) -> list[str]:
    choices = ("yes", "no") if column.kind == "yesno" else column.allowed
    if column.kind not in ("yesno", "code", "id", "text"):
        raise ViewError(
            tr("{title} ({name}) is a number: use min.{name}= or max.{name}=.", title=column.title, name=column.name)
        )
    for value in values:
        if choices and value not in (*choices, UNKNOWN):
            raise ViewError(
                tr(
                    "{title} ({name}) has no value {value!r}; it may be {join}.",
                    title=column.title,
                    name=column.name,
                    value=value,
                    join=", ".join((*choices, UNKNOWN)),
                )
            )
    return values


def _column(name: str, key: str) -> Field:
    if name not in SCHOOLS.columns:
        raise ViewError(
            tr("{key}= names no column of the schools.{name}", key=key, name=_nearest(name, SCHOOLS.columns))
        )
    return FIELDS[name]


def _number(value: str, key: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ViewError(tr("{key}={value} is not a number.", key=key, value=value)) from None
    if not isfinite(number):
        raise ViewError(tr("{key}={value} is no bound; leave it out.", key=key, value=value))
    return number


def _said(number: float) -> str:
    """The shortest text that reads back as the same number: 1234567, not 1.23457e+06."""
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else repr(number)


def _nearest(name: str, allowed: Iterable[str]) -> str:
    near = get_close_matches(name, list(allowed), n=1)
    return tr(" Did you mean {near!r}?", near=near[0]) if near else ""
