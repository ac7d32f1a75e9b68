"""How alike two names are, 0 to 1, and how much that tells: rare words weigh more than those that half the schools have."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from etl.linking.names import MARKS, Name

COMMON_WEIGHT = 0.15  # of a general word (school, academy), beside a rare one
TELLING = 0.6  # words that weigh so much together tell a school apart
LEAST_ALIKE = 0.76  # two words less alike than this are two words: one letter of four is another name (Mary, Mark)
UNTOLD = 0.6  # two names of general words alone that are not the same words
SLIP = 1.5  # a slip of the pen costs so much more than its share of letters: short names differ by one letter
SHORTENED = 0.75  # a word that begins the other one: Comm, Community
INITIAL = 0.6  # J for John
SAME_SOUND = 0.88  # alike but for vowels and doubled letters: Mohamed, Muhammad
KINDS = {
    "public": frozenset(("municipal", "estadual", "federal")),
    "private": frozenset(("catholic", "protestant", "islamic")),
}
FOREIGN_MOST = 0.97  # of two scripts: vowels were lost on the way

_DIGRAPHS = (
    ("sch", "s"), ("tch", "c"), ("sh", "s"), ("kh", "k"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"),
    ("ch", "c"), ("ts", "s"), ("ck", "k"), ("qu", "k"), ("ou", "u"), ("x", "ks"), ("q", "k"), ("p", "b"), ("v", "f"),
)  # fmt: skip
_VOWELS = re.compile("[aeiouyw]")
_TWICE = re.compile(r"(.)\1+")


@dataclass(frozen=True)
class Likeness:
    """`name` 0 to 1; `telling` 0 to 1; `against`: marks that both have and that differ; `doubts`: marks that one has."""

    name: float
    telling: float
    against: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


Weight = Callable[[str], float]


def weights(names: Iterable[Name]) -> Weight:
    """The weight of a word, 0 to 1, by how many of these names have it: log(1 + N/n) / log(1 + N)."""
    counts: Counter[str] = Counter()
    total = 0
    for name in names:
        counts.update(set(name.core))
        total += 1
    most = math.log1p(max(total, 1))
    known = {word: math.log1p(total / count) / most for word, count in counts.items()}
    return lambda word: known.get(word, 1.0)


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """Consonants as they sound, without doubled ones: what is left of a word when scripts that write no vowels are read."""
    bare = _VOWELS.sub("", _without_digraphs(word)).removesuffix("h")
    return _TWICE.sub(r"\1", bare)


def _without_digraphs(word: str) -> str:
    for two, one in _DIGRAPHS:
        word = word.replace(two, one)
    return word.replace("c", "k") if "ce" not in word and "ci" not in word else word


@lru_cache(maxsize=1_000_000)
def words_alike(one: str, other: str) -> float:
    """Two words of one script: 1 the same, 0 different words; a letter wrong in a long word costs little."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return INITIAL if long[0] == short else 0.0
    alike = float(OSA.normalized_similarity(short, long)) if len(long) > 3 else 0.0
    alike = alike**SLIP if alike >= LEAST_ALIKE else 0.0
    if len(short) >= 3 and long.startswith(short) and len(long) > len(short) + 1:
        alike = max(alike, SHORTENED)
    if len(short) >= 4 and len(sound := skeleton(short)) >= 3 and sound == skeleton(long):
        alike = max(alike, SAME_SOUND)
    return alike


def compare(one: Name, other: Name, weight: Weight) -> Likeness:
    """Two names: how alike, how telling, and the marks in which they differ (levels are compared elsewhere)."""
    one, other = _in_full(one, other), _in_full(other, one)
    known = min(sum(map(weight, one.core)), sum(map(weight, other.core)))
    against, doubts = _marks(one, other)
    return Likeness(_name(one, other, weight), min(1.0, known / TELLING), against, doubts)


def _name(one: Name, other: Name, weight: Weight) -> float:
    if not one.core and not other.core:
        return 1.0 if {*one.common} - {"school"} == {*other.common} - {"school"} else UNTOLD
    if one.core == other.core:
        return 1.0
    left, right = _weighed(one, weight), _weighed(other, weight)
    name = _overlap(left, right) if left and right else 0.0
    return max(name, _joined(one, other))


def _in_full(short: Name, long: Name) -> Name:
    """Initials that stand for words of the other name, in full: jf kennedy beside john f kennedy."""
    for at, word in enumerate(short.core):
        if 2 <= len(word) <= 3 and word not in long.core:
            for start in range(len(long.core) - len(word) + 1):
                run = long.core[start : start + len(word)]
                if "".join(w[0] for w in run) == word and max(map(len, run)) > 1:
                    return replace(short, core=(*short.core[:at], *run, *short.core[at + 1 :]))
    return short


def _weighed(name: Name, weight: Weight) -> list[tuple[str, float]]:
    words = [(w, weight(w)) for w in name.core] + [(w, COMMON_WEIGHT) for w in dict.fromkeys(name.common)]
    return sorted(words, key=lambda pair: (-pair[1], pair[0]))


def _overlap(left: list[tuple[str, float]], right: list[tuple[str, float]]) -> float:
    """Weight of the words that both have (each matched with its likest), as a share of all."""
    total = sum(w for _, w in left) + sum(w for _, w in right)
    pairs: list[tuple[float, str, str, int, int]] = [
        (-alike, min(a, b), max(a, b), m, n)
        for m, (a, _) in enumerate(left)
        for n, (b, _) in enumerate(right)
        if (alike := words_alike(a, b))
    ]
    matched = 0.0
    used: set[int] = set()
    taken: set[int] = set()
    for minus, _, _, m, n in sorted(pairs):
        if m not in used and n not in taken:
            used.add(m)
            taken.add(n)
            matched -= minus * (left[m][1] + right[n][1])
    return matched / total


def _joined(one: Name, other: Name) -> float:
    """Likeness without regard to where words end; of two scripts by their consonants."""
    a, b = one.joined, other.joined
    if min(len(a), len(b)) < 4 and not (one.foreign or other.foreign):
        return 0.0
    # as many words of one script have been compared word by word: Saint Mary and Saint Mark have but the saint in common
    apart = len(one.core) == len(other.core) > 1 and one.foreign == other.foreign
    alike = 0.0 if apart else float(OSA.normalized_similarity(a, b))
    alike = alike if alike >= 0.85 else 0.0
    if one.foreign != other.foreign:
        sounds = ["".join(skeleton(w) for w in sorted(name.core)) for name in (one, other)]
        plain = ["".join(skeleton(w) for w in name.core) for name in (one, other)]
        if min(map(len, plain)) >= 2:
            sound = max(float(OSA.normalized_similarity(*sounds)), float(OSA.normalized_similarity(*plain)))
            alike = max(alike, FOREIGN_MOST * sound if sound >= LEAST_ALIKE else 0.0)
    return alike


def _marks(one: Name, other: Name) -> tuple[tuple[str, ...], tuple[str, ...]]:
    against: list[str] = []
    doubts: list[str] = []
    for mark, a, b in zip(MARKS, one.marks, other.marks, strict=True):
        if mark == "level" or a == b:
            continue
        if a and b:
            (doubts if _agree(mark, a, b) else against).append(mark)
        elif a or b:
            doubts.append(mark)
    return tuple(against), tuple(doubts)


def _agree(mark: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of values may be of one school: public fits municipal, private fits any church's."""
    return bool(_wide(one) & _wide(other)) if mark == "owner" else bool(one & other)


def _wide(owners: frozenset[str]) -> frozenset[str]:
    return owners.union(*(KINDS.get(owner, frozenset()) for owner in owners))
