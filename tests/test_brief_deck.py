"""The brief as slides and as a document: read back, they say what the brief says, and the same brief gives the same file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import docx
import pptx
import pytest
from lxml import etree
from pptx.oxml.ns import qn

from geodata.briefing.contents import Brief, brief_of
from geodata.briefing.parts import Bar, Chart, Decision, Figure, Official
from geodata.exports.briefs import brief_bytes
from geodata.exports.office.charts import Chart as Drawn
from geodata.exports.office.pictures import drawings_of
from geodata.exports.office.slides import MOST_BARS, bars_of, slides_of
from geodata.query import Desk
from geodata.say import speaking
from tests import made_plan

MEETING = ["finding", "map", "plan", "unknown", "decision"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return made_plan.desk(tmp_path_factory.mktemp("deck"))


def brief_in(desk: Desk, language: str = "en") -> Brief:
    """The brief of the eight schools with their plan, an official figure and a decision."""
    with speaking(language):
        return brief_of(
            desk,
            plan=made_plan.plan(desk),
            official=Official(0.9, "Yearbook 2024", "2024"),
            decisions=(Decision("Fund the first three schools", "Cabinet", "1 March 2027"), Decision("Name who pays")),
        )


@pytest.fixture(scope="module")
def brief(desk: Desk) -> Brief:
    return brief_in(desk)


@pytest.fixture(scope="module")
def deck(brief: Brief) -> bytes:
    return brief_bytes(brief, "pptx")


@pytest.fixture(scope="module")
def paper(brief: Brief) -> bytes:
    return brief_bytes(brief, "docx")


def slide_texts(slide: Any) -> list[str]:
    """Everything that a slide says, in its order of reading."""
    out: list[str] = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            out += [p.text for p in shape.text_frame.paragraphs]
        if shape.has_table:
            out += [cell.text for row in shape.table.rows for cell in row.cells]
        if shape.has_chart:
            out += [t.text or "" for t in shape.chart.part._element.iter(qn("a:t"), qn("c:v"))]
    return out


def whole_text(deck: bytes) -> str:
    made = pptx.Presentation(io.BytesIO(deck))
    return "\n".join(t for s in made.slides for t in (*slide_texts(s), s.notes_slide.notes_text_frame.text))


def paper_text(paper: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(paper)) as parts:
        names = [n for n in parts.namelist() if n.endswith(".xml") and n.startswith("word/")]
        roots = [etree.fromstring(parts.read(n)) for n in names]
    return "\n".join("".join(p.itertext()) for r in roots for p in r.iter("{*}p", "{*}v"))


def said_of(brief: Brief) -> list[str]:
    """The strings that every format must show."""
    numbers = [t for f in brief.numbers for t in (f.title, f.value, f.range) if t]
    ladder = [t for s in brief.ladder for t in (s.title, s.value) if t]
    behind = [t for c in (brief.parity, brief.quintiles) if c for b in c.bars for t in (b.label, b.text)]
    plan = brief.planned
    assert plan is not None
    stops = [t for s in plan.stops for t in (s.budget_text, s.reached_text)]
    money = [t for n in brief.need_money for t in (n.name, n.need_text, n.money_text)]
    asked = [t for d in brief.decisions for t in (d.asked, d.owner, d.date) if t]
    return [brief.finding, brief.key[:12], *numbers, *ladder, *behind, plan.sentence, *stops, *money, *asked, *brief.unknown, *(s.name for s in brief.sources)]  # fmt: skip


def test_slides_and_document_say_every_figure_as_the_brief_has_it(brief: Brief, deck: bytes, paper: bytes) -> None:
    slides, document = whole_text(deck), paper_text(paper)
    wanted = said_of(brief)
    assert len(wanted) > 40
    assert [w for w in wanted if w not in slides] == []
    assert [w for w in wanted if w not in document] == []


def test_each_slide_has_a_finding_as_title_and_says_where_it_comes_from(brief: Brief, deck: bytes) -> None:
    made = pptx.Presentation(io.BytesIO(deck))
    assert (made.slide_width, made.slide_height) == (12191695, 6858000)
    titles = [s.shapes.title.text_frame.text for s in made.slides]
    assert titles == [s.title for s in slides_of(brief)]
    assert [s.key for s in slides_of(brief) if not s.reserve and s.key in MEETING] == MEETING
    for slide in made.slides:
        text = "\n".join(slide_texts(slide))
        assert brief.status in text
        assert brief.version[:12] in text
        notes = slide.notes_slide.notes_text_frame.text
        assert brief.version in notes
        assert all(s.licence in notes for s in brief.sources)


def test_pictures_and_charts_have_words_and_data(brief: Brief, deck: bytes, paper: bytes) -> None:
    made = pptx.Presentation(io.BytesIO(deck))
    drawn = [s for slide in made.slides for s in slide.shapes if s.has_chart or s.shape_type == 13]
    assert len(drawn) >= 4
    assert all(s._element.xpath(".//p:cNvPr")[0].get("descr") for s in drawn)
    ladder = next(s for s in made.slides if s.shapes.title.text_frame.text == brief.ladder_said)
    chart = next(s.chart for s in ladder.shapes if s.has_chart)
    held = list(chart.plots[0].series[0].values)
    assert [None if v is None else round(v, 9) for v in held] == [None if s.number != s.number else round(s.number, 9) for s in brief.ladder]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(paper)) as parts:
        names = parts.namelist()
        words = etree.fromstring(parts.read("word/document.xml"))
    assert sum(n.startswith("word/embeddings/") for n in names) == sum(n.startswith("word/charts/chart") for n in names) >= 3  # fmt: skip
    assert all(one.get("descr") for one in words.iter("{*}docPr"))


def test_the_document_is_made_of_headings_and_tables_with_heads(brief: Brief, paper: bytes) -> None:
    made = docx.Document(io.BytesIO(paper))
    heads = [p.text for p in made.paragraphs if p.style.name == "Heading 2"]
    assert sorted(heads) == sorted(s.title for s in slides_of(brief))
    assert all("w:tblHeader" in t.rows[0]._tr.xml for t in made.tables)
    assert made.core_properties.title == brief.title
    foot = made.sections[0].footer.paragraphs[0]
    assert brief.version in foot.text
    assert "NUMPAGES" in foot._p.xml


def test_the_same_brief_gives_the_same_bytes(brief: Brief, deck: bytes, paper: bytes) -> None:
    assert brief_bytes(brief, "pptx") == deck
    assert brief_bytes(brief, "docx") == paper


def test_arabic_is_set_from_right_to_left(desk: Desk) -> None:
    arabic = brief_in(desk, "ar")
    made = pptx.Presentation(io.BytesIO(brief_bytes(arabic, "pptx")))
    assert made.core_properties.language == "ar"
    title = made.slides[0].shapes.title
    assert title.text_frame.paragraphs[0]._p.pPr.get("rtl") == "1"
    charts = [s.chart for slide in made.slides for s in slide.shapes if s.has_chart]
    assert all(c.value_axis.reverse_order or c.category_axis.reverse_order for c in charts)
    tables = [s.table for slide in made.slides for s in slide.shapes if s.has_table]
    assert tables
    assert all(t._tbl.tblPr.get("rtl") == "1" for t in tables)
    kicker = next(s for s in made.slides[1].shapes if s.name == "About")
    assert kicker.left > made.slide_width // 3
    xml = docx.Document(io.BytesIO(brief_bytes(arabic, "docx"))).element.xml
    assert all(mark in xml for mark in ("w:bidi", "w:rtl", "w:bidiVisual"))


def test_what_is_unknown_has_no_length_and_says_so() -> None:
    bars = (Bar("a", "Girls", "40 %", 0.4), Bar("b", "Displaced", "too few to show", hidden=True), Bar("c", "Rural", "not reported"))  # fmt: skip
    made = bars_of(Chart("A finding", "", bars))
    assert made.series[0].values == (0.4, None, None)
    assert made.categories == ("Girls", "Displaced: too few to show", "Rural: not reported")


def test_a_bare_brief_still_has_its_slides(brief: Brief) -> None:
    bare = replace(brief, mapped=None, parity=None, quintiles=None, left_behind=(), planned=None, plan_said="No plan.", need_money=(), first=(), first_areas=(), ladder=(), financing=(), unknown=(), covered=(), decisions=(), numbers=(Figure("x", "Learners", "not reported"),))  # fmt: skip
    deck = brief_bytes(bare, "pptx")
    made = pptx.Presentation(io.BytesIO(deck))
    assert [s.shapes.title.text_frame.text for s in made.slides][1] == "No plan."
    assert "not reported" in whole_text(deck)
    assert brief_bytes(bare, "docx")


def test_a_map_carries_its_key(brief: Brief) -> None:
    drawing = drawings_of(brief)["map"]
    assert brief.mapped is not None
    etree.fromstring(drawing.encode())
    assert all(text in drawing for text in brief.mapped.classes)


def test_long_lists_are_cut_on_slides_alone(brief: Brief) -> None:
    many = tuple(replace(brief.need_money[0], key=str(n), name=f"Region {n}") for n in range(40))
    slide = next(s for s in slides_of(replace(brief, need_money=many)) if s.key == "need")
    assert isinstance(slide.chart, Drawn)
    assert len(slide.chart.categories) == MOST_BARS
    assert slide.table is not None
    assert len(slide.table.rows) == len(many)


NASTY = '=HYPERLINK("http://x.test")\x00\x0b\x1b\ud800\ufffe'


def hostile(held: Any, name: str) -> Any:
    """The same contents, every name in it one that somebody thought out."""
    if isinstance(held, tuple):
        return tuple(hostile(one, name) for one in held)
    if not is_dataclass(held) or isinstance(held, type):
        return held
    parts = {f.name: getattr(held, f.name) for f in fields(held)}
    said = {k: name for k, v in parts.items() if isinstance(v, str) and k in ("name", "label", "title", "area_name", "where", "asked", "unit", "finding")}  # fmt: skip
    return replace(held, **said, **{k: hostile(v, name) for k, v in parts.items() if k not in said})


@pytest.mark.parametrize("name", [NASTY, "https://x.test/"])
def test_names_start_nothing_in_office_files(brief: Brief, name: str) -> None:
    nasty = hostile(brief, name)
    for kind in ("pptx", "docx"):
        for part, content in parts_of(brief_bytes(nasty, kind, letterhead=name * 40)):
            if part.endswith((".xml", ".rels")):
                etree.fromstring(content)
                assert b"<f>" not in content, part
                assert b'TargetMode="External"' not in content, part


def test_no_text_of_a_brief_is_more_than_a_pdf_can_hold(brief: Brief) -> None:
    assert brief_bytes(hostile(brief, NASTY), "pdf", letterhead=NASTY).startswith(b"%PDF")
    assert b"\x00" not in brief_bytes(hostile(brief, NASTY), "html", letterhead=NASTY)


def parts_of(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts of an Office file, and those of the workbooks in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        for part in held.namelist():
            yield part, held.read(part)
            if part.endswith(".xlsx"):
                yield from parts_of(held.read(part))
