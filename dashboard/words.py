"""Words and numbers as the screen says them: plain, exact in tables, two figures in sentences, never an empty cell.

Everything here takes one value and gives text. Unknown (None, NaN, NA, "") is always said as "not reported".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.codewords import LEVELS, REPAIRS, plain, singular, worded
from geodata.fields import FIELDS, Field
from geodata.say import joined, later, per_cent, separated, tr, trn, written
from geodata.say import ordinal as placed

_TEN, _HUNDRED, _THOUSAND = 10, 100, 1000
_SOME, _PART = 3, 100  # plural forms of a number that is not known, and of one with a fraction
_NOT_REPORTED = later("not reported")


def __getattr__(name: str) -> str:
    """`words.NOT_REPORTED` in the language spoken now."""
    if name == "NOT_REPORTED":
        return tr(_NOT_REPORTED)
    raise AttributeError(name)


def unknown(value: Any) -> bool:
    """Whether a value says nothing: None, NaN, NA, or empty text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - NaN is the value that is not itself
    except TypeError:  # pandas' NA has no truth value
        return True


def exact(value: Any, digits: int = 2) -> str:
    """A number for a table: thousands separated, at most `digits` decimals, no needless zeros."""
    if unknown(value):
        return tr(_NOT_REPORTED)
    number = float(value)
    if not math.isfinite(number):
        return tr(_NOT_REPORTED)
    if number == int(number):
        return written(int(number))
    text = f"{number:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return separated(text if text not in ("0", "-0") else f"{number:.2g}")


def rounded(value: Any, figures: int = 2) -> str:
    """A number for a sentence: two significant figures, thousands separated; small counts stay exact."""
    if unknown(value):
        return tr(_NOT_REPORTED)
    number = float(value)
    if number == 0:
        return "0"
    if number == int(number) and abs(number) < _HUNDRED:
        return f"{int(number)}"
    shift = figures - 1 - math.floor(math.log10(abs(number)))
    near = round(number, shift)
    return written(near, max(0, shift)) if shift > 0 else written(int(near))


def count(number: Any, one: str, many: str = "") -> str:
    """An exact count with its noun: "1 school", "1,204 schools"; unknown gives "schools not reported"."""
    forms = f"{{n}} {one}", f"{{n}} {many or one + 's'}"
    if unknown(number):
        return tr("{things} not reported", things=trn(*forms, _SOME, n=" ").strip())
    return trn(*forms, int(number), n=exact(number))


def lacks(known: Any, of: str, not_reported: Any = 0, expected: Any = None) -> str:
    """ "lacks 4 of 7 things, likely 5, 1 not reported": known lacks, the count with similar schools' lacks, the unknown."""
    if unknown(known):
        return tr(_NOT_REPORTED)
    parts = [tr("lacks {known} of {of}", known=int(known), of=of)]
    parts += (
        [tr("likely {expected}", expected=int(expected))]
        if not unknown(expected) and int(expected) > int(known)
        else []
    )
    parts += [tr("{n} not reported", n=int(not_reported))] if not unknown(not_reported) and int(not_reported) else []
    return tr(", ").join(parts)


def of_ten(share: Any) -> str:
    """A share in words: "6 of 10"; "none", "all", or of 100 where ten is too coarse."""
    if unknown(share):
        return tr(_NOT_REPORTED)
    share = min(1.0, max(0.0, float(share)))
    if share == 0:
        return tr("none")
    if share == 1:
        return tr("all")
    for base in (_TEN, _HUNDRED, _THOUSAND):
        near = round(share * base)
        if 0 < near < base:
            return tr("{near} of {base}", near=near, base=written(base))
    return tr("fewer than 1 of 1,000") if share < 1 / 2 else tr("more than 999 of 1,000")


def one_end(lower: Any, upper: Any) -> str:
    """What bounds alone allow to say of a share: "at least 5 of 10", "at most 4 of 10"; empty where they say nothing."""
    if unknown(lower) or unknown(upper):
        return ""
    least, most = math.floor(float(lower) * _TEN + 1e-9), math.ceil(float(upper) * _TEN - 1e-9)
    if least > 0:
        return tr("at least {least} of 10", least=least)
    return tr("at most {most} of 10", most=most) if most < _TEN else ""


def bounds_of_ten(lower: Any, upper: Any) -> str:
    """Bounds of a share: "5–7 of 10"; a single value where they meet."""
    if unknown(lower) or unknown(upper):
        return tr(_NOT_REPORTED)
    low, high = max(0.0, float(lower)), min(1.0, float(upper))
    if round(low * _TEN) == round(high * _TEN):
        return (
            tr("{low} to {high}", low=percent(low), high=percent(high))
            if percent(low) != percent(high)
            else of_ten(low)
        )
    return tr("{low}–{high} of 10", low=math.floor(low * _TEN + 1e-09), high=math.ceil(high * _TEN - 1e-09))


def percent(share: Any) -> str:
    """A share for a table or source line: "86 %", never rounded to 0 or 100 unless it is so."""
    if unknown(share):
        return tr(_NOT_REPORTED)
    share = float(share)
    if 0 < share < 0.01:
        return tr("under 1 %")
    if 0.99 < share < 1:
        return tr("over 99 %")
    return per_cent(written(round(share * _HUNDRED)))


def bare(text: str) -> str:
    """A percentage without its sign, for the first end of a range: "38 to 51 %"."""
    return text.replace("\u200e", "").removesuffix("%").rstrip()


def ordinal(number: Any) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 1,203rd."""
    if unknown(number):
        return tr("not ranked")
    return placed(int(number))


def code(value: Any) -> str:
    """A coded value in words."""
    if unknown(value):
        return tr(_NOT_REPORTED)
    return tr(plain(value))


def yesno(value: Any) -> str:
    """yes, no or not reported."""
    return tr(_NOT_REPORTED) if unknown(value) else tr("yes" if value else "no")


def said(name: str, value: Any, *, unit: bool = True) -> str:
    """A column's value as the screen says it, by the column's declaration; with its unit unless it stands in the head."""
    field = FIELDS.get(name)
    if unknown(value):
        return tr(_NOT_REPORTED)
    if field is None or field.kind in ("text", "id", "date", "json"):
        return str(value)
    return {"code": _coded, "yesno": _flag, "share": _share}.get(field.kind, _number)(field, value, unit)


def _coded(field: Field, value: Any, unit: bool) -> str:
    if field.name == "cellular_coverage_type":
        return tr("no signal") if value == "none" else str(value)
    if field.name == "community_land" and value == "none":
        return tr("no such land")
    return code(value)


def _flag(field: Field, value: Any, unit: bool) -> str:
    return yesno(value)


def _share(field: Field, value: Any, unit: bool) -> str:
    return percent(value)


def _number(field: Field, value: Any, unit: bool) -> str:
    if field.kind == "degrees":
        return f"{written(float(value), 5)}°"
    text = exact(value, 0 if field.unit in ("m", "people") else 2)
    return measured(text, value, field.unit) if unit and not field.unit[:1].isdigit() else text


def measured(text: str, number: float, unit: str) -> str:
    """A written number with its unit: "1 learner", "20 Mbps"; the number alone where there is no unit."""
    if not unit:
        return text
    if singular(unit) == unit:
        return f"{text} {tr(unit)}"
    whole = float(number).is_integer() and float(number) >= 1
    many = 1 if text == "1" else int(float(number)) if whole else _PART
    return trn(f"{{n}} {singular(unit)}", f"{{n}} {unit}", many, n=text)


def level(place: Mapping[str, Any], number: int, *, many: bool = False) -> str:
    """What this country calls its level 1, 2 … : "province", "districts"."""
    if number == 0:
        return str(place.get("name", tr("the whole place")))
    words = list(place.get("levels", ()))
    if number > len(words):
        return tr("level {number} areas" if many else "level {number} area", number=number)
    word = str(words[number - 1])
    if not many:
        return tr(word)
    plurals = list(place.get("levels_plural", ()))
    return tr(str(plurals[number - 1]) if number <= len(plurals) else LEVELS.get(word, f"{word}s"))


def title(name: str, place: Mapping[str, Any] | None = None) -> str:
    """What the screen calls a column; levels in the country's own words."""
    if place is not None and name.startswith("admin"):
        number = int(name[5])
        word = capital(level(place, number))
        return tr("{level} code", level=word) if name.endswith("_id") else word
    return tr(FIELDS[name].title) if name in FIELDS else name.replace("_", " ").capitalize()


def place_of(row: Mapping[str, Any]) -> str:
    """Where a school is, smallest area first: "Palmas, Tocantins"; says so where no area is known."""
    names = [str(row[f"admin{n}"]) for n in (4, 3, 2, 1) if not unknown(row.get(f"admin{n}"))]
    return tr(", ").join(dict.fromkeys(names)) or tr("place not reported")


def repair(name: Any) -> str:
    """How a location was repaired, in words."""
    if unknown(name):
        return tr("as the register has it")
    return tr(REPAIRS.get(str(name), str(name).replace("_", " ")))


def listed(words: Sequence[str], join: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return joined([word for word in words if word], "or" if join == "or" else "standard")


def sentence(text: str) -> str:
    """With a capital at the start and one full stop at the end."""
    text = text.strip()
    if not text:
        return ""
    return capital(text) + ("" if text[-1] in ".!?؟" else ".")


def capital(text: str) -> str:
    """With a capital at the start, the rest as it is."""
    return text[:1].upper() + text[1:]


def policy_value(value: Any, unit: str = "") -> str:
    """A policy number or choice with its unit."""
    if isinstance(value, str):
        return code(value) if worded(value) else value
    return percent(value) if unit == "share" else f"{exact(value, 3)} {tr(unit) if unit else ''}".strip()
