"""Pure: values → Dash components. Every state has a shape and a word; colour only repeats them; unknown is drawn.

Classes are styled in `assets/pages.css`. Nothing here reads a file, calls back, or knows an atlas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import dcc, html

from dashboard import shows, words
from geodata.say import date as day
from geodata.say import later, tr

State = Literal["lacks", "has", "unknown", "unused"]
Status = Literal["yes", "partly", "no", "unknown"]

# Shapes of screens.md: filled circle, triangle, square, hollow ring.
SHAPES: dict[str, str] = {"yes": "●", "partly": "▲", "no": "■", "unknown": "○"}
_MARKS: dict[str, tuple[str, str]] = {
    "lacks": ("■", "lacks"),
    "has": ("●", later("does not lack")),
    "unknown": ("○", later("not reported")),
    "unused": ("–", later("not used here: no data anywhere")),
}
_EVIDENCE = {"measured": "◆", "reported": "●", "inferred": "◐", "predicted": "◌", "imputed": "◌", "unknown": "○"}
_EVIDENCE_MEANS = {
    "measured": later("Measured by an instrument"),
    "reported": later("Reported by the school or the ministry"),
    "inferred": later("Follows from other reported values"),
    "predicted": later("Predicted by a model"),
    "imputed": later("Filled in from similar schools"),
    "unknown": later("Nobody has reported it"),
}
UNSEEN = {"className": "fm-hidden"}  # `labelProps` of a group of controls whose name already stands above it
# AG Grid in the look of the house; the grid parses this expression itself, nothing is evaluated.
GRID_THEME = (
    "themeQuartz.withParams({accentColor: '#0B5563', backgroundColor: '#FFFFFF', foregroundColor: '#1B2430', headerBackgroundColor: '#F1EEE6', "
    "borderColor: '#D9D4C7', fontFamily: 'inherit', fontSize: 14, headerFontSize: 13, headerFontWeight: 600, spacing: 6, "
    "wrapperBorderRadius: 0, rowHoverColor: '#FFF6DC', selectedRowBackgroundColor: '#E6F0F1'})"
)


@dataclass(frozen=True)
class Mark:
    """One of the small marks: what it is about, in one or two words, and its state."""

    label: str
    state: State
    said: str = ""


def status(state: Status, text: str) -> html.Span:
    """A status by shape and word."""
    return html.Span([html.Span(SHAPES[state], className="fm-shape", **{"aria-hidden": "true"}), " ", text], className=f"fm-status fm-{state}")  # fmt: skip


def flag(value: Any, yes: str = "yes", no: str = "no") -> html.Span:
    """Yes, no or not reported, as a status."""
    if words.unknown(value):
        return status("unknown", words.NOT_REPORTED)
    return status("yes", tr(yes)) if value else status("no", tr(no))


def evidence_chip(evidence: Any) -> html.Span:
    """How a value is known, by shape and word; anything unnamed counts as not reported."""
    kind = "unknown" if words.unknown(evidence) or str(evidence) not in _EVIDENCE else str(evidence)
    word = words.NOT_REPORTED if kind == "unknown" else words.code(kind)
    return html.Span(
        [html.Span(_EVIDENCE[kind], className="fm-shape", **{"aria-hidden": "true"}), " ", word],
        className=f"fm-chip fm-evidence-{kind}",
        title=tr(_EVIDENCE_MEANS[kind]),
    )


def marks(items: Sequence[Mark]) -> html.Ul:
    """The small "lacks" marks: a list, each with its shape, its word and its state said in full."""
    return html.Ul([_mark(item) for item in items], className="fm-marks", **{"aria-label": tr("What the school lacks")})


def _mark(item: Mark) -> html.Li:
    shape, meaning = _MARKS[item.state][0], tr(_MARKS[item.state][1])
    said = item.said or meaning
    return html.Li(
        [
            html.Span(shape, className="fm-shape", **{"aria-hidden": "true"}),
            html.Span(item.label, className="fm-mark-word"),
            html.Span(f": {said}", className="fm-hidden"),
        ],
        className=f"fm-mark fm-mark-{item.state}",
        title=f"{item.label}: {said}",
    )


def marks_key() -> html.Ul:
    """What the shapes of the marks mean."""
    return html.Ul(
        [
            html.Li([html.Span(_MARKS[state][0], className="fm-shape"), " ", tr(_MARKS[state][1])], className=f"fm-mark-{state}")
            for state in ("lacks", "has", "unknown")
        ],
        className="fm-key",
    )  # fmt: skip


def tier_badge(tier: Any, lacks: Any, of: int, unknown: Any = 0, expected: Any = None) -> html.Span:
    """The priority group with its arithmetic in words; without a group, the verify first list."""
    name = tr("Verify first") if words.unknown(tier) else tr("Group {tier}", tier=tier)
    kind = "verify" if words.unknown(tier) else str(tier).lower()
    return html.Span(
        [
            html.Strong(name, className=f"fm-tier fm-tier-{kind}"),
            " ",
            words.lacks(lacks, words.count(of, "thing"), unknown, expected),
        ],
        className="fm-tier-badge",
    )


def source_line(source: Any, date: Any = None, reported: Any = None) -> html.P:
    """What stands under every chart, map and table: "source · date · 86 % reported"."""
    parts = [words.NOT_REPORTED if words.unknown(source) else str(source)]
    parts += [] if words.unknown(date) else [day(str(date))]
    parts += [] if words.unknown(reported) else [tr("{reported} reported", reported=words.percent(reported))]
    return html.P([tr("Source: "), " · ".join(parts)], className="fm-source")


def empty_state(what: str, relax: Sequence[tuple[str, str]] = (), *, kept: str = "", way: str = later("To see more, relax one of these:")) -> html.Div:  # fmt: skip
    """Nothing to show: what was looked for, and links that relax it one by one; `kept` says what is still there, `way` what the links are."""
    return html.Div(
        [
            html.P(html.Strong(words.sentence(what))),
            html.P(words.sentence(kept)) if kept else None,
            html.P(way) if relax else None,
            html.Ul([html.Li(dcc.Link(text, href=href)) for text, href in relax]) if relax else None,
        ],
        className="fm-empty",
        role="status",
    )


def message(what: str, *, kept: str = "", mend: str = "", kind: Literal["error", "note"] = "note") -> html.Div:
    """What happened, what was kept, what to do."""
    parts = [html.Strong(words.sentence(what)), words.sentence(kept), words.sentence(mend)]
    return html.Div([html.P(part) for part in parts if part], className=f"fm-message fm-{kind}", role="alert" if kind == "error" else "status")  # fmt: skip


def _apart(value: Any) -> Any:
    """A value in its own direction: "82 × 50 kbps = 4.1 Mbps" stays so in a language that is read from right to left."""
    return html.Bdi(value) if isinstance(value, str) else value


def key_values(rows: Sequence[tuple[str, Any]], caption: str = "") -> html.Table:
    """Names and values, two columns; names are row headers."""
    body = [html.Tr([html.Th(name, scope="row"), html.Td(_apart(value))]) for name, value in rows]
    return html.Table([*([html.Caption(caption)] if caption else []), html.Tbody(body)], className="fm-keyvalues")


def table(
    head: Sequence[str], rows: Sequence[Sequence[Any]], *, caption: str, numeric: Sequence[int] = (), class_name: str = ""
) -> html.Table:  # fmt: skip
    """A plain table with a caption and column headers, said in the language of the reader; `numeric` columns are aligned right with tabular figures."""

    def align(i: int) -> str:
        return "fm-number" if i in numeric else ""

    return html.Table(
        [
            html.Caption(caption),
            html.Thead(html.Tr([html.Th(tr(text), scope="col", className=align(i)) for i, text in enumerate(head)])),
            html.Tbody([html.Tr([html.Td(cell, className=align(i)) for i, cell in enumerate(row)]) for row in rows]),
        ],
        className=f"fm-table {class_name}".strip(),
    )


def wide(child: Any, label: str) -> html.Div:
    """A scrollable region for a wide table, reachable by keyboard."""
    return html.Div(child, className="fm-wide", tabIndex=0, role="region", **{"aria-label": tr(label)})


@dataclass(frozen=True)
class Step:
    """One rung of the ladder: covered, connected, for learners, fast enough."""

    title: str
    state: Status
    said: str


def ladder(steps: Sequence[Step]) -> html.Ol:
    """The strip from covered to fast enough; each rung by shape, word and what is known."""
    return html.Ol(
        [
            html.Li(
                [html.Div(status(step.state, tr(step.title))), html.Div(step.said, className="fm-soft")],
                className=f"fm-rung fm-rung-{step.state}",
            )
            for step in steps
        ],
        className="fm-ladder",
        **{"aria-label": tr("From coverage to use")},
    )


def arithmetic(title: str, lines: Sequence[tuple[str, str]], result: str, *, known: bool = True) -> html.Section:
    """A gap step by step: what goes in, what comes out, so that one can redo it by hand."""
    return html.Section(
        [
            html.H3(title),
            html.Dl([part for name, value in lines for part in (html.Dt(name), html.Dd(_apart(value)))]),
            html.P(result, className="fm-result" if known else "fm-result fm-unknown"),
        ],
        className="fm-arithmetic",
    )


def finding(text: str, doubts: str = "", class_name: str = "finding") -> list[html.P]:
    """A finding: its sentence, and its range and gaps in a quieter line below."""
    below = [html.P(doubts, className="finding-doubts")] if doubts else []
    return [html.P(text, className=class_name), *below]


def section(title: str, *children: Any, id_: str = "", note: str = "") -> html.Section:
    """A titled section of a sheet."""
    extra = {"id": id_} if id_ else {}
    head = [html.H2(tr(title)), *([html.P(tr(note), className="fm-soft")] if note else [])]
    return html.Section([*head, *children], className="fm-section", **extra)


def meaning(about: Mapping[str, str]) -> html.Details:
    """What a number means, folded away: definition, unit, reference."""
    rows = [(name, text) for name, text in about.items() if text]
    return html.Details([html.Summary(tr("What this means")), key_values(rows)], className="fm-meaning")


def mark_of(mark: shows.Mark) -> html.Span:
    """A mark of the map as a small drawing beside its word."""
    return html.Span(className=f"mark mark-{mark.shape}", style={"--mark": mark.colour}, **{"aria-hidden": "true"})
