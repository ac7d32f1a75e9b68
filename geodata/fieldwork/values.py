"""Answers as texts in one form: "yes", "no", a code, "412", "-10.2124,-48.3603", "unknown"; empty where nothing was said.

One form for what the screen, a spreadsheet, a telephone and the register say, so that they can be held against each other.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from geodata.fields import FIELDS
from geodata.fieldwork.questions import NOT_KNOWN, QUESTIONS, UNKNOWN, Question
from geodata.say import LANGUAGES, speaking, tr, written
from geodata.text import fold

DIGITS = 6  # decimals of a degree that are kept: about 10 cm
NEAR = 2e-6  # degrees within which two places are the same
_WHOLE = re.compile(r"^\+?\d+(?:[.,]0+)?$")
_DEGREES = re.compile(r"^[+-]?\d{1,3}(?:[.,]\d+)?$")
_NONE = ("?", "-", "–", "unknown", "not known", "n/a", "na")


class UnreadableError(ValueError):
    """What was written is no answer to the question; the message says what would be one."""


def words_of(question: Question) -> dict[str, str]:
    """Codes and their words in the language that is spoken now."""
    return {code: tr(word) for code, word in question.codes.items()}


@cache
def _meanings(name: str) -> dict[str, str]:
    """Folded words of every language → code."""
    question = QUESTIONS[name]
    found = {fold(code): code for code in (*question.codes, *FIELDS[question.fields[0]].allowed)} | {
        fold(code.replace("_", " ")): code for code in question.codes
    }
    for language in LANGUAGES:
        with speaking(language):
            found |= {fold(tr(word)): code for code, word in question.codes.items()}
    return found


@cache
def _not_known() -> frozenset[str]:
    said = {fold(text) for text in _NONE}
    for language in LANGUAGES:
        with speaking(language):
            said.add(fold(tr(NOT_KNOWN)))
    return frozenset(said | set(_NONE))


def read_answer(question: Question, *given: Any) -> str:
    """What was written as an answer in its one form; empty where nothing was. `given`: one value, or latitude and longitude.

    Words count in any of the languages, whatever their case and accents. Raises UnreadableError for anything else: nothing is guessed.
    """
    texts = [_text(value) for value in given]
    if not any(texts):
        return ""
    if all(text in _not_known() or fold(text) in _not_known() for text in texts):
        return UNKNOWN
    if question.kind == "place":
        return _place(texts)
    if question.kind == "count":
        return _count(question, texts[0])
    code = _meanings(question.name).get(fold(texts[0]))
    if code is None:
        allowed = ", ".join(words_of(question).values())
        raise UnreadableError(tr("{text!r} is none of: {allowed}", text=texts[0], allowed=allowed))
    return code


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()


def _count(question: Question, text: str) -> str:
    if not _WHOLE.match(text):
        raise UnreadableError(tr("{text!r} is no whole number of 0 or more", text=text))
    number = int(re.split("[.,]", text)[0])
    if number > question.most:
        raise UnreadableError(
            tr("{number} is more than any school has ({most})", number=written(number), most=written(question.most))
        )
    return str(number)


def _place(texts: list[str]) -> str:
    if len(texts) == 1:  # "lat, lon", as the screen takes it, or "lat lon altitude accuracy" of a telephone
        parts = re.split(r"[;,]\s+|;|\s+", texts[0].strip())
        parts = texts[0].split(",") if len(parts) == 1 and texts[0].count(",") == 1 else parts
        texts = [part.strip() for part in parts][:2]
    if len(texts) < 2 or not all(texts):
        raise UnreadableError(tr("a location needs latitude and longitude"))
    if not all(_DEGREES.match(text) for text in texts):
        raise UnreadableError(tr("{text!r} is no pair of decimal degrees", text=" ".join(texts)))
    latitude, longitude = (float(text.replace(",", ".")) for text in texts)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise UnreadableError(
            tr("{text!r} lies outside the world: latitude first, then longitude", text=" ".join(texts))
        )
    if latitude == 0 and longitude == 0:
        raise UnreadableError(tr("0, 0 lies in the sea: it is what a device gives that has found no place"))
    return place(latitude, longitude)


def place(latitude: float, longitude: float) -> str:
    """A location in its one form."""
    return ",".join(f"{round(v, DIGITS) + 0.0:.{DIGITS}f}".rstrip("0").rstrip(".") for v in (latitude, longitude))


def degrees(value: str) -> tuple[float, float]:
    """Latitude and longitude of a location in its one form."""
    latitude, longitude = value.split(",")
    return float(latitude), float(longitude)


def value_of(question: Question, *held: Any) -> str:
    """What a layer holds, in the same form; empty for unknown."""
    if any(v is None or v != v for v in map(_plain, held)):  # noqa: PLR0124 - NaN is the value that is not itself
        return ""
    if question.kind == "place":
        return place(float(held[0]), float(held[1]))
    if question.kind == "yesno":
        return "yes" if bool(held[0]) else "no"
    return str(int(held[0])) if question.kind == "count" else str(held[0])


def _plain(value: Any) -> Any:
    """The value; None for pandas' NA, which is neither equal nor unequal to itself."""
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def same(question: Question, one: str, other: str) -> bool:
    """Whether two values say the same; unknown and nothing are the same."""
    one, other = ("" if v == UNKNOWN else v for v in (one, other))
    if question.kind == "place" and one and other:
        return all(abs(a - b) <= NEAR for a, b in zip(degrees(one), degrees(other), strict=True))
    return one == other


def said(question: Question, value: str) -> str:
    """A value in words, as the screen and the forms say it."""
    if value in ("", UNKNOWN):
        return tr("not reported")
    if question.kind == "place":
        latitude, longitude = (written(v, 5, grouped=False) for v in degrees(value))
        return tr("latitude {latitude}, longitude {longitude}", latitude=latitude, longitude=longitude)
    return written(int(value)) if question.kind == "count" else tr(question.codes.get(value, value))
