"""The report to a funder: its numbers are those of the list and of the plan, and come again from what stands in it."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from firstmile import app
from geodata.errors import DisclosureError, ExportError
from geodata.exports.report import Report, held_in, report_of
from geodata.exports.report_check import planned, verify
from geodata.exports.report_page import page
from geodata.layers import Atlas, open_atlas
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import speaking
from geodata.store import lists, open_store
from geodata.view import View
from tests import made_plan
from tests.plans import eight

BUDGET = 300_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return eight(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def planned_report(place: Atlas) -> Report:
    desk = Desk(place, tier="government")
    return report_of(desk, View(), planned(desk, Terms.of(desk.policy, BUDGET), None, 3), draws=3)


@pytest.fixture(scope="module")
def content(planned_report: Report) -> bytes:
    return page(planned_report)


def test_the_hash_printed_is_that_of_the_data_in_it(content: bytes, planned_report: Report) -> None:
    text, printed = held_in(content)
    assert sha256(text.encode()).hexdigest() == printed == planned_report.sha256
    asked = json.loads(text)["asked"]
    assert {"data_version", "code", "view", "tier", "scenario", "draws"} <= set(asked)
    assert asked["scenario"]["price_book"]["costs"]


def test_a_report_is_worked_out_again_to_the_byte(content: bytes, place: Atlas) -> None:
    found = verify(content, place)
    assert found.differences == ()
    assert found.notes == ()


def test_numbers_are_those_of_the_plan_and_of_the_list(planned_report: Report) -> None:
    plan = planned_report.plan
    assert plan is not None
    said = planned_report.numbers["plan"]
    chosen = plan.chosen
    assert said["totals"]["schools"] == len(chosen) > 0
    assert said["totals"]["cost"] == pytest.approx(float(chosen["cost"].sum()))
    assert sum(w["cost"] for w in said["ways"]) == pytest.approx(said["totals"]["cost"])
    assert {r["school_id"] for r in said["schools"]["rows"]} == set(chosen["school_id"])
    rows = {r["school_id"]: r for r in said["schools"]["rows"]}
    listed = planned_report.desk.frame(View(), ["school_id", "priority_rank", "priority_reasons"]).set_index(
        "school_id"
    )
    assert all(rows[s]["priority_reasons"] == listed["priority_reasons"][s] for s in rows)


@pytest.mark.parametrize(("old", "new", "says"), [
    ('"schools":{"count":', '"schools":{"count":9', "plan.schools.count"),
    ("<h1>", "<h1>Best ever: ", "what is printed around them was changed"),
    ('id="report-hash">', 'id="report-hash">00', "The hash that is printed"),
])  # fmt: skip
def test_a_changed_report_is_found_out(content: bytes, place: Atlas, old: str, new: str, says: str) -> None:
    changed = content.decode().replace(old, new, 1).encode()
    assert changed != content
    assert any(says in line for line in verify(changed, place).differences)


def test_other_data_are_named_and_what_differs(planned_report: Report, content: bytes, tmp_path: Path) -> None:
    other = eight(tmp_path)
    schools = other.read("schools")
    schools.loc[schools["school_id"] == "S3", "num_students"] = 5
    schools.to_parquet(other.folder / "schools.parquet")
    found = verify(content, open_atlas(other.folder))
    assert any(line.startswith("plan.") for line in found.differences)


def test_what_is_no_report_is_refused(place: Atlas) -> None:
    with pytest.raises(ExportError, match="no report"):
        verify(b"<html></html>", place)


def test_text_of_a_register_never_becomes_markup(tmp_path: Path) -> None:
    desk = made_plan.desk(tmp_path)
    frame = desk.atlas.read("schools")
    nasty = "</script><img src=x onerror=alert(1)> \u2028 \"'&"
    frame["school_name"] = pd.Series([nasty] * len(frame), dtype="str")
    frame.to_parquet(desk.atlas.folder / "schools.parquet")
    fresh = Desk(open_atlas(desk.atlas.folder), tier="government")
    made = page(report_of(fresh, View())).decode()
    assert "<img" not in made
    assert made.count("<script") == made.count("</script>") == 1
    assert nasty in unescape(made.split("<tbody>")[1])
    text, printed = held_in(made.encode())
    assert sha256(text.encode()).hexdigest() == printed
    assert json.loads(text)["numbers"]["list"]["rows"][0]["school_name"] == nasty


def test_it_asks_for_nothing_outside_and_runs_no_script(content: bytes) -> None:
    text = content.decode()
    assert "default-src 'none'" in text
    body = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)
    assert "<script" not in body
    assert not re.search(r"(src|href)=", body)


def test_a_tier_that_sees_no_school_gets_no_list(tmp_path: Path) -> None:
    desk = made_plan.desk(tmp_path, tier="public", risk="high")
    with pytest.raises(DisclosureError):
        report_of(desk, View())
    made = page(report_of(desk, View(), made_plan.plan(desk))).decode()
    assert "S3" not in made.replace("itu", "")
    assert "School 3" not in made


def test_public_reports_name_no_officer_s_decision(tmp_path: Path) -> None:
    desk = made_plan.desk(tmp_path, tier="public")
    plan = made_plan.plan(desk)
    object.__setattr__(plan, "terms", plan.terms.with_(must=(("S1", "Promised to Mr Grey"),)))
    made = page(report_of(desk, View(), plan)).decode()
    assert "Grey" not in made
    assert "only by the government" in made


def test_right_to_left_and_unreviewed_are_said(planned_report: Report, place: Atlas) -> None:
    with speaking("ar"):
        made = report_of(planned_report.desk, View(), planned_report.plan, draws=3)
        text = page(made).decode()
    assert '<html lang="ar" dir="rtl">' in text
    assert verify(text.encode(), place).differences == ()


def test_the_command_writes_and_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTMILE_STORE", str(tmp_path / "trail.db"))
    place, out = eight(tmp_path), tmp_path / "report.html"
    run = CliRunner().invoke
    made = run(app, ["report", str(place.folder), str(out), "--view", "has_internet=no", "--lang", "fr"])
    assert made.exit_code == 0, made.output
    printed = held_in(out.read_bytes())[1]
    assert printed in made.output
    assert run(app, ["report", "--verify", str(out), str(place.folder)]).exit_code == 0
    out.write_bytes(out.read_bytes().replace(b'"of":8', b'"of":9', 1))
    failed = run(app, ["report", "--verify", str(out), str(place.folder)])
    assert failed.exit_code == 1
    assert "list.of" in failed.output
    assert run(app, ["report", str(place.folder), str(tmp_path / "x.pdf")]).exit_code == 2
    assert not list(tmp_path.glob(".*.part"))


def test_a_named_list_leaves_by_its_address_and_its_report_needs_no_list(place: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("FIRSTMILE_STORE", str(tmp_path / "trail.db"))
    ids = [str(i) for i in Desk(place, tier="government").whole["school_id"][:3]]
    one = lists.keep(open_store(tmp_path / "trail.db"), place.slug, str(place.version), "Three", ids, tier="government")
    view = ["--view", f"kept={one.key}", "--tier", "government"]
    run = lambda *words: CliRunner().invoke(app, [str(w) for w in words])  # noqa: E731
    assert run("export", place.link, tmp_path / "list.csv", *view).exit_code == 0
    frame = pd.read_csv(tmp_path / "list.csv", dtype={"school_id": "str"}, encoding="utf-8-sig")
    assert sorted(frame["school_id"]) == sorted(ids)
    assert run("report", place.link, tmp_path / "list.html", *view).exit_code == 0
    assert verify((tmp_path / "list.html").read_bytes(), place).differences == ()
    refused = run("export", place.link, tmp_path / "public.csv", "--view", f"kept={one.key}")
    assert refused.exit_code != 0
    assert not (tmp_path / "public.csv").exists()
