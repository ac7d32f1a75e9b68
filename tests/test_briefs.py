"""The brief: what it says is what the schools say, in two pages whatever there is, and nothing of a few."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.briefing import said
from geodata.briefing.contents import Brief, Decision, Official, approved, brief_of
from geodata.briefing.given import decisions, officials, share_of
from geodata.briefing.groups import from_outlines, from_table
from geodata.briefing.money import need_money
from geodata.briefing.scope import Scope
from geodata.errors import DisclosureError, ExportError, StoreError, ViewError
from geodata.exports.briefs import brief_bytes
from geodata.exports.crests import checked
from geodata.layers import Atlas, open_atlas, write_manifest
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import speaking
from geodata.store import briefs as signed
from geodata.store import open_store
from geodata.view import View
from tests import made_plan
from tests.factories import atlas, schools

LONG = "Unterwesterwaldkreisverwaltungsgemeinschaft am Oberen See"


def pages(data: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(data)
    out = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    document.close()
    return out


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("\xa0", " "))


def desk_of(folder: Path, frame: pd.DataFrame, *, risk: str = "low", tier: str = "public") -> Desk:
    made = atlas(folder, frame)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": risk}})
    return Desk(open_atlas(folder / "testland"), tier=tier)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Sixty schools as the public sees them."""
    return desk_of(tmp_path_factory.mktemp("plain"), some(60))


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Plan]:
    """The eight schools of the worked examples with their plan."""
    desk = made_plan.desk(tmp_path_factory.mktemp("solved"))
    return desk, made_plan.plan(desk)


def some(n: int, **more: object) -> pd.DataFrame:
    """Schools of two provinces; a third without internet for learners, a sixth not reported."""
    yes = [None if k % 6 == 5 else k % 3 != 0 for k in range(n)]
    base: dict[str, object] = {
        "school_name": [f"School {k}" for k in range(n)], "admin1_id": [f"P{k % 2}" for k in range(n)],
        "admin1": ["North" if k % 2 else LONG for k in range(n)], "latitude": [1.0 + k * 0.01 for k in range(n)],
        "longitude": [30.0 + k * 0.01 for k in range(n)], "num_students": [100 + 10 * k for k in range(n)],
        "has_internet": yes, "has_internet_for_learners": yes, "has_electricity": True, "num_computers": 4,
        "download_speed_mbps": [None if y is None else 50.0 if y else None for y in yes], "school_status": "open",
    }  # fmt: skip
    return schools(**{**base, **more})


# --- what it says -----------------------------------------------------------------------------------------------------


def test_three_figures_of_tocantins_by_other_code(built: Callable[[str], Atlas]) -> None:
    made = built("tocantins")
    brief = brief_of(Desk(made))
    raw = pd.read_parquet(made.folder / "schools.parquet", columns=["has_internet", "has_internet_for_learners", "admin1_id", "admin1"])  # fmt: skip
    steps = {s.key: s for s in brief.ladder}
    assert steps["any"].number == pytest.approx(raw["has_internet"].astype(float).mean())
    without = raw[~raw["has_internet_for_learners"].astype(bool)]
    assert brief.numbers[3].value == f"{len(without):,}"
    most = without["admin1"].value_counts()
    assert (brief.first_areas[0].name, brief.first_areas[0].number) == (most.index[0], most.iloc[0])
    assert brief.finding == "5 of 10 schools have no usable internet for learners."  # 813 of 1,581


def test_what_is_not_reported_is_in_the_range_and_never_no(plain: Desk) -> None:
    brief = brief_of(plain)
    learners = pd.Series([100 + 10 * k for k in range(60)])
    lost = learners[[k % 6 == 5 for k in range(60)]].sum()
    no = learners[[k % 3 == 0 for k in range(60)]].sum()
    figure = brief.numbers[3]
    assert (figure.number_low, figure.number_high) == (pytest.approx(no), pytest.approx(no + lost))
    assert "not reported" in brief.finding
    assert brief.unit == "learners"
    assert brief.ladder[2].counts == "30 yes, 20 no, 10 not reported"


def test_the_steps_never_rise_and_say_why(tmp_path: Path) -> None:
    frame = some(60, has_internet=True, has_electricity=[k % 4 != 1 for k in range(60)])
    steps = brief_of(desk_of(tmp_path, frame), official=Official(0.9, "Annual report", "2025")).ladder
    yes = [int(s.counts.split(" ")[0]) for s in steps[1:]]
    assert yes == sorted(yes, reverse=True)
    assert steps[0].value == "90 % of schools".replace(" %", "\xa0%")
    assert "another year" in steps[1].difference
    assert "do not give it to learners" in steps[2].difference
    assert "no electricity" in steps[3].difference


def test_without_an_official_figure_it_says_so(plain: Desk) -> None:
    first = brief_of(plain).ladder[0]
    assert (first.value, first.difference) == ("not given", "No official figure was given for this brief.")


def test_the_official_figure_of_the_recipe(plain: Desk) -> None:
    place = {**plain.atlas.manifest["place"], "official": {"share": 0.71, "source": "Annual report", "date": "2025"}}
    desk = Desk(plain.atlas)
    desk.__dict__["place"] = place
    assert brief_of(desk).ladder[0].value == "71\xa0% of schools"
    assert brief_of(desk, area="P0").ladder[0].value == "not given"  # it is the country's


def test_a_plan_is_told_as_it_was_solved(solved: tuple[Desk, Plan]) -> None:
    desk, plan = solved
    brief = brief_of(desk, plan=plan, solved=(plan,))
    found = brief.planned
    chosen = plan.chosen
    assert found is not None
    assert [s.frozen for s in found.stops] == [True]
    assert found.stops[0].reached == pytest.approx((chosen["learners"] * chosen["chance_underserved"]).sum())
    assert sum(n.money for n in brief.need_money) == pytest.approx(1)
    assert sum(n.need for n in brief.need_money) == pytest.approx(1)
    assert "1 of 2 prices has no national quote" in found.provisional
    assert [y.capital for y in found.years][:2] == [
        pytest.approx(chosen.loc[chosen["year"] == n, "capital"].sum()) for n in (1, 2)
    ]
    part = brief_of(desk, area="East", plan=plan, solved=(plan,)).planned
    assert part is not None
    assert part.stops[0].schools == float(chosen["school_id"].isin(desk.whole.loc[desk.whole["admin1_id"] == "East", "school_id"]).sum())  # fmt: skip


def test_what_wears_out_is_paid_for_and_the_title_says_what_is_reached(solved: tuple[Desk, Plan]) -> None:
    desk, plan = solved
    brief = brief_of(desk, plan=plan, solved=(plan,))
    whole, years = said.money(float(plan.chosen["cost"].sum()), plan.book.currency), plan.terms.number("plan_horizon_years")  # fmt: skip
    assert brief.planned is not None
    assert brief.planned.years[-1].label == "Each year after, replacements apart"
    assert any(f"Over {years:.0f} years all of it costs {whole}" in text for text in brief.financing)
    assert re.search(r"reach [\d,]+ learners;", brief.planned.title)
    some_ = replace(plan, terms=plan.terms.with_(only=("S1", "S2"))), replace(plan, terms=plan.terms.with_(area="East"))
    said_ = [found.provisional for p in some_ if (found := brief_of(desk, plan=p, solved=(p,)).planned)]
    assert said_[0].startswith("This plan looks at the 2 schools of a chosen list alone. 1 of 2 prices")
    assert said_[1].startswith("This plan looks at the schools of East alone. 1 of 2 prices")


def test_one_school_with_learners_gives_no_learners_a_computer(tmp_path: Path) -> None:
    frame = some(20, num_students=[100, *[None] * 19])
    devices = brief_of(desk_of(tmp_path, frame)).numbers[1]
    assert (devices.value, devices.coverage) == ("not reported", "too few schools report their learners")


def test_need_that_nobody_reports_is_no_share(tmp_path: Path) -> None:
    nobody = some(20, has_internet=None, has_internet_for_learners=None, num_students=None)
    assert brief_of(desk_of(tmp_path, nobody)).need_said.startswith("Where the need lies is not reported")


def test_decisions_are_never_made_up(plain: Desk) -> None:
    desk = plain
    open_ = brief_of(desk)
    assert not open_.decided
    assert all(d.asked.endswith("?") and not d.owner and not d.date for d in open_.decisions)
    asked = decisions(pd.DataFrame({"decision": ["Fund the north"], "owner": ["Treasury"]}))
    assert brief_of(desk, decisions=asked).decisions == (Decision("Fund the north", "Treasury", ""),)


def test_an_area_without_a_school_and_one_that_is_not_there(plain: Desk) -> None:
    desk = plain
    with pytest.raises(ViewError):
        brief_of(desk, area="nowhere")
    empty = brief_of(desk, View(area="P0").with_among("school_status", ["extinct"]))
    assert empty.finding.endswith("has no school in these data.")


# --- two pages --------------------------------------------------------------------------------------------------------

CASES = {
    "one school, no place": lambda: some(1, latitude=None, longitude=None),
    "nothing known": lambda: some(3, school_name=[LONG * 2] * 3, num_students=None, has_internet=None, has_internet_for_learners=None, download_speed_mbps=None),
    "long": lambda: some(60, school_name=[f"{LONG} {k}" for k in range(60)], admin1=[LONG] * 60, admin1_id=[f"P{k % 30}" for k in range(60)]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_two_pages_whatever_there_is(tmp_path: Path, case: str) -> None:
    desk = desk_of(tmp_path, CASES[case]())
    brief = brief_of(desk)
    text = pages(brief_bytes(brief, "pdf", letterhead=LONG))
    assert len(text) == 2
    assert all("DRAFT, not approved" in flat(page) and "SYNTHETIC" in page for page in text)
    assert flat(brief.finding) in flat(text[0])
    assert "Connection alone does not produce learning" in flat(text[1])


def test_a_plan_and_long_names_still_fit(solved: tuple[Desk, Plan]) -> None:
    desk, plan = solved
    wordy = tuple(Decision(f"{LONG} decides on all of it, and on what comes after it " * 2, LONG, "31 December 2027") for _ in range(6))  # fmt: skip
    brief = brief_of(desk, plan=plan, solved=(plan,), decisions=wordy, official=Official(0.5, LONG * 3))
    assert len(pages(brief_bytes(brief, "pdf"))) == 2
    annexed = pages(brief_bytes(brief_of(desk, plan=plan, solved=(plan,), annex=True), "pdf"))
    assert len(annexed) > 2
    assert "SDG 4.a.1" in flat(" ".join(annexed[2:]))
    assert "Master plan" in flat(" ".join(annexed[2:]))


@pytest.mark.parametrize("area", ["1700251", "1721000", "1716208"])
def test_three_areas_of_tocantins(built: Callable[[str], Atlas], area: str) -> None:
    desk = Desk(built("tocantins"))
    brief = brief_of(desk, area=area)
    data = brief_bytes(brief, "pdf")
    assert data == brief_bytes(brief, "pdf")
    text = pages(data)
    assert len(text) == 2
    assert brief.area_name in text[0]
    assert len(data) > 30_000


def test_all_formats_show_the_same_figures(solved: tuple[Desk, Plan]) -> None:
    desk, plan = solved
    brief = brief_of(desk, plan=plan, solved=(plan,), official=Official(0.5, "Annual report", "2025"))
    shown = flat(" ".join(pages(brief_bytes(brief, "pdf"))))
    page = flat(brief_bytes(brief, "html").decode())
    from html import escape

    texts = [brief.finding, *(n.value for n in brief.numbers), *(s.counts for s in brief.ladder), *(n.need_text for n in brief.need_money), brief.planned.sentence if brief.planned else ""]  # fmt: skip
    for text in filter(None, texts):
        assert flat(text) in shown, text
        assert flat(escape(text)) in page, text


def test_html_needs_nothing_else_and_runs_nothing(plain: Desk) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    brief = brief_of(plain)
    said_ = replace(brief, finding=evil, area_name=evil, first=(replace(brief.first[0], name=evil),), decisions=(Decision(evil, evil, evil),))  # fmt: skip
    page = brief_bytes(said_, "html", letterhead="<b>M</b>").decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;b&gt;M" in page
    assert not re.search(r"(?:src|href)=\"(?!data:)|url\(https?:|@import", page)
    assert "default-src 'none'" in page


def test_right_to_left_and_its_language(plain: Desk) -> None:
    with speaking("ar"):
        brief = brief_of(plain)
    assert (brief.language, brief.direction) == ("ar", "rtl")
    assert 'lang="ar" dir="rtl"' in brief_bytes(brief, "html").decode()
    data = brief_bytes(brief, "pdf")
    assert len(pages(data)) == 2
    assert b"/Lang (ar)" in data or b"/Lang(ar)" in data


# --- who may see what -------------------------------------------------------------------------------------------------


def test_where_risk_is_high_the_public_is_told_of_no_school_and_no_few(tmp_path: Path) -> None:
    areas = [f"P{k // 15}" for k in range(45)] + ["P9"] * 3
    frame = some(48, admin1_id=areas, admin1=areas, school_name=[f"Hidden {k}" for k in range(48)])
    desk = desk_of(tmp_path, frame, risk="high")
    whole = brief_of(desk, annex=True)
    assert not whole.first
    assert "Hidden" not in brief_bytes(whole, "html").decode()
    few = brief_of_or_none(desk, "P9")
    assert few is None or "too few" in few.finding
    with pytest.raises(DisclosureError):
        brief_of(desk, title="Constituency", schools=["s1", "s2"])
    with pytest.raises(DisclosureError):
        from_table(desk, pd.DataFrame({"school_id": ["s1"], "name": ["A"]}), "name")


def brief_of_or_none(desk: Desk, area: str) -> Brief | None:
    try:
        return brief_of(desk, area=area)
    except DisclosureError:
        return None


def test_groups_of_a_look_up_and_of_outlines(plain: Desk) -> None:
    from shapely.geometry import box

    desk = plain
    table = pd.DataFrame({"school_id": [f"s{k}" for k in range(1, 11)] + ["zz"], "seat": ["East"] * 4 + ["West"] * 6 + ["West"]})  # fmt: skip
    found = from_table(desk, table, "seat")
    assert (found.names, len(found.schools("East"))) == (("East", "West"), 4)
    assert found.notes == ("1 row names a school that these data do not have.", "50 schools are in no group.")
    east = brief_of(desk, title="East", schools=found.schools("East"))
    assert (east.schools, east.area_name) == (4, "East")
    whole = brief_of(desk, groups=found.of)
    assert {n.name for n in whole.need_money} == {"East", "West"}
    assert sum(n.need for n in whole.need_money) == pytest.approx(1)
    drawn = from_outlines(desk, ["one", "two"], [box(29.9, 0.9, 30.055, 1.055), box(30.055, 1.055, 30.115, 1.115)])
    assert (len(drawn.schools("one")), len(drawn.schools("two"))) == (6, 6)
    with pytest.raises(ViewError):
        from_table(desk, table.rename(columns={"school_id": "x"}), "seat")


def test_what_a_single_link_costs_does_not_stand_beside_its_area(tmp_path: Path, solved: tuple[Desk, Plan]) -> None:
    """Where places are coarse, the price of a few links would tell how far they reach; a brief of the area hides it too."""
    made = made_plan.desk(tmp_path).atlas
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": "medium"}})
    desk, plan = Desk(open_atlas(made.link), tier="public"), solved[1]
    chosen = list(plan.schools.loc[plan.schools["decision"] == "chosen", "school_id"])
    groups = {s: "one" if s == chosen[0] else "many" for s in plan.schools["school_id"]}
    by_name = {n.name: n for n in need_money(Scope.of(desk, View()), plan, pd.Series(groups))}
    assert np.isnan(by_name["one"].money)
    assert by_name["one"].money_text == said.too_few()
    exact = {n.name: n for n in need_money(Scope.of(solved[0], View()), plan, pd.Series(groups))}
    assert sum(n.money for n in exact.values()) == pytest.approx(1)


def test_a_year_that_builds_a_single_link_does_not_tell_its_price(tmp_path: Path, solved: tuple[Desk, Plan]) -> None:
    made = made_plan.desk(tmp_path).atlas
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": "medium"}})
    desk, rows = Desk(open_atlas(made.link), tier="public"), solved[1].schools
    built = rows.assign(decision="chosen", capital=1000.0, yearly=100.0, year=[2] + [1] * (len(rows) - 1))
    plan = replace(solved[1], schools=built)
    found, open_ = (brief_of(d, plan=plan, solved=(plan,)).planned for d in (desk, solved[0]))
    assert found is not None
    assert open_ is not None
    assert [y.capital_text for y in found.years] == [said.too_few(), said.too_few(), "0"]
    assert [y.capital for y in open_.years] == [7000.0, 1000.0, 0.0]
    assert found.years[-1].running == pytest.approx(open_.years[-1].running, rel=0.1)  # of all schools together


# --- approval, crests, what people give -------------------------------------------------------------------------------


def test_a_draft_until_exactly_this_is_approved(plain: Desk, tmp_path: Path) -> None:
    desk = Desk(plain.atlas, tier="government")
    store = open_store(f"sqlite:///{tmp_path / 'trail.db'}")
    brief = brief_of(desk)
    assert brief.status == "DRAFT, not approved"
    with pytest.raises(StoreError):
        signed.sign(store, Desk(desk.atlas), brief, who="A visitor", reason="none")
    signed.sign(store, desk, brief, who="B. Director", reason="Cabinet of 3 March")
    by = signed.approval(store, desk.atlas.slug, brief)
    assert by is not None
    text = pages(brief_bytes(approved(brief, by), "pdf"))
    assert all("Approved by B. Director" in flat(page) and "DRAFT" not in page for page in text)
    other = brief_of(desk, official=Official(0.4, "Another"))
    assert signed.approval(store, desk.atlas.slug, other) is None


def test_crests_are_told_by_their_bytes(plain: Desk, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "crest.svg"  # its name says nothing
    Image.new("RGB", (40, 60), "red").save(path, "PNG")
    assert checked(path.read_bytes()) == (40, 60)
    Image.new("RGB", (40, 60), "red").save(path, "JPEG")
    assert checked(path.read_bytes()) == (40, 60)
    broken = path.read_bytes()[:-300]
    for bad in (b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\n", b"x" * 400_000, broken, broken[:200]):
        with pytest.raises(ExportError):
            checked(bad)
    brief = brief_of(plain)
    assert len(pages(brief_bytes(brief, "pdf", letterhead="Ministry", crest=path.read_bytes()))) == 2
    assert "data:image/jpeg;base64," in brief_bytes(brief, "html", crest=path.read_bytes()).decode()


def test_official_figures_as_people_write_them() -> None:
    assert [share_of(t) for t in ("62 %", "62%", "0.62", "0,62")] == [0.62] * 4
    with pytest.raises(ViewError):
        share_of("62")
    table = pd.DataFrame({"share": ["62%", "0.5"], "source": ["Report", "Report"], "area": ["", "P1"]})
    assert officials(table)["P1"] == Official(0.5, "Report")


@given(st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_a_share_in_words_is_never_none_or_all_unless_it_is(share: float) -> None:
    text = said.of_ten(share)
    assert (text == "0 of 10") == (share == 0)
    assert (text == "10 of 10") == (share == 1)
    assert (said.share_said(share) == "0\xa0%") == (share == 0)
    assert (said.share_said(share) == "100\xa0%") == (share == 1)
