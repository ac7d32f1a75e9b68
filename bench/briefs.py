"""`python -m bench.briefs`: a brief of every municipality of Tocantins: time, size, none empty or broken, small numbers kept back.

Processor seconds are of this process (one core); the data are built from the recipe where `--atlas` names none. Every file
is opened and read back. The same municipalities are then made for the public under high risk, as if schools were in
danger: no school may be named there, and no area of few schools may tell a number.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import time
from pathlib import Path

import pypdfium2

from etl.build import build
from geodata.briefing.contents import Brief, brief_of
from geodata.errors import DisclosureError
from geodata.exports.briefs import brief_bytes
from geodata.layers import Atlas, open_atlas
from geodata.query import Desk

OUT = Path(__file__).parent / "out"
LEAST_BYTES = 30_000


def tocantins(data: Path) -> Atlas:
    """The state, built from its recipe into the bench's folder."""
    root = Path(__file__).resolve().parents[1]
    OUT.mkdir(exist_ok=True)
    return build(root / "etl" / "recipes" / "tocantins.toml", data=data, out=OUT / "tocantins")


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(text + "\n")


def read_back(data: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(data)
    out = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    document.close()
    return [re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("\xa0", " ")) for text in out]


def faults(brief: Brief, data: bytes) -> list[str]:
    """What is wrong with one file: not two pages, empty, without its finding or its draft."""
    text = read_back(data)
    found = [] if len(text) == 2 else [f"{len(text)} pages"]
    found += [] if len(data) >= LEAST_BYTES else [f"{len(data)} bytes"]
    found += [] if brief.finding.replace("\xa0", " ") in text[0] else ["its finding is not on it"]
    found += [f"page {n} is nearly empty" for n, page in enumerate(text, 1) if len(page) < 400]
    return found + [
        f"page {n} does not say that it is a draft" for n, page in enumerate(text, 1) if "DRAFT" not in page
    ]


def every(atlas: Atlas) -> int:
    """All municipalities as the public sees them; how many files have a fault."""
    desk, seconds, sizes, broken = Desk(atlas), [], [], 0
    ids = desk.places.of_level(1)["area_id"].astype(str).tolist()
    brief_bytes(brief_of(desk, area=ids[0]), "pdf")  # what is read and ranked once
    for area in ids:
        start = time.process_time()
        brief = brief_of(desk, area=area)
        data = brief_bytes(brief, "pdf")
        seconds.append(time.process_time() - start)
        sizes.append(len(data) / 1000)
        if wrong := faults(brief, data):
            broken += 1
            say(f"  {brief.area_name}: {'; '.join(wrong)}")
    say(f"{len(ids)} briefs: {statistics.mean(seconds):.2f} s of processor each (most {max(seconds):.2f}), {statistics.mean(sizes):.0f} kB each (most {max(sizes):.0f}), {broken} with a fault")  # fmt: skip
    return broken


def hidden(atlas: Atlas) -> int:
    """The same under high risk: how many briefs name a school, or tell a number of an area of few schools."""
    manifest = {**atlas.manifest, "place": {**atlas.manifest["place"], "risk": "high"}}
    danger = Atlas(atlas.link, atlas.folder)
    danger.__dict__["manifest"] = manifest
    desk = Desk(danger)
    least, names = desk.locations.least, desk.whole["school_name"].dropna().astype(str).unique()
    wrong = refused = few = 0
    counts = desk.whole["admin1_id"].value_counts()
    for area in desk.places.of_level(1)["area_id"].astype(str):
        try:
            brief = brief_of(desk, area=area)
        except DisclosureError:
            refused += 1
            continue
        page = brief_bytes(brief, "html").decode()
        named = bool(brief.first) or any(name in page for name in names if len(name) > 12)
        small = counts.get(area, 0) < least
        few += small
        wrong += named or (small and any(n.known for n in brief.numbers))
    say(f"under high risk: {refused} of {len(counts)} areas refused, {few} of too few schools told without a number, {wrong} that tell too much")  # fmt: skip
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.briefs", description=__doc__)
    parser.add_argument("--atlas", type=Path, help="built data of Tocantins; else they are built from --data")
    root = Path(__file__).resolve().parents[1]
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FIRSTMILE_TEST_DATA", root.parent / "shared" / "data")))  # fmt: skip
    asked = parser.parse_args()
    atlas = open_atlas(asked.atlas) if asked.atlas else tocantins(asked.data)
    if every(atlas) + hidden(atlas):
        sys.exit(1)


if __name__ == "__main__":
    main()
