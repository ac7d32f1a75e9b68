"""Pure: a recipe as plain values, and what each choice on the screen changes in it. The text of the recipe is the truth.

A choice reads the text, changes one thing and writes it anew; remarks behind # are lost then, and nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from geodata.errors import RecipeError
from geodata.fields import FIELDS
from geodata.policy import NUMBERS
from geodata.say import tr
from geodata.toml_out import table

Plain = dict[str, Any]
SEVERAL = ("source", "boundary", "context", "ages", "benchmark", "missing")
ORDER = ("place", *SEVERAL, "planning", "policy", "check")
PLACE = (
    "name",
    "iso3",
    "subdivision",
    "levels",
    "levels_plural",
    "language",
    "synthetic",
    "risk",
    "disclaimer",
    "worldview",
)
REPAIRS = ("swapped", "lost_sign", "lost_decimal_point", "decimal_comma", "degrees_minutes", "zero_is_missing")
KEY = re.compile(r"(?:place|source|check)\.\w+(?:\.(?:\w+|\*))?")
CHECKS = ("max_rejected_share", "max_not_located_share", "max_outside_declared_share", "max_unmapped_share", "min_rows")


def parsed(text: str) -> Plain:
    """A recipe's text as plain values. Raises RecipeError with the line where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(tr("This is not valid TOML: {why}.", why=str(error))) from None
    except RecursionError:
        raise RecipeError(tr("This is not valid TOML: its tables stand too deep in each other.")) from None


def text_of(recipe: Mapping[str, Any]) -> str:
    """Plain values as a recipe's text."""
    parts = []
    for name in (*(n for n in ORDER if n in recipe), *(n for n in recipe if n not in ORDER)):
        value = recipe[name]
        if isinstance(value, list):
            parts += [table(name, one, many=True) for one in value]
        elif value:
            parts.append(table(name, value))
    return "\n\n".join(parts) + "\n"


def register(recipe: Mapping[str, Any]) -> Plain:
    """The first register of schools: the source that the screen's choices are about; empty where there is none."""
    every = [s for s in recipe.get("source", ()) if isinstance(s, dict)]
    return next((s for s in every if s.get("kind", "schools") == "schools" and not s.get("series")), {})


def feeds(source: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Field → the raw columns that feed it, in any of the forms of a recipe."""
    found: dict[str, tuple[str, ...]] = {}
    for field, feed in dict(source.get("columns") or {}).items():
        if isinstance(feed, str):
            found[field] = (feed,)
        elif isinstance(feed, dict):
            one = feed.get("column")
            found[field] = (str(one),) if one else tuple(feed.get("columns") or feed.get("flags") or ())
    return found


def simple(source: Mapping[str, Any], field: str) -> bool:
    """Whether one column feeds a field just so; otherwise a rule stands in the recipe's text."""
    feed = dict(source.get("columns") or {}).get(field)
    return isinstance(feed, str) or (isinstance(feed, dict) and set(feed) == {"column"})


# --- changes ------------------------------------------------------------------------------------------------------


def with_meaning(recipe: Plain, column: str, field: str) -> Plain:
    """The recipe where a raw column feeds a field, and no other; "" where it feeds none. What fed the field before is
    left out, and so are meanings that were written for a field which is fed otherwise now."""
    out = deepcopy(recipe)
    source = register(out)
    columns = dict(source.get("columns") or {})
    for other in [f for f, raw in feeds(source).items() if column in raw]:
        columns.pop(other)
    if field:
        columns[field] = column
    changed = {f for f in {*columns, *(source.get("columns") or {})} if columns.get(f) != dict(source.get("columns") or {}).get(f)}  # fmt: skip
    source["columns"] = columns
    values = {f: v for f, v in dict(source.get("values") or {}).items() if f not in changed}
    _put(source, "values", values)
    if "school_id_govt" in columns or "school_id_giga" in columns:
        source.pop("make_id_from", None)
    return out


def with_value(recipe: Plain, field: str, known: Mapping[str, str], raw: str, meaning: str) -> Plain:
    """The recipe where a raw word of a field means something else; `known` are all its words as they are understood now."""
    out = deepcopy(recipe)
    source = register(out)
    values = dict(source.get("values") or {})
    values[field] = {**known, raw: meaning}
    source["values"] = values
    return out


def with_set(recipe: Plain, key: str, value: Any) -> Plain:
    """The recipe with one key set, such as place.name or source.repair.bounds; left out where the value is empty.

    Raises RecipeError for a value that the key cannot have.
    """
    if not KEY.fullmatch(key):
        raise RecipeError(tr("There is no such choice."))
    out = deepcopy(recipe)
    table_, *path = key.split(".")
    at: Plain = register(out) if table_ == "source" else out.setdefault(table_, {})
    for part in path[:-1]:
        at = at.setdefault(part, {})
    _put(at, path[-1], _value(key, value))
    return out


def with_scope(recipe: Plain, column: str, keep: list[str], reason: str) -> Plain:
    """The recipe where only rows with these values of a column belong; all rows, where no column or nothing is named."""
    out = deepcopy(recipe)
    source = register(out)
    before = dict(source.get("scope") or {})
    scope: Plain = {}
    if column and keep:
        scope = {**(before if before.get("column") == column else {}), "column": column, "keep": sorted(keep)}
        _put(scope, "reason", reason.strip())
    if {**before, "keep": sorted(map(str, before.get("keep", [])))} != scope or not before:
        _put(source, "scope", scope)
    return out


def _put(at: Plain, key: str, value: Any) -> None:
    if value is None or value in ("", [], {}):
        at.pop(key, None)
    else:
        at[key] = value


def _value(key: str, value: Any) -> Any:
    """A control's value as the recipe has it: lists from texts with commas, numbers from texts."""
    if key in ("place.levels", "place.levels_plural") or key.startswith("source.sentinels."):
        return [part.strip() for part in str(value or "").split(",") if part.strip()]
    if key == "source.repair.bounds":
        return _bounds(str(value or ""))
    if key == "place.iso3":
        return str(value or "").strip().upper()
    if key.startswith("check.") and value not in (None, ""):
        return int(float(value)) if key.endswith("min_rows") else float(value)
    if key == "source.header_row":
        return int(value or 0) or None
    return value.strip() if isinstance(value, str) else value


def _bounds(text: str) -> list[float] | None:
    if not text.strip():
        return None
    try:
        four = [float(part) for part in text.replace(";", ",").split(",")]
    except ValueError:
        four = []
    if len(four) != 4 or not (-180 <= four[0] < four[2] <= 180 and -90 <= four[1] < four[3] <= 90):
        raise RecipeError(tr("Bounds are four numbers with commas between: west, south, east, north, such as 33.9, -4.7, 41.9, 5.5."))  # fmt: skip
    return four


def with_policy(recipe: Plain, name: str, value: Any) -> Plain:
    """The recipe with a policy number set, or left to its default where the value is empty."""
    out = deepcopy(recipe)
    policy = dict(out.get("policy") or {})
    kind = type(NUMBERS[name].value) if name in NUMBERS else float
    try:
        _put(policy, name, value if kind is str or value in (None, "") else float(value))
    except ValueError:
        raise RecipeError(tr("{value} is not a number.", value=str(value))) from None
    _put(out, "policy", policy)
    return out


def with_more(recipe: Plain, draft: Mapping[str, Any], kind: str) -> Plain:
    """The recipe with the table of a further file added, from the draft of that file; in place of one for the same file."""
    out = deepcopy(recipe)
    found = dict(next(iter(draft.get(kind) or ({},))))
    same = [one for one in out.get(kind, []) if one.get("path") != found.get("path")]
    names = {one.get("name") for part in SEVERAL for one in out.get(part, []) if one.get("path") != found.get("path")}
    if found.get("name") in names:
        found["name"] = f"{found['name']} 2"
    out[kind] = [*same, found]
    return out


# --- words --------------------------------------------------------------------------------------------------------


def coded(field: str) -> bool:
    """Whether the words of a field need a meaning."""
    return field in FIELDS and FIELDS[field].kind in ("code", "yesno")


def allowed(field: str) -> tuple[str, ...]:
    """What a word of a field may mean."""
    return ("yes", "no") if FIELDS[field].kind == "yesno" else FIELDS[field].allowed


def understood(source: Mapping[str, Any], field: str, raw: list[str], meanings: Mapping[str, Any]) -> dict[str, str]:
    """Raw word → what it means as the recipe stands; "" where nobody knows."""
    given = dict(source.get("values") or {}).get(field)
    known = meanings.get("yesno" if FIELDS[field].kind == "yesno" else field) or {}
    own = dict(known.get("") or {})
    if isinstance(given, dict):
        return {word: str(given.get(word, own.get(word, "") if word.lower() in allowed(field) else "")) for word in raw}
    table_ = {**own, **dict(known.get(str(given)) or {})} if given else own
    return {word: table_.get(word, "") for word in raw}


def elsewhere(source: Mapping[str, Any], field: str, meanings: Mapping[str, Any]) -> bool:
    """Whether the words of a field are in an alias file whose words are not known here."""
    given = dict(source.get("values") or {}).get(field)
    known = meanings.get("yesno" if FIELDS[field].kind == "yesno" else field) or {}
    return isinstance(given, str) and given.removesuffix(".csv") not in known
