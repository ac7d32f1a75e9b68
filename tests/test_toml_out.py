"""Recipes as TOML: whatever stands between the quotes comes back as it was; a remark is never taken for data."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.toml_out import key, remark, table, text, value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.lists(TEXTS, max_size=3))
def test_any_table_is_read_back_and_remarks_are_nothing(given_: dict[str, Any], remarks: list[str]) -> None:
    assert tomllib.loads(table("source", given_, many=True, remarks=remarks)) == {"source": [given_]}


@given(TEXTS)
def test_any_text_is_read_back(given_: str) -> None:
    assert tomllib.loads(f"{key(given_)} = {text(given_)}") == {given_: given_}


def test_what_is_none_is_left_out_and_other_things_are_refused() -> None:
    assert tomllib.loads(table("place", {"a": None, "b": {"c": None, "d": 1}})) == {"place": {"b": {"d": 1}}}
    with pytest.raises(TypeError, match="TOML has no form"):
        value(object())


def test_a_remark_is_broken_at_words_and_stays_behind_its_mark() -> None:
    lines = remark("word " * 60, "", 'two\nlines = "x"\x01').splitlines()
    assert all(line.startswith("#") and len(line) <= 120 for line in lines)
    assert lines[-2:] == ["#", '# two lines = "x"']
