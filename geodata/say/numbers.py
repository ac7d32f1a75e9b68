"""Numbers, shares, dates, lists and order as the language spoken now writes them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from functools import cache

from anyascii import anyascii
from babel import Locale, dates, lists
from babel.numbers import get_decimal_symbol, get_group_symbol

from geodata.say.languages import language

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LATIN = "latn"  # the digits of the interface in every language, as UN statistics print them


@cache
def _symbols(code: str) -> tuple[str, str, str]:
    return (
        get_group_symbol(code, numbering_system=_LATIN),
        get_decimal_symbol(code, numbering_system=_LATIN),
        Locale.parse(code).number_symbols[_LATIN]["percentSign"],
    )


def written(value: float, digits: int = 0, *, grouped: bool = True) -> str:
    """A number with the separators of the language, rounded to `digits` decimals."""
    return separated(f"{value:,.{digits}f}" if grouped else f"{value:.{digits}f}")


def separated(text: str) -> str:
    """A number that stands as Python writes it ("1,204.5"), with the separators of the language."""
    code = language().code
    if code == "en":
        return text
    group, point, _ = _symbols(code)
    return text.translate({ord(","): group, ord("."): point})


def separators() -> str:
    """The decimal and the group separator of the language, together as plotly takes them: ",." or ".,"."""
    group, point, _ = _symbols(language().code)
    return point + group


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 as a percentage: "86 %"; the house puts a no-break space before the sign."""
    return per_cent(written(share * 100, digits), "\u00a0")


def per_cent(number: str, space: str = " ") -> str:
    """A written number with the sign of per cent; without a space in Arabic, where the sign would leave its number."""
    here = language()
    return f"{number}{'' if here.direction == 'rtl' else space}{_symbols(here.code)[2]}"


def ordinal(number: int) -> str:
    """A place in an order: "1st", "1,203rd"; "1er", "2e" in French; "1.º" in Spanish and Portuguese; bare in Arabic."""
    code, text = language().code, written(number)
    if code == "en":
        last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return text + last
    return text + {"fr": "er" if number == 1 else "e", "es": ".º", "pt": ".º"}.get(code, "")


def date(day: datetime.date | str) -> str:
    """A date in words as exactly as it is known: "3 November 2026", "November 2026". Text that is none comes back as it is."""
    if isinstance(day, str):
        day = day.strip()
        if _MONTH.fullmatch(day):
            month = datetime.date.fromisoformat(f"{day}-01")
            return dates.format_date(month, "LLLL y", locale=_british(language().code))
    try:
        when = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        return str(day)
    return dates.format_date(when, "long", locale=_british(language().code))


def joined(parts: Sequence[str], style: str = "standard") -> str:
    """Parts of a sentence in a list: "a, b and c"; `style` "or" gives "a, b or c"."""
    return lists.format_list(list(parts), style=style, locale=_british(language().code))  # type: ignore[arg-type]


def in_order(names: Iterable[str]) -> list[str]:
    """Names as a reader looks them up: accents and case aside, other scripts by their own order."""
    return sorted(names, key=lambda name: (anyascii(name).casefold() if _is_latin(name) else name, name))


def _is_latin(name: str) -> bool:
    return all(ord(letter) < 0x0250 for letter in name)


@cache
def _british(code: str) -> Locale:
    return Locale.parse("en_GB" if code == "en" else code)
