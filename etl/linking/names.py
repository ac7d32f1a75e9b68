"""Names of schools made comparable: the words that tell schools apart, and what the others say (level, sex, number …).

A name in any script becomes Latin words without case, accents and full stops. What stands in
`etl/aliases/school_words.csv` leaves as a mark: two schools called alike whose marks differ ("School No 3" and "School No
13", "Boys" and "Girls") are two schools, whatever else is alike.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geodata.text import fold

WORDS = Path(__file__).parents[1] / "aliases" / "school_words.csv"
MARKS = ("level", "sex", "owner", "branch", "side", "number", "letter")
SHORTEST_SLIP = 5  # letters of a general word that is known though a letter is wrong
GROUP_LETTERS = frozenset("abcdefgh")
GROUP_WORDS = frozenset(("group", "groupe", "grupo", "grp", "gp", "block", "bloc", "bloco", "section"))
ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}

_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|ere|e|eme|o|ro|do|to|ta|ª|º)")
_WITH_LETTER = re.compile(r"(\d+)([a-h])")
_DOTTED = re.compile(r"(?<![^\W\d_])([^\W\d_])[./](?=[^\W\d_](?:[./ ]|$))")  # c.e.s → ces, p/s → ps
_ELIDED = re.compile(r"\b(?:d|l|s|j|n|m|c|t|qu)['’´`](?=[^\W\d_]{2})")  # d'Okola, l'Espoir
_APOSTROPHE = re.compile(r"['’`ʿʾʼ´](?:s\b)?")
_DIGIT_BORDER = re.compile(r"(?<=\d)(?=[^\W\d_]{3,})|(?<=[^\W\d_]{2})(?=\d)")
# Scripts written without spaces between words: Han, kana, Hangul, Thai, Lao, Khmer, Myanmar.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN_NUMBER = re.compile("第([一二三四五六七八九十])")
_HAN = {c: str(n) for n, c in enumerate("一二三四五六七八九十", start=1)}
_ARABIC = re.compile("[\u0600-\u06ff]")
# The flap of Bengali and Hindi (two code points after folding), which Latin spellings write with an r.
_FLAPS = re.compile("\u09a1\u09bc|\u09a2\u09bc|\u0921\u093c|\u0922\u093c")
_R = {"\u09a1": "\u09b0", "\u09a2": "\u09b0", "\u0921": "\u0930", "\u0922": "\u0930"}
_TO_ARABIC = str.maketrans({"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": ""})

Table = Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Name:
    """A school's name taken apart. `core`: the words that tell schools apart, in order; `common`: general words.

    `marks`: of MARKS, each a set of values; `foreign`: written in another script than the Latin one.
    """

    core: tuple[str, ...]
    common: tuple[str, ...]
    marks: tuple[frozenset[str], ...]
    foreign: bool = False

    @property
    def key(self) -> tuple[tuple[str, ...], tuple[frozenset[str], ...]]:
        """What two spellings of one name share, whatever the order of its words."""
        return tuple(sorted(self.core)) or tuple(sorted(self.common)), self.marks

    @property
    def joined(self) -> str:
        """The core without spaces: word borders differ between spellings and scripts."""
        return "".join(self.core)


NOTHING = Name((), (), (frozenset(),) * len(MARKS))


@cache
def table(own: tuple[tuple[str, str], ...] = ()) -> tuple[Table, re.Pattern[str], int]:
    """Words → their marks; what finds the words of scripts without spaces; and how many words the longest phrase has.

    `own` are the recipe's words → what they stand for, taken apart like a name.
    """
    found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    with WORDS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(line for line in stream if not line.startswith("#")):
            for words in {tuple(split(row["word"])), tuple(split(latin(row["word"])))}:
                if words and (row["mark"], row["value"]) not in found.setdefault(words, []):
                    found[words].append((row["mark"], row["value"]))
    longest = sorted({" ".join(w) for w in found if _UNSPACED.search(w[0])}, key=lambda w: (-len(w), w))
    for word, meaning in own:
        found[tuple(split(word))] = [("means", meaning)]
    return {k: tuple(v) for k, v in found.items()}, re.compile("|".join(map(re.escape, longest))), max(map(len, found))


def latin(text: str) -> str:
    """The text in Latin letters, lower case."""
    return text if text.isascii() else anyascii(text).lower()


def split(text: str) -> list[str]:
    """Folded words of a text, in its own script: initials joined (C.E.S. → ces), apostrophes and signs gone."""
    folded = fold(text.replace("º", "").replace("ª", "")).translate(_TO_ARABIC).lower()  # 𝘈 is A only once it is folded
    if "." in folded or "/" in folded:
        folded = _DOTTED.sub(r"\1", _DOTTED.sub(r"\1", folded))
    if not folded.replace(" ", "").isalpha():
        folded = _APOSTROPHE.sub("", _ELIDED.sub(" ", folded)).translate(_LETTERS)
        folded = _DIGIT_BORDER.sub(" ", folded)
    if not folded.isascii():
        folded = _FLAPS.sub(lambda m: _R[m.group(0)[0]], folded)
    words = folded.split()
    if not folded.isascii():
        words = [word.removeprefix("ال") if _ARABIC.search(word) and len(word) > 4 else word for word in words]
    return _initials(words)


class _Letters(dict[int, str]):
    """A character that is part of a word (vowel signs are) stays, joiners leave, others become spaces."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kept = char if char.isalnum() or unicodedata.category(char)[0] == "M" else " "
        self[code] = "" if char in "\u200c\u200d" else kept
        return self[code]


_LETTERS = _Letters()


def _initials(words: list[str]) -> list[str]:
    """Single letters before a longer word become one: J F Kennedy → jf kennedy; at the end they stay (Group I A)."""
    out: list[str] = []
    run: list[str] = []
    for word in words:
        if len(word) == 1 and word.isalpha() and word.isascii():
            run.append(word)
            continue
        out += ["".join(run)] if run else []
        out.append(word)
        run = []
    return out + run


@lru_cache(maxsize=400_000)
def parse(text: str, own: tuple[tuple[str, str], ...] = ()) -> Name:
    """A name taken apart; `own` are the recipe's words (`[source.link.words]`)."""
    known, unspaced, longest = table(own)
    foreign = not text.isascii() and any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN") for c in text)
    if foreign and _UNSPACED.search(text):
        text = _HAN_NUMBER.sub(lambda m: f" {_HAN[m.group(1)]} ", text)
        text = unspaced.sub(r" \g<0> ", text)
    words = _meant(split(text), known, longest) if own else split(text)
    marks: dict[str, set[str]] = {mark: set() for mark in MARKS}
    core: list[str] = []
    common: list[str] = []
    for word, last in _read(words, known, longest, marks, common):
        _plain(word, last, marks, core)
    return Name(tuple(core), tuple(common), tuple(frozenset(marks[m]) for m in MARKS), foreign)


def _meant(words: list[str], known: Table, longest: int) -> list[str]:
    """The recipe's own words put in full."""
    out: list[str] = []
    at = 0
    while at < len(words):
        size, said = _phrase(words, at, known, longest)
        if said and said[0][0] == "means":
            out += split(said[0][1])
        else:
            size = 1
            out.append(words[at])
        at += size
    return out


def _phrase(words: list[str], at: int, known: Table, longest: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The longest known phrase that starts here: how many words, and its marks."""
    for size in range(min(longest, len(words) - at), 0, -1):
        said = known.get(tuple(words[at : at + size]))
        if said is not None:
            return size, said
    return 1, ()


def _read(
    words: list[str], known: Table, longest: int, marks: dict[str, set[str]], common: list[str]
) -> list[tuple[str, bool]]:
    """Fills marks and general words from known phrases; returns the other words in Latin letters, with whether each is the last."""
    left: list[tuple[str, bool]] = []
    at = 0
    while at < len(words):
        size, said = _phrase(words, at, known, longest)
        last = at + size >= len(words)
        # the A of "Group A" or of "Makongo A Primary School" is no article
        single = len(words[at]) == 1 and (
            _stands_apart(words, at) or (at > 0 and _general_alone(words, at + 1, known, longest))
        )
        if not said or (single and words[at] in GROUP_LETTERS | set(ROMAN)):
            for word in [words[at]] if words[at].isascii() else split(latin(words[at])):
                told = () if word == words[at] and said else known.get((word,)) or _misspelt(word)
                if told:
                    _mark(told, marks, common, left, last)
                else:
                    left.append((word, single or _stands_apart(words, at)))
            at += 1
            continue
        _mark(said, marks, common, left, last)
        at += size
    return left


@cache
def _misspelt(word: str) -> tuple[tuple[str, str], ...]:
    """The marks of a general word that is one slip of the pen away (Primaey, Schol); no short word, and no name but for that."""
    if len(word) < SHORTEST_SLIP or not word.isalpha():
        return ()
    near = process.extract(word, _general(), scorer=OSA.distance, score_cutoff=1, limit=None)
    found = sorted(text for text, _, _ in near if text[0] == word[0])
    return table()[0][(found[0],)] if found else ()


@cache
def _general() -> tuple[str, ...]:
    """The Latin words that are often misspelt: levels, schools, girls and boys."""
    kinds = {"level", "school", "sex"}
    found = [w[0] for w, said in table()[0].items() if len(w) == 1 and {m for m, _ in said} <= kinds]
    return tuple(sorted(w for w in found if len(w) >= SHORTEST_SLIP and w.isascii() and w.isalpha()))


def _stands_apart(words: list[str], at: int) -> bool:
    """Whether a word stands where the number or letter of a group does: last, before the last letter, after "group"."""
    before_letter = at == len(words) - 2 and words[-1] in GROUP_LETTERS
    return at == len(words) - 1 or before_letter or (at > 0 and words[at - 1] in GROUP_WORDS)


def _general_alone(words: list[str], at: int, known: Table, longest: int) -> bool:
    """Whether only words that say the level or "school" follow."""
    while at < len(words):
        size, said = _phrase(words, at, known, longest)
        if not said or {mark for mark, _ in said} - {"level", "school"}:
            return False
        at += size
    return True


def _mark(
    said: tuple[tuple[str, str], ...], marks: dict[str, set[str]], common: list[str], left: list[tuple[str, bool]], last: bool
) -> None:  # fmt: skip
    for mark, value in said:
        if mark == "level":
            marks["level"] |= set(value)
        elif mark in marks:
            marks[mark] |= set(value.split())
        elif mark == "school":
            common.append(value)
        elif mark == "same":
            left.append((value, last))


def _plain(word: str, last: bool, marks: dict[str, set[str]], core: list[str]) -> None:
    """A word that no list knows: a number, the letter of a group, or part of the name itself."""
    if word.isdigit():
        marks["number"].add(str(int(word)))
    elif found := _ORDINAL.fullmatch(word):
        marks["number"].add(str(int(found.group(1))))
    elif found := _WITH_LETTER.fullmatch(word):
        marks["number"].add(str(int(found.group(1))))
        marks["letter"].add(found.group(2))
    elif word in ROMAN and ((last and core) or (len(word) > 1 and (last or core))):
        marks["number"].add(str(ROMAN[word]))
    elif last and word in GROUP_LETTERS:
        marks["letter"].add(word)
    else:
        core.append(word)
