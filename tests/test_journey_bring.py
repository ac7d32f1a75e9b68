"""A planner brings a faulty register in a real browser: corrects a meaning and a word, tries it, builds it, opens its map."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from geodata.layers import open_atlas
from geodata.store import open_store
from tests.browser import Visit, served, visitor
from tests.pages import country
from tests.test_bring import register

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOLDS = "(text) => document.querySelector('#bring-text').value.includes(text)"


@pytest.mark.thorough
def test_a_register_becomes_a_map(tmp_path: Path) -> None:
    place = country(tmp_path)
    (tmp_path / "escolas.csv").write_bytes(register())
    with served(place.link) as base, sync_playwright() as playwright:
        visit = Visit(visitor(playwright).new_page(), base)
        page = visit.page
        visit.open("/bring")
        page.wait_for_selector(".bring-drop button")
        page.set_input_files("#bring-drop-file", str(tmp_path / "escolas.csv"))
        page.wait_for_selector("#bring-columns")
        assert "Telefone" not in page.locator(".bring-columns").inner_text()
        page.get_by_label("Country code of three letters", exact=False).fill("STP")
        page.wait_for_function(HOLDS, arg='iso3 = "STP"')
        page.locator('input[aria-label="Meaning of Alunos"]').click()
        page.get_by_role("option", name="Teachers", exact=True).click()
        page.wait_for_function(HOLDS, arg='num_teachers = "Alunos"')
        page.locator('input[aria-label="Meaning of às vezes"]').click()
        page.get_by_role("option", name="Yes", exact=True).click()
        page.wait_for_function(HOLDS, arg='"às vezes" = "yes"')
        page.get_by_role("link", name="Next: try it").click()
        expect(page.get_by_text("60 schools would come of this")).to_be_visible()
        expect(page.get_by_text("61 rows read = 60 accepted + 0 out of scope + 1 rejected.")).to_be_visible()
        page.get_by_role("link", name="Next: build it").click()
        page.fill("#bring-build-who", "Ana")
        page.fill("#bring-build-reason", "A first look")
        page.reload()  # the address is the upload: it goes on where it stood
        page.fill("#bring-build-who", "Ana")
        page.fill("#bring-build-reason", "A first look")
        page.click("#bring-build-do")
        page.get_by_role("link", name="Open it on the map").click()
        visit.settle("explore-map")
        expect(page.locator("#explore-right h1, #explore-right h2").first).to_contain_text("escolas")
        visit.shot("bring-map")
        assert visit.faults == []
    schools = open_atlas(tmp_path / "escolas").read("schools")
    assert len(schools) == 60
    assert int(schools["has_internet"].sum()) == 30  # Sim, and às vezes as it was set
    (entry,) = open_store(tmp_path / "trail.db").entries(kind="build", atlas="escolas")
    assert (entry.who, entry.reason) == ("Ana", "A first look")
