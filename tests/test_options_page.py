"""The school's sheet: how the school could be connected, in words, for each tier."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard import ways
from geodata.layers import Atlas
from geodata.options.table import Way
from geodata.options.words import STATES, WAYS, WHYS
from geodata.plan.basis import basis
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.view import View
from tests.pages import BANNED, said


@pytest.fixture(scope="module")
def desk(built: Callable[[str], Atlas]) -> Desk:
    return Desk(built("demo"), tier="government")


def test_the_section_says_of_every_way_what_the_table_says(desk: Desk) -> None:
    held = basis(desk, Terms.of(desk.policy, 0.0))
    kinds = held.options.drop_duplicates(["way", "state", "why"])["school_id"].drop_duplicates().head(6)
    for school in kinds:
        text = said(ways.brought(desk, View(), school))
        assert not BANNED.search(text), BANNED.search(text)
        for row in held.options[held.options["school_id"] == school].to_dict("records"):
            assert WAYS[row["way"]].lower() in text.lower()
            assert STATES[row["state"]] in text
            assert WHYS[row["why"]].lower() in text.lower()
        best = held.cheapest[held.cheapest["school_id"] == school].iloc[0]
        assert best["way_why"] in text
        assert f"{best['cost']:,.0f}" in text
        assert "provisional" in text


def test_the_public_is_not_told_who_promised_and_where_devices_go(desk: Desk) -> None:
    who = basis(desk, Terms.of(desk.policy, 0.0)).eligible
    promised = who[who["committed_by"] != ""].iloc[0]
    told = said(ways.brought(desk, View(), promised["school_id"]))
    assert promised["committed_by"] in told
    public = Desk(desk.atlas, tier="public")
    text = said(ways.brought(public, View(), promised["school_id"]))
    assert promised["committed_by"] not in text
    cost = text.partition(" with support")[2]
    assert cost.startswith(";"), cost


def test_where_places_are_not_shown_the_section_says_why(desk: Desk) -> None:
    atlas = Atlas(desk.atlas.link, desk.atlas.folder)
    atlas.manifest["place"]["risk"] = "medium"
    public = Desk(atlas, tier="public")
    school = str(public.whole["school_id"].iloc[0])
    assert "not shown to the public tier" in said(ways.section(public, {"school_id": school}))
    text = said(ways.brought(public, View(), school))
    assert "not shown to the public tier" in text
    assert "USD" not in text


def test_every_way_and_reason_has_words() -> None:
    assert set(WAYS) == {way.value for way in Way}
    assert all(WHYS[why] for why in WHYS if why)
