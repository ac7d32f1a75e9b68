"""The schools of a plan as the map and the list mark them: chosen, next, left out, no known way, not eligible.

Every class has a shape and a word; colour only repeats them. "Next" are those that the next larger solved budget adds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dashboard import shows, words
from dashboard.planning import money, solved
from dashboard.shows import Mark
from dashboard.vectortile import text_values
from geodata.options.eligible import WHY
from geodata.plan.result import CHOSEN, LEFT_OUT, NO_WAY, NOT_ELIGIBLE, Plan
from geodata.query import Desk
from geodata.say import later, remembered, tr

NEXT = "next"
# In the order of drawing: the first lies lowest.
ORDER = (NOT_ELIGIBLE, NO_WAY, LEFT_OUT, NEXT, CHOSEN)
MARKS = {
    NOT_ELIGIBLE: Mark(later("Not eligible"), shows.NOT_REPORTED, "ring"),
    NO_WAY: Mark(later("Eligible, but no way is known"), "#4A5563", "cross"),
    LEFT_OUT: Mark(later("Left out at this budget"), shows.NOT_CONNECTED, "square"),
    NEXT: Mark(later("Next: in with the next larger budget"), shows.PARTLY, "triangle"),
    CHOSEN: Mark(later("Chosen"), shows.CONNECTED, "dot"),
}
SHAPES = {CHOSEN: "●", NEXT: "▲", LEFT_OUT: "■", NO_WAY: "✕", NOT_ELIGIBLE: "○"}
WORDS = {
    CHOSEN: later("chosen"),
    NEXT: later("next"),
    LEFT_OUT: later("left out"),
    NO_WAY: later("no known way"),
    NOT_ELIGIBLE: later("not eligible"),
}


@lru_cache(maxsize=16)
def classes(plan: Plan, following: Plan | None) -> np.ndarray:
    """The class of every school (index into ORDER), in the order of the plan's schools."""
    decision = plan.schools["decision"].astype(str).to_numpy()
    if following is not None:
        after = (following.schools["decision"] == CHOSEN).to_numpy()
        decision = np.where((decision == LEFT_OUT) & after, NEXT, decision)
    codes = {name: i for i, name in enumerate(ORDER)}
    return np.array([codes.get(name, 0) for name in decision], dtype=np.int64)


def not_eligible_words(why: object) -> str:
    """Why a school is not eligible, in words."""
    return tr(WHY.get(str(why), words.code(why) if why else ""))


@remembered(maxsize=8)
def tips(plan: Plan, following: Plan | None) -> np.ndarray:
    """What the pointer is told of each school, as values of a tile's layer."""
    rows, found = plan.schools, classes(plan, following)
    ways = rows["way"].fillna("").map(lambda w: money.way(w) if w else "").to_numpy()
    why = rows["not_eligible_why"].fillna("").map(not_eligible_words).to_numpy()
    state = np.array([tr(MARKS[name].label) for name in ORDER], dtype=object)[found]
    several = len(plan.terms.budget) > 1
    years = [tr("{state}, year {year}", state=s, year=int(y)) if several and not words.unknown(y) else s for s, y in zip(state, rows["year"], strict=True)]  # fmt: skip
    after = np.where(found == 0, why, ways)
    text = [f"{y}: {a}" if a else y for y, a in zip(years, after, strict=True)]
    values, back = np.unique(np.array(text, dtype=str), return_inverse=True)
    return text_values(values.tolist())[back]


def counts(plan: Plan, following: Plan | None, positions: np.ndarray) -> list[int]:
    """Schools of each class, in the order of ORDER, among these positions."""
    found: list[int] = np.bincount(classes(plan, following)[positions], minlength=len(ORDER)).tolist()
    return found


def pair(desk: Desk, keys: str) -> tuple[Plan | None, Plan | None]:
    """The plan and the one after it that an address names by their keys, where they are in hand."""
    own, _, after = keys.partition("-")
    return solved.by_key(desk, own), solved.by_key(desk, after) if after else None
