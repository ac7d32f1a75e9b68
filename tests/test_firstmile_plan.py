"""The commands of a plan as a person meets them: what they say, how they end, what they leave behind."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from tests import made_plan
from tests.test_firstmile import run, told


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made_plan.desk(tmp_path)
    return tmp_path / "testland"


def test_a_plan_is_said_and_written(tmp_path: Path, place: Path) -> None:
    with patch("geodata.plan.make.make_plan", lambda desk, terms, book: made_plan.plan(desk)):
        done = run("plan", place, "--budget", "30000", "--years", 2, "--tier", "government", "--out", tmp_path / "out")
    told(
        done,
        0,
        "Testland: what a budget of 30,000 USD buys in 2 years",
        "the best possible",
        "λ = 0",
        "Price of equity",
    )
    assert sorted(p.name for p in tmp_path.glob("*out*")) == ["out"]
