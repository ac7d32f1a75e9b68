"""The browser's part of a packed country: the page, its scripts, MapLibre and fonts, as files that work from a disk.

Pages opened from a disk may not load modules, workers or data from files. So MapLibre's two modules become plain
scripts: the library one that names `maplibregl`, the worker a text that the page turns into a worker of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from geodata.errors import ExportError
from geodata.say import tr

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
OWN = ROOT / "assets" / "pack"
PAGE = ("pack.css", "pack.js", "pack-words.js", "pack-list.js", "pack-sheet.js", "pack-map.js", "pack-drawing.js", "pack-start.js")  # fmt: skip
FONTS = {
    "noto-sans-latin.woff2": "@fontsource-variable/noto-sans/files/noto-sans-latin-wght-normal.woff2",
    "noto-sans-latin-ext.woff2": "@fontsource-variable/noto-sans/files/noto-sans-latin-ext-wght-normal.woff2",
    "noto-sans-arabic.woff2": "@fontsource-variable/noto-sans-arabic/files/noto-sans-arabic-arabic-wght-normal.woff2",
    "noto-serif-latin.woff2": "@fontsource-variable/noto-serif/files/noto-serif-latin-wght-normal.woff2",
}
LICENCES = {
    "MapLibre-LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "Noto-LICENSE.txt": "@fontsource-variable/noto-sans/LICENSE",
}
_EXPORT = re.compile(r"export\s*\{([^{}]*)\}\s*;?\s*(//# sourceMappingURL=\S*\s*)?$")


def browser_files() -> Iterator[tuple[str, bytes]]:
    """Every file of the page that does not depend on the data: (path in the folder, content)."""
    for name in PAGE:
        yield f"page/{name}", _own(name)
    yield "page/shapes.js", _shapes()
    yield "page/maplibre-gl.js", _library()
    yield "page/maplibre-gl-worker.js", _worker()
    yield "page/maplibre-gl.css", _part("maplibre-gl/dist/maplibre-gl.css")
    for name, source in FONTS.items():
        yield f"page/{name}", _part(source)
    for name, source in LICENCES.items():
        yield f"page/{name}", _part(source)


def page(title: str, language: str, direction: str) -> bytes:
    """`index.html`; what is put in is escaped by the caller's hand here, and nowhere else."""
    text = _own("index.html").decode()
    for name, value in (("TITLE", title), ("LANGUAGE", language), ("DIRECTION", direction)):
        text = text.replace(f"%{name}%", _escaped(value))
    return text.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _own(name: str) -> bytes:
    return (OWN / name).read_bytes()


def _part(name: str) -> bytes:
    file = MODULES / name
    if not file.is_file():
        raise ExportError(
            tr("{name} is not installed. Run `make setup` (or `npm ci`) in the folder of First Mile.", name=name)
        )
    return file.read_bytes()


def plain_script(module: str, name: str = "") -> str:
    """A module without imports as a plain script: its exports become the members of `window.<name>`, or are left out.

    Raises ExportError where the module is not as expected: better no pack than one whose map stays empty.
    """
    found = _EXPORT.search(module)
    if not found or re.search(r"(?:^|[;}\n])import[\s{*\"']", module):
        raise ExportError(tr("A browser part is not as expected: it imports other files, or exports nothing."))
    pairs = [pair.split(" as ") for pair in found[1].split(",")]
    members = ",".join(f"{json.dumps(pair[-1].strip())}:{pair[0].strip()}" for pair in pairs)
    body = module[: found.start()].replace("import.meta.url", '""')
    end = f"window.{name}={{{members}}};" if name else ""
    return f'(function(){{"use strict";\n{body}\n{end}}})();\n'


def _library() -> bytes:
    return plain_script(_part("maplibre-gl/dist/maplibre-gl.mjs").decode(), "maplibregl").encode()


def _worker() -> bytes:
    """The worker's code as a text in a script, since a page from a disk may read no file."""
    code = plain_script(_part("maplibre-gl/dist/maplibre-gl-worker.mjs").decode())
    return f"window.FM_WORKER={json.dumps(code)};\n".encode()


def _shapes() -> bytes:
    """The marks of the map, drawn by the same code as in the dashboard."""
    code = (ROOT / "assets" / "shapes.mjs").read_text("utf-8")
    names = re.findall(r"^export function (\w+)", code, re.MULTILINE)
    body = code.replace("export function", "function")
    return f'(function(){{"use strict";\n{body}\nwindow.FM_SHAPES={{{",".join(names)}}};}})();\n'.encode()
