"""A brief as one HTML file that needs nothing else: no script, no request, tables as tables, drawings with words."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from math import isnan, nan
from pathlib import Path

from geodata.briefing.annex import chart_table, map_table
from geodata.briefing.contents import Brief
from geodata.briefing.parts import Bar, Chart, Figure, Sheet, Step
from geodata.exports import brief_words as words
from geodata.exports.brief_map import drawn, swatch
from geodata.exports.brief_pdf import content, drawings, size_of
from geodata.say import speaking, tr, written

STYLE = Path(__file__).with_name("brief.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def brief_html(brief: Brief, *, letterhead: str = "", crest: bytes | None = None) -> bytes:
    """The page of a brief in its own language. The same brief gives the same bytes."""
    with speaking(brief.language):
        return _page(brief, letterhead, crest).encode()


def _page(brief: Brief, letterhead: str, crest: bytes | None) -> str:
    heads, data = words.heads(brief), content(brief, letterhead)
    art = drawings(brief)
    known, listed = words.references(brief)
    marks = "".join(f"<strong>{_(m)}</strong>" for m in data["marks"])
    body = [
        f'<p class="marks" role="note">{marks}</p>',
        _letterhead(letterhead, crest),
        f'<header><p class="kicker">{_(words.kicker(brief))}</p><h1>{_(brief.finding)}</h1></header>',
        f'<section class="numbers" aria-label="{_(heads["numbers"])}">{"".join(_number(n, known) for n in brief.numbers)}</section>',
        _section(heads["coverage"], "".join(f'<p class="line told"><span>{_(c.label)}</span>{_track(nan, c.share, c.share)}<span>{_(c.text)}</span></p>' for c in brief.covered)),
        _map(brief, art.get("map", ""), heads),
        _section(heads["ladder"], f"<p>{_(brief.ladder_said)}</p>" + "".join(_step(s, known) for s in brief.ladder)),
        _behind(brief, heads, data),
        _first(brief, heads),
        _plan(brief, art.get("curve", ""), heads),
        _need(brief, heads),
        _section(heads["financing"], _points(brief.financing)),
        _section(heads["unknown"], _points(brief.unknown)),
        _section(heads["surveys"], _points(brief.surveys, "ol")),
        _section(heads["decisions"], _table((heads["decision"], heads["owner"], heads["date"]), [(d.asked, d.owner, d.date) for d in brief.decisions], caption=heads["decisions"])),
        *(_section(s.title, _sheet(s)) for s in brief.annex),
        _section(heads["method"], "".join(f"<p>{_(t)}</p>" for t in brief.method)),
        _section(heads["sources"], _points([f"({written(n)}) {t}." for n, t in enumerate(listed, 1)]) + _points(data["sources"]) + f'<p>{_(heads["licence"])} {_(data["disclaimer"])}</p>'),
        f'<footer><p>{_(data["footer"])}</p></footer>',
    ]  # fmt: skip
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>{_(brief.title)}</title><style>{STYLE.read_text("utf-8")}</style>'  # fmt: skip
    return f'<!doctype html>\n<html lang="{brief.language}" dir="{brief.direction}"><head>{head}</head><body><main>{"".join(body)}</main></body></html>\n'  # fmt: skip


def _(text: str) -> str:
    """Text as it stands, never markup."""
    return escape(text, quote=True)


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{_(title)}</h2>{inner}</section>" if inner else ""


def _points(rows: Iterable[str], kind: str = "ul") -> str:
    items = "".join(f"<li>{_(r)}</li>" for r in rows)
    return f"<{kind}>{items}</{kind}>" if items else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, numeric: Sequence[bool] = ()) -> str:
    """A table whose first column names the row."""
    end = [' class="n"' if k < len(numeric) and numeric[k] else "" for k in range(len(head))]
    top = "".join(f'<th scope="col"{end[k]}>{_(h)}</th>' for k, h in enumerate(head))
    lines = "".join(f"<tr>{''.join(f'<td{end[k]}>{_(c)}</td>' for k, c in enumerate(row))}</tr>" for row in rows)
    return f'<div class="wide"><table><caption>{_(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'  # fmt: skip


def _sheet(sheet: Sheet, *, folded: bool = False) -> str:
    table = _table(sheet.columns, sheet.rows, caption=sheet.note or sheet.title, numeric=sheet.numeric)
    return f"<details><summary>{_(tr('The same as a table'))}</summary>{table}</details>" if folded else table


def _letterhead(text: str, crest: bytes | None) -> str:
    if not text and not crest:
        return ""
    image = ""
    if crest:
        size_of(crest)
        kind = "png" if crest.startswith(b"\x89PNG") else "jpeg"
        alt = tr("Crest of {name}", name=text) if text else tr("Crest")
        image = f'<img alt="{_(alt)}" src="data:image/{kind};base64,{base64.b64encode(crest).decode()}">'
    return f'<div class="letterhead">{image}<span>{_(text)}</span></div>'


def _track(value: float, low: float, high: float) -> str:
    """Solid is known, hatched could be, the tick is the share of those that report."""

    def part(at: float) -> str:
        return f"{min(1.0, max(0.0, at)) * 100:.2f}%"

    least = value if isnan(low) else low
    most = least if isnan(high) else high
    if isnan(least):
        return '<span class="track" aria-hidden="true"></span>'
    tick = f'<i class="tick" style="inset-inline-start:{part(value)}"></i>' if not isnan(value) else ""
    return f'<span class="track" aria-hidden="true"><i class="known" style="inline-size:{part(least)}"></i><i class="maybe" style="inset-inline-start:{part(least)};inline-size:{part(most - least)}"></i>{tick}</span>'  # fmt: skip


def _number(figure: Figure, known: dict[str, int]) -> str:
    place = known.get(words.reference(figure))
    mark = f" ({written(place)})" if place else ""
    reach = f"{_(figure.range)}<br>" if figure.range and figure.range != figure.value else ""
    return f'<div><h2>{_(figure.title)}</h2><p><b>{_(figure.value)}</b> {_(figure.unit)}</p><p class="soft">{reach}{_(figure.coverage or figure.note)}{mark}</p></div>'  # fmt: skip


def _step(step: Step, known: dict[str, int]) -> str:
    place = known.get(words.reference(step))
    mark = f" ({written(place)})" if place else ""
    reach = f" ({_(step.range)})" if step.range and step.range != step.value else ""
    return f'<div class="step"><p class="line"><span><b>{_(step.title)}</b></span><span><b>{_(step.value)}</b>{reach}</span></p>{_track(step.number, step.low, step.high)}<p class="soft">{_(step.difference)} {_(step.counts)}{mark}</p></div>'  # fmt: skip


def _map(brief: Brief, svg: str, heads: dict[str, str]) -> str:
    found = brief.mapped
    if found is None or not drawn(found) or not svg:
        return _section(tr("Map"), f"<p>{_(heads['no_map'])}</p>")
    legend = "".join(f'<li><i style="background:{swatch(k)}"></i>{_(t)}</li>' for k, t in enumerate(found.classes))
    legend += f'<li><i class="maybe"></i>{_(found.unknown)}</li>'
    note = f'<p class="soft">{_(found.note)} {_(found.source)}</p>'
    table = map_table(found)
    beside = _sheet(table, folded=True) if table.rows else ""
    return f'<section><figure><figcaption><h2>{_(found.title)}</h2><p class="soft">{_(found.subtitle)}</p></figcaption>{svg}<ul class="legend">{legend}</ul></figure>{note}{beside}</section>'  # fmt: skip


def _chart(chart: Chart | None) -> str:
    if chart is None or not chart.bars:
        return ""
    rows = "".join(_bar(b) for b in chart.bars)
    return f'<figure><figcaption><h3>{_(chart.title)}</h3><p class="soft">{_(chart.subtitle)}</p></figcaption>{rows}<p class="soft">{_(chart.source)}</p></figure>{_sheet(chart_table(chart), folded=True)}'  # fmt: skip


def _bar(bar: Bar) -> str:
    note = f' <small class="soft">{_(bar.note)}</small>' if bar.note else ""
    return f'<p class="line"><span>{_(bar.label)}</span>{_track(bar.value, bar.low, bar.high)}<span>{_(bar.text)}{note}</span></p>'  # fmt: skip


def _behind(brief: Brief, heads: dict[str, str], data: dict[str, object]) -> str:
    said = "".join(f"<p>{_(t)}</p>" for t in brief.left_behind)
    return _section(heads["behind"], f'{_chart(brief.parity)}{_chart(brief.quintiles)}{said}<p class="soft">{_(heads["bars"])}</p>')  # fmt: skip


def _first(brief: Brief, heads: dict[str, str]) -> str:
    areas = [(f.band, f.name, f.learners, f.why) for f in brief.first_areas]
    schools = [(f.band, f.name, f.where, f.learners, f.why) for f in brief.first]
    out = ""
    if areas:
        out += _section(heads["first_areas"], _table((heads["rank"], heads["area"], heads["without"], heads["share"]), areas, caption=heads["first_areas"], numeric=(False, False, True, True)))  # fmt: skip
    if schools:
        out += _section(heads["first"], _table((heads["rank"], heads["school"], heads["where"], heads["learners"], heads["why"]), schools, caption=brief.first_note or heads["first"], numeric=(False, False, False, True, False)))  # fmt: skip
    return out


def _plan(brief: Brief, svg: str, heads: dict[str, str]) -> str:
    found = brief.planned
    if found is None:
        return _section(heads["plan"], f"<p>{_(brief.plan_said)}</p>")
    years = _table((heads["year"], f"{heads['capital']}, {found.currency}", f"{heads['running']}, {found.currency}"), [(y.label, y.capital_text, y.running_text) for y in found.years], caption=heads["years"], numeric=(False, True, True)) if found.years else ""  # fmt: skip
    stops = _table((tr("Budget"), tr("Reached"), tr("All counted alike (λ = 0)"), tr("Schools")), [(s.budget_text, s.reached_text, s.plain_text, s.schools_text) for s in found.stops], caption=found.unit, numeric=(True,) * 4)  # fmt: skip
    folded = f"<details><summary>{_(tr('The same as a table'))}</summary>{stops}</details>"
    mix = "".join(_bar(b) for b in found.mix)
    provisional = f"<p><strong>{_(found.provisional)}</strong></p>" if found.provisional else ""
    return f'<section><figure><figcaption><h2>{_(found.title)}</h2><p>{_(found.sentence)}</p></figcaption>{svg}<p class="soft">{_(heads["budget"])}</p></figure>{folded}{provisional}<p>{_(found.equity)} {_(found.plain)}</p><h3>{_(heads["mix"])}</h3>{mix}{years}</section>'  # fmt: skip


def _need(brief: Brief, heads: dict[str, str]) -> str:
    if not brief.need_money:
        return _section(heads["need"], f"<p>{_(brief.need_said)}</p>" if brief.need_said else "")
    money = brief.planned is not None
    head = (heads["area"], heads["need_share"], *((heads["money_share"],) if money else ()))
    rows = [(n.name, n.need_text, *((n.money_text,) if money else ())) for n in brief.need_money]
    return _section(heads["need"], f"<p>{_(brief.need_said)}</p>{_table(head, rows, caption=heads['need'], numeric=(False, True, True))}")  # fmt: skip
