"""Strangers who write: what can be typed, forged, repeated or swollen, and what of it stays."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from dashboard import overrides, page, signing
from dashboard.app import create_app
from dashboard.page import KEY
from geodata.derive import derive
from geodata.errors import StoreError
from geodata.layers import Atlas, write_manifest
from geodata.policy import POLICY
from geodata.query import Desk
from geodata.store import open_store
from geodata.tables import SCHOOLS, empty_columns
from geodata.uncertainty import MOST_WORK
from tests.attacked import request_of
from tests.factories import atlas, schools, t8

NASTY = '=HYPERLINK("http://x","a")<script>alert(1)</script>\u202e\ud800'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return atlas(tmp_path_factory.mktemp("writing"), t8())


def server(place: Atlas, tier: str) -> tuple[Dash, Any]:
    store = open_store(None)
    return create_app([place], tier=tier, store=store), store


def post(app: Dash, output: str, search: str, **values: object) -> Any:
    name = next(o for o in app.callback_map if re.match(rf"(\.\.)?{output}\.", o))
    body = request_of(name, app.callback_map[name], "/prioritise", search)
    assert body is not None
    for part in (*body["inputs"], *body["state"]):
        if isinstance(part, dict):
            part["value"] = values.get(part["id"].replace("-", "_"), part["value"])
    return app.server.test_client().post(
        "/_dash-update-component", data=json.dumps(body), content_type="application/json"
    )


def test_the_public_writes_nothing_whatever_it_forges(place: Atlas) -> None:
    app, store = server(place, "public")
    for output in ("decide-said", "approve-said", "keep-said", "gate-reason-said"):
        name = output.removesuffix("-said").replace("-", "_")
        forged = {
            f"{name}_who": "The minister",
            f"{name}_reason": "because",
            "decide_what": overrides.DECISIONS[0],
            "keep_name": "Ours",
            "gate_reason_gate": "poorest",
        }
        reply = post(app, output, "?school=S1&p.weight_poverty=0.3&role=government&tier=government", **forged)
        assert reply.status_code == 200, output
    assert store.count() == 0


def test_what_a_partner_types_is_text_bounded_and_one_of_the_decisions(place: Atlas) -> None:
    app, store = server(place, "partner")
    for what in ("Close the school", {"a": 1}, ["x"], "x" * 100_000, None):
        post(app, "decide-said", "?school=S1", decide_what=what, decide_who="A", decide_reason="b")
    assert store.count() == 0
    reply = post(
        app,
        "decide-said",
        "?school=S1",
        decide_what=overrides.DECISIONS[0],
        decide_who=NASTY * 500,
        decide_reason=NASTY * 500,
    )
    assert reply.status_code == 200
    entry = store.entries()[0]
    assert max(len(entry.who), len(entry.reason)) <= 2000
    assert entry.who.isprintable()
    post(app, "keep-said", "?p.weight_poverty=0.3", keep_name=NASTY, keep_who="A", keep_reason="b")
    assert store.entries()[0].data["name"].encode("utf-8")
    assert store.verify() == []
    with pytest.raises(StoreError, match="too long"):
        store.record("export", {"view": "x" * 3_000_000})
    text = app.server.test_client().get("/export/testland/schools.csv").text
    assert ",=HYPERLINK" not in text
    assert ',"=HYPERLINK' not in text


def test_every_file_of_a_partner_is_recorded_and_the_publics_are_not_without_end(
    place: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = (
        "/export/testland/schools.csv",
        "/equity/testland/groups.csv",
        "/equity/testland/measures.csv",
        "/equity/testland/checks.csv",
    )
    app, store = server(place, "partner")
    for n, file in enumerate(files, 1):
        assert app.server.test_client().get(file).status_code == 200
        assert store.count("export") == n, file
    app.server.config[KEY] = page.Served(app.server.config[KEY].desks, "partner", "", None, "The disk is full.")
    assert {app.server.test_client().get(file).status_code for file in files} == {503}
    app, store = server(place, "public")
    monkeypatch.setattr(signing, "MOST_AN_HOUR", 3)
    for n in (1, 1, 2, 3, 4, 5):
        assert (
            app.server.test_client().get(f"/export/testland/schools.csv?columns=school_id&purpose={n}").status_code
            == 200
        )
    assert store.count() == 3


def test_a_shared_cache_keeps_nothing_that_not_all_may_see(place: Atlas) -> None:
    for tier, word in (("public", "public"), ("partner", "private"), ("government", "private")):
        app, _ = server(place, tier)
        said = app.server.test_client().get("/values/testland/x/0.json").headers["Cache-Control"]
        assert said.startswith(word)


def test_an_unknown_format_is_answered_with_a_sentence_and_a_block_is_no_whole_country(place: Atlas) -> None:
    app, _ = server(place, "public")
    said = post(app, "take-link.href", "", take_format="exe", take_columns="all").get_json()
    assert "There is no such format" in json.dumps(said)
    grid = next(o for o in app.callback_map if "getRowsResponse" in o)
    body = request_of(grid, app.callback_map[grid], "/prioritise", "")
    assert body is not None
    asked: list[tuple[int, int]] = []
    from dashboard.pages import prioritise

    before = prioritise.rows
    try:
        prioritise.rows = lambda desk, view, start, stop: asked.append((start, stop)) or before(desk, view, start, stop)  # type: ignore[assignment,func-returns-value]
        body["inputs"][0]["value"] |= {"startRow": -9, "endRow": 10**9}
        app.server.test_client().post("/_dash-update-component", json=body)
    finally:
        prioritise.rows = before
    assert asked
    assert asked[0][0] == 0
    assert asked[0][1] < 10_000


def test_an_address_cannot_ask_for_hours_of_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    from geodata import uncertainty

    drawn: list[int] = []
    monkeypatch.setattr(uncertainty, "_bands", lambda *a: drawn.append(a[4]) or (_ for _ in ()).throw(InterruptedError))  # type: ignore[func-returns-value]
    frame = empty_columns(t8(), SCHOOLS)
    from geodata.derive import scored

    monkeypatch.setattr(uncertainty, "MOST_WORK", 400 * len(frame))
    with pytest.raises(InterruptedError):
        uncertainty.rank_bands(
            scored(frame)[0], frame["school_id"], POLICY.with_values({"mc_draws_interactive": 20000})
        )
    assert drawn == [400]
    assert MOST_WORK / 230_000 >= 1000


def test_at_high_risk_no_point_of_the_curve_is_a_school(tmp_path: Path) -> None:
    from geodata.equity.selection import audit_of
    from geodata.view import View

    def made(n: int, folder: str) -> Desk:
        rows = schools(
            school_id=[f"s{i:03d}" for i in range(n)],
            num_students=[100 + i for i in range(n)],
            has_internet=[i % 3 == 0 for i in range(n)],
            has_internet_for_learners=[i % 3 == 0 for i in range(n)],
            wealth_percentile=[i / n for i in range(n)],
        )
        ready = empty_columns(rows, SCHOOLS)
        derived = derive(ready)
        place = atlas(tmp_path / folder, ready.assign(**{str(c): derived[c] for c in derived}))
        write_manifest(place.folder, {**place.manifest, "place": {**place.manifest["place"], "risk": "high"}})
        return Desk(Atlas(place.link, place.folder))

    few, many = (audit_of(made(n, f"of{n}"), View()).concentration for n in (40, 120))
    assert few is not None
    assert many is not None
    assert few.curve == ()
    assert len(many.curve) <= 11
    assert all(round(y, 2) == y for _, y in many.curve)
