"""The attacker with a real browser: a public visitor opens every page, looks at all that the server sends, and takes files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Response, expect, sync_playwright

from dashboard.page import pages
from geodata.layers import Atlas, write_manifest
from tests.attacked import frame
from tests.browser import Visit, served, visitor
from tests.factories import atlas

# Numbers that nothing else in the country comes to, so that finding one anywhere is a leak.
DISPLACED, DISABLED = 7_310_000, 8_420_000
PLANTED = re.compile(r"(?<!\d)(?:7,?310,?\d{3}|8,?420,?\d{3})(?!\d)|note 0 \d")
KINDS = ("application/json", "text/", "application/vnd", "application/geo")


def planted(folder: Path) -> Atlas:
    """The attacked country with numbers in its sensitive columns that are known when they are seen."""
    rows = frame()
    number = np.arange(len(rows))
    rows["num_students_displaced"] = pd.Series(DISPLACED + 7 * number, dtype="Int64")
    rows["num_students_disabled"] = pd.Series(DISABLED + 7 * number, dtype="Int64")
    rows["community_land"] = "indigenous"
    made = atlas(folder, rows)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": "low"}})
    return Atlas(made.link, made.folder)


def everything_in(book: Path) -> str:
    """All cells of a workbook as text."""
    with book.open("rb") as stream:
        sheets = openpyxl.load_workbook(stream).worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_a_public_visitor_finds_no_sensitive_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTMILE_STORE", str(tmp_path / "trail.db"))
    place = planted(tmp_path / "testland")
    heard: list[tuple[str, str]] = []

    def listen(response: Response) -> None:
        kind = response.headers.get("content-type", "")
        if response.status == 200 and kind.startswith(KINDS) and "/_dash-component-suites/" not in response.url:
            replies.append(response)

    with served(place.link, "public") as base, sync_playwright() as playwright:
        context = visitor(playwright, 1100, 700)
        visit = Visit(context.new_page(), base)
        replies: list[Response] = []
        visit.page.on("response", listen)
        for page in pages():
            visit.page.goto("about:blank")  # what a page asks for while it is left is gone with it
            replies.clear()
            visit.page.goto(f"{base}{page.path}?school=s001")
            visit.page.wait_for_selector("#page h1")
            visit.page.wait_for_load_state("networkidle")
            heard.append((page.path, visit.page.content()))
            heard += [(reply.url, reply.body().decode("utf-8", "replace")) for reply in replies]
            replies.clear()
        assert len(heard) > 40
        visit.open_list()
        for label, suffix in (("CSV", "csv"), ("Excel workbook", "xlsx")):
            if suffix == "csv":
                visit.page.get_by_role("button", name=re.compile(r"^Export these 60 schools$")).click()
            visit.page.get_by_label(re.compile(label)).first.check()
            link = visit.page.locator("#take-link")
            expect(link).to_have_attribute("href", re.compile(rf"\.{suffix}\?"))
            with visit.page.expect_download() as waiting:
                link.click()
            file = tmp_path / f"taken.{suffix}"
            waiting.value.save_as(file)
            heard.append((file.name, everything_in(file) if suffix == "xlsx" else file.read_text("utf-8-sig")))
        context.close()
        context.close()
    told = {where: PLANTED.findall(text)[:3] for where, text in heard if PLANTED.search(text)}
    assert told == {}
    assert not [where for where, text in heard if where.startswith("taken.") and "indigenous" in text]
    assert any("School number 1" in text for _, text in heard)  # the walk did see the schools
