"""What is kept is English whoever reads: hashes, plans, files; and is told in the reader's language where it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.planning import asked, fair, head, listing, marks
from dashboard.planning.seen import Seen
from geodata.exports.plan_files import file_of, offered
from geodata.lots.cut import Lots, lots
from geodata.lots.editions import tender
from geodata.options.eligible import WHY
from geodata.options.words import STATES, WAYS, WHYS
from geodata.plan.frozen import freeze
from geodata.plan.make import make_plan
from geodata.plan.result import Plan
from geodata.plan.stands import stands_of
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.reasons import STATUS_WORDS
from geodata.say import catalogue, in_english, kept, language, speaking, told, tr
from geodata.view import View
from scripts import words as script
from tests import plans

LETTERS = re.compile(r"[A-Za-z]{3,}")


def spoken(text: str) -> str:
    """A message in a language of tests: its letters in capitals of another kind, its slots as they are."""
    return "".join(p if p.startswith("{") else p.translate(_OTHER) for p in re.split(r"(\{[^{}]*\})", text))


_OTHER = {ord(a): 0x1D5A0 + i for i, a in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}


@pytest.fixture(scope="module")
def pseudo() -> Iterator[None]:
    """Every message of the product is translated: what stays in Latin letters was not said through the catalogues."""
    rooms = [path for room in ("geodata", "dashboard/planning") for path in (script.ROOT / room).rglob("*.py") if "exports" not in path.parts]  # fmt: skip
    keys = [one.message for path in rooms for one in script.in_code(path)] + [one.message for one in script.declared()]
    forms = [(m,) if isinstance(m, str) else m for m in keys]
    every: dict[str, Any] = {f[0]: spoken(f[0]) if len(f) == 1 else (spoken(f[0]), spoken(f[1])) for f in forms}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "texts", lambda code: every)
        patch.setattr(catalogue, "plural", lambda code: lambda n: int(n != 1))
        patch.setattr(kept, "messages", lambda code: tuple((f, tuple(map(spoken, f))) for f in forms))
        patch.setattr(kept, "plural", lambda code: lambda n: int(n != 1))
        _forget()
        yield
    _forget()


def _forget() -> None:
    kept._index.cache_clear()
    kept._told.cache_clear()


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(plans.eight(tmp_path_factory.mktemp("kept")), tier="government")


def made(desk: Desk, code: str) -> Plan:
    with speaking(code):
        return make_plan(desk, Terms.of(desk.policy.with_values({"plan_years": 2}), 30_000))


@pytest.fixture(scope="module")
def both(pseudo: None, eight: Desk) -> tuple[Plan, Plan]:
    return made(eight, "en"), made(Desk(eight.atlas, tier="government"), "ar")


def test_a_plan_is_the_same_whatever_language_its_reader_has(both: tuple[Plan, Plan]) -> None:
    english, arabic = both
    assert (english.key, english.terms.key, english.book.key) == (arabic.key, arabic.terms.key, arabic.book.key)
    assert json.dumps(freeze(english), sort_keys=True) == json.dumps(freeze(arabic), sort_keys=True)
    assert english.schools["why"].str.contains("it costs|worth its cost|Not eligible").any()


def test_terms_of_an_address_have_one_hash(pseudo: None, eight: Desk) -> None:
    view = View.parse("budget=30000&terms=shocked:North,training:no")
    keys = set()
    for code in ("en", "ar", "fr"):
        with speaking(code):
            keys.add(asked.terms_of(eight, view, 0.0).key)
    assert len(keys) == 1


def test_files_of_a_plan_are_the_same_bytes(both: tuple[Plan, Plan], eight: Desk) -> None:
    names = [f.name for f in offered(eight, both[0]) if not f.name.endswith((".gpkg", ".pdf"))]
    assert names
    for name in names:
        with speaking("en"):
            english = file_of(eight, both[0], name)
        with speaking("ar"):
            assert file_of(eight, both[1], name) == english, name


def test_lots_tender_and_standing_are_the_same(both: tuple[Plan, Plan], eight: Desk) -> None:
    found: list[tuple[Lots, str, str]] = []
    for plan, code in zip(both, ("en", "ar"), strict=True):
        with speaking(code):
            cut = lots(plan, eight)
            found.append((cut, tender(plan, cut, eight).key, str(stands_of(eight, plan, cut).rows.to_dict())))
    (a, key, rows), (b, other, again) = found
    assert (a.lots.to_dict(), a.notes, key, rows) == (b.lots.to_dict(), b.notes, other, again)


def test_what_is_kept_is_told_in_the_readers_language(both: tuple[Plan, Plan], eight: Desk) -> None:
    plan = both[0]
    texts = {*plan.schools["why"], *plan.schools["way_why"], *plan.notes, *plan.regions["why"], *WHY.values(), *WAYS.values(), *WHYS.values(), *STATES.values(), *STATUS_WORDS.values()}  # fmt: skip
    texts |= {*lots(plan, eight).lots["risk"]} | {*eight.derived()["priority_reasons"].dropna()}
    names = "|".join([*eight.whole["school_id"], "Testland", "USD", "US", "ITU", "Connectivity", "Planning", "Platform", "defaults", "Mbps", "Wi"])  # fmt: skip
    with speaking("ar"):
        left = {text: told(text) for text in texts if text and LETTERS.search(re.sub(names, "", told(text)))}
    assert not left, [(LETTERS.findall(re.sub(names, "", said)), said) for said in left.values()]


def test_the_page_of_a_plan_is_said_in_the_readers_language(both: tuple[Plan, Plan], eight: Desk) -> None:
    with speaking("ar"):
        seen = Seen(eight, both[0])
        row = listing.rows(seen, View(), {"startRow": 0, "endRow": 9}, listing.EVERY)["rowData"][0]
        said = [head.headline(seen), row["decision"], row["why"], fair.title(fair._fairness(eight, both[0]))]
        said += [tr(m.label) for m in marks.MARKS.values()]
    assert not [text for text in said if LETTERS.search(text.replace("USD", ""))], said


def test_english_stays_what_it_was(pseudo: None) -> None:
    text = "Left out: it costs USD 1,200; the plan would pay up to USD 900."
    assert (told(text), language().code) == (text, "en")
    with speaking("ar"):
        assert (in_english(lambda: language().code)(), language().code) == ("en", "ar")
        assert [told(text) for text in ("", "nobody said this 12")] == ["", "nobody said this 12"]
