"""PDF by Typst: the one place that calls it, with the house's own fonts and nothing of the machine's.

A template is Typst's text; what it shows comes as data (`#let data = json(bytes(sys.inputs.data))`) and as drawings
(SVG, by name, `image(bytes(drawings.map), alt: …)` after `#let drawings = json(bytes(sys.inputs.drawings))`). Data is
never read as markup, so a name with a sign of Typst's in it is shown as it stands. The same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from geodata.errors import ExportError
from geodata.text import legible

FONTS = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts"
FAMILIES = ("noto-sans", "noto-sans-arabic", "noto-serif")
WEIGHTS = ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold")
TAGGED, TAGGED_NAME = "ua-1", "PDF/UA"  # PDF/UA: read aloud in order, pictures with words


@cache
def fonts() -> typst.Fonts:
    """The house's fonts; raises ExportError where they are not there."""
    folders = [FONTS / family / weight for family in FAMILIES for weight in WEIGHTS]
    there: list[Any] = [str(f) for f in folders if f.is_dir()]
    if not any((FONTS / family).is_dir() for family in FAMILIES):
        raise ExportError(f"The fonts of PDF files are not in {FONTS}. Run `npm ci` in the folder of First Mile.")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=there)


def pdf(template: str, data: Mapping[str, Any], drawings: Mapping[str, str] | None = None) -> bytes:
    """A tagged PDF of a template. `drawings`: SVG by name. The template sets the document's title and language.

    Held to PDF/UA; where that cannot be (letters that the fonts do not have), it is tagged all the same. Raises
    ExportError with Typst's words where it cannot be set at all.
    """
    try:
        return _compile(template, data, drawings, format="pdf", pdf_standards=TAGGED, timestamp=0)[0]
    except ExportError as error:
        if TAGGED_NAME not in str(error):
            raise
        return _compile(template, data, drawings, format="pdf", timestamp=0)[0]


def pngs(
    template: str, data: Mapping[str, Any], drawings: Mapping[str, str] | None = None, *, ppi: float = 144
) -> list[bytes]:
    """The pages as pictures, for a look at them and for the documents."""
    return _compile(template, data, drawings, format="png", ppi=ppi)


def png_of(svg: str, *, width_mm: float, ppi: float = 144) -> bytes:
    """One drawing (SVG) as a picture, with the house's fonts."""
    template = """#let drawings = json(bytes(sys.inputs.drawings))
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(drawings.one), width: WIDTHmm)""".replace("WIDTH", f"{width_mm:g}")
    return pngs(template, {}, {"one": svg}, ppi=ppi)[0]


def _compile(template: str, data: Mapping[str, Any], drawings: Mapping[str, str] | None, **how: Any) -> list[bytes]:
    drawn = {name: legible(drawing) for name, drawing in (drawings or {}).items()}
    inputs = {"data": legible(json.dumps(data, ensure_ascii=False, allow_nan=False)), "drawings": json.dumps(drawn)}
    try:
        compiler = typst.Compiler(font_paths=fonts(), root=str(Path(__file__).parent), sys_inputs=inputs)
        made = compiler.compile(template.encode(), **how)
    except typst.TypstError as error:
        raise ExportError(f"The PDF could not be set: {error.message}. {' '.join(error.hints)}".strip()) from error
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if page is not None]
