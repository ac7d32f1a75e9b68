"""What changed between two builds: recomputed by hand, part by part, and no more told than a tier may see."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.recipe import Recipe
from etl.what_changed import keep_changes
from geodata.changes import KINDS, Changes, Side, compare
from geodata.derive import derive, scored
from geodata.layers import Atlas, points, read_changes, workspace, write_layer, write_manifest
from geodata.policy import POLICY, Policy
from geodata.rankmoves import PARTS, Listed, moves
from tests.factories import atlas, t8
from tests.random_places import random_place

RECIPE = Recipe.model_validate({"place": {"name": "T", "iso3": "XAA", "levels": ["province"]}, "source": [{"name": "r", "path": "r.csv", "columns": {"school_id_govt": "ID"}}]})  # fmt: skip


def full(place: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    return place.assign(**derive(place, policy))


def side(
    place: pd.DataFrame, version: str, policy: Policy = POLICY, later: Policy | None = None, **more: object
) -> Side:
    return Side(version, "code", full(place, policy), policy, scored(place, later or policy)[0], **more)  # type: ignore[arg-type]


def ahead(tier: float, score: float, name: str, other: tuple[float, float, str]) -> bool:
    """Whether another school stands ahead of this one: group, score from high to low, id."""
    return (other[0], -other[1], other[2]) < (tier, -score, name)


def ahead_of(others: set[str], keys: dict[str, tuple[float, float, str]], me: tuple[float, float, str]) -> int:
    return sum(ahead(*me, keys[j]) for j in others)


@settings(max_examples=4)
@given(st.integers(0, 10_000), st.booleans())
def test_the_parts_of_a_move_counted_school_by_school(seed: int, reweighted: bool) -> None:
    """Each part against every other school, one at a time, as the method says it in words."""
    rng = np.random.default_rng(seed)
    old = random_place(seed, size=24)
    new = old.drop(index=rng.choice(old.index, 3, replace=False)).reset_index(drop=True)
    fresh = random_place(seed + 1, size=3).assign(school_id=["x1", "x2", "x3"])
    new = pd.concat([new, fresh], ignore_index=True)
    turned = rng.choice(new.index, 5, replace=False)
    new.loc[turned, "wealth_percentile"] = 1 - new.loc[turned, "wealth_percentile"]
    policy = POLICY.with_values({"weight_poverty": 0.9, "alpha": 0.3}) if reweighted else POLICY
    a, b = full(old), full(new, policy)
    keys = [{r.school_id: (("A", "B", "C").index(r.tier), r.priority_score, r.school_id) for r in f[f["tier"].notna()].itertuples()} for f in (a, b)]  # fmt: skip
    scoring = scored(old, policy)[0]
    between = {i: (int(t), s, i) for i, t, s in zip(old["school_id"], scoring.tier, scoring.score, strict=True)}
    ranked = [set(f.loc[f["priority_rank"].notna(), "school_id"]) for f in (a, b)]
    both = ranked[0] & ranked[1]
    table = moves(Listed.of(a), Listed.of(b), Listed.scored(scoring, old["school_id"]) if reweighted else None)
    assert set(table.index) == both
    mid = between if reweighted else keys[0]
    for i in both:
        was, now = keys[0][i], keys[1][i]
        count = partial(ahead_of, both - {i})
        expected = {
            "method": count(mid, mid[i]) - count(keys[0], was),
            "own": count(mid, now) - count(mid, mid[i]),
            "others": count(keys[1], now) - count(mid, now),
            "entered": sum(ahead(*now, keys[1][j]) for j in ranked[1] - ranked[0]),
            "left": -sum(ahead(*was, keys[0][j]) for j in ranked[0] - ranked[1]),
        }
        assert table.loc[i, list(PARTS)].to_dict() == expected, i
        assert sum(expected.values()) == table.loc[i, "after"] - table.loc[i, "before"]


def test_why_a_school_of_the_worked_examples_moved() -> None:
    """One school of T8 gets internet and devices; everybody else stays as it is."""
    old = t8()
    first = full(old).sort_values("priority_rank")["school_id"].iloc[0]
    new = old.copy()
    row = new.index[new["school_id"] == first][0]
    new.loc[row, "has_internet"] = True
    new.loc[row, "has_internet_for_learners"] = True
    new.loc[row, "download_speed_measured_mbps"] = 500.0
    new.loc[row, "num_computers"] = new.loc[row, "num_students"]
    found = compare(side(old, "one"), side(new, "two"))
    told = found.table[(found.table["kind"] == "rank") & (found.table["school_id"] == first)].iloc[0]
    a, b = (f.set_index("school_id")["priority_rank"] for f in (full(old), full(new)))
    assert (told["before"], told["after"]) == (f"{a[first]}", f"{b[first]}")
    assert told["why"].startswith("Its own values (")
    parts = re.findall(r": (\d+) (later|earlier)", told["why"])
    assert sum(int(n) * (1 if way == "later" else -1) for n, way in parts) == b[first] - a[first] > 0
    assert "internet" in told["why"].lower()
    for r in found.table[(found.table["kind"] == "rank") & (found.table["school_id"] != first)].itertuples():
        assert "alues of other schools" in r.why
        assert "group " not in r.why
    assert found.summary["counts"] == {**dict.fromkeys(KINDS, 0), "value": 1, "rank": int((a != b).sum())}


def test_only_the_weights_changed() -> None:
    place = random_place(4, unknown=0)
    policy = POLICY.with_values({"weight_poverty": 0.9})
    found = compare(side(place, "one", later=policy), side(place, "two", policy))
    ranks = found.table[found.table["kind"] == "rank"]
    assert len(ranks) > 5
    assert ranks["why"].str.fullmatch(r"Standards or weights set otherwise: \d+ (later|earlier)\.").all()
    assert set(found.table["kind"]) == {"rank"}
    assert found.summary["method"] == ["standards or weights set otherwise"]


def test_rows_in_another_order_are_no_change_and_change_nothing() -> None:
    place = random_place(8)
    other = place.sample(frac=1, random_state=1).reset_index(drop=True)
    found = compare(side(place, "one"), side(other, "two"))
    assert found.table.empty
    assert found.summary["sentences"] == ["No school, value or rank changed."]
    new = random_place(9)
    one, two = compare(side(place, "one"), side(new, "two")), compare(side(other, "one"), side(new.iloc[::-1], "two"))
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.summary == two.summary


def test_why_a_school_is_gone_or_new() -> None:
    place = random_place(3, size=12).assign(latitude=1.0, longitude=np.linspace(10, 11, 12), school_name=[f"School {n}" for n in range(12)])  # fmt: skip
    new = place.copy()
    ids = list(place["school_id"])
    new.loc[2, "school_id"] = "renamed"
    new = new.drop(index=[0, 1])
    found = compare(
        side(place, "one"), side(new, "two", aside={ids[0]: "Its row was rejected. The point lies abroad."})
    )
    why = {(r.kind, r.school_id): r.why for r in found.table.itertuples()}
    assert why["gone", ids[0]] == "Its row was rejected. The point lies abroad."
    assert why["gone", ids[1]] == "It is no longer in the files."
    assert why["gone", ids[2]] == "Perhaps now renamed: the same name at the same place."
    assert why["new", "renamed"].startswith(f"Perhaps the school {ids[2]} under a new id")


# --- tiers ----------------------------------------------------------------------------------------------------------


def two_builds(folder: Path, risk: str, before_risk: str = "") -> Atlas:
    """Two builds of a place, the second with schools moved, a sensitive value changed and one school gone."""
    place = random_place(5, size=40).assign(num_students_displaced=3.0, admin1_id="P1", school_name="A school")
    place["latitude"], place["longitude"] = np.linspace(1, 1.2, 40), np.linspace(10, 10.2, 40)
    first = atlas(folder, full(place), build_id="one")
    _risk(first.folder, before_risk or risk)
    new = place.iloc[1:].copy()
    new.loc[new.index[:9], "latitude"] += 0.5
    new["num_students_displaced"] = 70.0
    new.loc[new.index[12], "has_electricity"] = not bool(new["has_electricity"].fillna(False)[new.index[12]])
    with workspace(first.link, "two") as work:
        write_layer(work, "schools", points(full(new)))
        raw = f'{{"ID": "{place["school_id"].iloc[0]}"}}'
        write_layer(work, "quarantine", pd.DataFrame({"source": ["r"], "reason": ["It lies abroad"], "raw": [raw]}))
        manifest = {**first.manifest, "version": "two"}
        write_manifest(work, {**manifest, "place": {**manifest["place"], "risk": risk}})
        keep_changes(first.link, work, RECIPE)
        from geodata.layers import publish

        return publish(first.link, work, "two")


def _risk(folder: Path, risk: str) -> None:
    import json

    path = folder / "manifest.json"
    about = json.loads(path.read_text("utf-8"))
    write_manifest(folder, {**about, "place": {**about["place"], "risk": risk}})


def seen(built: Atlas, tier: str) -> Changes:
    told = read_changes(built, tier)
    assert told is not None
    return Changes(*told)


@pytest.mark.parametrize("before", ["medium", "low"])
def test_where_places_are_inexact_nobody_is_told_where_a_school_moved(tmp_path: Path, before: str) -> None:
    """Nor where the place was thought of low risk when the first of the two was built."""
    built = two_builds(tmp_path, "medium", before)
    government, public = seen(built, "government"), seen(built, "public")
    assert (government.table["kind"] == "moved").sum() == 9
    assert "num_students_displaced" in set(government.table["column"])
    assert not (public.table["kind"] == "moved").any()
    assert public.summary["counts"]["moved"] == 9
    assert not set(public.table["column"]) & {"num_students_displaced", "latitude", "longitude"}
    assert "num_students_displaced" not in public.summary["values"]
    assert not [c for c in public.summary["values"] if c.endswith(("distance_m", "km"))]
    assert "1.7" not in " ".join(map(str, public.table.to_numpy().ravel())), "no coordinate of a moved school"


def test_why_a_row_was_set_aside_is_for_the_government_alone(tmp_path: Path) -> None:
    """Although both tiers see the same schools otherwise, so that one comparison might have served both."""
    built = two_builds(tmp_path, "low")
    why = {t: [r.why for r in seen(built, t).table.itertuples() if r.kind == "gone"] for t in ("government", "partner")}
    assert why == {
        "government": ["Its row was rejected. It lies abroad."],
        "partner": ["Its row was rejected."],
    }


def test_where_no_school_is_shown_there_are_counts_alone(tmp_path: Path) -> None:
    public = seen(two_builds(tmp_path, "high"), "public")
    assert public.table.empty
    assert public.summary["areas"] == []
    assert public.summary["ranks"] == {}
    assert public.summary["counts"]["gone"] is None, "one school: too few to be told"
    assert (
        "A few schools gone" in public.summary["sentences"][0]
        or "a few schools gone" in public.summary["sentences"][0].lower()
    )
    assert all(n is None or n == 0 or n >= 10 or k == "moved" for k, n in public.summary["counts"].items())


def test_a_first_build_and_the_same_build_again(tmp_path: Path) -> None:
    first = atlas(tmp_path, full(random_place(1)))
    assert read_changes(first, "government") is None
    assert keep_changes(first.link, first.folder, RECIPE) == "the build is the same."
    assert keep_changes(tmp_path / "other", first.folder, RECIPE) == "this is the first build."
