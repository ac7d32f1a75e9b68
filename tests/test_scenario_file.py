"""Scenario files: what the program writes makes the same terms again, and what a person gets wrong is named."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.costing.books import book, books
from geodata.errors import FirstMileError, PlanError
from geodata.plan.scenariofile import read, write
from geodata.plan.terms import WAYS, Terms
from geodata.policy import POLICY
from tests.conftest import ROOT

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6).filter(str.strip)
terms = st.builds(
    Terms,
    budget=st.lists(st.floats(0, 1e9), min_size=1, max_size=3).map(tuple),
    policy=st.sampled_from([POLICY, POLICY.with_values({"plan_equity_weight": 0.3, "device_ratio": 7})]),
    ways=st.sampled_from([WAYS, ("fibre", "satellite")]),
    case=st.sampled_from(["low", "mid", "high"]),
    group_floors=st.sampled_from([(), (("displaced", 0.5), ("rural", 0.25))]),
    must=st.dictionaries(texts, texts, max_size=2).map(lambda d: tuple(sorted(d.items()))),
    shocked=st.lists(texts, max_size=2).map(tuple),
    shared_fibre=st.booleans(),
    no_training=texts,
)


@settings(max_examples=8)
@given(terms, st.sampled_from([*books(), ""]))
def test_what_is_written_makes_the_same_terms_again(wanted: Terms, name: str) -> None:
    wanted = wanted.with_(prices=name)
    held = book(name) if name else None
    text = write(wanted, held, name="Cabinet", version="v1")
    country = POLICY.with_values({"device_ratio": 20})  # numbers of another country's own do not creep in
    back = read(text, country)
    assert back.terms == wanted
    assert back.terms.key == wanted.key
    assert (back.name, back.version, back.book) == ("Cabinet", "v1", held)
    assert write(back.terms, back.book, name=back.name, version=back.version) == text


HAND = b"""
name = "Cabinet of 3 March"
budget = 3000000
years = 3
prices = "giga_2023"
ways = ["fibre", "satellite"]
shared_fibre = true
[policy]
plan_equity_weight = 0
[group_floors]
displaced = 0.5
[must]
"0412" = "School of the camp"
"""


def test_a_file_written_by_hand_rests_on_the_countrys_own_numbers() -> None:
    found = read(HAND, POLICY.with_values({"device_ratio": 20}))
    assert found.terms.budget == (1_000_000.0,) * 3
    assert (found.terms.number("device_ratio"), found.terms.number("plan_equity_weight")) == (20, 0)
    assert (found.terms.prices, found.book, found.terms.shared_fibre) == ("giga_2023", None, True)
    assert found.terms.must == (("0412", "School of the camp"),)
    assert read(b"\xef\xbb\xbfbudget = 5").terms == Terms.of(POLICY, 5.0)
    assert read(b"budget = [5, 6]").terms.number("plan_years") == 2


@pytest.mark.parametrize(("content", "told"), [
    ("", "has no budget"), ("budget", "no scenario file"), ("{}", "has no budget"), ("[]", "no scenario file"),
    ("budget = 'much'", "budget holds 'much'"), ("budget = -1", "0 or more"), ("budget = true", "budget holds True"), ("budget = inf", "budget holds inf"), ("budget = []", "empty list"),
    ("budget = [1, 2]\nyears = 3", "gives 2 years and years says 3"), ("budget = 1\nyears = 'x'", "whole number"), ("budget = 1\nyears = 99", "Years of building|plan_years"),
    ("budget = 1\nbugdet = 2", "'bugdet' that means nothing. Did you mean 'budget'?"),
    ("budget = 1\nways = ['fiber']", "ways holds 'fiber'.* Did you mean 'fibre'?"),
    ("budget = 1\n[policy]\nplan_equity_wait = 1", "Did you mean 'plan_equity_weight'?"), ("budget = 1\n[policy]\nplan_equity_weight = 99", "under policy"),
    ("budget = 1\n[group_floors]\nrefugees = 0.5", "names 'refugees'"), ("budget = 1\n[group_floors]\nrural = 2", "between 0 and 1"),
    ("budget = 1\n[never]\n\"7\" = ''", "has no reason"), ("budget = 1\nmust = 7", "table of names"),
    ("budget = 1\ncase = 'middle'", "one of low, mid, high"), ("budget = 1\nshared_fibre = 'yes'", "true or false"), ("budget = 1\narea = 3", "must be text"), ("budget = 1\nshocked = 'x'", "list of texts"),
    ("budget = 1\n[price_book]\nname = 'x'", "price_book cannot be read"), ("budget = 1\nprices = 3", "prices is 3; it must be text"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_key(content: str, told: str) -> None:
    with pytest.raises(FirstMileError, match=told):
        read(content.encode())


@settings(max_examples=15)
@given(st.binary(max_size=30) | st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda v: st.dictionaries(st.sampled_from(["budget", "policy", "must", "prices", "ways"]), v, max_size=3), max_leaves=6).map(lambda v: json.dumps(v).encode()))  # fmt: skip
def test_whatever_is_in_a_file_it_is_read_or_refused_in_words(content: bytes) -> None:
    with suppress(FirstMileError):
        assert read(content).terms.budget


def test_decisions_that_a_reader_may_not_see_are_said_to_be_missing() -> None:
    hidden = Terms((1.0,)).as_data() | {"must": "2 decisions of officers, not shown"}
    assert read(write(hidden, None)).not_shown == ("2 decisions of officers, not shown",)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(PlanError, match="not text in UTF-8"):
        read(b"\xff\xfe\x00")


def test_the_example_of_the_documents_is_read() -> None:
    text = (ROOT / "docs" / "plans.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert read(example.encode()).terms.budget == (1_000_000.0,) * 3
