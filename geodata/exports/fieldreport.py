"""What returned forms held, row by row, as a CSV for whoever looks into it; and the file of accepted corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from geodata.exports.disk import whole
from geodata.exports.formula import spreadsheet_csv
from geodata.fieldwork.accepted import write
from geodata.fieldwork.comparing import Compared
from geodata.fieldwork.questions import QUESTIONS
from geodata.fieldwork.rejectedrows import KINDS, Mend
from geodata.fieldwork.returned import Answer
from geodata.fieldwork.values import said
from geodata.say import tr
from geodata.store.corrections import ACCEPTED, Correction

HEAD = ("kind", "school_id", "fact", "answer", "known_now", "source", "date", "said", "where")


def report(found: Compared, mends: Sequence[Mend] = ()) -> pd.DataFrame:
    """One row a proposal, a conflict, an unreadable cell, and a rejected row that somebody explains."""
    rows: list[Sequence[str]] = []
    for one in found.proposals:
        question = QUESTIONS[one.question]
        note = tr("nobody doubted what stands") if one.plain else ""
        rows.append((tr("to propose"), one.school_id, tr(question.short), said(question, one.value), said(question, one.now.value), one.now.source, one.now.date, note, _where(one.answers)))  # fmt: skip
    for clash in found.conflicts:
        question = QUESTIONS[clash.question]
        values = "; ".join(dict.fromkeys(said(question, a.value) for a in clash.answers))
        rows.append((tr("conflict"), clash.school_id, tr(question.short), values, said(question, clash.now.value), clash.now.source, clash.now.date, clash.said, _where(clash.answers)))  # fmt: skip
    rows += [(tr("cannot be read"), "", "", "", "", "", "", f.said, f"{f.file} {f.cell}") for f in found.faults]
    rows += [(tr("rejected row"), m.same_as, "", tr(KINDS[m.what]), "", f"{m.source} {m.row}", "", m.mended, f"{m.file} {m.cell}") for m in mends]  # fmt: skip
    return pd.DataFrame(rows, columns=list(HEAD), dtype="str")


def write_report(found: Compared, path: Path, mends: Sequence[Mend] = ()) -> None:
    """The report as a CSV that spreadsheets open; no cell starts a formula."""
    _write(path, spreadsheet_csv(report(found, mends)))


def write_accepted(found: Iterable[Correction], path: Path) -> int:
    """The accepted corrections as the file that a build applies; returns how many."""
    kept = [c.accepted for c in found if c.state == ACCEPTED]
    _write(path, write(kept))
    return len(kept)


def _where(answers: Sequence[Answer]) -> str:
    return "; ".join(f"{a.file} {a.cell}" for a in answers[:5])


def _write(path: Path, content: bytes) -> None:
    with whole(path) as part:
        part.write_bytes(content)
