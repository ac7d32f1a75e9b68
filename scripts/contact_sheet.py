"""Every page at 1440, 1024 and 390 pixels, and some mirrored, printed, grey: pictures to look at, and one sheet of all.

    python scripts/contact_sheet.py ATLAS [ATLAS ...] [--only PATH ...] [--out test-output/contact]

Each built country is served on the loopback and visited in a real browser. Each picture stands by itself in the folder;
`sheet.png` joins them, small. What a page shouted into the browser's console is printed beside its name.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps
from playwright.sync_api import BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as TimedOut
from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from geodata.layers import open_atlas  # noqa: E402
from geodata.query import Desk  # noqa: E402
from geodata.view import View  # noqa: E402
from tests.browser import served, visitor  # noqa: E402

WIDTHS = {1440: 900, 1024: 768, 390: 844}
PAGES = ("/", "/explore", "/prioritise", "/school?school={school}", "/children", "/plan", "/equity", "/monitor", "/brief", "/briefing", "/compare", "/split", "/data", "/methods", "/bring", "/fieldwork")  # fmt: skip
MIRRORED = ("/", "/explore", "/prioritise", "/school?school={school}", "/plan", "/equity", "/monitor", "/brief", "/briefing", "/compare", "/split")  # fmt: skip
PRINTED = ("/school?school={school}", "/prioritise", "/plan", "/equity", "/monitor", "/data")
GREY = ("/explore", "/equity", "/briefing")
TALL = 3.0  # a long page is cut here in the sheet, in window heights; its own picture is whole
THUMB, GAP, LABEL = 300, 16, 22
STILL = "() => [...(window.firstmile?.maps?.values() ?? [])].every((one) => !one.spec || one.map.loaded())"


@dataclass(frozen=True)
class Shot:
    """One picture: which page, how wide, and how it is drawn."""

    path: str
    width: int
    way: str = ""  # "", "ar", "print" or "grey"

    def file(self, country: str) -> str:
        name = re.sub(r"\W+", "-", self.path.split("school=")[0]).strip("-") or "home"
        return "_".join(part for part in (country, name, str(self.width), self.way) if part) + ".png"


def shots(school: str, only: list[str]) -> list[Shot]:
    """All pictures of one country, or those of the pages asked for."""
    every = [Shot(path, width) for path in PAGES for width in WIDTHS]
    every += [Shot(path, width, "ar") for path in MIRRORED for width in (1440, 390)]
    every += [Shot(path, 1024, "print") for path in PRINTED] + [Shot(path, 1440, "grey") for path in GREY]
    wanted = [shot for shot in every if not only or shot.path.split("?")[0] in only]
    return [Shot(shot.path.format(school=school), shot.width, shot.way) for shot in wanted]


def settle(page: Page) -> None:
    """Wait until what the page shows stands still; a map that never does is taken as it is."""
    page.wait_for_selector("h1, h2", state="attached", timeout=60_000)
    page.wait_for_load_state("networkidle", timeout=60_000)
    page.wait_for_timeout(700)
    try:
        page.wait_for_function(STILL, timeout=20_000)
    except TimedOut:
        Console().print("  a map was still being drawn")
    page.wait_for_timeout(300)


def take(context: BrowserContext, base: str, shot: Shot, file: Path) -> None:
    """Open one page and take its whole height."""
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))
    page.set_viewport_size({"width": shot.width, "height": WIDTHS[shot.width]})
    page.emulate_media(media="print" if shot.way == "print" else "screen", reduced_motion="reduce")
    asked = shot.path + (("&" if "?" in shot.path else "?") + "lang=ar" if shot.way == "ar" else "")
    page.goto(base + asked)
    settle(page)
    page.screenshot(path=file, full_page=True)
    if shot.way == "grey":
        ImageOps.grayscale(Image.open(file)).save(file)
    page.close()
    Console().print(file.name, *(f"[red]{line[:160]}[/red]" for line in said))


def joined(files: list[Path], sheet: Path, columns: int = 8) -> None:
    """One picture of all, each as wide as the others and named."""
    small = []
    for file in files:
        whole = Image.open(file).convert("RGB")
        whole = whole.crop((0, 0, whole.width, min(whole.height, int(whole.width * TALL))))
        small.append(whole.resize((THUMB, round(whole.height * THUMB / whole.width)), Image.Resampling.LANCZOS))
    rows = [range(at, min(at + columns, len(small))) for at in range(0, len(small), columns)]
    heights = [max(small[i].height for i in row) + LABEL + GAP for row in rows]
    paper = Image.new("RGB", (columns * (THUMB + GAP) + GAP, sum(heights) + GAP), "white")
    pen, font, top = ImageDraw.Draw(paper), ImageFont.load_default(12), GAP
    for row, height in zip(rows, heights, strict=True):
        for place, i in enumerate(row):
            left = GAP + place * (THUMB + GAP)
            pen.text((left, top), files[i].stem, fill="black", font=font)
            paper.paste(small[i], (left, top + LABEL))
        top += height
    paper.save(sheet)


def main() -> None:
    """Take all pictures and join them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("atlas", type=Path, nargs="+")
    options.add_argument("--only", nargs="*", default=[], help="these pages alone, such as /plan")
    options.add_argument("--out", type=Path, default=ROOT / "test-output" / "contact")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with sync_playwright() as playwright:
        for folder in given.atlas:
            atlas = open_atlas(folder)
            school = str(Desk(atlas, tier="government").frame(View(), ["school_id"])["school_id"].iloc[0])
            context = visitor(playwright)
            with served(folder) as base:
                for shot in shots(school, given.only):
                    files.append(given.out / shot.file(atlas.slug))
                    take(context, base, shot, files[-1])
            context.close()
    joined(files, given.out / "sheet.png")
    Console().print(f"{len(files)} pictures; all of them in {given.out / 'sheet.png'}")


if __name__ == "__main__":
    main()
