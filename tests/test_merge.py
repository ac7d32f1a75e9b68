"""Sources brought together: no school lost or multiplied, both sides of a disagreement kept, the rule named."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.merge import Merged, Table, merge
from etl.recipe import Source
from geodata.errors import LinkError
from geodata.tables import REGISTER, empty_columns

IDS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
COUNTS = st.one_of(st.none(), st.integers(0, 50))


def table(name: str, ids: list[str | None], *, kind: str = "attributes", columns: Any = None, **given: Any) -> Table:
    """A source with `school_id_govt` and the given columns, each with the source's evidence beside it."""
    values = columns or {}
    source = Source(
        name=name, path=f"{name}.csv", kind=kind, columns={"school_id_govt": "ID", **{c: c.upper() for c in values}}, **given
    )  # fmt: skip
    frame = empty_columns(
        pd.DataFrame({"school_id_govt": ids, **{c: pd.Series(v, dtype=object) for c, v in values.items()}}), REGISTER
    )
    for column in values:
        known = frame[column].notna()
        frame[f"{column}_evidence"] = [source.evidence if k else "unknown" for k in known]
        frame[f"{column}_source"] = pd.Series([name if k else None for k in known], dtype="str")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    frame["source_row"] = pd.Series(frame.index, index=frame.index, dtype="Int64")
    raw = pd.DataFrame({"ID": pd.Series(ids, index=frame.index, dtype="str")})
    return Table(source, frame, raw)


def merged_one(first: Table, second: Table) -> tuple[Merged, pd.Series]:
    merged = merge([first, second])
    return merged, merged.frame.set_index("school_id").iloc[0]


@settings(deadline=None, max_examples=30)
@given(
    register=st.lists(IDS, unique=True, min_size=1),
    rows=st.lists(st.tuples(st.one_of(st.none(), IDS), COUNTS), max_size=12),
    how=st.sampled_from(["none", "sum", "count"]),
)
def test_no_join_loses_or_multiplies_schools(
    register: list[str], rows: list[tuple[str | None, int | None]], how: str
) -> None:
    schools = table("register", list(register), kind="schools")
    more = table("more", [i for i, _ in rows], columns={"num_computers": [n for _, n in rows]}, aggregate=how)
    merged = merge([schools, more])
    assert merged.frame["school_id"].tolist() == register
    gone = pd.concat([*merged.rejected, pd.DataFrame({"row": [], "check": [], "reason": []})])
    assert gone["row"].is_unique  # a row is rejected once, with one reason
    lost = {n for n, (i, _) in enumerate(rows, start=1) if i not in register}
    assert set(gone.loc[gone["check"] == "no_such_school", "row"]) == lost
    again = {n for n, (i, _) in enumerate(rows, start=1) if i in register and i in [j for j, _ in rows[: n - 1]]}
    assert set(gone.loc[gone["check"] == "repeated_id", "row"]) == (again if how == "none" else set())
    assert gone["reason"].notna().all()


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(st.tuples(IDS, COUNTS), min_size=1, max_size=12))
def test_sums_and_counts_by_hand(rows: list[tuple[str, int | None]]) -> None:
    schools = table("register", ["a", "b", "c", "d", "e", "f"], kind="schools")
    values = {"num_computers": [n for _, n in rows]}
    ids = [i for i, _ in rows]
    summed = merge([schools, table("more", ids, columns=values, aggregate="sum")]).frame.set_index("school_id")
    counted = merge([schools, table("more", ids, columns=values, aggregate="count")]).frame.set_index("school_id")
    for school in "abcdef":
        mine = [n for i, n in rows if i == school]
        known = [n for n in mine if n is not None]
        total, number = summed.loc[school, "num_computers"], counted.loc[school, "num_computers"]
        if not mine or len(known) < len(mine):
            assert pd.isna(total)  # a part that is not reported is not zero
        else:
            assert total == sum(known)
        assert pd.isna(number) if not known else number == len(known)


def test_yes_no_is_added_up_in_three_values() -> None:
    schools = table("register", ["a", "b", "c"], kind="schools")
    more = table(
        "more", ["a", "a", "b", "b", "c"], columns={"has_internet": [True, None, False, None, False]}, aggregate="sum"
    )
    assert merge([schools, more]).frame["has_internet"].tolist() == [True, pd.NA, False]


@pytest.mark.parametrize(
    ("first", "second", "kept", "rule"),
    [
        ({"evidence": "reported"}, {"evidence": "measured"}, 20, "stronger evidence"),
        ({"evidence": "measured"}, {"evidence": "reported", "priority": 1}, 10, "stronger evidence"),
        ({"evidence": "inferred"}, {"evidence": "reported"}, 20, "stronger evidence"),
        ({"priority": 100}, {"priority": 5}, 20, "the recipe's priority"),
        ({"priority": 5}, {"priority": 100}, 10, "the recipe's priority"),
        ({}, {}, 10, "the recipe's order"),
    ],
)
def test_who_wins_and_why(first: dict[str, Any], second: dict[str, Any], kept: int, rule: str) -> None:
    schools = table("register", ["a"], kind="schools", columns={"num_computers": [10]}, **first)
    more = table("more", ["a"], columns={"num_computers": [20]}, **second)
    merged, school = merged_one(schools, more)
    other = 30 - kept
    names = {10: "register", 20: "more"}
    assert school["num_computers"] == kept
    assert school["num_computers_source"] == names[kept]
    assert school["num_computers_evidence"] == (first if kept == 10 else second).get("evidence", "reported")
    row = merged.conflicts.iloc[0].to_dict()
    assert row == {
        "school_id": "a", "column": "num_computers", "kept": str(kept), "kept_source": names[kept],
        "other": str(other), "other_source": names[other], "rule": rule,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("register", "survey", "evidence", "source"),
    [
        ("reported", "measured", "measured", "survey"),
        ("measured", "reported", "measured", "register"),
        ("reported", "reported", "reported", "register"),
    ],
)
def test_equal_values_keep_the_stronger_evidence(register: str, survey: str, evidence: str, source: str) -> None:
    first = table("register", ["a"], kind="schools", columns={"has_internet": [True]}, evidence=register)
    merged, school = merged_one(first, table("survey", ["a"], columns={"has_internet": [True]}, evidence=survey))
    assert merged.conflicts.empty
    assert (school["has_internet_evidence"], school["has_internet_source"]) == (evidence, source)


def test_what_is_not_reported_is_filled_and_never_takes_away() -> None:
    first = table("register", ["a", "b"], kind="schools", columns={"num_computers": [None, 7]})
    merged = merge([first, table("more", ["a", "b"], columns={"num_computers": [3, None]}, evidence="measured")])
    frame = merged.frame.set_index("school_id")
    assert frame["num_computers"].tolist() == [3, 7]
    assert frame["num_computers_evidence"].tolist() == ["measured", "reported"]
    assert merged.conflicts.empty


def test_a_school_of_an_earlier_register_is_not_there_twice() -> None:
    merged = merge([table("one", ["a", "b"], kind="schools"), table("two", ["b", "c"], kind="schools")])
    assert merged.frame["school_id"].tolist() == ["a", "b", "c"]
    rejected = pd.concat(merged.rejected)
    assert rejected[["source", "row", "check"]].values.tolist() == [["two", 1, "repeated_id"]]
    assert "already in one" in rejected["reason"].iloc[0]
    assert rejected["raw"].iloc[0] == '{"ID": "b"}'


def test_attributes_without_an_id_say_so() -> None:
    source = Source(name="more", path="more.csv", kind="attributes", columns={"num_computers": "N"})
    more = table("more", ["a"], columns={"num_computers": [1]})
    with pytest.raises(LinkError, match="school_id_govt"):
        merge([table("register", ["a"], kind="schools"), Table(source, more.frame, more.raw)])
