"""Sentences that are kept: made in English, told in the language of whoever reads them.

A plan, a signed list or a build holds sentences and is hashed, stored and compared, so its words must not depend on who
asked for it: what makes it is marked `in_english`. Where such a sentence is shown, `told` finds the message it was made
from and says that in the reader's language, with the same values. What it does not find stays English.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import NamedTuple, ParamSpec, TypeVar

from geodata.say.catalogue import messages, plural, tr
from geodata.say.languages import language, speaking
from geodata.say.numbers import written

P = ParamSpec("P")
R = TypeVar("R")
_SLOT = re.compile(r"\{(\w+)(?:![rsa])?(:[^{}]*)?\}")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z“])")
_CLAUSES = re.compile(r"; (?![^()]*\))")  # not those within parentheses
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.(\d+))?")
_LETTERS = 3  # a message with fewer letters of its own would match anything; one less where a slot holds a number
_AMOUNT = r"[-+]?[\d.,]+(?:e[-+]?\d+)?\s?%?"
_DEEPEST = 4  # how often a value may hold a sentence that holds a value


def in_english(function: Callable[P, R]) -> Callable[P, R]:
    """The function speaks English whoever reads: for what is hashed, stored, or written to a file with English heads."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with speaking("en"):
            return function(*args, **kwargs)

    return call


def told(text: str) -> str:
    """A kept English text in the language spoken now: the same message and values; unchanged where none is known."""
    code = language().code
    return text if code == "en" or not text else _told(code, str(text), 0)


class _Message(NamedTuple):
    """One message with slots: its longest own part (to look for first), its own letters, and what it becomes."""

    part: str
    letters: int
    english: str
    said: tuple[str, ...]


@lru_cache(maxsize=20_000)
def _told(code: str, text: str, depth: int) -> str:
    plain, _ = _index(code)
    if text in plain:
        return plain[text]
    if found := _NUMBER.fullmatch(text):
        return _relaid(text, len(found[1] or ""))
    if depth > _DEEPEST:
        return text
    clauses = _CLAUSES.split(text)
    if len(clauses) > 1 and all(clause in plain for clause in clauses):
        return tr("; ").join(plain[clause] for clause in clauses)
    if (other := _recased(code, text)) is not None:
        return other
    if (whole := _matched(code, text, depth)) is not None:
        return whole
    for between, joint in ((_SENTENCES, " "), (_CLAUSES, tr("; "))):
        parts = between.split(text)
        if len(parts) > 1:
            return joint.join(_told(code, part, depth + 1) for part in parts)
    return _listed(code, text, depth)


def _listed(code: str, text: str, depth: int) -> str:
    """A list of messages with commas between; as it is where one of them is none, for a comma may belong to a name."""
    parts = text.split(", ")
    said = [_told(code, part, depth + 1) for part in parts] if len(parts) > 1 else []
    whole = said and all(new != old or not any(map(str.isalpha, old)) for new, old in zip(said, parts, strict=True))
    return tr(", ").join(said) if whole else text


def _recased(code: str, text: str) -> str | None:
    """A message without slots that stands here with another first letter, within a sentence or at the start of one."""
    plain, _ = _index(code)
    lower = text[:1].islower()
    said = plain.get((text[:1].upper() if lower else text[:1].lower()) + text[1:])
    return None if said is None else (said[:1].lower() if lower else said[:1].upper()) + said[1:]


def _relaid(text: str, digits: int) -> str:
    return written(float(text.replace(",", "")), digits, grouped="," in text)


def _matched(code: str, text: str, depth: int) -> str | None:
    """The message with the most letters of its own that the text can be made from, said with the text's values."""
    _, slotted = _index(code)
    for message in slotted:  # most letters first
        if message.part in text and (found := _pattern(message.english).fullmatch(text)):
            values = {name: _told(code, value or "", depth + 1) for name, value in found.groupdict().items()}
            form = message.said[0] if len(message.said) == 1 else _form(code, message.said, found)
            return _filled(form, values)
    return None


def _filled(form: str, values: dict[str, str]) -> str:
    return _SLOT.sub(lambda slot: values.get(slot[1], slot[0]), form)


def _form(code: str, said: tuple[str, ...], found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.groupdict().get("n") or "")
    return said[min(plural(code)(int(digits)), len(said) - 1)] if digits else said[-1]


@cache
def _pattern(english: str) -> re.Pattern[str]:
    """A message as a pattern; a value never runs over the end of a sentence."""
    out, at, seen = [], 0, set()
    for slot in _SLOT.finditer(english):
        out.append(re.escape(english[at : slot.start()].replace("{{", "{").replace("}}", "}")))
        name = slot[1]
        value = _AMOUNT if slot[2] or name == "n" else "(?:(?![.!?] [A-Z“]).)*?"
        out.append(f"(?P={name})" if name in seen else f"(?P<{name}>{value})")
        seen.add(name)
        at = slot.end()
    out.append(re.escape(english[at:].replace("{{", "{").replace("}}", "}")))
    return re.compile("".join(out), re.DOTALL)


@cache
def _index(code: str) -> tuple[dict[str, str], tuple[_Message, ...]]:
    """The messages of a language: those without slots, and those with, the most letters of their own first."""
    plain: dict[str, str] = {}
    slotted = []
    for forms, said in messages(code):
        for english in forms:
            key, spoken = english.strip(), tuple(text.strip() for text in said)
            if not _SLOT.search(key):
                plain.setdefault(key, spoken[0])
                continue
            parts = _SLOT.split(key)[::3]
            letters = sum(letter.isalpha() for part in parts for letter in part)
            if letters >= _LETTERS - bool(re.search(r"\{\w+:", key)):
                slotted.append(_Message(max(parts, key=len), letters, key, spoken))
    return plain, tuple(sorted(slotted, key=lambda m: (-m.letters, m.english)))
