"""What every slide shares: page, fonts, places mirrored for right-to-left, text that fits, marks at head and foot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Inches, Pt

from geodata.exports.office.charts import ACTION, INK, NO, PAPER, SOFT

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6  # inches: 16 to 9
TITLE_ONLY = 5  # of the library's own layouts
TAGS = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "pt": "pt-BR", "ar": "ar-SA"}
LETTER = 0.53  # width of a letter on average, in parts of its size
_THEME = {
    rb'(<a:majorFont><a:latin typeface=)"Calibri"': rb'\1"Noto Serif" panose="02020502060505020204" pitchFamily="18"',
    rb'(<a:minorFont><a:latin typeface=)"Calibri"': rb'\1"Noto Sans" panose="020B0502040504020204" pitchFamily="34"',
    rb'<a:cs typeface=""/>': rb'<a:cs typeface="Noto Sans Arabic"/>',
    rb'(<a:font script="Arab" typeface=)"[^"]*"': rb'\1"Noto Sans Arabic"',
    rb'(<a:accent1><a:srgbClr val=)"\w+"': rb'\1"0B5563"',
    rb'(<a:accent2><a:srgbClr val=)"\w+"': rb'\1"1565A8"',
    rb'(<a:accent3><a:srgbClr val=)"\w+"': rb'\1"BF7600"',
    rb'(<a:accent4><a:srgbClr val=)"\w+"': rb'\1"9B1C1C"',
}


@dataclass(frozen=True)
class Box:
    """A place on the slide, in inches from its upper left corner as a reader of English sees it."""

    left: float
    top: float
    width: float
    height: float

    def mirrored(self) -> Box:
        """The same place for a reader from right to left."""
        return Box(WIDTH - self.left - self.width, self.top, self.width, self.height)

    @property
    def emu(self) -> tuple[int, int, int, int]:
        """Left, top, width and height in the file's own unit."""
        return (
            int(Inches(self.left)),
            int(Inches(self.top)),
            int(Inches(self.width)),
            int(Inches(self.height)),
        )


@dataclass(frozen=True)
class Frame:
    """How the slides of one brief are set: direction and language of its text."""

    rtl: bool
    language: str

    @property
    def line(self) -> float:
        """Height of a line in parts of its letters: Arabic stands higher."""
        return 1.75 if self.rtl else 1.35

    def place(self, box: Box) -> Box:
        """Where a box stands for this reader."""
        return box.mirrored() if self.rtl else box

    def write(
        self,
        shape: Any,
        texts: Sequence[str],
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        end: bool = False,
        gap: float = 0,
    ) -> None:
        """Put paragraphs into a shape's text frame, in the reader's direction."""
        frame = shape.text_frame
        frame.word_wrap = True
        for number, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.text = text
            paragraph.space_after = Pt(gap)
            self.turn(paragraph, end=end)
            for run in paragraph.runs:
                run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour)

    def turn(self, paragraph: Any, *, end: bool = False) -> None:
        """Set a paragraph's direction, its side and the language of its runs."""
        paragraph.alignment = PP_ALIGN.RIGHT if self.rtl != end else PP_ALIGN.LEFT
        if self.rtl:
            paragraph._p.get_or_add_pPr().set("rtl", "1")
        for run in paragraph.runs:
            run._r.get_or_add_rPr().set("lang", TAGS.get(self.language, self.language))

    def text(self, slide: Any, box: Box, texts: Sequence[str], size: float, name: str, **how: Any) -> Any:
        """A text box with paragraphs."""
        shape = slide.shapes.add_textbox(*(Inches(v) for v in _sides(self.place(box))))
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = how.pop("anchor", MSO_ANCHOR.TOP)
        shape.name = name
        self.write(shape, texts, size, **how)
        return shape


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.width, box.height


def empty(frame: Frame) -> Any:
    """A presentation of our page, fonts and colours with the one layout that is used, and no slide."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDTH), Inches(HEIGHT)
    master = made.slide_master
    theme = master.part.part_related_by(RT.THEME)
    for pattern, words in _THEME.items():
        theme._blob = re.sub(pattern, words, theme.blob)
    wanted = made.slide_layouts[TITLE_ONLY]
    for layout in list(made.slide_layouts):
        if layout is not wanted:
            made.slide_layouts.remove(layout)
    wanted.name = "First Mile"
    master.background.fill.solid()
    master.background.fill.fore_color.rgb = RGBColor.from_string(PAPER)
    for shape in [s for s in (*master.placeholders, *wanted.placeholders) if s.placeholder_format.type is not None]:
        if shape.placeholder_format.idx != 0:
            shape._element.getparent().remove(shape._element)
        else:
            _title_place(shape, frame)
    return made


TITLE = Box(MARGIN, 0.78, WIDTH - 2 * MARGIN, 1.3)


def _title_place(shape: Any, frame: Frame) -> None:
    box = frame.place(TITLE)
    shape.left, shape.top, shape.width, shape.height = (Inches(v) for v in _sides(box))
    body = shape.text_frame
    body.vertical_anchor = MSO_ANCHOR.TOP
    body.margin_left = body.margin_right = body.margin_top = body.margin_bottom = 0


def lines(text: str, width: float, size: float) -> int:
    """How many lines a text takes in a width in inches, on the careful side."""
    each = max(int(width * 72 / (size * LETTER)), 1)
    return max(ceil(len(text) / each), 1)


def fitting(texts: Sequence[str], box: Box, sizes: Sequence[float], gap: float = 0, *, line: float = 1.35) -> tuple[float, int]:  # fmt: skip
    """The largest of these sizes in which all texts fit a box, and how many of them fit in it."""
    for size in sizes:
        if _high(texts, box.width, size, gap, line) <= box.height:
            return size, len(texts)
    size, fits = sizes[-1], len(texts)
    while fits > 1 and _high(texts[:fits], box.width, size, gap, line) > box.height:
        fits -= 1
    return size, fits


def _high(texts: Sequence[str], width: float, size: float, gap: float, line: float) -> float:
    return sum(lines(t, width, size) * size * line + gap for t in texts) / 72


def head_and_foot(slide: Any, frame: Frame, *, kicker: str, marks: Sequence[str], foot: Sequence[str]) -> None:
    """What stands round the message: what it is about, DRAFT and SYNTHETIC, sources, the slide's number."""
    frame.text(slide, Box(MARGIN, 0.36, 7.4, 0.36), [kicker], 16, "About", bold=True, colour=ACTION)
    if marks:
        frame.text(slide, Box(8.1, 0.36, WIDTH - MARGIN - 8.1, 0.36), [" · ".join(marks)], 14, "Mark", bold=True, colour=NO, end=True)  # fmt: skip
    frame.text(slide, Box(MARGIN, 6.86, WIDTH - 2 * MARGIN - 0.8, 0.42), list(foot), 11, "Source", colour=SOFT)
    _number(slide, frame)


def _number(slide: Any, frame: Frame) -> None:
    shape = frame.text(slide, Box(WIDTH - MARGIN - 0.7, 6.86, 0.7, 0.3), ["‹#›"], 12, "Slide number", colour=SOFT, end=True)  # fmt: skip
    run = shape.text_frame.paragraphs[0]._p.r_lst[0]
    run.tag = run.tag.replace("}r", "}fld")
    run.set("id", "{C1FF6DA9-008F-8B48-92A6-B652298478BF}")
    run.set("type", "slidenum")
