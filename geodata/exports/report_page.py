"""The funder's report as one HTML page: sentences first, then tables; nothing is fetched, no script runs.

Every number on it is read from `Report.numbers`, so that what is verified is what is printed.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from geodata.exports.passport import attribution
from geodata.exports.report import TAG, Report
from geodata.exports.report_html import definitions, paragraph, table
from geodata.exports.report_parts import assumptions, equity, list_, money, plan_finding, planned, sure
from geodata.freshness import as_of
from geodata.say import LANGUAGES, date, tr

STYLE = Path(__file__).with_name("report.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(of: Report) -> bytes:
    """The report. Same data, same question, same code: the same bytes."""
    here = LANGUAGES[of.language]
    title = tr("{place}: report to a funder", place=of.desk.atlas.name)
    body = [
        *_head(of, title),
        *([] if of.plan is None else [*plan_finding(of), *planned(of), *money(of), *sure(of), *equity(of)]),
        *(list_(of) if of.lists else []),
        *assumptions(of),
        *_sources(of),
        *_again(of),
    ]
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE.read_text('utf-8')}</style>",
    ]
    data = f'<script type="application/json" id="{TAG}">{of.text}</script>'
    parts = [f'<!doctype html>\n<html lang="{here.code}" dir="{here.direction}">\n<head>', *head, "</head>\n<body>", f"<main>{''.join(body)}</main>", data, "</body>\n</html>\n"]  # fmt: skip
    return "\n".join(parts).encode("utf-8", "replace")


def _head(of: Report, title: str) -> list[str]:
    tier = {"partner": tr("For partners under an agreement alone."), "government": tr("For the government alone.")}
    marks = [*([tr("Synthetic demonstration data")] if of.desk.atlas.synthetic else []), *([tier[of.desk.tier]] if of.desk.tier in tier else [])]  # fmt: skip
    day = as_of(of.desk.atlas.manifest)
    facts = [
        (tr("The data reach to"), escape(date(day) if day else tr("not reported"))),
        (tr("Build of the data"), f"<code>{escape(of.desk.atlas.version)}</code>"),
        (tr("Hash of this report"), f'<code id="report-hash">{of.sha256}</code>'),
    ]
    return [
        f'<p class="marks">{"".join(f"<strong>{escape(m)}</strong>" for m in marks)}</p>' if marks else "",
        f"<h1>{escape(title)}</h1>",
        definitions(facts),
        *(paragraph(text, "note") for text in of.notices),
        *([] if LANGUAGES[of.language].reviewed else [paragraph(tr("No native speaker has reviewed these translations yet."), "note")]),
    ]  # fmt: skip


def _sources(of: Report) -> list[str]:
    rows = [
        [str(s.get(k) or "") for k in ("publisher", "title", "date", "licence")] + [attribution(s)] for s in of.sources
    ]
    head = (tr("Publisher"), tr("Title"), tr("Date"), tr("Licence"), tr("Credit"))
    return [f"<h2>{escape(tr('Sources and licences'))}</h2>", paragraph(tr("This report stands under all of these licences: {licences}.", licences=of.passport["data_licence"])), table(head, rows)]  # fmt: skip


def _again(of: Report) -> list[str]:
    said = [
        tr("Every number above follows from what is asked (the view, the terms, the prices) and from the data named at the head. Both, and the numbers, stand in this file as text that programs read; the hash at the head is the SHA-256 of that text."),
        tr("Whoever has the data can work all of it out again:"),
    ]  # fmt: skip
    command = f"firstmile report --verify {escape('REPORT.html')} atlases/{of.desk.atlas.slug}"
    hidden = [paragraph(tr("Decisions of officers on single schools are not shown to this tier, so a plan that rests on them can be worked out again only by the government."))] if of.handed is not None and any(isinstance(of.handed.terms[k], str) for k in ("must", "never")) else []  # fmt: skip
    code = tr("Made with First Mile, code {code}.", code=str(of.asked["code"]))
    return [f"<h2>{escape(tr('How to work it out again'))}</h2>", *map(paragraph, said), f'<pre dir="ltr">{command}</pre>', *hidden, paragraph(code), paragraph(tr("A connection alone does not produce learning."))]  # fmt: skip
