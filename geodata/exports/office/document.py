"""A brief as a document: the same messages, charts and tables as its slides, in the order in which one reads a brief."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.briefing.contents import Brief
from geodata.briefing.parts import Sheet
from geodata.exports.office.paper import MARK, Paper
from geodata.exports.office.slides import Slide, joined, slides_of
from geodata.exports.office.still import still, tell
from geodata.exports.typeset import png_of
from geodata.say import speaking, tr

# Methods 8.1: finding and numbers, map, who is left behind, what comes first, plan, financing, unknown, decisions, method.
ORDER = ("finding", "ladder", "map", "left", "parity", "quintiles", "first", "plan", "mix", "years", "need", "financing", "unknown", "decision", "sources")  # fmt: skip
MAP_PPI = 200


def document(
    brief: Brief, drawings: Mapping[str, str] | None = None, *, letterhead: str = "", crest: bytes | None = None
) -> bytes:
    """The DOCX of a brief. `drawings`: SVG by name (`map`). The same brief gives the same bytes."""
    with speaking(brief.language):
        paper = Paper(brief.language, brief.direction == "rtl")
        said = {"title": brief.title, "subject": brief.finding, "keywords": brief.version, "comments": brief.status}
        tell(paper.made.core_properties, language=paper.tag, author=letterhead or "First Mile", last_modified_by="First Mile", **said)  # fmt: skip
        _head_and_foot(paper, brief, letterhead, crest)
        paper.say(brief.title, "Title")
        paper.say(joined(((brief.made, tr("data version {version}", version=brief.version[:12]), tr("brief {key}", key=brief.key[:12])),)), "Caption")  # fmt: skip
        for notice in brief.notices:
            paper.say(notice, bold=True)
        for slide in sorted(slides_of(brief), key=lambda s: ORDER.index(s.key)):
            _section(paper, slide, drawings or {})
        for sheet in brief.annex:
            paper.say(sheet.title, "Heading 1")
            paper.table(sheet)
        return still(paper.bytes())


def _head_and_foot(paper: Paper, brief: Brief, letterhead: str, crest: bytes | None) -> None:
    section = paper.made.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    if crest:
        paper.picture(crest, tr("Crest"), tr("Crest"), width=4, height=1.2, into=head)
    marks = [*([] if brief.approved else [brief.status]), *([tr("SYNTHETIC DATA")] if brief.synthetic else [])]
    paper.say(joined(((f"  {letterhead}" if letterhead else "", brief.area_name or brief.place),)), into=head)
    if marks:
        paper.say("   " + " · ".join(marks), bold=True, colour=MARK, into=head)
    said = tr("Data of {made}, version {version}, code {code}.", made=brief.made, version=brief.version, code=brief.code)  # fmt: skip
    paper.say(joined(((brief.status, said),)) + "   ", into=foot)
    paper.counts(foot)


def _section(paper: Paper, slide: Slide, drawings: Mapping[str, str]) -> None:
    paper.say(slide.kicker, "Heading 1")
    paper.say(slide.title, "Heading 2")
    if slide.lead:
        paper.say(slide.lead).paragraph_format.keep_with_next = True
    if slide.figures:
        paper.table(_numbers(slide))
    if slide.picture and drawings.get(slide.picture):
        paper.picture(png_of(drawings[slide.picture], width_mm=170, ppi=MAP_PPI), slide.alt, slide.title)
    if slide.chart is not None:
        paper.chart(slide.chart)
    if slide.table is not None:
        paper.table(slide.table)
    for point in slide.points if slide.key != "ladder" else ():  # its table says the same
        paper.say(point, "List Bullet")
    for note in slide.notes:
        paper.say(note, "Caption")
    if slide.foot:
        paper.say(slide.foot, "Caption")


def _numbers(slide: Slide) -> Sheet:
    heads = (tr("Figure"), tr("Value"), tr("Range"), tr("Reported"), tr("Source and date"))
    rows = tuple((f.title, joined(((f.value, f.unit),)), f.range, joined(((f.coverage, f.note),)), joined(((f.source, f.date),))) for f in slide.figures)  # fmt: skip
    return Sheet(tr("The figures"), heads, rows)
