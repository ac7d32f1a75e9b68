"""The file of accepted corrections: a CSV that the next build applies; ids are texts, rows in one order, no clock time.

    correction,school_id,what,value,before,date,source

`before` is what the register said when the correction was proposed: where it says something else by now, neither wins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from geodata.errors import SchemaError
from geodata.fieldwork.questions import QUESTIONS, UNKNOWN
from geodata.fieldwork.values import UnreadableError, read_answer
from geodata.say import tr

LARGEST = 50_000_000  # bytes


@dataclass(frozen=True, order=True)
class Accepted:
    """One accepted correction; `value` and `before` in the one form of answers (`geodata.fieldwork.values`)."""

    correction: str
    school_id: str
    what: str
    value: str
    before: str
    date: str
    source: str


HEAD = tuple(f.name for f in fields(Accepted))


def write(corrections: Iterable[Accepted]) -> bytes:
    """The file; the same corrections in any order give the same bytes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEAD)
    for one in sorted(set(corrections), key=lambda c: (c.school_id, c.what, c.correction)):
        writer.writerow(astuple(one))
    return stream.getvalue().encode("utf-8-sig")


def read(content: bytes, name: str) -> list[Accepted]:
    """The corrections of a file. Raises SchemaError that names each faulty row: what a person decided is not half taken."""
    if len(content) > LARGEST:
        raise SchemaError(tr("{name} is too large for a file of corrections.", name=name))
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise SchemaError(tr("{name} cannot be read as CSV in UTF-8 ({error}).", name=name, error=str(error))) from None
    lacking = [c for c in HEAD if c not in (reader.fieldnames or ())]
    if lacking:
        raise SchemaError(tr("{name} lacks the columns {lacking}. `firstmile corrections ATLAS --export FILE` writes it.", name=name, lacking=", ".join(lacking)))  # fmt: skip
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        try:
            found.append(_row({k: (row[k] or "").strip() for k in HEAD}))
        except UnreadableError as error:
            faults.append(tr("row {number}: {error}", number=number, error=str(error)))
    if faults:
        raise SchemaError(tr("{name} has faults; nothing of it was taken:", name=name), faults)
    return sorted(set(found))


def _row(row: dict[str, str]) -> Accepted:
    question = QUESTIONS.get(row["what"])
    if question is None:
        raise UnreadableError(tr("nobody is asked for {what!r}; it is one of {all}", what=row["what"], all=", ".join(QUESTIONS)))  # fmt: skip
    if not row["school_id"] or not row["correction"]:
        raise UnreadableError(tr("it names no school or no correction"))
    value = read_answer(question, row["value"])
    if not value:
        raise UnreadableError(tr("it says no value; {unknown} stands for a value that is wrong and not known", unknown=UNKNOWN))  # fmt: skip
    before = read_answer(question, row["before"])
    stood = "" if before == UNKNOWN else before
    return Accepted(row["correction"], row["school_id"], row["what"], value, stood, row["date"], row["source"])
