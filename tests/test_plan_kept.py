"""The drawers of the page Plan: what is saved, compared, signed and replaced there, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard import page, signing
from dashboard.app import create_app
from dashboard.planning import asked, kept, signedlist, solved
from dashboard.planning.seen import Seen
from geodata.errors import StoreError
from geodata.layers import open_atlas, write_manifest
from geodata.query import Desk
from geodata.store import open_store, signed
from geodata.view import View
from tests import made_plan

FREE = "p.plan_reserve_share=1&p.plan_ring_fence=0&p.plan_poorest_share=0"


def said(found: Any) -> str:
    """Every text of some components."""
    if isinstance(found, list | tuple):
        return " ".join(said(f) for f in found)
    if isinstance(found, str | int | float):
        return str(found)
    return said(found.children) if getattr(found, "children", None) is not None else ""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("toy")
    made = made_plan.desk(folder).atlas
    write_manifest(made.folder, {**made.manifest, "planning": {"satellite": "licensed"}})
    server = create_app([open_atlas(folder / "testland")], tier="government").server
    where: Path = folder / "trail.db"
    server.config[page.KEY] = replace(server.config[page.KEY], store=open_store(where), store_fault="")
    with server.test_request_context("/plan"):
        yield page.served().desk()


def view(budget: int) -> View:
    return View.parse(f"budget={budget}&{FREE}")


def test_a_plan_is_saved_opened_again_and_compared(desk: Desk) -> None:
    with pytest.raises(StoreError, match="name"):
        kept.keep(desk, view(320_000), "Ana", "", " ")
    assert kept.keep(desk, view(320_000), "Ana", "draft", "Cabinet") == "Saved as “Cabinet”, entry 1"
    kept.keep(desk, view(200_000), "Ana", "", "Small")
    small, cabinet = kept.saved(desk)
    for one in (small, cabinet):
        there = kept.address(desk, one, view(1))
        assert solved.terms_of(desk, View.parse(there.query()), ((), ())).key == one.terms.key
    assert "Cabinet 3 schools with 950 learners" in said(kept.listed(desk, view(1)))
    lead = said(kept.beside(Seen(desk, solved.now(desk, view(320_000))), view(320_000)))
    assert lead.startswith("Saved as “Cabinet” on ")
    assert lead.endswith("by Ana (unverified name): the same to the last figure.")
    with pytest.raises(StoreError, match="Choose two plans"):
        kept.compared(desk, view(320_000), ["here"])
    shown = said(kept.compared(desk, view(320_000), ["here", str(small.number)]))
    assert "Schools chosen 3 2" in shown
    assert "schools in “On the screen” and not in “Small”" in shown


def test_after_a_shock_the_plan_before_stands_beside(desk: Desk) -> None:
    after = asked.with_terms(view(310_000), shocked="North")
    seen = Seen(desk, solved.now(desk, after))
    assert "is being made, to stand beside this one" in said(kept.beside(seen, after))
    solved.now(desk, view(310_000))
    assert "connected and count as cut off" in said(kept.beside(seen, after))


def test_a_list_is_signed_and_a_school_replaced(desk: Desk) -> None:
    assert signedlist.sign(desk, view(320_000), "B. Director", "Board", "First tender").startswith("Signed as entry ")
    number = str(signedlist.lists(desk)[0].number)
    before = said(signedlist.stands(desk, int(number)))
    assert before.startswith("3 schools in ")
    assert "Where a school of this list cannot be built" in before
    schools = signed.load(signing.kept(), desk.atlas.slug, int(number), "government").schools
    looked = {school: said(signedlist.looked(desk, int(number), school)) for school in schools}
    out = next(school for school, told in looked.items() if "takes the place" in told)
    told = signedlist.replace_school(desk, view(1), "C. Clerk", "Washed away", number, out)
    assert told.endswith(f"takes the place of school {out}")
    shown = said(signedlist.stands(desk, int(number)))
    assert f"School {out} was replaced by school " in shown
    assert "“Washed away”" in shown
    assert "left the list; " in shown
    for which, school in ((None, out), (number, None)):
        with pytest.raises(StoreError, match="Choose the school"):
            signedlist.replace_school(desk, view(1), "C", "x", which, school)
    with pytest.raises(StoreError, match="not on this list as it stands"):
        signedlist.replace_school(desk, view(1), "C", "x", number, out)


def test_visitors_of_the_public_view_see_no_drawer_and_nobodys_plans(desk: Desk) -> None:
    served = page.current_app.config[page.KEY]
    page.current_app.config[page.KEY] = replace(served, tier="public")
    try:
        assert kept.button() == signedlist.button() == []
        with pytest.raises(StoreError, match="public"):
            kept.keep(desk, view(320_000), "Eve", "x", "y")
    finally:
        page.current_app.config[page.KEY] = served
    assert kept.saved(Desk(desk.atlas, tier="public")) == []
    assert signedlist.lists(Desk(desk.atlas, tier="public")) == []
