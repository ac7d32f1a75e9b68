"""The desk: filters, order, counts, areas, search; the same answers as plain pandas, unknown never lost."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import DisclosureError, ViewError
from geodata.query import Desk
from geodata.say import speaking
from geodata.text import fold
from geodata.view import View
from tests.factories import atlas, schools, t8

NAMES = [
    "Escola São José",
    "ESCOLA SAO PEDRO",
    "École Été",
    "مدرسة النُّور",
    "Школа №1",
    None,
    "O'Higgins",
    "Ørsted Skole",
]


def place(folder: Path, tier: str = "government", **extra: object) -> Desk:
    frame = t8().assign(
        school_name=pd.Series(NAMES, dtype="str"),
        admin1_id=pd.Series(["n", "n", "n", "e", "e", "c", "c", None], dtype="str"),
        latitude=[1.0, 2, 3, 4, 5, 6, 7, np.nan],
        longitude=[1.0, 2, 3, 4, 5, 6, 7, np.nan],
        **extra,
    )
    return Desk(atlas(folder, frame), tier=tier)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return place(tmp_path_factory.mktemp("desk"))


def ids(desk: Desk, query: str) -> list[str]:
    return [str(row["school_id"]) for row in desk.rows(View.parse(query), columns=["school_id"])]


def test_everything_stands_in_the_order_of_the_ranking(desk: Desk) -> None:
    rows = desk.rows(View(), columns=["school_id", "priority_rank", "list"])
    ranks = [row["priority_rank"] for row in rows if row["priority_rank"] is not None]
    assert ranks == sorted(ranks)
    assert [row["list"] for row in rows] == sorted(row["list"] for row in rows)
    assert len(rows) == 8


def test_unknown_matches_what_is_not_reported_and_nothing_else(desk: Desk) -> None:
    assert sorted(ids(desk, "has_internet=unknown")) == ["S2", "S8"]
    assert sorted(ids(desk, "has_internet=no")) == ["S1", "S4", "S5"]
    assert sorted(ids(desk, "has_internet=no,unknown")) == ["S1", "S2", "S4", "S5", "S8"]
    assert sorted(ids(desk, "school_name=unknown")) == ["S6"]
    assert sorted(ids(desk, "settlement=rural,city")) == ["S1", "S2", "S4", "S5", "S6", "S7"]


def test_bounds_leave_out_schools_without_the_number(desk: Desk) -> None:
    assert sorted(ids(desk, "min.num_computers=0")) == ["S1", "S2", "S3", "S4", "S5", "S6", "S7"]
    assert sorted(ids(desk, "min.num_computers=4&max.num_computers=26")) == ["S2", "S3", "S5"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sao", ["S1", "S2"]), ("SÃO  josé", ["S1"]), ("ecole ete", ["S3"]), ("النور", ["S4"]),
        ("ШКОЛА", ["S5"]), ("o’higgins", ["S7"]), ("orsted", ["S8"]), ("s6", ["S6"]), ("%", []), ("' OR 1=1 --", []),
    ],
)  # fmt: skip
def test_text_is_found_whatever_its_case_accents_and_script(desk: Desk, text: str, found: list[str]) -> None:
    view = View(text=text)
    assert sorted(str(row["school_id"]) for row in desk.rows(view, columns=["school_id"])) == found


def test_an_area_holds_its_schools_and_the_whole_place_all(desk: Desk) -> None:
    assert sorted(ids(desk, "area=e")) == ["S4", "S5"]
    assert len(ids(desk, "area=XAA")) == 8


def test_an_unknown_area_is_named_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(ViewError, match=r"no area 'Nort' here. Did you mean 'n' \(North\)"):
        desk.select(View(area="Nort"))


def test_sorting_puts_unknown_last_both_ways_and_breaks_ties_by_id(desk: Desk) -> None:
    assert ids(desk, "sort=num_computers") == ["S1", "S4", "S2", "S5", "S3", "S7", "S6", "S8"]
    assert ids(desk, "sort=-num_computers") == ["S6", "S7", "S3", "S5", "S2", "S1", "S4", "S8"]
    assert ids(desk, "sort=school_name&ids=S1,S2,S3,S6,S7") == ["S3", "S1", "S2", "S7", "S6"]


def test_a_changed_weight_ranks_anew_and_the_countrys_own_comes_back(desk: Desk) -> None:
    before = ids(desk, "")
    changed = ids(desk, "p.alpha=1&p.weight_devices=1&p.weight_bandwidth=0&p.weight_energy=0")
    assert sorted(changed) == sorted(before)
    assert changed != before
    assert ids(desk, "") == before


def test_rows_are_plain_values(desk: Desk) -> None:
    rows = desk.rows(View())
    json.dumps(rows, allow_nan=False)
    row = next(row for row in rows if row["school_id"] == "S2")
    assert row["has_internet"] is None
    assert row["num_students"] == 240
    assert type(row["num_students"]) is int
    assert "folded_text" not in row
    assert len(desk.rows(View(), 2, 5)) == 3


def test_the_summary_counts_unknown_and_says_of_what(desk: Desk) -> None:
    found = desk.summary(View.parse("area=n&show=has_internet"))
    assert (found.schools, found.of) == (3, 8)
    assert found.counts == {"yes": 1, "no": 1, "unknown": 1}
    assert (found.learners, found.learners_of, found.learners_unknown) == (940, 3980, 0)
    assert desk.summary(View.parse("area=n&show=internet")).counts == {"yes": 1, "no": 1, "unknown": 1}
    assert desk.summary(View()).counts == {"yes": 3, "no": 3, "unknown": 2}
    assert desk.summary(View()).not_located == 1
    assert desk.summary(View.parse("show=num_computers")).counts == {"known": 7, "unknown": 1}
    with pytest.raises(ViewError, match="Did you mean 'has_internet'"):
        desk.summary(View.parse("show=has_internett"))


def test_a_school_by_id(desk: Desk) -> None:
    assert desk.school("S5")["admin1"] == "East"
    with pytest.raises(ViewError, match="no school 'S99'"):
        desk.school("S99")


def test_the_search_finds_areas_and_schools_best_first(desk: Desk) -> None:
    hits = desk.search("nor")
    assert [(hit["kind"], hit["id"]) for hit in hits] == [("area", "n")]
    assert [hit["id"] for hit in desk.search("sao")] == ["S1", "S2"]
    assert desk.search("S3")[0] == {
        "kind": "school",
        "id": "S3",
        "name": "École Été",
        "level": None,
        "part_of": "North",
        "latitude": 3.0,
        "longitude": 3.0,
    }
    assert desk.search("   ") == []
    assert len(desk.search("s", limit=2)) == 2


def test_areas_roll_up_the_selection_and_keep_those_without_a_school(desk: Desk) -> None:
    table = desk.areas(View.parse("settlement=rural"), 1, "internet").set_index("area_id")
    assert list(table["name"]) == ["Central", "East", "North"]
    assert list(table["num_schools"]) == [0, 2, 2]
    assert list(desk.areas(View(), 0)["num_schools"]) == [8]


def test_hexagons_count_located_schools(desk: Desk) -> None:
    cells = desk.hexagons(View(), 3, "internet")
    assert cells["num_schools"].sum() == 7
    assert cells.index.is_unique


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, pd.DataFrame]:
    rng, n = np.random.default_rng(7), 4000
    frame = schools(
        school_id=[f"s{i:05d}" for i in rng.permutation(n)],
        school_name=[f"Escóla {i % 97}" for i in range(n)],
        has_internet=list(rng.choice(np.array([True, False, None]), n)),
        num_students=[None if x < 20 else int(x) for x in rng.integers(0, 900, n)],
        num_computers=[int(x) for x in rng.integers(0, 30, n)],
        settlement=list(rng.choice(["rural", "city"], n)),
    )
    made = Desk(atlas(tmp_path_factory.mktemp("big"), frame), tier="government")
    return made, made.schools.join(made.derived())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flags=st.sets(st.sampled_from(["yes", "no", "unknown"])),
    low=st.one_of(st.none(), st.integers(-5, 950)),
    text=st.sampled_from(["", "escola 9", "ÉSCOLA 1", "zzz"]),
    sort=st.sampled_from(["priority_rank", "num_students", "school_name", "school_id"]),
    down=st.booleans(),
)
def test_a_view_selects_what_plain_pandas_selects(
    big: tuple[Desk, pd.DataFrame], *, flags: set[str], low: int | None, text: str, sort: str, down: bool
) -> None:
    desk, frame = big
    view = View(
        text=text, sort=sort, descending=down, at_least=(("num_students", float(low)),) if low is not None else ()
    )
    view = view.with_among("has_internet", flags)
    keep = pd.Series(True, index=frame.index)
    if flags:
        keep &= frame["has_internet"].map({True: "yes", False: "no"}).fillna("unknown").isin(flags)
    if low is not None:
        keep &= (frame["num_students"] >= low).fillna(False).astype(bool)
    keep &= frame["school_name"].map(fold).str.contains(fold(text), regex=False)
    expected = (
        frame[keep].sort_values("school_id").sort_values(sort, ascending=not down, kind="stable", na_position="last")
    )
    assert list(desk.frame(view, ["school_id"])["school_id"]) == list(expected["school_id"])


def test_threads_share_one_desk(big: tuple[Desk, pd.DataFrame]) -> None:
    desk, _ = big
    views = [View.parse(f"min.num_students={n}&p.weight_rural={n % 5 / 10}") for n in range(40)]
    alone = [desk.select(view).total for view in views]
    together: dict[int, list[int]] = {}
    fresh = Desk(desk.atlas, tier="government")
    threads = [
        threading.Thread(target=lambda k=k: together.update({k: [fresh.select(v).total for v in views]}))
        for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[k] for k in range(4)] == [alone] * 4


def test_a_filter_answers_quickly(big: tuple[Desk, pd.DataFrame]) -> None:
    desk, _ = big
    desk.select(View())
    started = time.process_time()
    for low in range(20):
        desk.select(View.parse(f"min.num_students={low}&has_internet=no&q=escola"))
    assert (time.process_time() - started) / 20 < 0.1


def test_hidden_columns_are_not_there_and_cannot_be_asked_by(tmp_path: Path) -> None:
    public = place(tmp_path, tier="public", community_land=pd.Series(["indigenous_land", *["none"] * 7], dtype="str"))
    assert "num_students_displaced" not in public.schools
    assert not {"community_land", "num_students_displaced", "num_students_displaced_source", "item_displaced"} & set(
        public.columns
    )
    assert "community_land" not in public.school("S1")
    assert not public.frame(View())["priority_reasons"].str.contains("displaced").any()
    for query in ("community_land=indigenous_land", "sort=num_students_displaced", "min.item_displaced=0.5"):
        with pytest.raises(DisclosureError, match="may not be shown to the public tier"):
            public.select(View.parse(query))
    assert "community_land" in Desk(public.atlas, tier="partner").columns
    with pytest.raises(DisclosureError, match="no tier 'minister'"):
        Desk(public.atlas, tier="minister")


def test_the_usual_sentence_on_boundaries_is_said_in_the_language_spoken(tmp_path: Path) -> None:
    usual, desk = "The boundaries and names shown do not imply official endorsement or acceptance.", place(tmp_path)
    desk.__dict__["place"] = {**desk.place, "disclaimer": usual}
    with speaking("fr"):
        assert desk.disclaimer.startswith("Les frontières")
    assert desk.disclaimer == usual
