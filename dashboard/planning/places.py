"""Share of need beside share of money for every region: a pair of dots a row, and a sentence where there is no money."""

from __future__ import annotations

from math import isnan
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.planning.budget import unit_words
from dashboard.planning.seen import Seen
from geodata.exports.plan_money import regions
from geodata.say import told, tr, trn

MOST = 40  # rows shown at once; the others fold away


def section(seen: Seen) -> list[Component]:
    """The pairs, widest shortfall of money first; nothing where no region is known."""
    rows = pairs(seen)
    if not rows:
        return []
    word = words.level(seen.desk.place, 1)
    head, rest = rows[:MOST], rows[MOST:]
    parts: list[Component] = [html.H2(title(rows, words.level(seen.desk.place, 1, many=True), word)), _key(), c.wide(_table(head, seen, word), tr("Need and money"))]  # fmt: skip
    if rest:
        parts.append(html.Details([html.Summary(tr("{rest} more, with the least need", rest=len(rest))), c.wide(_table(rest, seen, word), tr("Need and money, the others"))]))  # fmt: skip
    return parts


def pairs(seen: Seen) -> list[dict[str, Any]]:
    """One row a region, as in the workbook: name, shares of need and money, why there is no money; most need first."""
    frame = regions(seen.handed).frame
    if not {"region", "need_share", "money_share"} <= set(frame.columns):
        return []
    rows = [{"region": r["region"] or tr("Region not reported"), "need": _number(r["need_share"]), "money": _number(r["money_share"]), "why": str(r.get("why") or "") if not words.unknown(r.get("why")) else ""} for r in frame.to_dict("records")]  # fmt: skip
    return sorted(rows, key=lambda r: (-(r["need"] or 0), str(r["region"])))


def _number(value: Any) -> float | None:
    return None if words.unknown(value) or isnan(float(value)) else float(value)


def title(rows: list[dict[str, Any]], many: str, one: str) -> str:
    """The finding: how many regions get money in step with their need, or who gets none."""
    known = [r for r in rows if r["need"] is not None and r["money"] is not None and r["need"] > 0]
    none = [r for r in known if r["money"] == 0]
    if known and len(none) == len(known):
        return tr("No {one} gets money yet", one=one)
    if none:
        names = words.listed([str(r["region"]) for r in none[:2]]) if len(none) <= 2 else tr("{some} of {known} {many}", some=len(none), known=len(known), many=many)  # fmt: skip
        return trn(
            "{names} gets no money at this budget", "{names} get no money at this budget", len(none), names=names
        )
    short = [r for r in known if r["money"] < r["need"] / 2]
    if short:
        names = words.listed([str(r["region"]) for r in short[:2]]) if len(short) <= 2 else tr("{some} of {known} {many}", some=len(short), known=len(known), many=many)  # fmt: skip
        return trn(
            "{names} gets less than half of what its need would give",
            "{names} get less than half of what their need would give",
            len(short),
            names=names,
        )
    return tr("Every {one} gets at least half of what its need would give", one=one)


def _key() -> Component:
    return html.Ul(
        [
            html.Li([html.Span(className="plan-dot plan-dot-need"), tr(" share of need")]),
            html.Li([html.Span(className="plan-dot plan-dot-money"), tr(" share of money")]),
        ],
        className="fm-key fm-drawn-key",
    )  # fmt: skip


def _table(rows: list[dict[str, Any]], seen: Seen, word: str) -> Component:
    most = max([0.01, *(max(r["need"] or 0, r["money"] or 0) for r in rows)])
    head = (word.capitalize(), tr("0 to {most}", most=words.percent(most)), tr("Need"), tr("Money"))
    cells = [html.Th(text, scope="col", className="fm-number" if i > 1 else "") for i, text in enumerate(head)]
    caption = tr("Share of {plan} beside share of what the plan spends", plan=unit_words(seen.plan))
    return html.Table([html.Caption(caption), html.Thead(html.Tr(cells)), html.Tbody([_row(r, most) for r in rows])], className="fm-table fm-rates plan-pairs")  # fmt: skip


def _row(row: dict[str, Any], most: float) -> Component:
    need, money = row["need"], row["money"]
    drawn: list[Component] = []
    if need is not None and money is not None:
        low, high = sorted((need / most, money / most))
        drawn = [
            html.Span(
                className="plan-line",
                style={"insetInlineStart": f"{100 * low:.2f}%", "width": f"{100 * (high - low):.2f}%"},
            ),
            html.Span(className="plan-dot plan-dot-need", style={"insetInlineStart": f"{100 * need / most:.2f}%"}),
            html.Span(className="plan-dot plan-dot-money", style={"insetInlineStart": f"{100 * money / most:.2f}%"}),
        ]
    note = [html.Small(told(row["why"]), className="fm-soft")] if row["why"] and not money else []
    return html.Tr(
        [
            html.Th([str(row["region"]), *note], scope="row"),
            html.Td(html.Div(drawn, className="plan-track", **{"aria-hidden": "true"}), className="fm-drawn"),
            html.Td(tr("too few to show") if need is None else words.percent(need), className="fm-number"),
            html.Td(tr("too few to show") if money is None else words.percent(money), className="fm-number"),
        ]
    )
