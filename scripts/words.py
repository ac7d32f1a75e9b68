"""Write the catalogues `geodata/locales/<language>.po` from what the product says. `make words` runs it.

Messages are the literals of `tr`, `trn`, `later` and `words.count` in the code, and the texts of the declarations
(indicators, things lacked, methods, checks, pages, columns, policy numbers, coded values, units). A translation stays
as long as its message does. `--check` writes nothing and ends with 1 where a catalogue is stale.
"""

from __future__ import annotations

import ast
import datetime
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from babel.messages.catalog import Catalog  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402
from jinja2 import Environment  # noqa: E402
from jinja2.ext import extract_from_ast  # noqa: E402

from geodata.say.catalogue import LOCALES  # noqa: E402
from geodata.say.languages import LANGUAGES  # noqa: E402

WHERE = ("dashboard", "geodata")
SINGLE, PLURAL, COUNTED = {"tr", "later"}, {"trn"}, {"count"}
WIDTH = 120
# Forms in the order of CLDR (zero, one, two, few, many, other), which Babel's own rule for Arabic ends the other way round.
PLURALS = {"ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"}
DAY = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)  # fixed: the same messages give the same bytes
HEADER = """# What First Mile says, in {name} ({code}).
# NOT REVIEWED BY A NATIVE SPEAKER. Whoever reviews it sets `reviewed=True` in geodata/say/languages.py.
# The English text is the key; {{names}} in braces are filled in and stay as they are. `make words` adds what is new."""
REVIEWED = """# What First Mile says, in {name} ({code}).
# The English text is the key; {{names}} in braces are filled in and stay as they are. `make words` adds what is new."""


@dataclass(frozen=True)
class Said:
    """One message: its English text or its singular and plural, and the file that says it."""

    message: str | tuple[str, str]
    where: str


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can be: a literal, or either branch of a condition."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from literals(body)
            yield from literals(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from literals(value)


def name_of(call: ast.Call) -> str:
    """What is called: the last part of its name."""
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
    return ""


def counted(one: str, many: str = "") -> tuple[str, str]:
    """The plural message of a counted noun: "{n} school", "{n} schools"."""
    return f"{{n}} {one}", f"{{n}} {many or one + 's'}"


def said_by(call: ast.Call) -> Iterator[str | tuple[str, str]]:
    """The messages of one call, none where it says nothing."""
    name, args = name_of(call), call.args
    if name in SINGLE and args:
        yield from literals(args[0])
    elif name in PLURAL and len(args) > 1:
        yield from zip(literals(args[0]), literals(args[1]), strict=True)
    elif name in COUNTED and len(args) > 1:
        many = list(literals(args[2])) if len(args) > 2 else []
        for place, one in enumerate(literals(args[1])):
            yield counted(one, many[place] if place < len(many) else "")


def in_code(path: Path) -> Iterator[Said]:
    """Every message of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            for message in said_by(node):
                yield Said(message, path.relative_to(ROOT).as_posix())


def in_templates() -> Iterator[Said]:
    """Every message of the page templates."""
    for path in sorted(path for room in WHERE for path in (ROOT / room).rglob("templates/*.html")):
        for _, _, message in extract_from_ast(Environment(autoescape=True).parse(path.read_text("utf-8")), ("tr",)):
            for text in (message,) if isinstance(message, str) else message:
                if text:
                    yield Said(text, path.relative_to(ROOT).as_posix())


def _texts(of: Iterable[Any], *names: str, where: str) -> Iterator[Said]:
    for one in of:
        for name in names:
            text = getattr(one, name)
            if isinstance(text, str) and any(letter.isalpha() for letter in text):
                yield Said(text, where)


def declared() -> Iterator[Said]:
    """The texts of the declarations, which the screen says with `tr`."""
    from dashboard import tongue, words  # noqa: PLC0415 - the declarations are read only when the script runs
    from dashboard.codewords import plain  # noqa: PLC0415
    from dashboard.findings import LACKING, message  # noqa: PLC0415
    from dashboard.page import pages  # noqa: PLC0415
    from etl.quality import checks  # noqa: PLC0415
    from geodata import vocabulary  # noqa: PLC0415
    from geodata.declare import Criterion, Export, Indicator, Method, found  # noqa: PLC0415
    from geodata.equity.groups import DIMENSIONS  # noqa: PLC0415
    from geodata.fields import FIELDS  # noqa: PLC0415
    from geodata.policy import NUMBERS  # noqa: PLC0415

    indicators = found(Indicator, "geodata.indicators").values()
    things = found(Criterion, "geodata.criteria").values()
    yield from (Said(message(one), "dashboard/findings.py") for one in indicators if one.name in LACKING)
    yield from _texts(indicators, "title", "definition", "formula", where="geodata/indicators")
    yield from _texts(
        things, "title", "definition", "formula", "lacks", "has", "unknown", "lacks_in_part", "unknown_in_part",
        where="geodata/criteria",
    )  # fmt: skip
    yield from _texts(found(Method, "geodata.methods").values(), "title", "text", "formula", where="geodata/methods")
    yield from _texts(checks().values(), "sentence", where="etl/quality")
    yield from _texts(found(Export, "geodata.exports").values(), "title", where="geodata/exports")
    yield from _texts(pages(), "title", where="dashboard/pages")
    # a packed folder's scripts name their words by keys of their own (dashboard/packing/interface.py)
    for folder in (tongue.ASSETS, *sorted(p for p in tongue.ASSETS.iterdir() if p.is_dir() and p.name != "pack")):
        yield from (Said(text, "assets") for text in tongue.script_messages(folder))
    yield from _texts(FIELDS.values(), "title", "definition", where="geodata/fields.py")
    yield from _texts(NUMBERS.values(), "title", "definition", where="geodata/policy.py")
    yield from _texts(DIMENSIONS, "title", "bring", where="geodata/equity/groups.py")
    for dimension in DIMENSIONS:
        yield from (Said(text, "geodata/equity/groups.py") for text in dimension.words.values())
    codes = {value for field in FIELDS.values() for value in field.allowed}
    codes |= {evidence.value for evidence in vocabulary.Evidence} | {"computed"}
    codes |= {choice for number in NUMBERS.values() for choice in number.choices}
    yield from (Said(plain(code), "geodata/vocabulary.py") for code in sorted(codes) if words.worded(code))
    for unit in sorted({one.unit for group in (FIELDS.values(), NUMBERS.values(), indicators) for one in group}):
        if any(letter.isalpha() for letter in unit):
            yield Said(unit, "units")
            yield Said(counted(words.singular(unit), unit), "units")


@cache
def messages() -> dict[str, Said]:
    """Every message once, by its key; a message said in several places carries the first."""
    paths = sorted(path for room in WHERE for path in (ROOT / room).rglob("*.py"))
    every = [said for path in paths for said in in_code(path)] + list(in_templates()) + list(declared())
    out: dict[str, Said] = {}
    for said in sorted(every, key=lambda one: (one.where, one.message if isinstance(one.message, str) else "")):
        key = said.message if isinstance(said.message, str) else said.message[0]
        if key.strip() and (key not in out or isinstance(said.message, tuple)):
            out[key] = said if key not in out else Said(said.message, out[key].where)
    return out


def template(found: dict[str, Said], code: str) -> Catalog:
    """A catalogue without translations."""
    language = LANGUAGES[code]
    catalogue = Catalog(
        locale=code, project="First Mile", version="1", creation_date=DAY, revision_date=DAY, fuzzy=False,
        header_comment=(REVIEWED if language.reviewed else HEADER).format(name=language.name, code=code),
        last_translator="First Mile", msgid_bugs_address="First Mile", language_team=language.name, copyright_holder="First Mile",
    )  # fmt: skip
    if code in PLURALS:
        catalogue.mime_headers = [("Plural-Forms", PLURALS[code])]
    for said in found.values():
        catalogue.add(said.message, locations=[(said.where, 0)])
    for entry in catalogue:
        entry.flags -= {"python-format", "python-brace-format"}  # "%" and braces are ours, not those of printf
    return catalogue


def merged(fresh: Catalog, old: Catalog | None) -> Catalog:
    """The fresh catalogue with every translation that the old one has of the same message."""
    for entry in fresh if old is not None else ():
        kept = old.get(entry.id if isinstance(entry.id, str) else entry.id[0]) if entry.id and old is not None else None
        if kept is None or not kept.string:
            continue
        if isinstance(entry.id, str) == isinstance(kept.id, str):
            entry.string = kept.string
        elif isinstance(entry.id, str):
            entry.string = kept.string[-1]
    return fresh


def written(catalogue: Catalog) -> bytes:
    """The bytes of a catalogue: sorted, with files but no lines, so that a change shows as itself."""
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Keys of the messages that lack a translation, or one of their plural forms."""
    out = []
    for entry in catalogue:
        if entry.id and (not entry.string or (isinstance(entry.string, (list, tuple)) and not all(entry.string))):
            out.append(entry.id if isinstance(entry.id, str) else entry.id[0])
    return out


def read(code: str) -> Catalog | None:
    """The catalogue of a language as it is on disk; None before the first."""
    path = LOCALES / f"{code}.po"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=code)


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with `--check` say whether they are stale."""
    found, stale = messages(), []
    for code in (code for code in LANGUAGES if code != "en"):
        catalogue = merged(template(found, code), read(code))
        path, text = LOCALES / f"{code}.po", written(catalogue)
        if not path.is_file() or path.read_bytes() != text:
            stale.append(path.name)
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(text)
        sys.stdout.write(f"{code}: {len(found)} messages, {len(untranslated(catalogue))} not translated\n")
    if stale and "--check" in arguments:
        sys.stdout.write(f"Stale: {', '.join(stale)}. Run `make words`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
