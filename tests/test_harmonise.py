"""Raw rows to the house's columns: nothing lost, nothing guessed, unknown stays unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.harmonise import Harmonised, harmonise, harmonise_context
from etl.recipe import Context, Source
from etl.source import Raw, read_raw
from geodata.errors import RecipeError, SchemaError, SourceError
from geodata.fields import FIELDS
from geodata.tables import OUT_OF_SCOPE, QUARANTINE, REGISTER


def raw(**columns: list[str | None]) -> Raw:
    frame = pd.DataFrame({k: pd.Series(v, dtype="str") for k, v in columns.items()})
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Raw(frame, None, "", Path("register.csv"))


def source(**options: Any) -> Source:
    options.setdefault("columns", {"school_id_govt": "id"})
    return Source(name="register", path="register.csv", date="2024", **options)


def ids(size: int) -> list[str | None]:
    return [f"s{i}" for i in range(size)]


def fed(name: str, cells: list[str | None], feed: Any = "x", **options: Any) -> Harmonised:
    return harmonise(raw(id=ids(len(cells)), x=cells), source(columns={"school_id_govt": "id", name: feed}, **options))


def known(series: pd.Series) -> list[Any]:
    return series.astype(object).where(series.notna(), None).tolist()


# --- feeds --------------------------------------------------------------------------------------------------------


def test_yes_no_in_several_languages_and_unknown_is_not_no() -> None:
    out = fed("has_internet", ["Sí", "não", "OUI", "0", "1.0", None, "N/A", "perhaps", "perhaps"])
    assert known(out.frame["has_internet"]) == [True, False, True, False, True, None, None, None, None]
    assert out.unmapped == {"has_internet": {"perhaps": 2}}
    assert known(out.frame["has_internet_evidence"])[4:6] == ["reported", "unknown"]
    assert known(out.frame["has_internet_source"])[4:6] == ["register", None]
    assert known(out.frame["has_internet_date"])[4:6] == ["2024", None]


def test_the_recipes_own_words_replace_the_shared_ones() -> None:
    out = fed("has_internet", ["1", "2", "0"], values={"has_internet": {"1": "yes", "2": "no"}})
    assert known(out.frame["has_internet"]) == [True, False, None]
    assert out.unmapped == {"has_internet": {"0": 1}}


def test_aliases_match_whole_words_only() -> None:
    out = fed(
        "education_level",
        ["PRIMARY School", "primery", "Primary school for boys", "  école   primaire "],
        values={"education_level": "levels"},
    )
    assert known(out.frame["education_level"]) == ["primary", None, None, "primary"]
    assert out.unmapped["education_level"] == {"Primary school for boys": 1, "primery": 1}


def test_a_value_that_the_field_does_not_know_is_a_recipe_error() -> None:
    with pytest.raises(RecipeError, match="did you mean 'primary'"):
        fed("education_level", ["1"], values={"education_level": {"1": "primery"}})
    with pytest.raises(RecipeError, match=r"no alias file 'levls\.csv'.*did you mean 'levels'"):
        fed("education_level", ["1"], values={"education_level": "levls"})


def test_numbers_with_their_marks() -> None:
    values = ["12", "1.234,5", "1 234", "0,5", "abc", "", None, "12,3,4", "٣"]
    out = fed("download_speed_contracted_mbps", values, decimal=",")
    assert known(out.frame["download_speed_contracted_mbps"]) == [12, 1234.5, 1234, 0.5, None, None, None, None, 3]
    assert out.findings["check"].tolist() == ["not_a_number", "not_a_number"]
    assert json.loads(out.findings["raw"].iloc[0]) == {"x": "abc"}


def test_counts_are_whole_and_in_range() -> None:
    out = fed("num_students", ["10", "10.0", "10.5", "-3", "999999", "1,200"], ranges={"num_students": (5, 5000)})
    assert known(out.frame["num_students"]) == [10, 10, None, None, None, 1200]
    assert sorted(out.findings["row"]) == [3, 4, 5]
    assert out.frame["num_students"].dtype == "Int64"


@pytest.mark.parametrize(("rule", "wanted"), [("sum", [3, None, None]), ("sum_known", [3, 5, None])])
def test_a_sum_with_an_unknown_part(rule: str, wanted: list[int | None]) -> None:
    """A part that is not reported is not zero: the sum of the known parts has to be asked for, and is then said."""
    both = {"columns": ["a", "b"], "rule": rule}
    out = harmonise(
        raw(id=ids(3), a=["1", None, None], b=["2", "5", None]),
        source(columns={"school_id_govt": "id", "num_computers": both}),
    )
    assert known(out.frame["num_computers"]) == wanted
    assert any("known parts only" in note for note in out.notes) == (rule == "sum_known")


@pytest.mark.parametrize(("rule", "wanted"), [("any", [True, True, None, False]), ("all", [False, None, False, False])])
def test_any_and_all_are_three_valued(rule: str, wanted: list[Any]) -> None:
    both = {"columns": ["a", "b"], "rule": rule}
    out = harmonise(
        raw(id=ids(4), a=["1", "1", "0", "0"], b=["0", None, None, "0"]),
        source(columns={"school_id_govt": "id", "has_internet": both}),
    )
    assert known(out.frame["has_internet"]) == wanted


def test_first_join_constant_scale_pattern_invert() -> None:
    columns = {
        "school_id_govt": "id",
        "school_name": {"columns": ["a", "b"]},
        "isced_levels": {"columns": ["a", "b"], "rule": "join"},
        "education_level": {"constant": "primary"},
        "download_speed_measured_mbps": {"column": "k", "scale": 0.001},
        "admin1": {"column": "p", "pattern": r"^(.*) \(TO\)$"},
        "has_electricity": {"column": "none", "invert": True},
    }
    out = harmonise(
        raw(
            id=ids(2),
            a=[None, "A"],
            b=["B", "B"],
            k=["18450", None],
            p=["Palmas (TO)", "Goiânia (GO)"],
            none=["1", None],
        ),
        source(columns=columns),
    )
    assert known(out.frame["school_name"]) == ["B", "A"]
    assert known(out.frame["isced_levels"]) == ["B", "A, B"]
    assert known(out.frame["education_level"]) == ["primary", "primary"]
    assert known(out.frame["download_speed_measured_mbps"]) == [18.45, None]
    assert known(out.frame["admin1"]) == ["Palmas", None]
    assert known(out.frame["has_electricity"]) == [False, None]


def test_sentinels_for_one_field_and_for_all() -> None:
    columns = {"school_id_govt": "id", "num_computers": "a", "num_tablets": "b"}
    out = harmonise(
        raw(id=ids(2), a=["88888", "99"], b=["88888.0", "99"]),
        source(columns=columns, sentinels={"*": ["88888"], "num_tablets": [99]}),
    )
    assert known(out.frame["num_computers"]) == [None, 99]
    assert known(out.frame["num_tablets"]) == [None, None]
    assert out.findings.empty


def test_enrolment_in_bands() -> None:
    out = fed(
        "num_students",
        ["De 1 a 50", "ATÉ 0", "120", None, "lots"],
        bands={"num_students": {"de 1 a 50": (1, 50), "até 0": (0, 0)}},
    )
    assert known(out.frame["num_students"]) == [None, 0, 120, None, None]
    assert known(out.frame["num_students_lower"]) == [1, 0, 120, None, None]
    assert known(out.frame["num_students_upper"]) == [50, 0, 120, None, None]


def test_a_rule_that_does_not_fit_is_a_recipe_error() -> None:
    with pytest.raises(RecipeError, match="may be first or sum"):
        fed("num_students", ["1"], {"column": "x", "rule": "any"})
    with pytest.raises(RecipeError, match="no group"):
        fed("school_name", ["1"], {"column": "x", "pattern": "a+"})
    with pytest.raises(RecipeError, match="not a regular expression"):
        fed("school_name", ["1"], {"column": "x", "pattern": "(a"})


def test_missing_columns_are_listed_with_the_nearest() -> None:
    given_source = source(
        columns={"school_id_govt": "CODE", "school_name": "SCHOOL_NAME"}, scope={"column": "stat", "keep": ["1"]}
    )
    with pytest.raises(SchemaError) as error:
        harmonise(raw(id=["1"], SCHOOL_NAM=["a"], Status=["1"]), given_source)
    assert len(error.value.failures) == 3
    assert "did you mean 'SCHOOL_NAM'" in str(error.value)
    assert "columns.school_name" in str(error.value)


# --- ids and scope ------------------------------------------------------------------------------------------------


def test_ids_stay_text() -> None:
    out = harmonise(raw(id=["007", "NA", " 17 "]), source())
    assert known(out.frame["school_id"]) == ["007", "NA", "17"]
    assert known(harmonise(raw(id=["1.0", "2.0"]), source()).frame["school_id_govt"]) == ["1", "2"]
    assert known(harmonise(raw(id=["1.0", "2.5"]), source()).frame["school_id_govt"]) == ["1.0", "2.5"]


def test_repeated_and_missing_ids_are_rejected_with_reasons() -> None:
    out = harmonise(
        raw(id=["a", "a", "a", None, "b"], name=["x", "x", "y", "z", "x"], phone=["1", "1", "1", "0722 123 456", "1"]),
        source(),
    )
    assert known(out.frame["school_id"]) == ["a", "b"]
    assert out.rejected["check"].tolist() == ["duplicate_row", "duplicate_id", "missing_id"]
    assert out.rejected["row"].tolist() == [2, 3, 4]
    assert "row 1" in out.rejected["reason"].iloc[1]
    assert json.loads(out.rejected["raw"].iloc[1]) == {"id": "a", "name": "y"}
    assert "0722" not in out.rejected.to_csv()
    assert list(out.rejected.columns) == list(QUARANTINE.columns)


def test_repeated_ids_can_be_numbered_and_ids_be_made() -> None:
    out = harmonise(raw(id=["a", "a", "a#2", "a"]), source(allow_repeated_ids=True))
    assert out.frame["school_id"].is_unique
    assert known(out.frame["school_id"])[:3] == ["a", "a#2#2", "a#2"]
    made = harmonise(
        raw(kind=["node", "node", None], n=["1", "2", None]), source(columns={}, make_id_from=["kind", "n"])
    )
    assert known(made.frame["school_id"]) == ["node/1", "node/2"]
    assert made.rejected["check"].tolist() == ["missing_id"]
    with pytest.raises(RecipeError, match="make_id_from"):
        harmonise(raw(name=["a"]), source(columns={"school_name": "name"}))


def test_scope_keeps_and_gives_reasons() -> None:
    scope = {
        "column": "s",
        "keep": [1],
        "reasons": {"2": "temporarily idle", "": "status not given"},
        "reason": "other",
    }
    out = harmonise(raw(id=ids(5), s=["1", "1.0", "2", None, "9"], director=["x"] * 5), source(scope=scope))
    assert len(out.frame) == 2
    assert out.out_of_scope["reason"].tolist() == ["temporarily idle", "status not given", "other"]
    assert list(out.out_of_scope.columns) == list(OUT_OF_SCOPE.columns)
    assert "director" not in out.out_of_scope["raw"].iloc[0]
    with pytest.raises(SchemaError, match="no row in the recipe's scope"):
        harmonise(raw(id=ids(1), s=["3"]), source(scope=scope))


words = st.one_of(
    st.none(), st.sampled_from(["1", "2", "a", "A", "yes", "no", "88888", "-1", "1e999", "NaN", "", " ", "é", "12,5"])
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(words, words, words, words, words), min_size=1, max_size=25), st.booleans())
def test_rows_are_conserved_whatever_they_hold(lines: list[tuple[str | None, ...]], repeated: bool) -> None:
    table = raw(**{n: [line[i] for line in lines] for i, n in enumerate(("id", "s", "net", "n", "lat"))})
    columns = {"school_id_govt": "id", "has_internet": "net", "num_students": "n", "latitude": "lat", "longitude": "n"}
    wanted = source(columns=columns, scope={"column": "s", "keep": ["1", "a", "yes", ""]}, allow_repeated_ids=repeated)
    try:
        out = harmonise(table, wanted)
    except SchemaError:
        return
    rows = [*out.frame["source_row"], *out.rejected["row"], *out.out_of_scope["row"]]
    assert sorted(rows) == list(table.frame.index)
    assert out.frame["school_id"].is_unique
    assert out.frame["school_id"].notna().all()


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(8)))
def test_the_order_of_rows_changes_no_value(order: list[int]) -> None:
    values = ["1", "x", None, "3.5", "9", "1 000", "-1", "07"]
    plain = fed("num_students", list(values)).frame.set_index("school_id")["num_students"]
    mixed = harmonise(
        raw(id=[f"s{i}" for i in order], x=[values[i] for i in order]),
        source(columns={"school_id_govt": "id", "num_students": "x"}),
    )
    assert mixed.frame.set_index("school_id")["num_students"].loc[plain.index].equals(plain)


# --- the table that comes out -------------------------------------------------------------------------------------


def test_all_register_columns_with_their_dtypes() -> None:
    out = harmonise(raw(id=["1"]), source()).frame
    assert set(REGISTER.all_columns) <= set(out.columns)
    for name in REGISTER.columns:
        assert str(out[name].dtype) == FIELDS[name].dtype, name
    assert known(out["num_students_evidence"]) == ["unknown"]
    assert out["source_row"].dtype == "Int64"


def test_unusable_places_stay_as_schools_without_location() -> None:
    columns = {"school_id_govt": "id", "latitude": "a", "longitude": "b"}
    out = harmonise(
        raw(id=ids(5), a=["NaN", "inf", "0", "-9.5", "5"], b=["1", "2", "0", "-48.25", None]), source(columns=columns)
    )
    assert len(out.frame) == 5
    assert known(out.frame["latitude"]) == [None, None, None, -9.5, None]
    assert set(out.findings["check"]) == {"location_not_finite", "location_zero", "location_half_given"}
    assert any("without a usable location" in note for note in out.notes)
    assert known(out.frame["latitude_evidence"])[2:4] == ["unknown", "reported"]


def test_only_one_coordinate_fed_is_an_error() -> None:
    with pytest.raises(SchemaError, match="not the other coordinate"):
        fed("latitude", ["1"])


def test_a_learner_level_file_is_refused() -> None:
    with pytest.raises(SourceError, match="one row a school"):
        harmonise(raw(id=["1"], student_name=["A"]), source())


def test_a_context_table() -> None:
    table = raw(munic=["Palmas (TO)", "Goiânia (GO)"], pobres=["12,5", "3"])
    context = Context(
        name="atlas",
        path="a.csv",
        level=1,
        key="munic",
        key_pattern=r"^(.*) \(TO\)$",
        decimal=",",
        columns={"poverty_share": {"column": "pobres", "scale": 0.01}},
    )
    out = harmonise_context(table, context)
    assert known(out.frame["area_key"]) == ["Palmas"]
    assert out.frame["poverty_share"].iloc[0] == pytest.approx(0.125)
    assert len(out.frame) + len(out.out_of_scope) == 2


# --- the real registers -------------------------------------------------------------------------------------------


def test_tocantins(real_data: Path) -> None:
    wanted = Source(
        name="censo", path="brazil-tocantins/escolas-to-2025.xlsx",
        columns={
            "school_id_govt": "CO_ENTIDADE", "latitude": "LATITUDE", "longitude": "LONGITUDE", "has_internet": "IN_INTERNET",
            "num_computers": {"columns": ["QT_DESKTOP_ALUNO", "QT_COMP_PORTATIL_ALUNO"], "rule": "sum"},
        },
        sentinels={"*": ["88888"]}, scope={"column": "TP_SITUACAO_FUNCIONAMENTO", "keep": ["1"]},
        repair={"bounds": (-50.8, -13.6, -45.6, -5.1), "lost_decimal_point": True},
    )  # fmt: skip
    table = read_raw(wanted, real_data)
    out = harmonise(table, wanted)
    assert (len(out.frame), len(out.out_of_scope), len(out.rejected)) == (1581, 636, 0)
    plain = pd.read_excel(real_data / wanted.path, engine="calamine")
    plain = plain[plain["TP_SITUACAO_FUNCIONAMENTO"] == 1]
    assert out.frame["has_internet"].sum() == (plain["IN_INTERNET"] == 1).sum()
    assert out.frame["has_internet"].isna().sum() == plain["IN_INTERNET"].isna().sum()
    devices = (
        plain[["QT_DESKTOP_ALUNO", "QT_COMP_PORTATIL_ALUNO"]].where(lambda f: f != 88888).sum(axis=1, skipna=False)
    )
    assert out.frame["num_computers"].sum() == devices.sum()
    assert out.frame["latitude"].notna().sum() == plain["LATITUDE"].notna().sum()
    assert (out.frame["location_repair"] == "lost_decimal_point").sum() == plain["LATITUDE"].notna().sum()


def test_kenya(real_data: Path) -> None:
    wanted = Source(
        name="moe", path="kenya-schools/ken_schools_full.csv.gz",
        columns={"school_id_govt": "OBJECTID", "education_level": "LEVEL", "school_funding_type": "Status", "latitude": "Y_Coord", "longitude": "X_Coord"},
        values={"education_level": "levels", "school_funding_type": "funding"},
    )  # fmt: skip
    out = harmonise(read_raw(wanted, real_data), wanted)
    assert len(out.frame) + len(out.rejected) == 37_930
    assert out.unmapped == {}
    assert out.frame["latitude"].notna().mean() > 0.99


def test_characters_of_the_machine_are_no_part_of_a_name() -> None:
    cells: list[str | None] = ["Escola\x0bSão \x01José\x1b", "\u2066سلام\u200cدنیا\u2069", "\x00\ufffe"]
    assert known(fed("school_name", cells).frame["school_name"]) == ["Escola São José", "سلام\u200cدنیا", None]
