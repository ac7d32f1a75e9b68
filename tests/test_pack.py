"""A packed country: a folder whole or not at all, that shows what its tier may see and no more, and opens from a disk."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from typer.testing import CliRunner

from dashboard import basemap
from dashboard.packing.content import contents
from firstmile import app
from geodata.briefing.contents import brief_of
from geodata.errors import ExportError
from geodata.exports import write_export
from geodata.exports.briefs import brief_bytes
from geodata.exports.pack import SUMS, script, write_pack
from geodata.exports.packlib import plain_script
from geodata.layers import Atlas, open_atlas, write_manifest
from geodata.query import Desk
from geodata.view import View
from tests import attacked
from tests.browser import WAIT, launch
from tests.factories import atlas, schools

EMPTY: dict[str, Any] = {"type": "FeatureCollection", "features": []}
NASTY = '</script><b>x</b> \u2028 "quoted", =1+1'
N = 24


@pytest.fixture
def no_base() -> Iterator[None]:
    """Without the world behind the map, which takes a second to cut out."""
    with patch.object(basemap, "base", lambda _: EMPTY):
        yield


def few(folder: Path, risk: str, tier: str) -> Desk:
    """Twenty-four schools of two areas, whose places and numbers are easily told apart from anything else."""
    frame = schools(
        school_id=[f"KENO{n:04d}" for n in range(N)],
        school_name=[f"Lindenhof {n}" for n in range(N - 1)] + [NASTY],
        latitude=[1.012345 + n * 0.001357 for n in range(N)],
        longitude=[30.054321 + n * 0.001753 for n in range(N)],
        num_students=[3.0, *(200.0 + n for n in range(N - 1))],
        has_internet=[n % 3 == 0 for n in range(N)],
        admin1=["North"] * 12 + ["South"] * 12,
        admin1_id=["01"] * 12 + ["02"] * 12,
    )
    made = atlas(folder, frame)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": risk}})
    return Desk(open_atlas(made.folder), tier=tier)


def packed(desk: Desk) -> dict[str, bytes]:
    """The files that hold data, by name."""
    return {name: content for name, content in contents(desk) if not name.startswith("page/")}


def read(content: bytes) -> Any:
    """What a data file holds."""
    return json.loads(re.fullmatch(r'FM\.add\("\w+",(.*)\);\n', content.decode(), re.S)[1])  # type: ignore[index]


# --- the folder ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_written_whole_with_the_hash_of_every_file(tmp_path: Path) -> None:
    out = tmp_path / "stick"
    done = write_pack(out, [("index.html", b"a"), ("data/x.js", b"bc")])
    lines = dict(reversed(line.split("  ")) for line in (out / SUMS).read_text().splitlines())
    assert lines == {n: hashlib.sha256((out / n).read_bytes()).hexdigest() for n in ("index.html", "data/x.js")}
    assert done.files == 3
    assert done.size == sum(f.stat().st_size for f in out.rglob("*") if f.is_file())


def test_an_interrupted_pack_leaves_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "stick"
    write_pack(out, [("index.html", b"old")])

    def broken() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pack(out, broken())
    with pytest.raises(RuntimeError):
        write_pack(out, [("index.html", b"new")], lambda _, __: (_ for _ in ()).throw(RuntimeError("no trail")))
    assert [p.name for p in tmp_path.iterdir()] == ["stick"]
    assert (out / "index.html").read_bytes() == b"old"
    write_pack(out, [("index.html", b"new")])
    assert (out / "index.html").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["../x.js", "data/é.js", "a" * 61 + ".js", "/x.js", ""])
def test_names_that_a_stick_cannot_hold_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError):
        write_pack(tmp_path / "stick", [(name, b"")])
    assert not (tmp_path / "stick").exists()


def test_a_folder_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x")
    with pytest.raises(ExportError, match="not written by this command"):
        write_pack(tmp_path / "letters", [("index.html", b"")])
    assert (tmp_path / "letters" / "dear.txt").exists()


def test_a_module_becomes_a_plain_script_or_nothing() -> None:
    made = plain_script("const a=1,b=()=>import.meta.url;export{a as A,b};\n//# sourceMappingURL=x.map", "lib")
    assert 'window.lib={"A":a,"b":b}' in made
    assert "import" not in made.replace("import.meta", "")
    for other in ('import{x}from"./y.mjs";export{x};', "const a=1;"):
        with pytest.raises(ExportError):
            plain_script(other, "lib")


# --- what it shows -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_base")
def test_text_of_a_register_stays_text_and_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    desk = few(tmp_path, "low", "public")
    files = packed(desk)
    assert files == packed(Desk(desk.atlas, tier="public"))
    assert "FOR-GOVERNMENT-ONLY.txt" not in files
    text = files["data/schools.js"].decode()
    assert "</script" not in text
    assert "\u2028" not in text
    assert NASTY in json.dumps(read(files["data/schools.js"]), ensure_ascii=False).replace('\\"', '"')
    assert b"</script" not in script("x", {"</script>": "<!--"})


@pytest.mark.usefixtures("no_base")
def test_public_at_medium_risk_holds_no_place_of_a_school_and_no_small_count(tmp_path: Path) -> None:
    desk = few(tmp_path, "medium", "public")
    files = packed(desk)
    everything = b"".join(files.values()).decode()
    exact = desk.atlas.read("schools")
    for value in (*exact["latitude"], *exact["longitude"]):
        assert f"{value:.6f}" not in everything
    held = read(files["data/schools.js"])
    seen = desk.schools["latitude"].iloc[desk.select(View()).positions]
    assert held["columns"]["latitude"]["a"] == [None if v != v else v for v in seen]  # noqa: PLR0124 - NaN
    assert 3 not in held["columns"]["num_students"]["a"]
    assert read(files["data/place.js"])["kind"] == "cells"


@pytest.mark.usefixtures("no_base")
def test_public_packs_and_briefs_do_not_tell_two_countries_apart_that_differ_in_what_is_hidden(tmp_path: Path) -> None:
    twins = [attacked.country(tmp_path / str(n), "medium", secret=n, moved=n) for n in range(2)]
    one, other = (packed(Desk(place, tier="public")) for place in twins)
    assert one == other
    one, other = ({"brief": brief_bytes(brief_of(Desk(place, tier="public")), "html")} for place in twins)
    assert one == other


@pytest.mark.usefixtures("no_base")
def test_public_at_high_risk_holds_no_school_at_all(tmp_path: Path) -> None:
    files = packed(few(tmp_path, "high", "public"))
    everything = b"".join(files.values()).decode()
    assert "KENO" not in everything
    assert "Lindenhof" not in everything
    assert "data/schools.js" not in files
    assert read(files["data/told.js"])["areas"]


@pytest.mark.usefixtures("no_base")
def test_a_pack_that_is_not_public_says_so_everywhere(tmp_path: Path) -> None:
    files = packed(few(tmp_path, "medium", "government"))
    assert "FOR-GOVERNMENT-ONLY.txt" in files
    assert "FOR THE GOVERNMENT ALONE" in files["README.txt"].decode("utf-8-sig")
    assert read(files["data/place.js"])["tier"] == "government"
    assert "Do not pass it on" in read(files["data/words-en.js"])["ui"]["tier_government"]


# --- in a browser, from a disk, without a network --------------------------------------------------------------------------


def ready(page: Page, folder: Path, query: str = "") -> None:
    """Open the folder and wait for its list."""
    page.goto(f"file://{folder}/index.html#lang=en{query}")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=WAIT)


def download(page: Page, to: Path) -> bytes:
    """The CSV of the list as it stands."""
    with page.expect_download() as found:
        page.locator("#csv").click()
    found.value.save_as(to)
    return to.read_bytes()


@pytest.mark.browser
def test_it_opens_from_a_disk_without_network(built: Callable[[str], Atlas], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("FIRSTMILE_STORE", str(tmp_path / "trail.db"))
    place, folder = built("demo"), tmp_path / "stick"
    said = CliRunner().invoke(app, ["pack", str(place.link), "--out", str(folder)])
    assert said.exit_code == 0, said.output
    desk = Desk(place)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(offline=True, accept_downloads=True, viewport={"width": 1440, "height": 900})
        page, asked, faults = context.new_page(), [], []
        page.on("request", lambda r: asked.append(r.url))
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        ready(page, folder)
        expect(page.locator("#count")).to_have_text("6,000 of 6,000 schools")
        expect(page.locator("#marks")).to_contain_text("Synthetic demonstration data")
        _filtered(page, desk, tmp_path)
        _sheet_of(page, desk)
        _map_of(page, desk)
        page.locator("#language").select_option("ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert faults == []
        assert [url for url in asked if not url.startswith(("file://", "blob:", "data:"))] == []
        browser.close()


def _filtered(page: Page, desk: Desk, folder: Path) -> None:
    """Filters, then the file that leaves: to the letter what `firstmile export` writes for the same question."""
    page.locator("#area").select_option("03")
    page.locator('label:has-text("no electricity") input').check()
    page.locator("#search").fill("PRIMARY sch")
    view = View.parse("area=03&min.item_energy=0.5000000000000001&q=PRIMARY+sch")
    total = desk.select(view).total
    assert 0 < total < 600
    expect(page.locator("#count")).to_have_text(f"{total:,} of 6,000 schools")
    page.locator("#sort").select_option("-num_students")
    found = download(page, folder / "from_stick.csv")
    columns = found.decode().split("\r\n", 1)[0].split(",")
    view = View.parse(view.query() + "&sort=-num_students")
    write_export(desk, view, folder / "list.csv", columns=[c for c in columns if c in desk.columns])
    assert found == (folder / "list.csv").read_bytes()
    page.locator("#clear").click()
    expect(page.locator("#count")).to_have_text("6,000 of 6,000 schools")


def _sheet_of(page: Page, desk: Desk) -> None:
    """The first school's sheet: every value with how it is known."""
    page.locator("#sort").select_option("priority_rank")
    first = desk.frame(View(), ["school_id", "school_name", "num_students", "num_students_evidence", "num_students_source"], 0, 1).iloc[0]  # fmt: skip
    page.locator(f'button.name[data-id="{first["school_id"]}"]').press("Enter")
    sheet = page.locator("#sheet")
    expect(sheet.locator("h2")).to_have_text(first["school_name"])
    row = sheet.locator("tr", has=page.get_by_role("rowheader", name="Learners", exact=True))
    expect(row).to_contain_text(f"{first['num_students']:,}")
    expect(row).to_contain_text(first["num_students_evidence"])
    expect(row).to_contain_text(first["num_students_source"])
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def _map_of(page: Page, desk: Desk) -> None:
    """The map is drawn, and the table below it says what the dashboard says of each area."""
    page.wait_for_selector("html[data-ready=map] #map[data-ready=yes]", timeout=WAIT)
    page.locator("#map-table summary").click()
    rolled: pd.DataFrame = desk.areas(View(), 1, "internet_for_learners").set_index("name")
    cells = page.locator("#areas-table tbody tr").evaluate_all("(rows) => rows.map((r) => [...r.children].map((c) => c.innerText))")  # fmt: skip
    assert len(cells) == len(rolled)
    for name, _, share, known, unknown in cells:
        one = rolled.loc[name]
        assert int(known.replace(",", "")) == one["internet_for_learners_known"]
        assert int(unknown.replace(",", "")) == one["internet_for_learners_unknown"]
        assert share.startswith(f"{round(one['internet_for_learners'] * 100)}")
