"""The funder's report: one HTML file that opens offline, whose numbers come again from what its hash stands for.

    report = report_of(desk, view, plan)       # what is asked, and every number that follows
    out.write_bytes(page(report))              # geodata.exports.report_page

What is asked (the view, the terms of the plan, the prices, data, code, tier) and the numbers stand in the file as canonical
JSON. Its SHA-256 is printed at the head. Whoever has the same data gets the same numbers: `firstmile report --verify`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from geodata import disclosure
from geodata.errors import DisclosureError, ExportError
from geodata.exports import report_numbers as numbers
from geodata.exports.passport import SYNTHETIC, sources_of, under
from geodata.exports.plan_seen import Handed, check_profile
from geodata.exports.result import Result, result
from geodata.plan import scenariofile
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english, language, tr
from geodata.store.code import code_version
from geodata.view import View

FORM = 1  # of the JSON
TAG = "first-mile-report"  # id of the element that holds it
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, eq=False)
class Report:
    """What a report says. `draws`: how often the plan was made anew to see how sure it is; 0 where it was not."""

    desk: Desk
    view: View
    handed: Handed | None
    profile: str
    language: str
    draws: int = 0
    code: str = ""  # of the program that made it; this one where empty
    given: Mapping[str, Any] | None = None  # numbers to print as they are, in place of working them out

    @property
    def plan(self) -> Plan | None:
        """The plan, where the report has one."""
        return None if self.handed is None else self.handed.plan

    @property
    def lists(self) -> bool:
        """Whether the schools of the view stand in it: always, but beside a plan only where some are chosen by a filter."""
        return self.plan is None or bool(replace(self.view, policy=(), sort="priority_rank", descending=False).query())

    @cached_property
    def listed(self) -> Result | None:
        """The schools of the view; None where this tier sees none one by one."""
        return listed(self.desk, self.view, self.profile) if self.desk.one_by_one else None

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What decides every number, as plain data."""
        atlas, plan = self.desk.atlas, self.plan
        held = {
            "form": FORM,
            "place": atlas.slug,
            "data_version": atlas.version,
            "code": self.code or code_version(),
            "tier": self.desk.tier,
            "licence_profile": self.profile,
            "language": self.language,
            "view": self.view.query(),
        }
        if plan is None:
            return held
        scenario = json.loads(scenariofile.write(self.handed.terms, plan.book, version=atlas.version))  # type: ignore[union-attr]
        return {**held, "scenario": scenario, "draws": self.draws}

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """Every number of the report, by table."""
        if self.given is not None:
            return dict(self.given)
        found = numbers.of_list(self.desk, self.view, self.listed, rows=self.lists)
        return found if self.handed is None else {**found, **numbers.of_plan(self.handed)}

    @cached_property
    def text(self) -> str:
        """The canonical JSON, as it stands in the file: keys in order, no spaces, nothing that would end a script."""
        return canonical({"asked": self.asked, "numbers": self.numbers})

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of that text in UTF-8: what is printed."""
        return digest(self.text)

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources that the report rests on."""
        if self.handed is not None:
            return [s for s in self.handed.sources if s["used_here"]]
        columns = self.listed.columns if self.listed is not None else ()
        return [s for s in sources_of(self.desk, columns) if s["used_here"]]

    @property
    def passport(self) -> dict[str, str]:
        """Licences and attributions of all of them."""
        return under([{**s, "used_here": True} for s in self.sources])

    @property
    def notices(self) -> list[str]:
        """Sentences that stand in every report."""
        synthetic = [tr(SYNTHETIC) + "."] if self.desk.atlas.synthetic else []
        said = [self.desk.kept_back_note, self.desk.location_note, *([self.handed.kept_back] if self.handed else [])]
        return [*synthetic, *filter(None, [*said, self.desk.disclaimer])]


def report_of(
    desk: Desk, view: View, plan: Plan | None = None, *, profile: str = "noncommercial", draws: int = 0, code: str = ""
) -> Report:
    """A report on the schools of a view and, where one is given, on a plan, in the language spoken now.

    Raises DisclosureError where licence profile or tier forbid it, ViewError for a view that cannot be answered.
    """
    disclosure.check_profile(profile)
    handed = None if plan is None else Handed(desk, plan, profile)
    if handed is not None:
        check_profile(handed)
    if handed is None and not desk.one_by_one:
        raise DisclosureError(
            tr("Schools of {name} are not shown one by one to the {tier} tier, so there is no list to report on without a plan.", name=desk.atlas.name, tier=desk.tier)
        )  # fmt: skip
    # A list's ids themselves: whoever verifies the report has no list of ours.
    kept = replace(view, screen=(), plans=(), kept="" if view.ids else view.kept)
    if desk.one_by_one:
        desk.select(kept)
    return Report(desk, kept, handed, profile, language().code, draws, code)


@in_english
def listed(desk: Desk, view: View, profile: str) -> Result:
    """The schools of a view with the columns of a report that tier and licence let out."""
    every = set(result(desk, view, None, profile).columns)
    return result(desk, view, [c for c in numbers.COLUMNS if c in every], profile)


def canonical(data: Mapping[str, Any]) -> str:
    """JSON in one form alone: the same data give the same text."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for raw, escaped in _ESCAPES.items():
        text = text.replace(raw, escaped)
    return text.encode("utf-8", "replace").decode()


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def held_in(content: bytes) -> tuple[str, str]:
    """The JSON text that a report holds, and the hash that is printed in it. Raises ExportError for what is no report."""
    text = content.decode("utf-8", "replace")
    start, end = f'<script type="application/json" id="{TAG}">', "</script>"
    printed = '<code id="report-hash">'
    if start not in text or printed not in text:
        raise ExportError(tr("This is no report of First Mile: it holds no data to verify."))
    body = text.split(start, 1)[1].split(end, 1)[0]
    return body, text.split(printed, 1)[1].split("</code>", 1)[0].strip()
