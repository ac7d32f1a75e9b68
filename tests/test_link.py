"""The same school in two sources: ids, names in any script, places, one partner each, a person's decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.link import Links, link
from etl.linking.ids import plain, said
from etl.linking.likeness import compare, skeleton, words_alike
from etl.linking.names import MARKS, parse
from etl.linking.review import ACCEPT, COLUMNS, REJECT, UNDECIDED, Decisions, pair_number, read_decisions, review_table
from etl.recipe import Link
from geodata.errors import LinkError
from geodata.exports.formula import spreadsheet_csv
from tests.linked_pairs import known_pairs, measured

METRES = 111_195.0
HOW = Link()


def schools(*rows: tuple[Any, ...], side: str = "a", **more: list[Any]) -> pd.DataFrame:
    """Schools (name, metres east, metres north) near the equator; None for east: not located. Ids a0, a1 …"""
    lat = [None if east is None else north / METRES for _, east, north in rows]
    lon = [None if east is None else 30 + east / METRES for _, east, _ in rows]
    ids = [f"{side}{n}" for n in range(len(rows))]
    named = pd.DataFrame(
        {"school_id": ids, "school_name": [name for name, _, _ in rows], "latitude": lat, "longitude": lon}
    )
    return named.assign(**more).astype({"latitude": "float64", "longitude": "float64"})


def linked(left: pd.DataFrame, right: pd.DataFrame, how: Link = HOW, decisions: Decisions | None = None) -> Links:
    return link(left, right, how, decisions, source="osm")


def only(links: Links) -> dict[str, Any]:
    assert len(links.table) == 1
    return links.table.iloc[0].to_dict()


# --- measured on pairs with a known answer --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known() -> tuple[Any, Links]:
    pairs = known_pairs()
    return pairs, link(pairs.register, pairs.other, HOW)


def test_precision_and_recall_on_the_stated_pairs(known: tuple[Any, Links]) -> None:
    pairs, links = known
    precision, recall = measured(links.pairs, pairs.same)
    assert len(pairs.same) >= 120
    assert len(pairs.different) >= 60
    assert precision >= 0.98
    assert recall >= 0.92


def test_most_missed_pairs_are_shown_to_a_person(known: tuple[Any, Links]) -> None:
    pairs, links = known
    open_ = links.table[links.table["outcome"] == "to review"]
    asked = set(zip(open_["school_id"], open_["other_id"], strict=True))
    missed = pairs.same - {(school, other) for other, school in links.pairs.items()}
    assert len(missed & asked) >= 0.9 * len(missed)


@pytest.mark.parametrize("kind", ["tie", "apart"])
def test_no_pair_is_taken_where_none_is_the_same(known: tuple[Any, Links], kind: str) -> None:
    pairs, links = known
    taken = {other for other, school in links.pairs.items() if (school, other) not in pairs.same and pairs.kind.get(other) == kind}  # fmt: skip
    assert len(taken) <= (
        1 if kind == "apart" else 0
    )  # La Ruche and La Roche, 350 m apart: a slip of the pen, for all one can see


# --- laws -----------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["Hope", "Unity", "Saint Mary", "Kibera", "Kibra", "Moi", "Lagdo", "Primary", "Secondary", "Girls", "Boys", "No 3", "No 13", "A", "مدرسة", "École"])  # fmt: skip
SCHOOL = st.tuples(
    st.lists(WORDS, max_size=4).map(" ".join),
    st.one_of(st.none(), st.integers(-3000, 3000)),
    st.integers(-3000, 3000),
)
LISTS = st.lists(SCHOOL, max_size=9)


@settings(max_examples=15)
@given(left=LISTS, right=LISTS, seed=st.integers(0, 99))
def test_no_school_is_lost_or_linked_twice_and_the_order_of_rows_changes_nothing(
    left: list[Any], right: list[Any], seed: int
) -> None:
    ours, theirs = schools(*left), schools(*right, side="b")
    links = linked(ours, theirs)
    ends = links.table.groupby("other_id")["outcome"].nunique()
    assert sorted(ends.index) == sorted(theirs["school_id"])  # each school of the other source ends somewhere,
    assert (ends == 1).all()  # and in one way
    assert len(set(links.pairs.values())) == len(links.pairs)
    assert set(links.pairs.values()) <= set(ours["school_id"])
    assert links.table["reason"].str.len().gt(10).all()
    mixed = linked(ours.sample(frac=1, random_state=seed), theirs.sample(frac=1, random_state=seed + 1))
    pd.testing.assert_frame_equal(mixed.table, links.table)


@settings(max_examples=15)
@given(left=LISTS, right=LISTS)
def test_it_does_not_matter_which_source_is_asked_first(left: list[Any], right: list[Any]) -> None:
    ours, theirs = schools(*left), schools(*right, side="b")
    there, back = link(ours, theirs, HOW, twice=False), link(theirs, ours, HOW, twice=False)
    assert there.pairs == {b: a for a, b in back.pairs.items()}
    pairs = [set(zip(*(t.table[t.table["outcome"] == "to review"][c] for c in columns), strict=True)) for t, columns in ((there, ("other_id", "school_id")), (back, ("school_id", "other_id")))]  # fmt: skip
    assert pairs[0] == pairs[1]


def test_a_list_linked_with_itself_is_itself() -> None:
    pairs = known_pairs()
    same = link(pairs.register, pairs.register, HOW, twice=False)
    wrong = {a: b for a, b in same.pairs.items() if a != b}
    assert not wrong
    assert len(same.pairs) >= 0.95 * len(pairs.register)  # those that nothing tells apart wait for a person


def test_nothing_to_link() -> None:
    none = schools()
    assert linked(none, none).table.empty
    assert only(linked(none, schools(("Hope School", 0, 0))))["outcome"] == "not linked"


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "core", "marks"),
    [
        ("Moi Girls' High School", ("moi",), {"level": "23", "sex": ["girls"]}),
        ("Kibera Pry Sch No. 03", ("kibera",), {"level": "1", "number": ["3"]}),
        ("Nyeri P/S", ("nyeri",), {"level": "1"}),
        ("C.E.S de VOA II", ("voa",), {"level": "2", "number": ["2"]}),
        ("EP Bafoussam Groupe I A", ("bafoussam",), {"level": "1", "number": ["1"], "letter": ["a"]}),
        ("E.M.E.F. Sete de Setembro", ("setembro",), {"level": "12", "number": ["7"]}),
        ("St. Mary's R.C. Pri. Sch.", ("saint", "mary"), {"level": "1", "owner": ["catholic"]}),
        ("Ecole d'Okola", ("okola",), {}),
        ("Satima Primary Schhool", ("satima",), {"level": "1"}),
        ("مدرسة الحسن الابتدائية للبنات", ("hsn",), {"level": "1", "sex": ["girls"]}),
        ("Средняя школа № 13", (), {"level": "23", "number": ["13"]}),
        ("北京市第一小学", ("beijing",), {"level": "1", "number": ["1"]}),
        ("प्राथमिक विद्यालय रामपुर", ("rampur",), {"level": "1"}),
        ("አዲስ አበባ ትምህርት ቤት", ("adis", "abeba"), {}),
        ("អនុវិទ្យាល័យ វត្តភ្នំ", ("vttphnam",), {"level": "2"}),
        ("School12", (), {"number": ["12"]}),
        ("1º de Maio", ("maio",), {"number": ["1"]}),
        ("John F. Kennedy", ("john", "f", "kennedy"), {}),
    ],
)
def test_a_name_taken_apart(text: str, core: tuple[str, ...], marks: dict[str, Any]) -> None:
    name = parse(text)
    assert name.core == core
    assert {m: set(v) for m, v in zip(MARKS, name.marks, strict=True) if v} == {k: set(v) for k, v in marks.items()}


def test_the_recipe_s_own_words() -> None:
    own = (("S/M", "shule ya msingi"),)
    assert parse("S/M Mwenge", own).key == parse("Shule ya Msingi Mwenge").key


@example("𝘈")
@given(st.text(max_size=40))
def test_any_text_is_a_name(text: str) -> None:
    name = parse(text)
    assert all(word.isascii() and word == word.lower() for word in name.core)
    assert compare(name, name, lambda _: 0.9).against == ()


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [
        ("School No 3", "School No 13", "number"),
        ("Moi Girls", "Moi Boys", "sex"),
        ("Groupe A Bonaberi", "Groupe B Bonaberi", "letter"),
        ("Catholic School Kumbo", "Islamic School Kumbo", "owner"),
        ("North Park", "South Park", "side"),
        ("School for the Deaf Mbale", "School for the Blind Mbale", "branch"),
    ],
)
def test_what_differs_makes_two_schools(one: str, other: str, mark: str) -> None:
    assert mark in compare(parse(one), parse(other), lambda _: 0.9).against
    assert only(linked(schools((one, 0, 0)), schools((other, 10, 0), side="b")))["outcome"] == "not linked"


def test_words_alike() -> None:
    assert words_alike("kibera", "kibera") == 1
    assert (
        words_alike("kitengela", "kitengella") > words_alike("ruche", "roche") > 0
    )  # a letter more in a short word tells more
    assert words_alike("mwangaza", "mwambao") == 0
    assert skeleton("mohammed") == skeleton("muhamad") == "mhmd"


# --- ids ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("00123", "00123", "same id"),
        ("00123", "123", "same id but for leading zeros"),
        ("KE-12 34", "KE1234", "same id but for spaces or signs"),
        ("ab12", "AB12", "same id but for capital letters"),
        ("0-ab", "AB", "same id but for leading zeros, spaces or signs, capital letters"),
    ],
)
def test_one_id_written_two_ways(one: str, other: str, how: str) -> None:
    assert plain(one) == plain(other)
    assert said(one, other) == how
    left, right = (
        schools(("Hope", 0, 0), school_id_govt=[one]),
        schools(("Hope", 9000, 0), side="b", school_id_govt=[other]),
    )
    row = only(linked(left, right))
    assert (row["outcome"], row["how"]) == ("linked", how)
    assert row["reason"].startswith(how.capitalize()[:7])


def test_one_id_of_two_different_schools_waits_for_a_person() -> None:
    left = schools(("Hope Primary", 0, 0), school_id_govt=["7"])
    right = schools(("Mount Kenya Academy", 40_000, 0), side="b", school_id_govt=["7"])
    row = only(linked(left, right))
    assert row["outcome"] == "to review"
    assert "unlike names" in row["reason"]


def test_an_id_that_stands_twice_links_nothing() -> None:
    left = schools(("Hope", 0, 0), ("Unity", 500, 0), school_id_giga=["x", "x"])
    right = schools(("Unity", 510, 0), side="b", school_id_giga=["x"])
    assert linked(left, right).pairs == {"b0": "a1"}  # by place and name


# --- places ---------------------------------------------------------------------------------------------------------


def test_the_nearer_of_two_alike_is_taken() -> None:
    left = schools(("Hope Academy", 0, 0), ("Hope Academy", 2500, 0))
    assert linked(left, schools(("Hope Academy", 2450, 0), side="b")).pairs == {"b0": "a1"}


def test_two_that_fit_equally_well_are_for_a_person() -> None:
    links = linked(schools(("Hope Academy", 0, 0), ("Hope Academy", 60, 0)), schools(("Hope Academy", 30, 0), side="b"))
    assert links.pairs == {}
    assert links.table["outcome"].tolist() == ["to review", "to review"]
    assert links.table["reason"].str.contains("almost as well").all()


def test_without_a_place_the_area_must_be_the_same() -> None:
    left = schools(("Zombe Primary School", 0, 0), admin1=["Kitui"])
    for area, outcome in (("KITUI", "linked"), ("Kwale", "not linked"), (None, "to review")):
        right = schools(("Zombe Primary School", None, 0), side="b", admin1=[area])
        assert only(linked(left, right))["outcome"] == outcome, area


def test_swapped_latitude_and_longitude_are_seen() -> None:
    left = schools(("Hope Primary", 0, 0), ("Unity Secondary", 5000, 0))
    right = schools(("Hope Primary", 10, 0), ("Unity Secondary", 5010, 0), side="b")
    right.loc[1, ["latitude", "longitude"]] = right.loc[1, ["longitude", "latitude"]].to_numpy()
    links = linked(left, right)
    assert links.pairs == {"b0": "a0", "b1": "a1"}
    assert "swapped" in links.table["reason"].iloc[1]


def test_a_school_that_the_other_source_has_twice() -> None:
    left = schools(("Hope Primary", 0, 0))
    right = schools(("Hope Primary", 10, 0), ("Hope Primary", 40, 0), side="b")
    links = linked(left, right)
    assert links.pairs == {"b0": "a0"}
    assert links.table["outcome"].tolist() == ["linked", "repeated"]
    assert "b0" in links.table["reason"].iloc[1]


def test_a_school_renamed_is_shown_to_a_person_where_nothing_else_is_near() -> None:
    row = only(linked(schools(("Uhuru Primary", 0, 0)), schools(("Jamhuri Primary", 10, 0), side="b")))
    assert row["outcome"] == "to review"
    assert "renamed" in row["reason"]


def test_an_unlinked_school_says_what_is_near() -> None:
    row = only(linked(schools(("Uhuru Primary", 0, 0)), schools(("Lakeside Secondary", 1200, 0), side="b")))
    assert row["outcome"] == "not linked"
    assert row["reason"] == "No school within 3.0 km has a like name. The nearest is Uhuru Primary, 1.2 km away."


def test_thresholds_are_the_recipe_s() -> None:
    left, right = schools(("Hope Academy", 0, 0)), schools(("Hope Academy", 900, 0), side="b")
    assert only(linked(left, right))["outcome"] == "linked"
    assert only(linked(left, right, Link(within_m=500)))["outcome"] == "to review"  # the only one of its name, but far
    strict = Link(accept_from=0.99, review_from=0.95)
    assert only(linked(left, right, strict))["outcome"] == "not linked"


# --- a person's decisions -------------------------------------------------------------------------------------------


def decided(*rows: tuple[str, str, str]) -> Decisions:
    """(register's id, other id, decision) as a review file says it."""
    lines = [{"pair": pair_number("osm", other, school), "decision": word, "source": "osm", "other_id": other, "school_id": school, "decided_by": "Asha"} for school, other, word in rows]  # fmt: skip
    return reread(pd.DataFrame(lines))


def reread(table: pd.DataFrame, path: Path | None = None) -> Decisions:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = path or Path(folder) / "links.csv"
        file.write_bytes(spreadsheet_csv(table.astype("str")))
        return read_decisions(file)


def test_an_accepted_pair_is_linked_whatever_its_score() -> None:
    left, right = schools(("Uhuru Primary", 0, 0)), schools(("Lakeside Secondary", 1200, 0), side="b")
    row = only(linked(left, right, decisions=decided(("a0", "b0", "Accept"))))
    assert (row["outcome"], row["how"]) == ("linked", "a person")
    assert "Asha" in row["reason"]


def test_a_rejected_pair_is_never_linked_even_with_one_id() -> None:
    left, right = schools(("Hope", 0, 0), school_id_govt=["7"]), schools(("Hope", 5, 0), side="b", school_id_govt=["7"])
    links = linked(left, right, decisions=decided(("a0", "b0", "reject")))
    assert links.pairs == {}
    assert any("one id, but a person rejected" in note for note in links.notes)


def test_an_undecided_pair_stays_for_review() -> None:
    left, right = schools(("Hope Academy", 0, 0)), schools(("Hope Academy", 5, 0), side="b")
    row = only(linked(left, right, decisions=decided(("a0", "b0", "undecided"))))
    assert row["outcome"] == "to review"
    assert "could not decide" in row["reason"]


def test_one_school_accepted_twice_is_undecided_both_times() -> None:
    left = schools(("Uhuru Primary", 0, 0))
    right = schools(("Jamhuri Primary", 10, 0), ("Amani Secondary", 20, 0), side="b")
    links = linked(left, right, decisions=decided(("a0", "b0", "accept"), ("a0", "b1", "accept")))
    assert links.pairs == {}
    assert any("accepted in 2 pairs" in note for note in links.notes)


def test_a_decision_outlives_its_pair() -> None:
    decisions = decided(("a0", "gone", "accept"), ("a0", "b0", "reject"))
    links = linked(schools(("Hope", 0, 0)), schools(("Hope", 5, 0), side="b"), decisions=decisions)
    assert any("no longer there" in note for note in links.notes)
    table = review_table(links.table.assign(source="osm"), decisions.by_pair.values())
    kept = table.set_index("other_id")
    assert kept.loc["gone", ["decision", "outcome", "decided_by"]].tolist() == [ACCEPT, "no longer a pair", "Asha"]
    assert kept.loc["b0", ["decision", "outcome"]].tolist() == [REJECT, "not linked"]
    assert reread(table).by_pair.keys() == decisions.by_pair.keys()


def test_ids_that_a_spreadsheet_has_cut_are_found_by_the_pair_s_number() -> None:
    left = schools(("Uhuru Primary", 0, 0)).assign(school_id=["007"])
    right = schools(("Lakeside Secondary", 1200, 0), side="b").assign(school_id=["0042"])
    number = pair_number("osm", "0042", "007")
    decisions = reread(
        pd.DataFrame([{"pair": number, "decision": "accept", "source": "osm", "other_id": "42", "school_id": "7"}])
    )
    assert linked(left, right, decisions=decisions).pairs == {"0042": "007"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_review_file_as_spreadsheets_save_it(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [
        ["pair", "decision", "note"],
        ["L1", "ACCEPT", "même école"],
        ["", "", ""],
        ["L2", " no ", "x"],
        ["L3", "", ""],
    ]
    text = "\r\n".join(separator.join(f'"{c}"' for c in row) for row in rows)
    (tmp_path / "links.csv").write_bytes(text.encode(encoding))
    found = read_decisions(tmp_path / "links.csv")
    assert {p: d.said for p, d in found.by_pair.items()} == {"L1": ACCEPT, "L2": REJECT, "L3": ""}
    assert found.by_pair["L1"].note == "même école"


def test_a_review_file_that_is_wrong_says_where(tmp_path: Path) -> None:
    file = tmp_path / "links.csv"
    file.write_text("pair,decision\nL1,perhaps\n")
    with pytest.raises(LinkError, match=r"line 2.*perhaps.*accept, reject or undecided"):
        read_decisions(file)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(LinkError, match="columns pair and decision"):
        read_decisions(file)
    file.write_text("pair,decision\nL1,accept\nL1,reject\n")
    both = read_decisions(file)
    assert both.said("L1") == UNDECIDED
    assert "both accept and reject" in both.warnings[0]
    assert read_decisions(tmp_path / "none.csv").by_pair == {}


def test_the_list_for_a_person_begins_with_what_she_has_to_decide() -> None:
    left = schools(("Hope Academy", 0, 0), ("Uhuru Primary", 5000, 0), ("Kibera Girls", 9000, 0))
    right = schools(("Kibera Girls", 9010, 0), ("Jamhuri Primary", 5010, 0), ("=cmd()", 20_000, 0), side="b")
    links = linked(left, right)
    table = review_table(links.table.assign(source="osm"), [])
    assert list(table.columns) == list(COLUMNS)
    assert table["outcome"].tolist() == ["to review", "linked"]
    assert table["pair"].str.match(r"^L[0-9a-f]{12}$").all()


def test_nothing_but_a_number_is_not_a_place() -> None:
    left = schools(("Hope", 0, 0))
    right = schools(("Hope", 0, 0), side="b").assign(latitude=np.inf)
    assert only(linked(left, right))["outcome"] == "to review"  # one of its name, without a place


def test_the_list_of_words_is_in_order() -> None:
    """Every line has a mark that is known and a value that fits it, and no word stands twice under one mark."""
    import csv

    from etl.linking.names import WORDS

    lines = [x for x in WORDS.read_text("utf-8").splitlines() if not x.startswith("#")]
    rows = list(csv.DictReader(lines))
    assert len({(r["word"], r["mark"]) for r in rows}) == len(rows)
    assert {r["mark"] for r in rows} <= {*MARKS, "school", "same", "drop"} - {"letter"}
    assert all(set(r["value"]) <= set("012345") for r in rows if r["mark"] == "level")
    assert all(r["value"].isdigit() for r in rows if r["mark"] == "number")
    assert all(r["value"] for r in rows if r["mark"] != "drop")
