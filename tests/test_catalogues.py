"""The catalogues: nothing stale, nothing missing, the same values in every translation, every plural form."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural

from geodata.say import LANGUAGES, speaking, trn
from scripts import words

pytestmark = pytest.mark.xdist_group("words")
OTHERS = [code for code in LANGUAGES if code != "en"]
ALLOWED_UNTRANSLATED = 0
SLOT = re.compile(r"(?<!\{)\{(\w*)(?:![rsa])?(?::[^{}]*)?\}(?!\})|(%\{[^}]*\})")


@cache
def catalogue(code: str) -> Catalog:
    found = words.read(code)
    assert found is not None, f"there is no catalogue of {code}: run `make words`"
    return found


def keys(found: Any) -> dict[str, Any]:
    return {(e.id if isinstance(e.id, str) else e.id[0]): e for e in found if e.id}


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_has_what_the_product_says_and_nothing_else(code: str) -> None:
    own = keys(catalogue(code))
    missing, gone = words.messages().keys() - own.keys(), own.keys() - words.messages().keys()
    assert not missing | gone, f"run `make words`: missing {sorted(missing)[:5]}, gone {sorted(gone)[:5]}"
    wrong = [
        key for key, one in words.messages().items() if isinstance(one.message, str) != isinstance(own[key].id, str)
    ]
    assert not wrong, f"run `make words`: {wrong[:5]}"


@pytest.mark.parametrize("code", OTHERS)
def test_everything_is_translated(code: str) -> None:
    missing = words.untranslated(catalogue(code))
    assert len(missing) <= ALLOWED_UNTRANSLATED, f"{code}: {len(missing)} not translated, such as {missing[:5]}"


class Anything:
    """A value that every way of writing takes."""

    def __format__(self, spec: str) -> str:
        return "x"


def slots(text: str) -> set[str]:
    return {a or b for a, b in SLOT.findall(text)}


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_takes_the_same_values(code: str) -> None:
    wrong = []
    for entry in catalogue(code):
        forms = entry.string if isinstance(entry.string, (list, tuple)) else (entry.string,)
        english = (entry.id,) if isinstance(entry.id, str) else entry.id
        wanted = slots(english[-1])
        for form in filter(None, forms if entry.id else ()):
            # A form for exactly none, one or two may leave the number out: the word says it.
            few = {"n"} if len(english) > 1 else set()
            if slots(form) - wanted or wanted - slots(form) - few:
                wrong.append((english[0], form))
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_can_be_filled_in(code: str) -> None:
    for entry in catalogue(code):
        for form in filter(None, entry.string if isinstance(entry.string, (list, tuple)) else (entry.string,)):
            names = {name for name in slots(form) if not name.startswith("%")} if entry.id else set()
            if names:  # a text without values is said as it stands
                form.format(**dict.fromkeys(names, Anything()))


@pytest.mark.parametrize("code", OTHERS)
def test_plurals_have_every_form_of_the_language(code: str) -> None:
    forms = get_plural(code).num_plurals
    assert catalogue(code).num_plurals == forms == {"fr": forms, "es": forms, "pt": 2, "ar": 6}[code]
    wrong = [e.id[0] for e in catalogue(code) if e.id and not isinstance(e.id, str) and any(e.string) and (len(e.string) != forms or not all(e.string))]  # fmt: skip
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("code", OTHERS)
def test_a_count_can_be_said_for_every_number(code: str) -> None:
    with speaking(code):
        for n in (0, 1, 2, 3, 10, 11, 99, 100, 102, 1_000_000):
            assert trn("{n} school", "{n} schools", n)


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_that_no_native_speaker_read_says_so(code: str) -> None:
    assert ("NOT REVIEWED BY A NATIVE SPEAKER" in catalogue(code).header_comment) != LANGUAGES[code].reviewed


def test_extraction_sees_every_way_of_saying(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "ROOT", tmp_path)
    file = tmp_path / "one.py"
    file.write_text('tr("a" if x else "b")\nlater("c")\ntrn("{n} d", "{n} ds", 2)\nwords.count(n, "child", "children")\nsay.count("x")\nf("not this")\n')  # fmt: skip
    found = {one.message for one in words.in_code(file)}
    assert found == {"a", "b", "c", ("{n} d", "{n} ds"), ("{n} child", "{n} children")}


def test_no_translation_is_lost_and_none_is_kept_for_what_is_gone() -> None:
    old = words.template({k: words.Said(k, "x") for k in ("kept", "gone")}, "fr")
    old["kept"].string, old["gone"].string = "gardé", "parti"
    new = words.merged(words.template({k: words.Said(k, "y") for k in ("kept", "new")}, "fr"), old)
    assert {e.id: e.string or "" for e in new if e.id} == {"kept": "gardé", "new": ""}
    assert words.written(new) == words.written(words.merged(words.template({k: words.Said(k, "y") for k in ("new", "kept")}, "fr"), old))  # fmt: skip
