"""Countries by their ISO 3166-1 codes, as Unicode's common locale data knows them (through Babel).

Made-up countries have a code from XAA to XZZ, which ISO leaves free; their two letters are the first two.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

from geodata.errors import RecipeError
from geodata.text import fold

EXTRA = {"XKX": "XK"}  # Kosovo: in use, though not in ISO 3166
# Codes of the past, of postal and customs territories, and the one for no country: none is ISO 3166-1 today.
NOT_ISO = ("ASC", "BUR", "CPT", "DDR", "DGA", "FXX", "QUU", "TAA", "TMP", "YMD", "ZAR", "ZZZ")
OTHER_NAMES = {
    "ivory coast": "CIV", "burma": "MMR", "swaziland": "SWZ", "cape verde": "CPV", "macedonia": "MKD", "drc": "COD",
    "dr congo": "COD", "congo": "COG", "laos": "LAO", "syria": "SYR", "palestine": "PSE", "east timor": "TLS", "uk": "GBR",
    "usa": "USA", "czech republic": "CZE", "turkey": "TUR",
    "kos": "XKX",
}  # fmt: skip


@cache
def _two() -> dict[str, str]:
    """Three letters → two."""
    territories = Locale("en").territories
    pairs = {
        old: new[0]
        for old, new in get_global("territory_aliases").items()
        if re.fullmatch("[A-Z]{3}", old)
        and len(new) == 1
        and re.fullmatch("[A-Z]{2}", new[0])
        and new[0] in territories
    }
    return {**{k: v for k, v in pairs.items() if not k.startswith("X") and k not in NOT_ISO}, **EXTRA}


def made_up(iso3: str) -> bool:
    """Whether a code is one that ISO leaves to its users."""
    return bool(re.fullmatch("X[A-Z]{2}", iso3)) and iso3 not in EXTRA


def iso2_of(iso3: str) -> str:
    """The two letters of a country's three; empty where the three letters are no country's."""
    return _two().get(iso3, iso3[:2] if made_up(iso3) else "")


def name_of(iso3: str) -> str:
    """The country's usual English name; of a made-up one its code."""
    return str(Locale("en").territories.get(_two().get(iso3, ""), iso3))


def language_of(iso3: str) -> str:
    """The first official language that is written in most schools' names, as ISO 639; English where none is known."""
    official = get_official_languages(_two().get(iso3, ""), regional=True)
    return str(official[0]).split("_")[0] if official else "en"


def country_code(given: str) -> str:
    """ISO 3166-1 alpha-3 of what a person wrote: KEN, ken. Raises RecipeError with the nearest codes for all else."""
    code = given.strip().upper()
    if code in _two() or made_up(code):
        return code
    near = _near(given)
    meant = f" Did you mean {' or '.join(f'{c} ({name_of(c)})' for c in near)}?" if near else ""
    raise RecipeError(
        f"{given!r} is no country's three-letter code (ISO 3166-1 alpha-3), such as KEN for Kenya.{meant}"
    )


def _near(given: str, most: int = 3) -> list[str]:
    """Codes that may be meant: by two letters, by name in any language of the interface, by likeness."""
    two = given.strip().upper()
    if by_two := [three for three, pair in _two().items() if pair == two]:
        return sorted(by_two)[:1]
    names = _names()
    wanted = fold(given.strip())
    if wanted in names:
        return [names[wanted]]
    if len(two) == 3:
        turned = [c for c in sorted(_two()) if sorted(c) == sorted(two)]  # KNE for KEN
        return turned or get_close_matches(two, sorted(_two()), n=most, cutoff=0.6)
    return list(dict.fromkeys(names[n] for n in get_close_matches(wanted, list(names), n=most, cutoff=0.75)))


@cache
def _names() -> dict[str, str]:
    """Folded name in English, French, Portuguese, Spanish and Arabic → code."""
    out: dict[str, str] = {}
    for language in ("en", "fr", "pt", "es", "ar"):
        territories = Locale(language).territories
        for three, two in _two().items():
            if two in territories:
                out.setdefault(fold(territories[two]), three)
    return {**out, **OTHER_NAMES}
