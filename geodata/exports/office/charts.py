"""Native charts for Office files: bars, stacked bars and curves with their data inside, labels on the marks.

One drawing for slides and documents. Every label is a text that the brief says elsewhere too; the numbers behind the
marks stay in the embedded workbook, so that a chart can be edited. Series tell apart by pattern as well as by colour.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Literal

import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.util import Emu, Pt

from geodata.exports.formula import AS_TEXT

INK, SOFT, RULE, PAPER = "1B2430", "4A5563", "D9D4C7", "FAF8F3"
ACTION, NO, UNKNOWN, PALE = "0B5563", "9B1C1C", "83888F", "A8CCD2"

LIGHT = {ACTION: "FFFFFF", NO: "FFFFFF"}  # ink of a label upon a mark; dark elsewhere
ROOM = 1.15  # of a curve's axes, for the label of its last mark
LATE = 0.6  # of a curve: marks from here on carry their words above
LATIN, ARABIC = "Noto Sans", "Noto Sans Arabic"


@dataclass(frozen=True)
class Series:
    """One series: its name, a number for each category (None: not reported) and what each mark says. `hatched`: told
    apart by a pattern, as what is not reported is; `colours`: one for each mark, where they differ."""

    name: str
    values: tuple[float | None, ...]
    said: tuple[str, ...]
    colour: str = ACTION
    hatched: bool = False
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """What a chart shows. `bars`: one bar a category, `parts`: bars of parts that make a whole, `curve`: a line over
    `at`, its horizontal values, with `labels` of both axes. `alt` says in words what there is to see."""

    kind: Literal["bars", "parts", "curve"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    at: tuple[float, ...] = ()
    axis: str = ""
    here: int = -1  # the mark of a curve that stands out
    most: float = 0.0  # the end of the axis of bars; 0: the longest

    @property
    def several(self) -> bool:
        """Whether a key must say which series is which."""
        return len(self.series) > 1


Box = tuple[int, int, int, int]  # left, top, width, height in EMU


def put(shapes: Any, chart: Chart, box: Box, *, rtl: bool = False, size: float = 16) -> Any:
    """The chart as a native one among a slide's shapes; returns its frame. `size`: of its letters, in points."""
    kind = {"bars": XL_CHART_TYPE.BAR_CLUSTERED, "parts": XL_CHART_TYPE.BAR_STACKED, "curve": XL_CHART_TYPE.XY_SCATTER_LINES}[chart.kind]  # fmt: skip
    data = _data(chart)
    frame = shapes.add_chart(kind, *(Emu(round(v)) for v in box), data)
    drawn = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_book(data))
    drawn.font.size, drawn.font.name, drawn.font.color.rgb = Pt(size), LATIN, RGBColor.from_string(INK)
    drawn.has_title = False
    drawn.has_legend = chart.several
    if chart.several:
        drawn.legend.include_in_layout = False
        drawn.legend.font.size = Pt(size)
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM if chart.kind == "curve" else XL_LEGEND_POSITION.TOP
    _axes(drawn, chart, rtl=rtl)
    for one, series in zip(drawn.plots[0].series, chart.series, strict=True):
        _curve(one, series, chart, size, rtl=rtl) if chart.kind == "curve" else _bars(one, series, chart, size)
    if chart.kind != "curve":
        drawn.plots[0].gap_width = 45
        if chart.kind == "parts":
            drawn.plots[0].overlap = 100
    return frame


def alone(chart: Chart, *, rtl: bool = False, size: float = 10) -> tuple[bytes, bytes]:
    """The chart's XML and its workbook, for a document that is no presentation."""
    scratch = Presentation()
    slide = scratch.slides.add_slide(scratch.slide_layouts[6])
    part = put(slide.shapes, chart, (0, 0, 5_000_000, 3_000_000), rtl=rtl, size=size).chart.part
    return part.blob, part.chart_workbook.xlsx_part.blob


def _book(data: Any) -> bytes:
    """The workbook behind a chart. The library's own would take a name that begins with = for a formula and one that
    begins with http: for a link to somewhere else."""
    out = io.BytesIO()
    options = {"in_memory": True, **AS_TEXT}
    with xlsxwriter.Workbook(out, options) as book:
        data._workbook_writer._populate_worksheet(book, book.add_worksheet())
    return out.getvalue()


def _data(chart: Chart) -> Any:
    if chart.kind == "curve":
        data: Any = XyChartData()
        for series in chart.series:
            points = data.add_series(series.name)
            for x, y in zip(chart.at, series.values, strict=True):
                if y is not None:
                    points.add_data_point(x, y)
        return data
    data = CategoryChartData()
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.name, series.values)
    return data


def _axes(drawn: Any, chart: Chart, *, rtl: bool) -> None:
    value, category = drawn.value_axis, drawn.category_axis
    for axis in (value, category):
        axis.has_major_gridlines = False
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.format.line.color.rgb = RGBColor.from_string(RULE)
    value.minimum_scale = 0
    if chart.kind == "parts":
        value.maximum_scale = max(sum(s.values[i] or 0 for s in chart.series) for i in range(len(chart.categories)))
    if chart.kind == "bars" and chart.most:
        value.maximum_scale = ROOM * chart.most
    value.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    value.format.line.fill.background()
    if chart.kind == "curve":
        category.minimum_scale, category.maximum_scale = 0, ROOM * max(chart.at)
        value.maximum_scale = (
            ROOM * max((v for s in chart.series for v in s.values if v is not None), default=1.0) or 1.0
        )
        category.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        category.reverse_order = rtl
        value.format.line.color.rgb = RGBColor.from_string(RULE)
    else:
        category.reverse_order = True  # the first at the top
        value.reverse_order = rtl
        category.tick_labels.font.color.rgb = RGBColor.from_string(INK)


def _bars(one: Any, series: Series, chart: Chart, size: float) -> None:
    _filled(one.format.fill, series.colour, hatched=series.hatched)
    one.format.line.color.rgb = RGBColor.from_string(series.colour if series.hatched else PAPER)
    for i, said in enumerate(series.said):
        if series.colours:
            _filled(one.points[i].format.fill, series.colours[i], hatched=series.colours[i] == UNKNOWN)
        if not said or (chart.kind == "parts" and not series.values[i]):
            continue
        inside = chart.kind == "parts"
        ink = LIGHT.get(series.colour, INK) if inside and not series.hatched else INK
        _label(one.points[i], said, XL_LABEL_POSITION.CENTER if inside else XL_LABEL_POSITION.OUTSIDE_END, size, ink)


def _curve(one: Any, series: Series, chart: Chart, size: float, *, rtl: bool) -> None:
    beside = XL_LABEL_POSITION.LEFT if rtl else XL_LABEL_POSITION.RIGHT  # the curve rises away from there
    one.smooth = False
    one.format.line.color.rgb, one.format.line.width = RGBColor.from_string(series.colour), Pt(2.5)
    if series.hatched:
        one.format.line.dash_style = MSO_LINE.DASH
    for i in range(len(chart.at)):
        marker = one.points[i].marker
        marker.style = XL_MARKER_STYLE.DIAMOND if i == chart.here else XL_MARKER_STYLE.CIRCLE
        marker.size = 14 if i == chart.here else 6
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = RGBColor.from_string(series.colour)
        if series.said[i]:
            late = chart.at[i] > LATE * max(chart.at)
            _label(one.points[i], series.said[i], XL_LABEL_POSITION.ABOVE if late else beside, size, INK)


def _filled(fill: Any, colour: str, *, hatched: bool) -> None:
    if hatched:
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = RGBColor.from_string(colour), RGBColor.from_string(PAPER)
    else:
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(colour)


def _label(point: Any, said: str, where: Any, size: float, ink: str) -> None:
    label = point.data_label
    label.position = where
    frame = label.text_frame
    frame.text, frame.word_wrap = said, False
    for run in frame.paragraphs[0].runs:
        run.font.size, run.font.name, run.font.color.rgb = Pt(size), LATIN, RGBColor.from_string(ink)


def described(frame: Any, alt: str, name: str) -> None:
    """Give a shape its name and the words that stand for it."""
    about = frame._element.xpath(".//p:cNvPr")[0]
    about.set("descr", alt)
    about.set("name", name)
