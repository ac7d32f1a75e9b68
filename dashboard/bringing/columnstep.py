"""What each column means, and what its words mean: suggested with how sure that is, to be set right by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.bringing import choices
from dashboard.bringing.state import Seen
from geodata.fields import FIELDS
from geodata.say import later, percent, tr, trn, written
from geodata.tables import REGISTER

MOST = 60  # columns with a choice of their own; the others are chosen by name below
SHOWN = 8  # words of a column that are told without opening it
SURE, LIKELY = 0.85, 0.6
HOW = {"sure": later("sure"), "likely": later("likely"), "perhaps": later("perhaps")}


def options(place: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a column may mean, by its title; levels in the place's own words."""
    levels = len(place.get("levels") or ())
    names = [n for n in REGISTER.columns if n in FIELDS and not (n.startswith("admin") and int(n[5]) > max(levels, 1))]
    found = [{"value": n, "label": words.title(n, place)} for n in names]
    twice = {o["label"] for o in found if [p["label"] for p in found].count(o["label"]) > 1}
    return [{**o, "label": f"{o['label']} ({o['value']})"} if o["label"] in twice else o for o in found]


def columns(seen: Seen) -> list[Component]:
    """A row a column: its name, a few of its values, what it means. Those that mean nothing come last, the many folded."""
    place, source = seen.recipe.get("place") or {}, seen.source
    by_column = {raw: field for field, several in choices.feeds(source).items() for raw in several}
    every = list(enumerate(seen.columns))
    used = [(n, one) for n, one in every if one["column"] in by_column]
    perhaps = [(n, one) for n, one in every if one["column"] not in by_column and one["field"] in FIELDS]
    others = [
        (n, one)
        for n, one in every
        if one["column"] not in by_column and one["field"] not in FIELDS and not one["personal"]
    ]
    dropped = [one for _, one in every if one["personal"]]
    data = options(place)
    shown = [*used, *perhaps, *others][: max(MOST, len(used))]
    hidden = [*used, *perhaps, *others][len(shown) :]
    rows = [_row(n, one, by_column.get(one["column"], ""), data, source) for n, one in shown]
    head = (tr("Column of the file"), tr("What stands in it"), tr("What it means"))
    parts: list[Component] = [
        c.wide(
            c.table(head, rows, caption=tr("Each column and what it means here"), class_name="bring-columns"),
            tr("Columns"),
        ),
    ]
    if hidden:
        parts.append(_adder(hidden, data))
    if dropped:
        said = trn("{n} column is about people and is left out: {names}.", "{n} columns are about people and are left out: {names}.", len(dropped), n=written(len(dropped)), names=", ".join(one["column"] for one in dropped))  # fmt: skip
        parts.append(html.P(said, className="fm-soft fm-small"))
    return parts


def _row(
    number: int, one: Mapping[str, Any], field: str, data: list[dict[str, str]], source: Mapping[str, Any]
) -> tuple[Any, ...]:
    name = str(one["column"])
    return html.Strong(name), html.Span(_stands(one), className="fm-small"), html.Div(_meaning(number, one, field, data, source))  # fmt: skip


def _stands(one: Mapping[str, Any]) -> str:
    examples = ", ".join(map(str, one["examples"]))
    empty = tr("; {n} not reported", n=written(one["unknown"])) if one["unknown"] else ""
    if one["least"] is not None:
        return tr(
            "{least} to {most}{empty}", least=words.exact(one["least"]), most=words.exact(one["most"]), empty=empty
        )
    return f"{examples or tr('nothing')}{empty}"


def _meaning(
    number: int, one: Mapping[str, Any], field: str, data: list[dict[str, str]], source: Mapping[str, Any]
) -> list[Any]:
    if field and not choices.simple(source, field):
        return [
            html.Span(words.title(field)),
            html.Span(tr(" by a rule: see the recipe’s text"), className="fm-soft fm-small"),
        ]
    control = dmc.Select(
        id={"type": "bring-col", "column": number}, data=data, value=field or None, searchable=True, clearable=True, size="sm",
        placeholder=tr("Not used"), nothingFoundMessage=tr("No such meaning"), comboboxProps={"shadow": "none"},
        **{"aria-label": tr("Meaning of {column}", column=str(one["column"]))},
    )  # fmt: skip
    guess = str(one["field"] or "")
    if field and field == guess:
        note = tr("{how} ({share}). {means}", how=words.capital(_how(one["confidence"])), share=percent(one["confidence"]), means=tr(FIELDS[field].definition))  # fmt: skip
    elif field:
        note = tr(FIELDS[field].definition)
    elif guess in FIELDS:
        note = tr("Perhaps {field} ({share})", field=words.title(guess), share=percent(one["confidence"]))
    else:
        note = ""
    return [control, html.Div(note, className="fm-soft fm-small") if note else None]


def _how(confidence: float) -> str:
    return tr(HOW["sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "perhaps"])


def _adder(hidden: Sequence[tuple[int, Mapping[str, Any]]], data: list[dict[str, str]]) -> Component:
    """For files of hundreds of columns: choose the column by its name."""
    names = [{"value": str(n), "label": str(one["column"])} for n, one in hidden if not one["personal"]]
    both = [
        dmc.Select(id="bring-add-column", label=tr("Column"), data=names, searchable=True, limit=100, comboboxProps={"shadow": "none"}),
        dmc.Select(id="bring-add-field", label=tr("What it means"), data=data, searchable=True, comboboxProps={"shadow": "none"}),
    ]  # fmt: skip
    said = trn("Use the other column", "Use one of the {n} other columns", len(names), n=written(len(names)))
    return html.Details(
        [html.Summary(said), html.Div(both, className="bring-fields"), html.P(html.Button(tr("Use it"), id="bring-add-do", className="fm-button", type="button"))],
        className="fm-meaning",
    )  # fmt: skip


# --- words --------------------------------------------------------------------------------------------------------


def values(seen: Seen) -> list[Component]:
    """For each coded column, what its words mean; those with words that nobody understands stand open, and come first."""
    source, meanings = seen.source, seen.look.get("meanings") or {}
    raw = {str(one["column"]): one for one in seen.columns}
    found = []
    for field, several in choices.feeds(source).items():
        if not choices.coded(field) or len(several) != 1 or several[0] not in raw:
            continue
        counts = [(str(v), int(n)) for v, n in raw[several[0]]["values"]]
        if choices.elsewhere(source, field, meanings):
            found.append((field, several[0], [], {"": str(source["values"][field])}))
        elif counts:
            known = choices.understood(source, field, [v for v, _ in counts], meanings)
            found.append((field, several[0], counts, known))
        elif raw[several[0]]["distinct"]:
            found.append((field, several[0], [], {}))
    found.sort(key=lambda one: all(one[3].values()) if one[2] else False)
    if not found:
        return [html.P(tr("No column with words of its own is used."), className="fm-soft")]
    return [_field(*one) for one in found]


def _field(field: str, column: str, counts: list[tuple[str, int]], known: Mapping[str, str]) -> Component:
    title = words.title(field)
    if known.get(""):
        return html.P(tr("{field}: its words are in the alias file {name}.", field=title, name=known[""]))
    if not counts:
        return html.P(tr("{field}, from {column}: too many different words to list here. Write them into the recipe’s text.", field=title, column=column))  # fmt: skip
    lost = [(raw, n) for raw, n in counts if not known[raw]]
    some = ", ".join(f"{raw} = {words.code(known[raw]) if known[raw] else '?'}" for raw, _ in counts[:SHOWN])
    said = tr("{field}: every word is understood", field=title)
    if lost:
        rows = sum(n for _, n in lost)
        said = trn("{field}: {words} in {n} row not understood", "{field}: {words} in {n} rows not understood", rows, n=written(rows), field=title, words=trn("{n} word", "{n} words", len(lost)))  # fmt: skip
    choose = [{"value": v, "label": words.capital(words.code(v))} for v in choices.allowed(field)]
    rows = [
        (raw, written(n), dmc.Select(
            id={"type": "bring-word", "field": field, "n": number}, data=choose, value=known[raw] or None, clearable=True, size="sm",
            placeholder=tr("Not reported"), comboboxProps={"shadow": "none"}, **{"aria-label": tr("Meaning of {column}", column=raw)},
        ))
        for number, (raw, n) in enumerate(counts)
    ]  # fmt: skip
    table = c.table((tr("Word in {column}", column=column), tr("Rows"), tr("What it means")), rows, caption=tr("A word without a meaning counts as not reported"), numeric=(1,))  # fmt: skip
    shape = "○ " if lost else "● "
    return html.Details(
        [html.Summary([html.Span(shape, **{"aria-hidden": "true"}), said, html.Span(f" · {some}", className="fm-soft fm-small")]), table],
        className="fm-meaning", open=bool(lost),
    )  # fmt: skip
