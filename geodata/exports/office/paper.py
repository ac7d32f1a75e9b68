"""What a DOCX of ours is made of: page and styles, direction and language, charts, tables, pictures, fields."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt, RGBColor

from geodata.briefing.parts import Sheet
from geodata.exports.office import charts
from geodata.exports.office.charts import ARABIC, INK, LATIN, NO, RULE, SOFT, Chart

SERIF, ACROSS = "Noto Serif", 17.0  # cm of an A4 page between its margins
TAGS = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "pt": "pt-BR", "ar": "ar-SA"}
SIZES = {"Normal": 10.5, "Title": 22, "Heading 1": 12, "Heading 2": 15, "Caption": 9, "List Bullet": 10.5}
_INLINE = """<w:drawing {decls} xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><wp:inline distT="0" distB="0" distL="0" distR="0">
<wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="{id}" name="" descr=""/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{rid}"/></a:graphicData></a:graphic>
</wp:inline></w:drawing>"""


@dataclass
class Paper:
    """A document being written, for readers of one language and direction."""

    language: str
    rtl: bool
    made: Any = field(default_factory=Document)
    drawn: int = 0

    def __post_init__(self) -> None:
        section = self.made.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.0)
        section.top_margin = section.bottom_margin = Cm(2.0)
        if self.rtl:
            section._sectPr.append(OxmlElement("w:bidi"))
        for name, size in SIZES.items():
            self._style(name, size)

    def _style(self, name: str, size: float) -> None:
        style = self.made.styles[name]
        serif = name in ("Title", "Heading 2")
        style.font.size, style.font.name = Pt(size), SERIF if serif else LATIN
        style.font.color.rgb = RGBColor.from_string(
            "0B5563" if name == "Heading 1" else SOFT if name == "Caption" else INK
        )
        style.font.bold = name in ("Heading 1", "Caption")
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = name.startswith("Heading") or None
        about = style.element.get_or_add_rPr()
        fonts = about.get_or_add_rFonts()
        for key in [k for k in fonts.attrib if k.endswith("Theme") or k.endswith("cstheme")]:
            del fonts.attrib[key]
        for key, face in (("ascii", style.font.name), ("hAnsi", style.font.name), ("cs", ARABIC)):
            fonts.set(qn(f"w:{key}"), face)
        for tag, values in (("w:szCs", {"w:val": str(int(size * 2))}), ("w:bCs", {"w:val": str(int(bool(style.font.bold)))}), ("w:lang", {"w:val": self.tag, "w:bidi": self.tag})):  # fmt: skip
            for old in about.findall(qn(tag)):
                about.remove(old)
            about.append(_element(tag, values))
        if self.rtl:
            style.element.get_or_add_pPr().append(OxmlElement("w:bidi"))

    @property
    def tag(self) -> str:
        """The language as Office files name it."""
        return TAGS.get(self.language, self.language)

    def say(self, text: str, style: str = "Normal", *, bold: bool = False, colour: str = "", size: float = 0, into: Any = None) -> Any:  # fmt: skip
        """A paragraph in the reader's direction; at the end of the document, or `into` a header, footer or cell's one."""
        paragraph = self.made.add_paragraph(style=style) if into is None else into
        run = paragraph.add_run(text)
        run.bold = run.font.cs_bold = bold or None
        if size:
            run.font.size = Pt(size)
            run._r.get_or_add_rPr().append(_element("w:szCs", {"w:val": str(int(size * 2))}))
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        self.turn(paragraph)
        return paragraph

    def turn(self, paragraph: Any) -> None:
        """Set a paragraph's direction and that of its runs."""
        if not self.rtl:
            return
        about = paragraph._p.get_or_add_pPr()
        if about.find(qn("w:bidi")) is None:
            about.insert_element_before(OxmlElement("w:bidi"), "w:adjustRightInd", "w:spacing", "w:ind", "w:jc", "w:rPr")  # fmt: skip
        for run in paragraph.runs:
            run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))

    def counts(self, paragraph: Any) -> None:
        """The page's number and how many there are, as fields."""
        for code in ("PAGE", "", "NUMPAGES"):
            run = paragraph.add_run("" if code else " / ")
            if code:
                for kind, text in (("begin", ""), ("", code), ("end", "")):
                    part = _element("w:fldChar", {"w:fldCharType": kind}) if kind else OxmlElement("w:instrText")
                    part.text = text or None
                    run._r.append(part)

    def table(self, sheet: Sheet) -> None:
        """A real table with its caption above, its header row repeated on every page."""
        caption = self.say(sheet.title, "Caption")
        caption.paragraph_format.keep_with_next = True
        table = self.made.add_table(rows=1, cols=len(sheet.columns))
        about = table._tbl.tblPr
        if self.rtl:
            about.append(OxmlElement("w:bidiVisual"))
        about.append(_element("w:tblDescription", {"w:val": sheet.title}))
        self._row(table.rows[0], sheet.columns, sheet, head=True)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in sheet.rows:
            self._row(table.add_row(), row, sheet)
        self.say(sheet.note, "Caption") if sheet.note else self.made.add_paragraph()

    def _row(self, row: Any, texts: tuple[str, ...], sheet: Sheet, *, head: bool = False) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            paragraph = self.say(str(text), bold=head, colour=SOFT if head else "", size=9, into=cell.paragraphs[0])
            paragraph.paragraph_format.space_after = Pt(2)
            if i < len(sheet.numeric) and sheet.numeric[i]:  # "right" is the end of the line in either direction
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            edge = parse_xml(f'<w:tcBorders {nsdecls("w")}><w:bottom w:val="single" w:sz="{8 if head else 4}" w:color="{INK if head else RULE}"/></w:tcBorders>')  # fmt: skip
            cell._tc.get_or_add_tcPr().append(edge)

    def chart(self, chart: Chart, height: float = 6.5) -> None:
        """A native chart with its workbook inside, as a presentation has it."""
        self.drawn += 1
        xml, book = charts.alone(chart, rtl=self.rtl)
        package = self.made.part.package
        held = Part(PackURI(f"/word/embeddings/chart{self.drawn}.xlsx"), CT.SML_SHEET, book, package)
        xml = re.sub(rb'(<c:externalData[^>]*r:id=)"[^"]*"', rb'\1"rId1"', xml)
        part = Part(PackURI(f"/word/charts/chart{self.drawn}.xml"), CT.DML_CHART, xml, package)
        part.relate_to(held, RT.PACKAGE)
        rid = self.made.part.relate_to(part, RT.CHART)
        inline = parse_xml(_INLINE.format(decls=nsdecls("w", "wp", "a", "r"), cx=int(Cm(ACROSS)), cy=int(Cm(height)), id=100 + self.drawn, rid=rid))  # fmt: skip
        _described(inline, chart.alt, f"Chart {self.drawn}")
        paragraph = self.made.add_paragraph()
        paragraph.add_run()._r.append(inline)
        if self.rtl:  # the chart is mirrored itself; in a mirrored paragraph some programs turn its letters round
            paragraph._p.get_or_add_pPr().append(_element("w:bidi", {"w:val": "0"}))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if chart.axis:
            self.say(chart.axis, "Caption")

    def picture(self, image: bytes, alt: str, name: str, *, width: float = ACROSS, height: float = 12.0, into: Any = None) -> None:  # fmt: skip
        """A picture that keeps its shape within a width and height in cm, with the words that stand for it."""
        paragraph = self.made.add_paragraph() if into is None else into
        shape = paragraph.add_run().add_picture(io.BytesIO(image))
        scale = min(Cm(width) / shape.width, Cm(height) / shape.height)
        shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
        _described(shape._inline, alt, name)
        self.turn(paragraph)

    def bytes(self) -> bytes:
        """The file as it is so far."""
        out = io.BytesIO()
        self.made.save(out)
        return out.getvalue()


def _described(element: Any, alt: str, name: str) -> None:
    about = next(element.iter(qn("wp:docPr")))
    about.set("descr", alt)
    about.set("name", name)


def _element(tag: str, values: dict[str, str]) -> Any:
    made = OxmlElement(tag)
    for key, value in values.items():
        made.set(qn(key), value)
    return made


MARK = NO  # colour of DRAFT and SYNTHETIC
