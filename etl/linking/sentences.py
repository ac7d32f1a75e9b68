"""Why two records count as one school, or not: a sentence for a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from etl.quality import far

if TYPE_CHECKING:
    from etl.linking.review import Decision
    from etl.linking.scoring import Scored
    from etl.recipe import Link

MARK = {
    "level": "the level", "declared level": "the level", "one level": "the level, which one alone says", "nursery": "whether it is a nursery", "sex": "girls or boys", "owner": "who runs it", "branch": "what is taught",
    "side": "a word such as north or new", "number": "the number", "letter": "the letter",
}  # fmt: skip
FEW_WORDS = 0.5  # of `telling`: below, the name says little


def by_person(decision: Decision) -> str:
    """A pair that a person accepted."""
    who = f" by {decision.by}" if decision.by else ""
    return f"Accepted{who}." + (f" {decision.note}" if decision.note else "")


def by_id(said: str, name: float | None, metres: float, *, doubtful: bool) -> str:
    """A pair with one id; whether name and place fit."""
    text = said[:1].upper() + said[1:]
    if name is None:
        return f"{text}."
    apart = "" if math.isnan(metres) else f", {far(metres)} apart"
    return (
        f"{text}, but {'unlike' if doubtful else 'less like'} names ({name:.2f}){apart}."
        if doubtful or name < 0.6
        else f"{text}{apart}."
    )


def repeated(first: str) -> str:
    """A row that the other source has twice."""
    return f"The source has this school twice: it is {first} again."


def linked(scored: Scored, n: int) -> str:
    """A pair by place and name."""
    return _parts(scored, n) + (" The only school of its name in either source." if scored.once[n] else "")


def to_review(scored: Scored, n: int, how: Link, *, rivals: int, undecided: bool) -> str:
    """A pair that waits for a person, and what for."""
    why = []
    if undecided:
        why.append("A person could not decide.")
    if rivals and scored.score[n] >= how.accept_from - how.apart_by:
        why.append(f"{rivals} other {'pair fits' if rivals == 1 else 'pairs fit'} almost as well.")
    metres = scored.pairs.metres[n]
    if metres > how.within_m:
        why.append(f"The only schools of this name, but farther apart than {far(how.within_m)}.")
    if scored.alone[n] and scored.likeness[n].name < how.review_from:
        why.append("The only schools at this spot; one may have been renamed.")
    return " ".join([*why, _parts(scored, n)])


def not_linked(within_m: float, name: str, metres: float) -> str:
    """A row that is no school of the register."""
    near = "" if math.isnan(metres) else f" The nearest is {name or 'a school without a name'}, {far(metres)} away."
    return f"No school within {far(within_m)} has a like name.{near}"


def _parts(scored: Scored, n: int) -> str:
    likeness, metres = scored.likeness[n], float(scored.pairs.metres[n])
    place = "A location is not reported" if math.isnan(metres) else f"{far(metres)} apart"
    name = "the same name" if likeness.name >= 0.995 else f"names alike to {likeness.name:.2f}"
    text = f"{place}, {name}{' of common words' if likeness.telling < FEW_WORDS else ''}."
    area = {1: " Same area.", 0: " Another area is named."}.get(int(scored.area[n]), "")
    differ = [MARK[m] for m in likeness.against]
    doubt = [MARK[m] for m in likeness.doubts]
    text += area
    text += f" They differ in {', '.join(differ)}." if differ else ""
    text += f" In doubt: {', '.join(doubt)}." if doubt else ""
    return text + (" Latitude and longitude are swapped in one." if scored.pairs.swapped[n] else "")
