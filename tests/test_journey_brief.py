"""In a real browser: a policymaker opens a link, presents with the arrow keys, moves the budget, takes PDF and PPTX away.

What stands on the screen is held against the files. Eight schools in English, whose budgets are solved in a moment, and
Tocantins in Arabic; then the demonstration in English and Tocantins in Arabic, each with its plan.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pptx
import pypdfium2
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from geodata.layers import Atlas
from geodata.store import open_store
from tests.browser import Visit, served, visitor
from tests.plans import eight

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SOLVED = 240_000  # milliseconds: the plans of a country, on a machine that does much else
MEETING = ["finding", "map", "plan", "unknown", "decision"]
OVERFLOWS = """() => { const one = document.querySelector(".slide:not([hidden])"); return one.scrollHeight > one.clientHeight + 1 || document.documentElement.scrollWidth > innerWidth; }"""


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("\xa0", " ")).strip()


def here(see: Page) -> str:
    """The id of the slide that shows."""
    return str(see.locator(".slide:visible").get_attribute("id"))


def taken(see: Page, selector: str) -> bytes:
    """The bytes of a file that a link hands out."""
    with see.expect_download() as download:
        see.locator(selector).click()
    return Path(download.value.path()).read_bytes()


def texts(deck: bytes) -> str:
    made = pptx.Presentation(io.BytesIO(deck))
    return flat(" ".join(p.text for s in made.slides for h in s.shapes if h.has_text_frame for p in h.text_frame.paragraphs))  # fmt: skip


def test_a_policymaker_presents_and_takes_the_brief_away(tmp_path: Path, built: Callable[[str], Atlas]) -> None:
    place, tocantins = eight(tmp_path), built("tocantins")
    with sync_playwright() as playwright:
        browser = visitor(playwright, 1024, 768)
        with served(place.link, "government", tocantins.link) as base:
            visit = Visit(browser.pages[0], base)
            visit.open("/brief?budget=60000")
            see = visit.page
            expect(see.locator("#brief-pdf")).to_be_visible()
            finding = flat(see.locator(".brief-finding").inner_text())
            see.locator("#brief-mode").click()
            _presented(see, finding)
            said = _more_money(see)
            see.keyboard.press("Escape")
            expect(see.locator("#brief-pdf")).to_be_visible()
            _taken_away(see, [finding, *said])
            assert visit.faults == []
            _in_arabic(Visit(browser.new_page(), base))
        browser.close()
    assert [e.kind for e in open_store(tmp_path / "trail.db").entries()] == ["export"] * 3


@pytest.mark.thorough
def test_the_demonstration_in_english_and_tocantins_in_arabic_with_their_plans(
    tmp_path: Path, built: Callable[[str], Atlas]
) -> None:
    (tmp_path / "demo").symlink_to(built("demo").folder.resolve(), target_is_directory=True)  # a trail of its own
    tocantins = built("tocantins")
    with sync_playwright() as playwright:
        browser = visitor(playwright, 1024, 768)
        with served(tmp_path / "demo", "government", tocantins.link) as base:
            for query, lang in (("budget=2000000", "en"), ("data=tocantins&budget=2000000&lang=ar", "ar")):
                visit = Visit(browser.new_page(), base)
                visit.open(f"/brief?{query}")
                see = visit.page
                expect(see.locator("#brief-pdf")).to_be_visible(timeout=SOLVED)
                finding = flat(see.locator(".brief-finding").inner_text())
                see.locator("#brief-mode").click()
                see.wait_for_selector(f"html[data-ready][lang={lang}]")
                assert flat(see.locator(".slide:visible h1").inner_text()) == finding
                if lang == "en":
                    _presented(see, finding)
                said = _more_money(see, "ArrowRight" if lang == "en" else "ArrowLeft")
                see.keyboard.press("Escape")
                expect(see.locator("#brief-pdf")).to_be_visible(timeout=SOLVED)
                _taken_away(see, [finding, *said], shaped=lang == "ar")
                assert visit.faults == []
        browser.close()


def _presented(see: Page, finding: str) -> None:
    """Through the slides by keys alone; none scrolls, each is announced."""
    see.wait_for_selector("html[data-ready]")
    assert flat(see.locator(".slide:visible h1").inner_text()) == finding
    seen = [here(see)]
    for _ in range(see.locator(".slide").count() - 1):
        see.keyboard.press("ArrowRight")
        seen.append(here(see))
        assert not see.evaluate(OVERFLOWS), here(see)
        assert see.evaluate("document.activeElement.id") == here(see)
    assert [s for s in seen if s in MEETING] == MEETING
    assert see.locator("#where").inner_text() == f"{len(seen)} / {len(seen)}"
    see.keyboard.press("Home")
    assert here(see) == "finding"


def _more_money(see: Page, forward: str = "ArrowRight") -> list[str]:
    """Up a stop on the budget's slide: what it says then."""
    while here(see) != "plan":
        see.keyboard.press(forward)
    before = see.locator(".stop:visible h1").inner_text()
    see.keyboard.press("ArrowUp")
    after = flat(see.locator(".stop:visible h1").inner_text())
    assert after != flat(before)
    assert see.locator("#budget").get_attribute("aria-valuetext") == see.locator("#budget-said").inner_text()
    return [after, flat(see.locator("#budget-said").inner_text())]


def _taken_away(see: Page, said: list[str], *, shaped: bool = False) -> None:
    """PDF and PPTX of the stop that was shown say what the screen said; of a `shaped` script a PDF gives forms, not letters."""
    deck, paper = taken(see, "#brief-pptx"), taken(see, "#brief-pdf")
    document = pypdfium2.PdfDocument(paper)
    pages = [flat(document[n].get_textpage().get_text_range()) for n in range(len(document))]
    blank = [document[n].render(scale=0.2).to_pil().convert("L").getextrema()[0] > 200 for n in range(len(document))]
    document.close()
    assert len(pages) == 2
    assert not any(blank)
    slides = texts(deck)
    for one in said:
        assert one in slides
        assert shaped or one in " ".join(pages)


def _in_arabic(visit: Visit) -> None:
    visit.open("/briefing?data=tocantins&brief=plan:none&lang=ar")
    see = visit.page
    see.wait_for_selector("html[data-ready][dir=rtl][lang=ar]")
    finding = flat(see.locator(".slide:visible h1").inner_text())
    see.keyboard.press("ArrowLeft")  # forward, where one reads from right to left
    assert here(see) == "map"
    assert not see.evaluate(OVERFLOWS)
    label = see.locator(".slide:visible .kicker").bounding_box()
    assert label is not None
    assert label["x"] + label["width"] > 800
    see.keyboard.press("Escape")
    expect(see.locator("#brief-pptx")).to_be_visible()
    deck = taken(see, "#brief-pptx")
    assert finding in texts(deck)
    first = pptx.Presentation(io.BytesIO(deck)).slides[0].shapes.title.text_frame.paragraphs[0]
    assert first._p.pPr.get("rtl") == "1"
    assert visit.faults == []
