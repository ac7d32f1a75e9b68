"""The trail as people meet it: builds and exports recorded, refused where they must be and cannot, printed and verified."""

from __future__ import annotations

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from dash import html
from flask import Flask
from typer.testing import CliRunner

import firstmile
from dashboard import overrides, page, saved, signing, trailview
from dashboard.app import create_app
from dashboard.pages import prioritise, school
from geodata.errors import FirstMileError, StoreError
from geodata.layers import Atlas, open_atlas
from geodata.query import Desk
from geodata.store import Store, acts, open_store
from tests.pages import BANNED, country, said, view

REGISTER = "id,name,lat,lon,learners\n001,Alpha,-1.5,30.25,100\n002,Beta,-1.6,30.35,50\n003,Beta,x,y,50\n"
RECIPE = """
[place]
name = "Mine"
iso3 = "XAA"
levels = ["province"]
[[source]]
name = "register"
path = "register.csv"
publisher = "Ministry"
licence = "CC-BY-4.0"
columns = { school_id_govt = "id", school_name = "name", latitude = "lat", longitude = "lon", num_students = "learners" }
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return country(tmp_path_factory.mktemp("place"))


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTMILE_STORE", str(tmp_path / "trail.db"))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(firstmile.app, [str(w) for w in words])


def fine(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def trail(tmp_path: Path) -> Store:
    return open_store(tmp_path / "trail.db")


# --- the command ---------------------------------------------------------------------------------------------------


def test_an_export_is_recorded_with_the_hash_of_the_file(made: Atlas, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    fine(run("export", made.link, out, "--view", "has_internet=no&show=internet", "--columns", "school_id,num_students", "--tier", "government", "--purpose", "budget talks", "--who", "A. Clerk"))  # fmt: skip
    (entry,) = trail(tmp_path).entries()
    assert (entry.kind, entry.atlas, entry.version, entry.role) == ("export", made.slug, made.version, "government")
    assert (entry.who, entry.reason) == ("A. Clerk", "budget talks")
    assert entry.data == {
        "view": "has_internet=no",
        "columns": ["school_id", "num_students"],
        "licence_profile": "noncommercial",
        "rows": 3,
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "file": "list.csv",
    }


def test_a_build_is_recorded_with_what_went_in_and_what_it_replaced(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "mine.toml").write_text(RECIPE, "utf-8")
    fine(run("build", tmp_path / "mine.toml", "--out", tmp_path / "mine", "--reason", "first"))
    (first,) = trail(tmp_path).entries()
    (source,) = first.data["inputs"]
    assert source["sha256"] == hashlib.sha256(REGISTER.encode()).hexdigest()
    assert first.data["recipe_sha256"] == hashlib.sha256(RECIPE.encode()).hexdigest()
    rows = first.data["rows"]
    assert rows["rows_read"] == 3 == rows["rows_accepted"] + rows["rows_out_of_scope"] + rows["rows_quarantined"]
    layer = (tmp_path / "mine" / "schools.parquet").read_bytes()
    assert first.data["outputs"]["schools.parquet"] == hashlib.sha256(layer).hexdigest()
    assert first.data["policy"]["device_ratio"] == 5
    assert (first.data["before"], first.data["unchanged"], first.who, first.reason) == ("", False, "", "first")
    again = acts.record_build(trail(tmp_path), open_atlas(tmp_path / "mine"), first.version)
    assert (again.data["before"], again.data["unchanged"]) == (first.version, True)


def test_the_trail_stands_beside_the_built_data_unless_told_otherwise(made: Atlas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
    monkeypatch.delenv("FIRSTMILE_STORE")
    fine(run("export", made.link, tmp_path / "a.csv"))
    assert open_store(made.link.parent / "trail.db").count("export") == 1


def test_the_trail_is_printed_filtered_written_and_verified(made: Atlas, tmp_path: Path) -> None:
    fine(run("export", made.link, tmp_path / "a.csv", "--purpose", "=1+1"))
    acts.save_weights(trail(tmp_path), made, "Workshop", {"alpha": 0.4}, tier="government", who="", reason="")
    shown = fine(run("trail"))
    assert "2 entries." in shown
    assert "“Workshop”: Weight of the service gap 0.4" in shown
    assert "1 entries." in fine(run("trail", "--kind", "export", "--place", made.slug))
    assert "0 entries." in fine(run("trail", "--place", "elsewhere"))
    fine(run("trail", "--csv", tmp_path / "trail.csv"))
    with (tmp_path / "trail.csv").open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[0][head.index("Reason or purpose")] == "'=1+1"
    number, digest = trail(tmp_path).head()
    assert f"{number} {digest}" in fine(run("trail", "--verify"))
    fine(run("trail", "--head", f"{number} {digest}"))


def test_a_broken_trail_ends_with_1_and_names_the_entry(tmp_path: Path) -> None:
    for rows in (1, 2):
        trail(tmp_path).record("export", {"rows": rows})
    with sqlite3.connect(tmp_path / "trail.db") as connection:
        connection.execute("DROP TRIGGER trail_no_UPDATE")
        connection.execute("UPDATE trail SET reason='holiday' WHERE number=1")
    connection.close()
    done = run("trail", "--verify")
    assert done.exit_code == 1
    assert "Entry 1 (export, " in done.output
    assert "The trail is broken" in done.output


@pytest.mark.parametrize(("words", "told"), [(["--kind", "party"], "records build, export"), (["--head", "x"], "--head is a number and a hash"), (["--store", "gone.db"], "There is no trail gone.db"), (["--csv", "no/a.csv"], "There is no folder no")])  # fmt: skip
def test_wrong_questions_end_with_2(tmp_path: Path, words: list[str], told: str) -> None:
    trail(tmp_path).record("export", {})
    done = run("trail", *words)
    assert done.exit_code == 2
    assert told in done.output


@pytest.mark.parametrize("store", ["off", "{folder}/file/trail.db"])
def test_without_a_trail_public_exports_go_on_and_others_are_refused(made: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str) -> None:  # fmt: skip
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("FIRSTMILE_STORE", store.format(folder=tmp_path))
    fine(run("export", made.link, tmp_path / "a.csv"))
    refused = run("export", made.link, tmp_path / "b.csv", "--tier", "government")
    assert isinstance(refused.exception, StoreError)
    assert "FIRSTMILE_STORE" in str(refused.exception)
    assert not (tmp_path / "b.csv").exists()


# --- the screen ----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return trail(tmp_path)


@pytest.fixture(scope="module")
def servers(made: Atlas) -> dict[str, Flask]:
    return {tier: create_app([made], tier=tier).server for tier in ("public", "government")}


def served(servers: dict[str, Flask], store: Store | None, fault: str = "", tier: str = "public") -> Flask:
    """The server of a tier with this trail, or without one and why."""
    server = servers[tier]
    server.config[page.KEY] = replace(server.config[page.KEY], store=store, store_fault=fault)
    return server


@pytest.fixture
def desk(servers: dict[str, Flask], store: Store) -> Iterator[Desk]:
    with served(servers, store, tier="government").test_request_context("/"):
        yield page.served().desk()


def test_a_file_fetched_from_the_screen_is_recorded(servers: dict[str, Flask], made: Atlas, store: Store) -> None:
    client = served(servers, store, tier="government").test_client()
    reply = client.get(f"/export/{made.slug}/schools.csv?has_internet=no&licence=open&purpose=board+meeting")
    assert reply.status_code == 200
    (entry,) = store.entries()
    assert (entry.reason, entry.role, entry.data["view"], entry.data["rows"]) == ("board meeting", "government", "has_internet=no", 3)  # fmt: skip
    assert entry.data["licence_profile"] == "open"
    assert entry.data["sha256"] == hashlib.sha256(reply.data).hexdigest()
    assert client.get(f"/export/{made.slug}/schools.csv?has_internte=no").status_code == 400
    assert store.count() == 1


def test_exports_that_must_be_recorded_are_refused_where_they_cannot_be(servers: dict[str, Flask], made: Atlas) -> None:
    fault = "The trail /srv/data/trail.db cannot be opened (unable to open database file)."
    reply = served(servers, None, fault, "government").test_client().get(f"/export/{made.slug}/schools.csv")
    assert reply.status_code == 503
    told = reply.get_data(as_text=True)
    assert "must be recorded" in told
    assert "/srv" not in told
    assert served(servers, None, fault).test_client().get(f"/export/{made.slug}/schools.csv").status_code == 200


def test_approval_stands_for_exactly_this_list(desk: Desk) -> None:
    here, other = view("has_internet=no&p.alpha=0.4"), view("has_internet=no")
    assert "Not approved by anyone" in said(saved.status(desk, here))
    with pytest.raises(StoreError, match="your name"):
        saved.approve(desk, here, "", "")
    assert saved.approve(desk, here, "B. Director", "Board of 3 March") == "Recorded as entry 1: approved by B. Director (unverified name)"  # fmt: skip
    shown = said(saved.status(desk, here))
    assert "by B. Director (unverified name)." in shown
    assert "“Board of 3 March”" in shown
    assert "Not approved by anyone" in said(saved.status(desk, other))


def test_weights_are_saved_and_stand_as_a_link(desk: Desk) -> None:
    with pytest.raises(StoreError, match="nothing to save"):
        saved.keep(desk, view(), "", "", "Mine")
    with pytest.raises(StoreError, match="name"):
        saved.keep(desk, view("p.alpha=0.4"), "", "", " ")
    saved.keep(desk, view("p.alpha=0.4"), "", "", "Workshop")
    listed = saved.listed(desk, view("has_internet=no"))
    link = listed.children[0].children[0]
    assert (link.children, link.href) == ("Workshop", "/prioritise?has_internet=no&p.alpha=0.4")
    assert "name not given" in said(listed)


def test_a_decision_stands_beside_the_rank_and_never_in_its_place(desk: Desk) -> None:
    here = view("school=S1")
    before = prioritise.rows(desk, view(), 0, 8)["rowData"]
    with pytest.raises(StoreError, match="reason"):
        overrides.decide(desk, here, "", "", "Not in this round")
    overrides.decide(desk, here, "", "Washed away in March.", "Not in this round")
    after = prioritise.rows(desk, view(), 0, 8)["rowData"]
    assert [(r["school_id"], r["priority_rank"]) for r in after] == [(r["school_id"], r["priority_rank"]) for r in before]  # fmt: skip
    (row,) = [r for r in after if r["school_id"] == "S1"]
    assert row["reasons"] == "Decided: Not in this round. Washed away in March."
    shown = said(school.layout(desk, here))
    assert "Decided: Not in this round. Washed away in March." in shown
    assert "the computed rank was 2" in shown
    assert not BANNED.search(shown)
    with page.current_app.test_client() as client:
        reply = client.get(f"/export/{desk.atlas.slug}/schools.csv?columns=school_id,priority_rank")
    table = pd.read_csv(io.BytesIO(reply.data))
    assert dict(zip(table["school_id"], table["decision"], strict=True))["S1"] == row["reasons"]
    assert table["decision"].notna().sum() == 1
    overrides.decide(desk, here, "", "The water fell.", overrides.WITHDRAW)
    assert overrides.beside(desk) == {}


def test_visitors_of_the_public_view_record_nothing_and_read_nobodys_words(
    servers: dict[str, Flask], made: Atlas, store: Store
) -> None:
    acts.override(store, made, "S1", "Not in this round", computed={}, tier="government", who="Eve", reason="secret")
    acts.save_weights(store, made, "Plan B", {"alpha": 0.4}, tier="government", who="Eve", reason="secret")
    acts.record_build(store, made)
    with served(servers, store).test_request_context("/"):
        desk = page.served().desk()
        assert saved.button() == []
        form = signing.form("x", "Approve")
        assert "Visitors of the public view cannot" in said(form)
        with pytest.raises(StoreError):
            signing.kept()
        shown = said([saved.listed(desk, view()), trailview.section(desk), *filter(None, [overrides.note(desk, "S1")]), html.P(str(overrides.beside(desk)))])  # fmt: skip
        for word in ("Eve", "secret", "Plan B", "Not in this round"):
            assert word not in shown
        assert "shown to those who may see it" in shown
        assert "A decision stands beside this rank" in shown


def test_the_trail_on_the_screen_verifies(desk: Desk, store: Store) -> None:
    assert "Nothing is recorded of this country yet." in said(trailview.section(desk))
    saved.keep(desk, view("p.alpha=0.4"), "A. Clerk", "weighed again", "Workshop")
    shown = said(trailview.section(desk))
    assert "A. Clerk (unverified name): weighed again" in shown
    assert store.head()[1][:12] in shown
    assert not BANNED.search(shown)
    assert trailview.verdict().startswith("The chain holds: 1 entry of all countries")
    with sqlite3.connect(store.where) as connection:
        connection.execute("DROP TRIGGER trail_no_UPDATE")
        connection.execute("UPDATE trail SET who='Eve'")
    connection.close()
    assert "The trail is broken. Entry 1 (weights" in trailview.verdict()


def test_a_form_says_why_nothing_can_be_recorded(servers: dict[str, Flask]) -> None:
    with served(servers, None, "The trail /srv/x/trail.db cannot be opened.", "government").test_request_context("/"):
        told = said(signing.form("x", "Approve"))
        assert "Nothing can be recorded now. The trail trail.db cannot be opened." in told
    with served(servers, None, tier="government").test_request_context("/"), pytest.raises(FirstMileError, match="keeps no trail"):  # fmt: skip
        signing.kept()
