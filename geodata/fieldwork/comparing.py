"""Answers held against what stands, and against each other: what may be proposed, what a person has to settle, what agrees.

Never silently overwritten: two files that say different things about one school are a conflict, and so is an answer that is
older than the value which it would replace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.fieldwork.asking import KNOWN, Asked, current
from geodata.fieldwork.questions import QUESTIONS
from geodata.fieldwork.returned import Answer, Fault, Returned, not_known
from geodata.fieldwork.values import said, same
from geodata.query import Desk
from geodata.say import tr

MOST_LISTED = 5


@dataclass(frozen=True)
class Proposal:
    """One change to propose: what the answer says in place of what stands. `plain`: nothing doubted what stands."""

    school_id: str
    question: str
    value: str
    now: Asked
    answers: tuple[Answer, ...]

    @property
    def plain(self) -> bool:
        """Whether it changes a value that was neither unknown nor in doubt, which nobody was asked for."""
        return self.now.state == KNOWN


@dataclass(frozen=True)
class Conflict:
    """What a person has to settle: the answers, what stands now, and why neither is taken."""

    school_id: str
    question: str
    answers: tuple[Answer, ...]
    now: Asked
    said: str


@dataclass(frozen=True)
class Compared:
    """All returned files together. `agree`: answers that say what stands; `unknown`: asked, and nobody knew."""

    files: tuple[Returned, ...]
    proposals: tuple[Proposal, ...]
    conflicts: tuple[Conflict, ...]
    agree: int
    unknown: int

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults of all files, in their order."""
        return tuple(f for file in self.files for f in file.faults)


def compare(files: Sequence[Returned], desk: Desk) -> Compared:
    """Hold the answers of returned files against the desk's data; the order of the files does not matter."""
    by: dict[tuple[str, str], list[Answer]] = {}
    unknown = 0
    for answer in sorted(
        (a for f in files for a in f.answers), key=lambda a: (a.file, a.cell, a.school_id, a.question)
    ):
        if not_known(answer):
            unknown += 1
        else:
            by.setdefault((answer.school_id, answer.question), []).append(answer)
    now = current(desk, [school for school, _ in by]) if by else {}
    proposals, conflicts, agree = [], [], 0
    for (school, question), answers in sorted(by.items()):
        stands = now.get((school, question))
        if stands is None:  # a fact that this tier may not ask for
            conflicts.append(Conflict(school, question, tuple(answers), Asked(question, KNOWN), tr("this view may not ask for it")))  # fmt: skip
            continue
        why = _conflict(answers, stands)
        if why:
            conflicts.append(Conflict(school, question, tuple(answers), stands, why))
        elif same(QUESTIONS[question], answers[0].value, stands.value):
            agree += 1
        else:
            proposals.append(Proposal(school, question, answers[0].value, stands, tuple(answers)))
    return Compared(tuple(files), tuple(proposals), tuple(conflicts), agree, unknown)


def _conflict(answers: Sequence[Answer], now: Asked) -> str:
    """Why a person has to settle it; empty where nobody has to."""
    question = QUESTIONS[now.question]
    different = [a for a in answers if not same(question, a.value, answers[0].value)]
    if different:
        kept = (answers[0], *different)[:MOST_LISTED]
        return tr("two answers differ: {what}", what="; ".join(f"{said(question, a.value)} ({a.file} {a.cell})" for a in kept))  # fmt: skip
    newest = max(a.day for a in answers)
    if now.value and not same(question, answers[0].value, now.value) and newer(now.date, newest):
        return tr("what stands ({value}, {source}, {date}) is newer than the answer of {day}", value=said(question, now.value), source=now.source or tr("source not named"), date=now.date, day=newest)  # fmt: skip
    return ""


def newer(date: str, day: str) -> bool:
    """Whether a source's date is plainly later than a day, as far as both are told: 2026 is not later than 2026-03-01."""
    shortest = min(len(date), len(day))
    return shortest >= 4 and date[:shortest] > day[:shortest] and date[:4].isdigit()
