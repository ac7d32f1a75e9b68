"""Which licences can stand over one table, and how the columns of an export part where they cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.manifest import columns_of
from etl.recipe import Recipe
from geodata.licences import MIXED, clash, parts, reconciled, terms

ODBL, SA, NCSA, NC, BY, ZERO = "ODbL-1.0", "CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-4.0", "CC-BY-4.0", "CC0-1.0"
NAMES = (
    ODBL,
    SA,
    NCSA,
    NC,
    BY,
    ZERO,
    "CC BY-NC-SA 3.0 IGO",
    "CC BY-SA 3.0 IGO",
    "CDLA-Permissive-2.0",
    "restricted",
    "",
)


@pytest.mark.parametrize(
    ("licence", "family", "commercial", "share_alike"),
    [
        ("ODbL-1.0", "ODbL", True, True),
        ("Open Database License (ODbL) v1.0", "ODbL", True, True),
        ("CC BY-SA 3.0 IGO", "CC-BY-SA", True, True),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0", "CC-BY-NC-SA", False, True),
        ("CC-BY-NC-4.0", "CC-BY-NC", False, False),
        ("cc-by-igo", "", True, False),
        ("Brazilian open government data (Decree 8.777/2016)", "", True, False),
        ("", "", True, False),
    ],
)
def test_a_licence_is_known_by_any_of_its_names(licence: str, family: str, commercial: bool, share_alike: bool) -> None:
    found = terms(licence)
    assert (found.family, found.commercial, found.share_alike) == (family, commercial, share_alike)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ODBL, SA, True),  # the three that meet in a table of schools, towers and speeds
        (ODBL, NCSA, True),
        (SA, NCSA, True),
        (ODBL, NC, True),  # share-alike lets everybody sell it, and this one forbids it
        (SA, NC, True),
        (NCSA, NC, False),  # the whole is then NC-SA
        (NCSA, "CC BY-NC-SA 3.0 IGO", False),
        (SA, "CC BY-SA 3.0 IGO", False),
        (ODBL, BY, False),
        (SA, ZERO, False),
        (NC, BY, False),
        ("restricted", ODBL, True),
        ("restricted", BY, False),
        ("CC-BY-ND-4.0", NC, True),
    ],
)  # fmt: skip
def test_two_licences_over_one_table(one: str, other: str, expected: bool) -> None:
    assert clash(one, other) == expected
    assert clash(other, one) == expected


@given(st.dictionaries(st.sampled_from([f"column_{n}" for n in range(9)] + ["latitude", "priority_score"]), st.lists(st.sampled_from(NAMES), max_size=3)))  # fmt: skip
def test_no_column_is_lost_and_no_part_holds_a_clash(licences: dict[str, list[str]]) -> None:
    columns = ["school_id", *licences]
    found = parts(columns, {"school_id": [BY], **licences})
    assert sorted(c for p in found for c in p.columns if c != "school_id") == sorted(licences)
    assert all(p.columns[0] == "school_id" for p in found)
    assert all(reconciled(p.licences) for p in found if p.publishable)
    assert [p.name for p in found if not p.publishable] in ([], [MIXED])
    assert found[0].name == ""
    torn = {c for c, under in licences.items() if not reconciled(under)}
    assert torn == {c for p in found if p.name == MIXED for c in p.columns if c != "school_id"}


def test_towers_and_speeds_beside_schools_of_the_open_map() -> None:
    licences = {
        "school_id": [ODBL], "latitude": [ODBL], "nearest_4g_distance_m": [SA], "ookla_fixed_mbps": [NCSA],
        "ookla_mobile_mbps": [NCSA], "priority_score": [ODBL, BY], "wealth_percentile": [BY], "guess": [ODBL, SA],
    }  # fmt: skip
    found = parts(list(licences), licences)
    assert [(p.name, p.columns) for p in found] == [
        ("", ("school_id", "latitude", "priority_score", "wealth_percentile")),
        ("CC-BY-SA", ("school_id", "nearest_4g_distance_m")),
        ("CC-BY-NC-SA", ("school_id", "ookla_fixed_mbps", "ookla_mobile_mbps")),
        (MIXED, ("school_id", "guess")),
    ]


def test_rankings_rest_on_nothing_that_would_close_them() -> None:
    towers = {"name": "towers", "kind": "cells", "path": "t.csv", "licence": SA, "columns": {"latitude": "lat"}}
    nodes = {"name": "nodes", "kind": "nodes", "path": "n.csv", "licence": BY, "columns": {"latitude": "lat"}}
    schools = {"name": "schools", "path": "s.csv", "columns": {"school_id_govt": "ID", "has_internet": "NET"}}
    place = {"name": "Quenara", "iso3": "XQA", "levels": ["province"]}
    for licence, kept in ((ODBL, [ODBL, BY]), (BY, [BY, SA]), ("", [SA, BY])):
        recipe = Recipe.model_validate({"place": place, "source": [{**schools, "licence": licence}, towers, nodes]})
        under = columns_of(recipe)
        assert under["nearest_4g_distance_m"]["licences"] == [SA]
        assert sorted(under["priority_score"]["licences"]) == sorted(kept)
        assert sorted(under["predicted_electricity"]["licences"]) == sorted(kept)
