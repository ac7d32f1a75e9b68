"""Three-valued logic (worked example E1.9)."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

from geodata.truth import all_of, any_of, as_words, yesno

AND = {
    ("yes", "yes"): "yes", ("yes", "no"): "no", ("yes", "unknown"): "unknown",
    ("no", "yes"): "no", ("no", "no"): "no", ("no", "unknown"): "no",
    ("unknown", "yes"): "unknown", ("unknown", "no"): "no", ("unknown", "unknown"): "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("left", "right"), list(product(("yes", "no", "unknown"), repeat=2)))
def test_e1_9_kleene_and(left: str, right: str) -> None:
    both = all_of(yesno([left]), yesno([right]))
    assert as_words(both).iloc[0] == AND[left, right]


def test_or_is_the_dual_of_and() -> None:
    swap = {"yes": "no", "no": "yes", "unknown": "unknown"}
    for (left, right), expected in AND.items():
        either = any_of(yesno([swap[left]]), yesno([swap[right]]))
        assert as_words(either).iloc[0] == swap[expected]


def test_nothing_is_guessed() -> None:
    with pytest.raises(ValueError, match="maybe"):
        yesno(["yes", "maybe"])


def test_index_is_kept() -> None:
    flags = yesno(pd.Series([True, None], index=["b", "a"], dtype=object))
    assert list(flags.index) == ["b", "a"]
    assert flags.isna().tolist() == [False, True]
