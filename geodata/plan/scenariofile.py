"""A scenario as a file: the terms of a plan and its prices, to be written by hand (TOML) or by the program (JSON).

    read(content, desk.policy)      # Asked(terms, book or None, name, version)
    write(terms, book)              # JSON with every policy number: the same plan on the same data

Every fault names its key, what is wrong, and the nearest right name. docs/plans.md describes the keys.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from geodata.costing.checked import faults_of
from geodata.costing.unit import Case, PriceBook
from geodata.errors import PlanError, PolicyError
from geodata.options.needs import GROUPS
from geodata.plan.terms import WAYS, Terms
from geodata.policy import NUMBERS, POLICY, Policy
from geodata.say import tr

CASES: tuple[Case, ...] = ("low", "mid", "high")
FLAGS = {f.name for f in fields(Terms) if f.type == "bool"}
TEXTS = {f.name for f in fields(Terms) if f.type == "str"}
ABOUT = {"name", "data_version", "made_with", "not_shown"}  # of the file, not of the plan
OWN = {
    "budget",
    "years",
    "price_book",
    "policy",
    "ways",
    "recurrent_ceiling",
    "group_floors",
    "must",
    "never",
    "shocked",
    "only",
}
KEYS = (*ABOUT, *OWN, *FLAGS, *TEXTS, "case")
MOST_BYTES = 20_000_000
MOST_AMOUNT = 1e18  # more than any money; above it sums are no longer exact
MOST_YEARS = 1000  # far above what the policy allows, which refuses it in its own words


@dataclass(frozen=True)
class Asked:
    """What a scenario file asks for. `book` where it holds prices whole; `version` the data it was made on, if it says;
    `not_shown` what was left out of it for those who read it, so that the plan may not be the same."""

    terms: Terms
    book: PriceBook | None
    name: str = ""
    version: str = ""
    not_shown: tuple[str, ...] = ()


def write(terms: Terms | Mapping[str, Any], book: PriceBook | None, *, name: str = "", version: str = "") -> bytes:
    """Terms (or their plain data) and prices as a file, canonical: the same plan gives the same bytes.

    Decisions of officers that a reader may not see stand as a sentence in the data, and in the file under `not_shown`.
    """
    data = dict(terms.as_data() if isinstance(terms, Terms) else terms)
    policy = POLICY.with_values(data["policy"])
    data["policy"] = {number: policy[number] for number in NUMBERS}
    hidden = {key: data.pop(key) for key in ("must", "never") if isinstance(data[key], str)}
    for key in {"group_floors", "must", "never"} - set(hidden):
        data[key] = dict(data[key])
    data |= {} if book is None else {"price_book": book.as_data()}
    about = {"name": name, "data_version": version, "made_with": "First Mile", "not_shown": hidden}
    return (json.dumps({k: v for k, v in about.items() if v} | data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()  # fmt: skip


def read(content: bytes, own: Policy = POLICY) -> Asked:
    """What a file asks for. Policy numbers that it does not name are the country's own.

    Raises PlanError for what is no scenario file, PolicyError for a policy number that is unknown or out of bounds.
    """
    data = _parsed(content)
    for key in data:
        if key not in KEYS:
            raise PlanError(
                tr("The scenario file has a key {key!r} that means nothing.{key_2}", key=key, key_2=_near(key, KEYS))
            )
    numbers = _table(data, "policy")
    try:
        policy = own.with_values(numbers)
        each, years = _budget(data, policy)
        if "plan_years" not in numbers or "years" in data:
            policy = policy.with_values({"plan_years": years})
    except PolicyError as error:
        raise PolicyError(tr("The scenario file, under policy: {error}", error=error)) from error
    terms = Terms(
        budget=each,
        policy=policy,
        ways=_ways(data),
        recurrent_ceiling=_amounts(data, "recurrent_ceiling"),
        group_floors=_floors(data),
        must=_reasons(data, "must"),
        never=_reasons(data, "never"),
        shocked=tuple(_texts(data, "shocked")),
        only=tuple(_texts(data, "only")),
        case=_case(data),
    )
    terms = terms.with_(**{key: _flag(data, key) for key in FLAGS & set(data)}, **{key: _text(data, key) for key in TEXTS & set(data)})  # fmt: skip
    return Asked(terms, _book(data), _text(data, "name"), _text(data, "data_version"), tuple(str(v) for v in _table(data, "not_shown").values()))  # fmt: skip


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise PlanError(tr("This file is too large to be a scenario file."))
    try:
        text = content.decode("utf-8-sig")
        data = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        json.dumps(
            data, ensure_ascii=False, default=str
        ).encode()  # halves of characters, which JSON may name, can be written nowhere
    except (ValueError, RecursionError) as error:
        said = tr("it is not text in UTF-8") if isinstance(error, UnicodeDecodeError) else error
        raise PlanError(tr("This is no scenario file: {said}. It must be TOML, or JSON as the page Plan writes it.", said=said)) from None  # fmt: skip
    if not isinstance(data, dict) or "budget" not in data:
        raise PlanError(tr("This is no scenario file: it has no budget. The least it must say is: budget = 2000000"))
    return data


def _fault(key: str, said: str) -> PlanError:
    return PlanError(tr("The scenario file: {key} {said}", key=key, said=said))


def _near(word: str, words: Any) -> str:
    found = get_close_matches(str(word), list(words), n=1)
    return tr(" Did you mean {found!r}?", found=found[0]) if found else ""


def _amount(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_AMOUNT:
        raise _fault(
            key,
            tr("holds {value}; an amount is a number, 0 or more, without signs of currency.", value=repr(value)[:60]),
        )
    return float(value)


def _amounts(data: Mapping[str, Any], key: str) -> tuple[float, ...]:
    value = data.get(key, [])
    return tuple(_amount(key, v) for v in (value if isinstance(value, list) else [value]))


def _budget(data: Mapping[str, Any], policy: Policy) -> tuple[tuple[float, ...], int]:
    """The budget of each year: as listed, or one number divided evenly over `years` or the policy's."""
    each, years = _amounts(data, "budget"), data.get("years")
    if years is not None and (isinstance(years, bool) or not isinstance(years, int) or abs(years) > MOST_YEARS):
        raise _fault("years", tr("is {years}; it must be a whole number, and few.", years=str(years)[:20]))
    if isinstance(data["budget"], list):
        if not each or years not in (None, len(each)):
            raise _fault("budget", tr("gives {each} years and years says {years}. Leave one of them out.", each=len(each), years=years) if each else tr("is an empty list."))  # fmt: skip
        return each, len(each)
    count = round(policy.number("plan_years")) if years is None else years
    return (each[0] / max(count, 1),) * max(count, 1), count


def _ways(data: Mapping[str, Any]) -> tuple[str, ...]:
    ways = _texts(data, "ways") or list(WAYS)
    for way in ways:
        if way not in WAYS:
            raise _fault(
                "ways",
                tr(
                    "holds {way!r}; it must be one of {WAYS}.{way_2}",
                    way=way,
                    WAYS=", ".join(WAYS),
                    way_2=_near(way, WAYS),
                ),
            )
    return tuple(ways)


def _floors(data: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    floors = _table(data, "group_floors")
    for group, share in floors.items():
        if group not in GROUPS:
            raise _fault("group_floors", tr("names {group!r}; it must be one of {GROUPS}.{group_2}", group=group, GROUPS=', '.join(GROUPS), group_2=_near(group, GROUPS)))  # fmt: skip
        if _amount(f"group_floors.{group}", share) > 1:
            raise _fault(f"group_floors.{group}", tr("is {share:g}; a share is between 0 and 1.", share=share))
    return tuple((group, float(share)) for group, share in floors.items())


def _reasons(data: Mapping[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    """School id → reason; a decision without a reason is refused."""
    held = _table(data, key)
    for school, reason in held.items():
        if not isinstance(reason, str) or not reason.strip():
            raise _fault(
                f'{key}."{school}"',
                tr("has no reason. Write why, such as: ") + tr('"{school}" = "School of the camp"', school=school),
            )
    return tuple((str(school), str(reason)) for school, reason in held.items())


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise _fault(key, tr("is {value!r}; it must be a table of names and values.", value=value))
    return value


def _texts(data: Mapping[str, Any], key: str) -> list[str]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise _fault(key, tr("is {value!r}; it must be a list of texts.", value=value))
    return value


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise _fault(key, tr("is {value!r}; it must be text.", value=value))
    return value


def _case(data: Mapping[str, Any]) -> Case:
    for case in CASES:
        if data.get("case", "mid") == case:
            return case
    raise _fault("case", tr("is {case!r}; it must be one of {CASES}.", case=data["case"], CASES=", ".join(CASES)))


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data[key]
    if not isinstance(value, bool):
        raise _fault(key, tr("is {value!r}; it must be true or false.", value=value))
    return value


def _book(data: Mapping[str, Any]) -> PriceBook | None:
    """The prices that a file holds whole; None where it names a book, or none."""
    held = _table(data, "price_book")
    try:
        book = PriceBook.from_data(held) if held else None
        if book is not None and (wrong := faults_of(book)):
            raise _fault("price_book", tr("has faults: {wrong}", wrong=" ".join(wrong[:5])))
        return book
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _fault("price_book", tr('cannot be read ({error!r}). Name shipped prices instead, such as prices = "itu_2026".', error=error)) from None  # fmt: skip
