"""Nothing that a person reads is written past the catalogues: no prose literal in the code, no word outside the brackets
of a language that nobody speaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

from dashboard.page import Page, pages
from geodata.declare import Criterion, Indicator, Method
from geodata.declare import found as declared
from geodata.policy import NUMBERS
from geodata.query import Desk
from tests import prose, pseudo
from tests.pages import app_of, country, said, view

pytestmark = pytest.mark.xdist_group("words")
ROOT = Path(__file__).resolve().parents[1]
# Rooms whose words are not the screen's: files keep English heads and values, as do the books of prices and the records
# that are hashed; a build's own study is told in English and said with `told` where it is shown.
ENGLISH = ("geodata/exports/", "geodata/store/", "geodata/costing/", "geodata/predict/", "geodata/methods/record.py")
# Literals that look like prose and are not said to anybody, or are names.
NOT_PROSE = {
    "dashboard/app.py": r"public, max-age",  # headers of HTTP
    "dashboard/replies.py": r"max-age|no-cache",
    "dashboard/guard.py": r"geolocation=|414 URI|text/plain",
    "dashboard/tongue.py": r"<!DOCTYPE html>",
    "dashboard/before.py": r"title",  # names of properties
    "dashboard/components.py": r"themeQuartz",  # code for the browser
    "dashboard/children_method.py": r"\[\[",  # keys of a recipe, as they are written there
    "dashboard/bringing/whatstep.py": r"recipe\.toml needs mending:",  # what the command says, cut off
    "dashboard/codewords.py": r"child|Mbps",  # English singulars
    "dashboard/findings.py": r"\{share\}",  # put together from parts that are marked; `scripts/words.py` has each
    "dashboard/packing/interface.py": r"\{n\} (learner|school)s?",  # plural forms that words.count has too
    "dashboard/packing/content.py": r"First Mile",
    "dashboard/packing/readme.py": r"First Mile",
    "dashboard/packing/sheets.py": r"",  # heads that its own words bring over
    "dashboard/fieldwork/collect.py": r"forms for",  # a file's name
    "dashboard/planning/files.py": r"plan of",  # a file's name
    "dashboard/briefing/drawn.py": r"bar |swatch|curve|inline-size",  # classes and styles
    "dashboard/planning/show.py": r"wait|areas|fault",  # keys of what is drawn
    "dashboard/views/bringing.py": r"handed",
    "dashboard/views/named.py": r"UTC",
    "dashboard/views/saving.py": r"UTC",
    "geodata/say/numbers.py": r"LLLL y",  # a pattern of dates
    "geodata/filters.py": r"contains|SELECT|NULL",
    "geodata/grid.py": r"beside the parts",
    "geodata/lots/bids.py": r"without an id|no currency",  # told where they are shown
    "geodata/lots/editions.py": r"\w+",  # heads of a tender's files, in English
    "geodata/plan/compare.py": r"Cost",
    "geodata/plan/scenariofile.py": r"First Mile",
    "geodata/policy.py": r"no policy number|Did you mean",  # made before any catalogue can be read; told in English
}
WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
# On the screen as they are in every language: symbols of units, codes, what others call their own things.
NAMES = {"Mbps", "kbps", "kWh", "kWp", "MHz", "UTC", "USD", "CSV", "XLSX", "GeoPackage", "GeoJSON", "GeoParquet", "WGS", "Kendall", "Wi-Fi", "First Mile", "ISCED"}  # fmt: skip


def _files() -> Iterator[tuple[str, Path, bool]]:
    for room, top in (("dashboard", True), ("geodata", False)):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(ENGLISH):
                yield name, path, top


def test_no_sentence_is_written_past_the_catalogues() -> None:
    loose = [
        f"{name}:{line}: {text!r}"
        for name, path, top in _files()
        for line, text in prose.unsaid(path, top=top)
        if not (name in NOT_PROSE and re.search(NOT_PROSE[name], text))
    ]
    assert not loose, "say these with tr, trn, later or words.count:\n" + "\n".join(loose)


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ('def f(): return "No school is here."', ["No school is here."]),
        ('def f(n): return f"{n} schools wait"', ["{} schools wait"]),
        ('def f(): return html.H2("Title")', ["Title"]),
        ('HEAD = ("Schools", "which")', ["Schools"]),
        ('def f(): return tr("No school is here.")', []),
        ('def f(): return html.Div(className="fm-soft fm-small", id="a b")', []),
        ('def f(n): return sql("SELECT a FROM b WHERE c")', []),
        ('def f():\n    "What it does, in words."\n    raise ValueError("never seen by a visitor")', []),
    ],
)
def test_the_finder_knows_prose_from_code(tmp_path: Path, code: str, caught: list[str]) -> None:
    file = tmp_path / "one.py"
    file.write_text(code, encoding="utf-8")
    assert [text for _, text in prose.unsaid(file)] == caught


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, Desk]]:
    with app_of(country(tmp_path_factory.mktemp("place"))) as found:
        yield found


@pytest.fixture(scope="module")
def data(served: tuple[Dash, Desk]) -> set[str]:
    """Words that are the country's own, or citations, which no language changes."""
    desk = served[1]
    cells = " ".join(str(v) for name in desk.schools for v in desk.schools[name].dropna().unique())
    cited = [x for kind, room in ((Indicator, "geodata.indicators"), (Criterion, "geodata.criteria"), (Method, "geodata.methods")) for x in declared(kind, room).values()]  # type: ignore[type-abstract]  # fmt: skip
    from geodata.fields import FIELDS

    texts = [x.reference for x in (*cited, *NUMBERS.values(), *FIELDS.values())] + [
        x.code for x in cited if isinstance(x, Indicator)
    ]
    return set(WORD.findall(" ".join([cells, json.dumps(desk.atlas.manifest), *texts]))) | NAMES


SHOWN = ("home", "explore", "prioritise", "people", "equity", "data", "school")


@pytest.mark.parametrize("name", SHOWN)
def test_every_word_of_a_page_is_said_in_the_language_or_comes_from_data(
    served: tuple[Dash, Desk], data: set[str], name: str
) -> None:
    page: Page = next(one for one in pages() if one.name == name)
    with pseudo.spoken():
        shown = said(page.layout(served[1], view("school=S5" if name == "school" else "")))
    assert "⟦" in shown
    rejected = {"census", "The id 7 stands in row 8 too.", "The point lies outside the country.", "Temporarily idle.", "Closed for good."}  # fmt: skip
    loose = [
        x
        for x in pseudo.outside(shown)
        if x not in rejected and not x.startswith("[[") and any(w not in data for w in WORD.findall(x))
    ]
    assert not loose, sorted(set(loose))[:40]
