"""A brief as a presentation: one message a slide, native charts, words for every picture, notes with sources and hash."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from geodata.briefing.contents import Brief
from geodata.briefing.parts import Figure, Sheet
from geodata.exports.office import charts
from geodata.exports.office.charts import INK, RULE, SOFT
from geodata.exports.office.frame import HEIGHT, MARGIN, TITLE, WIDTH, Box, Frame, empty, fitting, head_and_foot, lines
from geodata.exports.office.slides import MAP, MOST_POINTS, MOST_ROWS, Slide, joined, slides_of
from geodata.exports.office.still import still, tell
from geodata.exports.typeset import png_of
from geodata.say import speaking, tr, written

BODY = Box(MARGIN, 2.62, WIDTH - 2 * MARGIN, 4.08)
GAP = 0.35  # between what stands side by side
MAP_PPI = 200
MOST_FOOT = 115  # letters of the source line on a slide


def presentation(
    brief: Brief, drawings: Mapping[str, str] | None = None, *, letterhead: str = "", crest: bytes | None = None
) -> bytes:
    """The PPTX of a brief. `drawings`: SVG by name (`map`). The same brief gives the same bytes."""
    with speaking(brief.language):
        frame = Frame(brief.direction == "rtl", brief.language)
        made = empty(frame)
        said = {"title": brief.title, "subject": brief.finding, "keywords": brief.version, "comments": brief.status}
        tell(made.core_properties, language=brief.language, author=letterhead or "First Mile", last_modified_by="First Mile", **said)  # fmt: skip
        for number, slide in enumerate(slides_of(brief)):
            on = made.slides.add_slide(made.slide_layouts[0])
            _slide(on, slide, brief, frame, drawings or {}, letterhead=letterhead if number == 0 else "")
            if crest and number == 0:
                _crest(on, crest, frame)
        out = io.BytesIO()
        made.save(out)
        return still(out.getvalue())


def _slide(on: Any, slide: Slide, brief: Brief, frame: Frame, drawings: Mapping[str, str], *, letterhead: str) -> None:  # fmt: skip
    _title(on, slide.title, frame)
    kicker = joined(((letterhead, brief.title) if slide.key == "finding" else (tr("In reserve") if slide.reserve else "", slide.kicker),))  # fmt: skip
    marks = [*([] if brief.approved else [brief.status]), *([tr("SYNTHETIC DATA")] if brief.synthetic else [])]
    foot = [f for f in (_short(slide.foot), _stamp(brief)) if f]
    head_and_foot(on, frame, kicker=kicker, marks=marks, foot=foot)
    if slide.lead:
        frame.text(on, Box(MARGIN, 2.12, WIDTH - 2 * MARGIN, 0.4), [slide.lead], 16, "Lead", colour=SOFT)
    _body(on, slide, frame, drawings)
    on.notes_slide.notes_text_frame.text = "\n".join(_notes(slide, brief))
    for paragraph in on.notes_slide.notes_text_frame.paragraphs:
        frame.turn(paragraph)


def _short(foot: str) -> str:
    """A source line that fits its place, whole in the notes where it is longer."""
    if len(foot) <= MOST_FOOT:
        return foot
    return tr("{start} … (in full in the notes)", start=foot[: foot.rfind(" ", 0, MOST_FOOT)].rstrip(" ;,·"))


def _stamp(brief: Brief) -> str:
    """Place, date, version and the brief's own hash, for which an approval stands."""
    return joined(((brief.area_name or brief.place, brief.made, tr("data version {version}", version=brief.version[:12]), tr("brief {key}", key=brief.key[:12])),))  # fmt: skip


def _title(on: Any, text: str, frame: Frame) -> None:
    size, _ = fitting([text], TITLE, (32, 28, 24, 22, 20), line=frame.line)
    frame.write(on.shapes.title, [text], size)


def _body(on: Any, slide: Slide, frame: Frame, drawings: Mapping[str, str]) -> None:
    box = BODY if slide.lead else Box(BODY.left, BODY.top - 0.42, BODY.width, BODY.height + 0.42)
    picture = drawings.get(slide.picture, "") if slide.picture else ""
    beside = bool(slide.points) and bool(slide.chart or picture)
    main = Box(box.left, box.top, box.width * 0.62, box.height) if beside else box
    rest = Box(main.left + main.width + GAP, box.top, box.width - main.width - GAP, box.height) if beside else box
    if slide.figures:
        _figures(on, slide.figures, frame)
    elif picture:
        _picture(on, picture, slide.alt, frame, main)
    elif slide.chart is not None:
        _chart(on, slide, frame, main)
    elif slide.table is not None and slide.key != MAP:
        rest = _table(on, slide.table, frame, box)
    if slide.points:
        _points(on, slide.points, frame, rest)


def _points(on: Any, points: Sequence[str], frame: Frame, box: Box) -> None:
    if box.height < 0.4:
        return
    shown = points[:MOST_POINTS]
    size, fits = fitting(shown, box, (20, 18, 16, 14, 12), gap=8, line=frame.line)
    frame.text(on, box, shown[:fits], size, "Points", gap=8)


def _figures(on: Any, figures: Sequence[Figure], frame: Frame) -> None:
    wide = (BODY.width - GAP * (len(figures) - 1)) / len(figures)
    for number, figure in enumerate(figures):
        left = BODY.left + number * (wide + GAP)
        frame.text(on, Box(left, BODY.top + 0.1, wide, 0.85), [figure.title], 16, f"Figure {number + 1}, what", bold=True)  # fmt: skip
        size, _ = fitting([figure.value], Box(0, 0, wide, 0.75), (44, 36, 28, 22), line=frame.line)
        frame.text(on, Box(left, BODY.top + 1.0, wide, 0.8), [figure.value], size, f"Figure {number + 1}", bold=True)
        said = [t for t in (figure.unit, figure.range, figure.coverage, figure.note, joined(((figure.source, figure.date),))) if t]  # fmt: skip
        size, fits = fitting(said, Box(0, 0, wide, 2.1), (14, 12, 11), gap=4, line=frame.line)
        frame.text(on, Box(left, BODY.top + 1.9, wide, 2.1), said[:fits], size, f"Figure {number + 1}, how sure", colour=SOFT, gap=4)  # fmt: skip


def _chart(on: Any, slide: Slide, frame: Frame, box: Box) -> None:
    chart = slide.chart
    if chart is None:
        return
    if chart.axis:
        frame.text(on, Box(box.left, box.top + box.height - 0.3, box.width, 0.3), [chart.axis], 12, "Axes", colour=SOFT)
        box = Box(box.left, box.top, box.width, box.height - 0.35)
    crowded = len(chart.categories) * len(chart.series) > 8 and chart.kind != "curve"
    made = charts.put(on.shapes, chart, frame.place(box).emu, rtl=frame.rtl, size=12 if crowded else 16)
    charts.described(made, chart.alt, tr("Chart: {title}", title=slide.title))


def _picture(on: Any, svg: str, alt: str, frame: Frame, box: Box) -> None:
    image = on.shapes.add_picture(io.BytesIO(png_of(svg, width_mm=box.width * 25.4, ppi=MAP_PPI)), 0, 0)
    scale = min(Inches(box.width) / image.width, Inches(box.height) / image.height)
    image.width, image.height = Emu(int(image.width * scale)), Emu(int(image.height * scale))
    wide = image.width / Inches(1)
    place = frame.place(Box(box.left, box.top, wide, box.height))
    image.left, image.top = Inches(place.left), Inches(place.top)
    charts.described(image, alt, tr("Map"))


def _crest(on: Any, crest: bytes, frame: Frame) -> None:
    image = on.shapes.add_picture(io.BytesIO(crest), 0, 0, height=Inches(0.6))
    place = frame.place(Box(WIDTH - MARGIN - 0.9 - image.width / Inches(1), HEIGHT - 0.72, image.width / Inches(1), 0.6))  # fmt: skip
    image.left, image.top = Inches(place.left), Inches(place.top)
    charts.described(image, tr("Crest"), tr("Crest"))


def _table(on: Any, sheet: Sheet, frame: Frame, box: Box) -> Box:
    """A native table with a header row; returns what is left of the box beneath it."""
    rows = list(sheet.rows[:MOST_ROWS])
    more = len(sheet.rows) - len(rows)
    if more:
        rows[-1] = (tr("… and {n} more, in the document", n=written(more + 1)), *([""] * (len(sheet.columns) - 1)))
    shape = on.shapes.add_table(len(rows) + 1, len(sheet.columns), *(Inches(v) for v in (box.left, box.top, box.width, 0.4 * (len(rows) + 1))))  # fmt: skip
    charts.described(shape, sheet.title, sheet.title)
    table = shape.table
    table.first_row, table.horz_banding = True, False
    if frame.rtl:
        table._tbl.tblPr.set("rtl", "1")
    weights = [
        min(max(len(str(r[i])) * (1.2 if r is sheet.columns else 1) for r in (sheet.columns, *rows)), 60) + 6
        for i in range(len(sheet.columns))
    ]
    widths = [box.width * w / sum(weights) for w in weights]
    size = _size_of(rows, widths, box.height, frame.line)
    high = 0.0
    for i, width in enumerate(widths):
        table.columns[i].width = Inches(width)
    for r, row in enumerate((sheet.columns, *rows)):
        high += max(_lines(str(c), widths[i] - 0.2, size) for i, c in enumerate(row)) * size * frame.line / 72 + 0.1
        for i, text in enumerate(row):
            numeric = i < len(sheet.numeric) and sheet.numeric[i]
            _cell(table.cell(r, i), str(text), frame, size, head=r == 0, end=numeric)
    return Box(box.left, box.top + high + 0.2, box.width, box.height - high - 0.2)


def _lines(text: str, width: float, size: float) -> int:
    """Lines of a cell's text."""
    return lines(text, max(width, 0.3), size)


def _size_of(rows: Sequence[Sequence[str]], widths: Sequence[float], height: float, line: float) -> float:
    for size in (18, 16, 14, 12, 11):
        high = sum(max(_lines(str(c), w - 0.2, size) for c, w in zip(row, widths, strict=True)) * size * line / 72 + 0.1 for row in rows)  # fmt: skip
        if high + 0.45 <= height:
            return size
    return 10


def _cell(cell: Any, text: str, frame: Frame, size: float, *, head: bool, end: bool) -> None:
    cell.fill.background()
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    frame.write(cell, [text], size, bold=head, colour=SOFT if head else INK, end=end)
    edge = cell._tc.get_or_add_tcPr()
    line = edge.makeelement(qn("a:lnB"), {"w": str(int(Pt(1.5 if head else 0.75)))})
    fill = line.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": INK if head else RULE}))
    line.append(fill)
    edge.insert(0, line)


def _notes(slide: Slide, brief: Brief) -> list[str]:
    """What the speaker reads: all that the slide says at length, sources with dates and licences, version, status."""
    table = [] if slide.table is None else [slide.table.title, *(" · ".join(filter(None, row)) for row in slide.table.rows), slide.table.note]  # fmt: skip
    sources = [joined(((s.name, s.publisher, s.date, s.licence),)) for s in brief.sources]
    return [
        t
        for t in (
            slide.title,
            slide.lead,
            *slide.points,
            *table,
            slide.foot,
            *slide.notes,
            *brief.notices,
            tr("Sources:"),
            *sources,
            tr("Data of {made}, version {version}, code {code}.", made=brief.made, version=brief.version, code=brief.code),
            brief.status,
        )
        if t
    ]  # fmt: skip
