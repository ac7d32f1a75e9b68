"""Sentences, plurals, numbers, dates and order in the language spoken now."""

from __future__ import annotations

import datetime
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.say import (
    LANGUAGES,
    date,
    in_order,
    joined,
    language,
    ordinal,
    per_cent,
    percent,
    remembered,
    separated,
    separators,
    speak,
    speaking,
    tr,
    trn,
    written,
)


def test_english_is_what_the_code_says() -> None:
    assert tr("{learners} learners wait.", learners=written(1204)) == "1,204 learners wait."
    assert [trn("{n} school", "{n} schools", n) for n in (0, 1, 2)] == ["0 schools", "1 school", "2 schools"]


def test_a_message_without_translation_stays_english() -> None:
    with speaking("ar"):
        assert tr("nobody ever says this {x}", x=1) == "nobody ever says this 1"


def test_names_in_latin_letters_stand_apart_where_one_reads_from_the_right() -> None:
    """Else "10 in Dunoveth, 1 of 10" would read "10 in 1 ,Dunoveth of 10"."""
    asked = "nobody ever says this {place}, {n}"
    with speaking("ar"):
        assert tr(asked, place="Dunoveth", n="1") == "nobody ever says this \u2068Dunoveth\u2069, 1"
        assert tr(asked, place="بيروت", n=1) == "nobody ever says this بيروت, 1"
    with speaking("fr"):
        assert tr(asked, place="Dunoveth", n="1") == "nobody ever says this Dunoveth, 1"


def test_a_language_that_is_not_there_is_english() -> None:
    with speaking("xx"):
        assert language().code == "en"


@pytest.mark.parametrize(
    ("code", "number", "share", "marks"),
    [("en", "12,345.6", "86\u00a0%", ".,"), ("fr", "12\u202f345,6", "86\u00a0%", ",\u202f"), ("es", "12.345,6", "86\u00a0%", ",."), ("pt", "12.345,6", "86\u00a0%", ",."), ("ar", "12,345.6", None, ".,")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_has_them(code: str, number: str, share: str | None, marks: str) -> None:
    with speaking(code):
        assert written(12345.6, 1) == separated("12,345.6") == number
        assert separators() == marks
        if share is not None:
            assert percent(0.86) == share


def test_the_sign_of_per_cent_never_leaves_its_number_in_arabic() -> None:
    with speaking("ar"):
        assert " " not in per_cent("86")
        assert per_cent("86").startswith("86")


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False), st.integers(0, 3), st.sampled_from(list(LANGUAGES)))
def test_a_written_number_can_be_read_back(value: float, digits: int, code: str) -> None:
    with speaking(code):
        point, group = separators()
        text = written(value, digits).replace(group, "").replace(point, ".")
    assert float(text) == float(f"{value:.{digits}f}")


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [("en", "1st", "1,203rd"), ("fr", "1er", "1\u202f203e"), ("es", "1.º", "1203.º"), ("ar", "1", "1,203")],
)
def test_places_in_an_order(code: str, first: str, second: str) -> None:
    with speaking(code):
        assert ordinal(1) == first
        assert ordinal(1203).replace("1.203", "1203") == second


def test_days_and_lists() -> None:
    day = datetime.date(2026, 11, 3)
    assert date(day) == date("2026-11-03") == "3 November 2026"
    assert [date(text) for text in ("2026", "2026-11", "2026-13")] == ["2026", "November 2026", "2026-13"]
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a", "b"], "or") == "a or b"
    with speaking("pt"):
        assert date(day) == "3 de novembro de 2026"
        assert joined(["a", "b", "c"]) == "a, b e c"


def test_names_stand_where_a_reader_looks_for_them() -> None:
    assert in_order(["Zafra", "Évora", "abrantes", "Almada", "صور", "بيروت"]) == ["abrantes", "Almada", "Évora", "Zafra", "بيروت", "صور"]  # fmt: skip


def test_what_is_remembered_is_remembered_for_each_language() -> None:
    calls = []

    @remembered(maxsize=8)
    def said(x: int) -> str:
        calls.append(x)
        return f"{language().code} {x}"

    assert said(1) == said(1) == "en 1"
    with speaking("ar"):
        assert said(1) == "ar 1"
    assert said(1) == "en 1"
    assert calls == [1, 1]


def test_a_thread_of_its_own_speaks_english() -> None:
    """What is made in the background is kept for everybody, so it is made in one language."""
    heard: list[str] = []
    with speaking("ar"):
        thread = threading.Thread(target=lambda: heard.append(language().code))
        thread.start()
        thread.join()
    assert heard == ["en"]


def test_speaking_ends_where_it_began() -> None:
    with speaking("fr"):
        speak("es")
        assert language().code == "es"
    assert language().code == "en"
