"""Corrections: proposed, decided, applied by the next build once and in any order; what a register contradicts waits for a person."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import firstmile
from dashboard.fieldwork import dispute, review
from etl.build import build
from etl.corrections import (
    AGREES,
    APPLIED,
    COLUMNS,
    CONTRADICTED,
    NO_SCHOOL,
    TWO,
    applied,
    apply_corrections,
    decided_file,
    keep_decided,
)
from etl.recipe import read_recipe
from etl.work import Work
from geodata import disclosure
from geodata.errors import SchemaError, StoreError
from geodata.exports.fieldforms import HEAD
from geodata.fieldwork.accepted import Accepted, read, write
from geodata.fieldwork.questions import QUESTIONS
from geodata.layers import Atlas, open_atlas
from geodata.policy import POLICY
from geodata.query import Desk
from geodata.store import Store, corrections, open_store
from geodata.store.acts import file_hash
from geodata.store.corrections import ACCEPTED, OPEN, REJECTED, REPLACED, Item, propose, standing
from geodata.store.proposing import item, outcomes
from tests.factories import atlas, schools
from tests.fieldsheets import Rows, filled
from tests.pages import country, said, view
from tests.test_build_kill import RECIPE, place

WHO = {"tier": "government", "who": "A. Clerk", "reason": "Visited on 20 November."}
BY = {"tier": "government", "who": "B. Head", "reason": "The visit was checked."}


def one(number: str, school: str, what: str, value: str, before: str = "") -> Accepted:
    return Accepted(
        number, school, what, value, before, "2026-11-20", f"correction {number}, accepted by the government"
    )


def frame() -> pd.DataFrame:
    return schools(
        school_id=["0001", "0002", "1"], num_students=[40, None, 12], has_internet=[True, None, False],
        latitude=[1.5, 1.5, None], longitude=[10.25, 10.25, None], num_students_source=["register"] * 3,
        school_status=["open", "open", "damaged"],
    )  # fmt: skip


VALUES = {
    "num_students": st.integers(0, 900).map(str) | st.just("unknown"),
    "has_internet": st.sampled_from(["yes", "no", "unknown"]),
    "location": st.sampled_from(["1.5,10.25", "2.5,11", "unknown"]),
    "school_status": st.sampled_from(["open", "damaged", "extinct"]),
    "num_tablets": st.integers(0, 9).map(str),
}
ONE = st.sampled_from(sorted(VALUES)).flatmap(
    lambda what: st.tuples(
        st.sampled_from(["0001", "0002", "1", "01"]), st.just(what), VALUES[what], VALUES[what].filter(lambda v: v != "unknown") | st.just("")
    )
)  # fmt: skip
SEVERAL = st.lists(ONE, max_size=6).map(lambda rows: [one(f"C1-{n}", *row) for n, row in enumerate(rows, 1)])


# --- laws ---------------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(SEVERAL, st.randoms())
def test_twice_is_once_and_order_does_not_matter(several: list[Accepted], random: Any) -> None:
    before = frame().dropna(axis=1, how="all")
    once, table = applied(before, several)
    mixed = list(several)
    random.shuffle(mixed)
    pd.testing.assert_frame_equal(applied(before, mixed)[0], once)
    pd.testing.assert_frame_equal(applied(before, mixed)[1], table)
    twice, again = applied(once, several)
    pd.testing.assert_frame_equal(twice, once)
    assert list(once["school_id"]) == list(before["school_id"])
    assert len(table) == len(set(several))
    assert not again["outcome"].eq(APPLIED).any()
    for row in table.to_dict("records"):  # a value that changed has a correction that says so, and no other has changed
        assert row["outcome"] in (APPLIED, AGREES, CONTRADICTED, TWO, NO_SCHOOL)
    pd.testing.assert_frame_equal(before, frame().dropna(axis=1, how="all"))


@settings(max_examples=40, deadline=None)
@given(SEVERAL, st.randoms())
def test_the_file_of_accepted_corrections_keeps_every_text(several: list[Accepted], random: Any) -> None:
    data = write(several)
    assert read(data, "c.csv") == sorted(set(several))
    random.shuffle(several)
    assert write(several) == data


def test_a_correction_brings_its_evidence_source_and_date() -> None:
    given_ = [one("C1-1", "0002", "num_students", "55"), one("C1-2", "0001", "location", "2.5,11", "1.5,10.25"), one("C1-3", "1", "has_internet", "unknown", "no"), one("C1-4", "1", "num_tablets", "3")]  # fmt: skip
    out, table = applied(frame(), given_)
    row = out.set_index("school_id").loc["0002"]
    assert (row["num_students"], row["num_students_evidence"], row["num_students_date"]) == (
        55,
        "reported",
        "2026-11-20",
    )
    assert row["num_students_source"] == "correction C1-1, accepted by the government"
    assert row["location_shared_by"] == 1  # the other school has moved away
    moved = out.set_index("school_id").loc["0001"]
    assert (moved["latitude"], moved["longitude"], moved["latitude_evidence"]) == (2.5, 11.0, "reported")
    last = out.set_index("school_id").loc["1"]
    assert pd.isna(last["has_internet"])
    assert last["has_internet_evidence"] == "unknown"
    assert last["num_tablets"] == 3
    assert set(table["outcome"]) == {APPLIED}
    assert list(table.columns) == list(COLUMNS)


@pytest.mark.parametrize(
    ("several", "outcome"),
    [
        ([one("C1-1", "0001", "num_students", "44", "39")], CONTRADICTED),
        ([one("C1-1", "0001", "num_students", "40", "39")], AGREES),
        ([one("C1-1", "01", "num_students", "40", "39")], NO_SCHOOL),
        ([one("C1-1", "0001", "num_students", "44", "40"), one("C1-2", "0001", "num_students", "45", "40")], TWO),
    ],
)
def test_neither_wins_silently(several: list[Accepted], outcome: str) -> None:
    out, table = applied(frame(), several)
    pd.testing.assert_frame_equal(out, frame())
    assert set(table["outcome"]) == {outcome}


def test_a_faulty_file_is_refused_whole() -> None:
    good = write([one("C1-1", "0001", "num_students", "44", "40")]).decode("utf-8-sig")
    for old, new in (
        ("num_students", "head_teacher"),
        (",44,", ",many,"),
        (",44,", ",,"),
        ("C1-1,", ","),
        ("school_id", "id"),
    ):
        with pytest.raises(SchemaError):
            read(good.replace(old, new, 1).encode(), "c.csv")
    with pytest.raises(SchemaError):
        read(b"\xff\xfe\x00bad", "c.csv")


# --- the trail ----------------------------------------------------------------------------------------------------


@pytest.fixture
def store() -> Store:
    return open_store(None)


@pytest.fixture
def small(tmp_path: Path) -> Atlas:
    return atlas(tmp_path, frame())


def test_from_proposed_to_accepted_rejected_and_replaced(store: Store, small: Atlas) -> None:
    propose(store, small, [Item("0001", "num_students", "44", "40"), Item("1", "has_internet", "yes", "no")], **WHO)
    assert [(c.number, c.state) for c in standing(store, small.slug)] == [("C1-2", OPEN), ("C1-1", OPEN)]
    assert corrections.accepted(store, small.slug) == []
    corrections.review(store, small, ["C1-1"], ACCEPTED, **BY)
    corrections.review(store, small, ["C1-2"], REJECTED, **BY)
    (kept,) = corrections.accepted(store, small.slug)
    assert (kept.school_id, kept.value, kept.before) == ("0001", "44", "40")
    assert "B. Head" not in kept.source  # typed names stay in the trail
    propose(store, small, [Item("0001", "num_students", "45", "40")], **WHO)
    corrections.review(store, small, ["C4-1"], ACCEPTED, **BY)
    states = {c.number: c.state for c in standing(store, small.slug)}
    assert states == {"C1-1": REPLACED, "C1-2": REJECTED, "C4-1": ACCEPTED}
    corrections.review(store, small, ["C4-1"], REJECTED, **BY)
    assert [c.value for c in corrections.accepted(store, small.slug)] == ["44"]  # the earlier one stands again
    corrections.review(store, small, ["C1-1"], ACCEPTED, now={"C1-1": "41"}, **BY)
    assert corrections.accepted(store, small.slug)[0].before == "41"
    assert store.verify() == []


@pytest.mark.parametrize("change", [{"tier": "public"}, {"who": " "}, {"reason": ""}])
def test_nobody_proposes_or_decides_without_name_and_reason(change: dict[str, str], store: Store, small: Atlas) -> None:
    given_ = [Item("0001", "num_students", "44", "40")]
    with pytest.raises(StoreError):
        propose(store, small, given_, **{**WHO, **change})
    propose(store, small, given_, **WHO)
    with pytest.raises(StoreError):
        corrections.review(store, small, ["C1-1"], ACCEPTED, **{**BY, **change})
    with pytest.raises(StoreError, match="government"):
        corrections.review(store, small, ["C1-1"], ACCEPTED, **{**BY, "tier": "partner"})
    with pytest.raises(StoreError, match="C9-9"):
        corrections.review(store, small, ["C9-9"], ACCEPTED, **BY)
    assert standing(store, small.slug)[0].state == OPEN


@pytest.mark.parametrize(
    "wrong",
    [
        Item("0001", "head_teacher", "x"),
        Item("0001", "num_students", "many"),
        Item("0001", "num_students", ""),
        Item("0001", "num_students", "044"),
    ],
)
def test_what_is_no_answer_is_not_recorded(wrong: Item, store: Store, small: Atlas) -> None:
    with pytest.raises(StoreError):
        propose(store, small, [wrong], **WHO)
    assert store.count() == 0


def test_a_partner_does_not_read_what_the_government_proposed(store: Store, small: Atlas) -> None:
    propose(store, small, [Item("0001", "num_students", "44", "40")], **WHO)
    found = standing(store, small.slug)
    assert corrections.readable(found, "partner") == []
    assert corrections.readable(found, "government") == found


# --- the build ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny country, built once."""
    folder = tmp_path_factory.mktemp("plain")
    recipe = place(folder, rows=24)
    build(recipe, data=folder, out=folder / "atlas")
    return folder


GIVEN = [one("C1-1", "0003", "num_students", "53", "53"), one("C1-2", "0004", "num_students", "400", "54"), one("C1-3", "0005", "num_students", "9", "700"), one("C1-4", "0006", "location", "1.25,10.5", "1.6,10")]  # fmt: skip


@pytest.fixture(scope="module")
def taken(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Atlas, Atlas, Atlas]:
    """The country, the same built again with none accepted, and with four accepted corrections."""
    own_ = tmp_path_factory.mktemp("taken") / "own"
    shutil.copytree(plain, own_, symlinks=True)
    first = open_atlas(own_ / "atlas")
    found = [first]
    for given_ in ([], GIVEN):
        keep_decided(own_ / "atlas", given_)
        found.append(build(own_ / "place.toml", data=own_, out=own_ / "atlas"))
    return found[0], found[1], found[2]


def test_none_accepted_gives_the_same_bytes(taken: tuple[Atlas, Atlas, Atlas], plain: Path) -> None:
    same_ = taken[1]
    assert same_.version == open_atlas(plain / "atlas").version != taken[2].version
    for path in open_atlas(plain / "atlas").folder.glob("*.parquet"):
        assert file_hash(path) == file_hash(same_.folder / path.name)
    assert not same_.has("corrections")
    assert "corrections" not in same_.manifest


def test_the_next_build_takes_what_was_accepted(taken: tuple[Atlas, Atlas, Atlas]) -> None:
    made = taken[2]
    ends = made.read("corrections").set_index("correction")["outcome"].to_dict()
    assert ends == {"C1-1": AGREES, "C1-2": APPLIED, "C1-3": CONTRADICTED, "C1-4": APPLIED}
    rows = made.read("schools").set_index("school_id")
    assert rows.loc["0004", "num_students"] == 400
    assert rows.loc["0004", "num_students_source"].startswith("correction C1-2")
    assert (rows.loc["0006"].geometry.x, rows.loc["0006"].geometry.y) == (10.5, 1.25)
    assert rows.loc["0005", "num_students"] == 55  # the register's stands, in doubt
    assert made.manifest["corrections"] == {"applied": 2, "agrees": 1, "contradicted": 1}
    assert sum(s["rows_read"] for s in made.manifest["sources"]) == len(rows) == 24
    waits = made.read("findings").query("check == 'correction_contradicted'")
    assert list(waits["school_id"]) == ["0005"]
    assert any("contradicted" in w for w in made.manifest["warnings"])


def test_what_a_register_contradicts_waits_until_a_person_chooses(
    taken: tuple[Atlas, Atlas, Atlas], store: Store
) -> None:
    made = taken[2]
    desk = Desk(made, tier="government")
    propose(store, made, [Item(c.school_id, c.what, c.value, c.before) for c in GIVEN], **WHO)
    corrections.review(store, made, [c.correction for c in GIVEN], ACCEPTED, **BY)
    assert sorted(corrections.accepted(store, made.slug), key=lambda c: c.correction)[2].before == "700"
    assert [(o["outcome"], o["now"]) for o in outcomes(desk, "0005")] == [(CONTRADICTED, "55")]
    assert item(desk, "0004", "num_students", "410").before == "54"  # the register's, not what the correction put
    corrections.review(store, made, ["C1-3"], ACCEPTED, now={"C1-3": "55"}, **BY)
    chosen = corrections.accepted(store, made.slug)
    frame_ = pd.DataFrame(made.read("schools").drop(columns="geometry"))
    ends = applied(frame_, chosen)[1].set_index("correction")["outcome"]
    assert ends["C1-3"] == APPLIED


def test_the_recipe_names_a_file_of_corrections_that_may_be_lacking(tmp_path: Path) -> None:
    recipe = place(tmp_path, rows=2)
    recipe.write_text(RECIPE + '[corrections]\npath = "agreed.csv"\n', "utf-8")
    work = Work(tmp_path, read_recipe(recipe), recipe, tmp_path, "one")
    work.keep("merged", frame())
    assert apply_corrections(work) == "none accepted."
    assert not work.has("corrected")
    (tmp_path / "agreed.csv").write_bytes(write([one("C1-1", "0001", "num_students", "44", "40")]))
    assert apply_corrections(work) == "1 applied."
    assert work.take("corrected")["num_students"].tolist()[0] == 44


# --- the command and the screen -----------------------------------------------------------------------------------


def run(*words: Any, code: int = 0) -> str:
    done = CliRunner().invoke(firstmile.app, [str(w) for w in words])
    assert done.exit_code == code, done.output
    return done.output


def test_forms_out_answers_back_and_into_the_next_build(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    own = tmp_path / "own"
    shutil.copytree(plain, own, symlinks=True)
    monkeypatch.setenv("FIRSTMILE_STORE", str(own / "trail.db"))
    link = own / "atlas"
    assert "24 schools" in run(
        "forms", link, "--out", own / "forms", "--which", "unknown", "--level", 0, "--paper", "none"
    )
    (form,) = (own / "forms").glob("[!x]*.xlsx")

    def fill(rows: Rows, column: Callable[[str], int]) -> None:
        at = next(n for n, row in enumerate(rows) if row[0] == "0002")
        rows[at][column("has_internet")] = "yes"
        rows[HEAD + 1][column("num_tablets")] = "lots"

    (own / "back.xlsx").write_bytes(filled(form.read_bytes(), fill))
    dry = run("answers", link, own / "back.xlsx", code=1)
    assert "1 changes to propose" in dry
    assert "Nothing was recorded" in dry
    signed = ("--who", "A. Clerk", "--reason", "Telephone call")
    assert "Proposed 1" in run(
        "answers", link, own / "back.xlsx", "--propose", *signed, "--csv", own / "found.csv", code=1
    )
    assert "lots" in (own / "found.csv").read_text("utf-8-sig")
    assert "same name" in run("corrections", link, "--accept", "all", "--who", "a. clerk", "--reason", "Sure")
    assert "1 accepted" in run("corrections", link, "--export", own / "agreed.csv")
    assert [c.school_id for c in read((own / "agreed.csv").read_bytes(), "agreed.csv")] == ["0002"]
    run("build", own / "place.toml", "--data", own, "--out", link)
    assert decided_file(link).read_bytes() == (own / "agreed.csv").read_bytes()
    assert Desk(open_atlas(link), tier="government").school("0002")["has_internet"] is True


@pytest.mark.parametrize("tier", ["public", "partner", "government"])
def test_what_each_tier_sees_of_corrections(tier: str, tmp_path: Path) -> None:
    from dashboard.app import create_app
    from dashboard.page import served

    own_store = open_store(tmp_path / "t.db")
    made = country(tmp_path)
    propose(own_store, made, [Item("S1", "num_students", "44", "180")], **WHO)
    app = create_app([made], tier=tier, store=own_store)
    with app.server.test_request_context("/"):
        desk, asked = served().desk(), view("school=S1")
        drawn = dispute.section(desk, asked, desk.school("S1"))
        assert (drawn is None) == (tier == "public")
        assert ("A. Clerk" in said(drawn)) == (tier == "government")
        assert (review.section(desk) is None) == (tier == "public")
        assert len(review.rows(desk)) == (tier == "government")
        for form in (lambda: dispute.propose(desk, asked, "X", "y", "num_students", "5"), lambda: review.decide(desk, asked, "X", "y", ACCEPTED, [{"number": "C1-1"}])):  # fmt: skip
            if tier == "government":
                assert form()
            elif tier == "public" or "decide" in repr(form):
                with pytest.raises(StoreError):
                    form()
    client = app.server.test_client()
    for kind in ("workbooks.zip", "telephone.zip"):
        asked_ = client.get(f"/fieldwork/testland/{kind}?which=unknown")
        assert asked_.status_code == (403 if tier == "public" else 200)
    assert client.get("/fieldwork/testland/secret.zip").status_code == 404
    own_store.close()


def test_every_question_has_a_field_to_answer_in() -> None:
    for name in QUESTIONS:
        assert dispute.VALUE in str(dispute.control(name))


@pytest.mark.parametrize(
    ("what", "value", "tier", "told"),
    [
        ("num_students", "7", "public", False),
        ("num_students", "700", "public", True),
        ("num_students", "?", "public", True),
        ("school_status", "occupied", "public", False),
        ("school_status", "occupied", "partner", True),
        ("school_status", "open", "public", True),
        ("num_teachers", "1", "government", True),
    ],
)
def test_what_was_corrected_tells_no_more_of_a_school_than_its_sheet(
    what: str, value: str, tier: str, told: bool
) -> None:
    row = {"school_id": "1", "what": what, "value": value, "before": "90", "now": "90"}
    atlas_ = SimpleNamespace(has=lambda _: True, read=lambda _: pd.DataFrame([row]))
    for risk, shown in (("medium", told), ("low", True)):
        desk = SimpleNamespace(atlas=atlas_, tier=tier, risk=risk, policy=POLICY, locations=disclosure.locations("low", tier), columns=[what])  # fmt: skip
        assert bool(outcomes(desk)) is shown  # type: ignore[arg-type]
