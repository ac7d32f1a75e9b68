"""A language that nobody speaks: every message in brackets, so that what stands outside them was never marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from babel.messages.catalog import Catalog

from geodata.say import LANGUAGES, Language, catalogue, speaking
from scripts.words import Said, messages, template

CODE = "de"  # of which there is no catalogue: its numbers and plurals stand in for those of the brackets


def bracketed(said: dict[str, Said]) -> Catalog:
    """The catalogue of the language that nobody speaks."""
    out = template(said, CODE)
    for entry in out:
        if entry.id:
            entry.string = f"⟦{entry.id}⟧" if isinstance(entry.id, str) else tuple(f"⟦{form}⟧" for form in entry.id)
    return out


@contextmanager
def spoken() -> Iterator[None]:
    """Speak it, as any other language is spoken."""
    read = catalogue._read
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LANGUAGES, CODE, Language(CODE, "⟦⟧"))
        patch.setattr(catalogue, "_read", lambda code: bracketed(messages()) if code == CODE else read(code))
        with speaking(CODE):
            yield
    for kept in (catalogue.texts, catalogue.messages, catalogue.plural):
        kept.cache_clear()


def outside(text: str) -> list[str]:
    """The lines of a text as far as they stand outside all brackets."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    return [line.strip() for line in text.split("\n")]
