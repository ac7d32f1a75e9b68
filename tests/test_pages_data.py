"""Data: sources add up, rejected rows have their reasons, every number has its meaning, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

from dashboard import ledger
from dashboard.pages import data as p
from geodata.layers import Atlas
from geodata.policy import NUMBERS
from geodata.query import Desk
from tests.pages import BANNED, app_of, country, said, view

SOURCE = {
    "name": "census", "title": "School census", "kind": "schools", "publisher": "Ministry", "licence": "CC-BY-4.0", "date": "2023", "sha256": "0",
    "rows_read": 13, "rows_accepted": 8, "rows_out_of_scope": 3, "rows_quarantined": 2,
}  # fmt: skip
REPORT = [
    {"check": "a", "severity": "warn", "sentence": "Girls exceed learners", "count": 1, "of": 7},
    {"check": "b", "severity": "blank", "sentence": "Impossible year", "count": 0, "of": 8},
]


def told(place: Atlas) -> Atlas:
    """The country with a source and a report in its manifest."""
    file = place.folder / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest.update(sources=[SOURCE], report=REPORT, policy={"device_ratio": 10}, attributions=["School census, Ministry"], columns={"num_students": {"sources": ["census"], "licences": ["CC-BY-4.0"]}})  # fmt: skip
    file.write_text(json.dumps(manifest), "utf-8")
    (place.folder / "quarantine.csv").write_text("source,row,reason\ncensus,4,outside\n", "utf-8")
    return Atlas(place.link, place.folder)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(told(country(tmp_path_factory.mktemp("place")))) as found:
        yield found


@pytest.fixture
def desk(served: tuple[Dash, Desk]) -> Desk:
    return served[1]


def test_the_page_speaks_plainly(desk: Desk) -> None:
    shown = said(p.layout(desk, view()))
    assert not BANNED.search(shown), BANNED.search(shown)
    for _, title in p.PARTS:
        assert title in shown


def test_what_no_school_reports_is_named_with_what_would_fill_it(desk: Desk) -> None:
    nowhere = [s.name.lower() for s in ledger.reported(desk) if not s.yes]
    text = said(p._lacking(desk))
    assert nowhere
    assert all(name in text.lower() for name in nowhere)
    assert "register" in text


def test_no_row_is_lost(desk: Desk) -> None:
    shown = said(p.layout(desk, view()))
    assert "13 rows read = 8 accepted + 3 out of scope + 2 rejected." in shown
    sums = ledger.conserved(desk)
    assert sums["rows_read"] == sums["rows_accepted"] + sums["rows_out_of_scope"] + sums["rows_quarantined"]


def test_out_of_scope_by_reason_most_first(desk: Desk) -> None:
    assert ledger.counted(desk, "out_of_scope") == [("School census", "Temporarily idle.", "2"), ("School census", "Closed for good.", "1")]  # fmt: skip


def test_sources_with_publisher_licence_and_attribution(desk: Desk) -> None:
    assert ledger.source_rows(desk) == [("School census", "register of schools", "Ministry", "CC-BY-4.0", "2023", "13", "8", "3", "2")]  # fmt: skip
    assert "School census, Ministry" in said(p.layout(desk, view()))


def test_rejected_rows_with_their_reasons_and_original_values(desk: Desk) -> None:
    rows, total = ledger.rejected(desk)
    assert total == 2
    assert rows[0] == {
        "source": "School census",
        "row": 4,
        "reason": "The point lies outside the country.",
        "raw": "id: 7",
    }


def test_original_values_are_not_for_the_public(tmp_path: Path) -> None:
    with app_of(told(country(tmp_path)), tier="public") as (app, desk):
        rows, total = ledger.rejected(desk)
        assert total == 2
        assert all("7" not in row["raw"] for row in rows)
        assert app.server.test_client().get(f"/export/{desk.atlas.slug}/rejected.csv").status_code == 403


def test_the_rejected_rows_can_be_fetched(served: tuple[Dash, Desk]) -> None:
    app, desk = served
    reply = app.server.test_client().get(f"/export/{desk.atlas.slug}/rejected.csv")
    assert reply.status_code == 200
    assert reply.get_data(as_text=True).startswith("source,row,reason")
    reply.close()


def test_the_report_says_what_was_found_first(desk: Desk) -> None:
    assert ledger.report_rows(desk, found=True) == [("Girls exceed learners.", "1", "7", "said only")]
    assert ledger.report_rows(desk, found=False) == [("Impossible year.", "0", "8", "the value was left out")]


def test_how_much_is_reported(desk: Desk) -> None:
    shares = {s.name: (s.yes, s.unknown) for s in ledger.reported(desk)}
    assert shares["Internet"] == (6, 2)
    assert shares["Location"] == (7, 1)
    assert shares["Learners"] == (8, 0)


def test_every_indicator_and_number_is_explained(desk: Desk) -> None:
    shown = said(p.layout(desk, view()))
    for indicator in desk.indicators.values():
        assert indicator.title in shown
        assert indicator.definition in shown
    for number in NUMBERS.values():
        assert number.title in shown


def test_what_the_country_set_otherwise(desk: Desk) -> None:
    changed, every = ledger.policy(desk)
    assert [row[:3] for row in changed] == [
        ("Learners for each device", "10 learners per device", "5 learners per device")
    ]
    assert len(every) == len(NUMBERS)


def test_a_country_without_anything_rejected(tmp_path: Path) -> None:
    from tests.factories import atlas
    from tests.pages import eight

    with app_of(atlas(tmp_path, eight())) as (_, desk):
        shown = said(p.layout(desk, view()))
        assert "No row was rejected." in shown
        assert "No source is named for these data." in shown
