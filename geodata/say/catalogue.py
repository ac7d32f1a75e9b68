"""Messages and their translations: gettext catalogues, read once a language and only when it is first spoken."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from geodata.say.languages import language
from geodata.say.numbers import written

LOCALES = Path(__file__).resolve().parents[1] / "locales"
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
Texts = dict[str, str | tuple[str, ...]]


def later(message: str) -> str:
    """Mark a text at the top of a module for the catalogues; say it with `tr` where it is shown."""
    return message


def tr(message: str, /, **values: Any) -> str:
    """A message in the language spoken now, its `{names}` filled in; English where the catalogue lacks it."""
    code = language().code
    text = message if code == "en" else _one(texts(code).get(message), message)
    return text.format(**_apart(values)) if values else text


def trn(one: str, many: str, count: int, /, **values: Any) -> str:
    """A message that depends on a count, `{n}` being the count written in the language spoken now."""
    code = language().code
    found = texts(code).get(one) if code != "en" else None
    if isinstance(found, tuple):
        text = found[min(plural(code)(int(count)), len(found) - 1)] or (one if count == 1 else many)
    else:
        text = one if count == 1 else many
    return text.format(n=values.pop("n", None) or written(count), **_apart(values))


def _apart(values: dict[str, Any]) -> dict[str, Any]:
    """Values for a language that is read from right to left: names in Latin letters stand by themselves, so that a number or
    a mark beside one does not wander to its other side (Unicode's first strong isolate)."""
    if language().direction == "ltr":
        return values
    return {k: f"\u2068{v}\u2069" if isinstance(v, str) and _LATIN.search(v) else v for k, v in values.items()}


def _one(found: str | tuple[str, ...] | None, message: str) -> str:
    return (found[-1] if isinstance(found, tuple) else found) or message


@cache
def _read(code: str) -> Catalog | None:
    path = LOCALES / f"{code}.po"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=code)


@cache
def texts(code: str) -> Texts:
    """Every translated message of a language; plurals as one text for each form."""
    found: Texts = {}
    for entry in _read(code) or ():
        if entry.id and entry.string:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            found[key] = entry.string if isinstance(entry.string, str) else tuple(entry.string)
    return found


@cache
def messages(code: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Every translated message as its English forms and its translated forms; none in English."""
    found = []
    for entry in _read(code) or ():
        ids, said = _forms(entry.id), _forms(entry.string)
        if entry.id and all(said):
            found.append((ids, said))
    return tuple(found)


def _forms(text: Any) -> tuple[str, ...]:
    return tuple(str(form or "") for form in text) if isinstance(text, tuple | list) else (str(text or ""),)


@cache
def plural(code: str) -> Callable[[int], int]:
    """Which of a message's plural forms a count takes, in the order of the catalogue."""
    catalogue = _read(code)
    return c2py(catalogue.plural_expr) if catalogue is not None else lambda n: int(n != 1)
