"""A person's decisions on pairs of schools: read from her CSV as a spreadsheet left it, and never lost.

A pair's number is made of the source and both ids, so that it is the same in every build. It begins with a letter: no
spreadsheet takes it for a number.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.errors import LinkError

ACCEPT, REJECT, UNDECIDED = "accept", "reject", "undecided"
WORDS = {
    "accept": ACCEPT, "accepted": ACCEPT, "yes": ACCEPT, "y": ACCEPT, "same": ACCEPT,
    "reject": REJECT, "rejected": REJECT, "no": REJECT, "n": REJECT, "different": REJECT,
    "undecided": UNDECIDED, "?": UNDECIDED, "unsure": UNDECIDED, "": "",
}  # fmt: skip
COLUMNS = (
    "pair", "outcome", "decision", "note", "decided_by", "score", "reason", "distance_m", "source", "other_id", "other_name",
    "other_latitude", "other_longitude", "school_id", "school_name", "latitude", "longitude",
)  # fmt: skip
GONE = "no longer a pair"


@dataclass(frozen=True)
class Decision:
    """What a person said of a pair: accept, reject, undecided, or nothing (""); with the row it stood in, kept as it was."""

    pair: str
    said: str
    note: str = ""
    by: str = ""
    row: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decisions:
    """Decisions by pair; `warnings` on those that contradict each other and count for nothing."""

    by_pair: dict[str, Decision] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def said(self, pair: str) -> str:
        """The decision on a pair, "" where there is none."""
        found = self.by_pair.get(pair)
        return found.said if found else ""


def pair_number(source: str, other_id: str, school_id: str) -> str:
    """The number of a pair: L and twelve hexadecimal digits."""
    return "L" + hashlib.sha256("\n".join((source, other_id, school_id)).encode()).hexdigest()[:12]


def read_decisions(path: Path) -> Decisions:
    """The decisions of a review file; none where there is no such file.

    Raises LinkError, with the line, where a decision is no such word or the columns are not those of a review file.
    """
    if not path.is_file():
        return Decisions()
    text = _text(path)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    table = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    if not {"pair", "decision"} <= set(table.fieldnames or ()):
        raise LinkError(
            f"{path.name} is no list of pairs: it needs the columns pair and decision. Write it with `firstmile links`."
        )
    found: dict[str, Decision] = {}
    warnings: list[str] = []
    for number, row in enumerate(table, start=2):
        one = _decision(path, number, {k: (v or "").strip() for k, v in row.items() if k and not isinstance(v, list)})
        if one is None:
            continue
        before = found.get(one.pair)
        if before and before.said and one.said and before.said != one.said:
            warnings.append(
                f"{path.name}: pair {one.pair} is both {before.said} and {one.said}: it counts as undecided."
            )
            one = Decision(one.pair, UNDECIDED, one.note or before.note, one.by or before.by, one.row)
        if not before or one.said:
            found[one.pair] = one
    return _without_contradictions(Decisions(found, tuple(warnings)), path.name)


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise LinkError(f"{path.name} cannot be read as text. Save it as CSV (UTF-8).")


def _decision(path: Path, number: int, row: dict[str, str]) -> Decision | None:
    if not any(row.values()):
        return None
    word = WORDS.get(row["decision"].casefold().strip(" .!'"))
    if word is None:
        raise LinkError(
            f"{path.name}, line {number}: {row['decision']!r} is no decision; write accept, reject or undecided, or leave it empty."
        )
    pair = row["pair"].strip("'")
    if not pair and not all(row.get(k) for k in ("source", "other_id", "school_id")):
        raise LinkError(f"{path.name}, line {number}: a pair without its number needs source, other_id and school_id.")
    pair = pair or pair_number(row["source"], row["other_id"], row["school_id"])
    return Decision(pair, word, row.get("note", ""), row.get("decided_by", ""), row)


def _without_contradictions(given: Decisions, name: str) -> Decisions:
    """One school accepted with two others: nobody knows which is meant, so both count as undecided."""
    accepted = [d for d in given.by_pair.values() if d.said == ACCEPT]
    found, warnings = dict(given.by_pair), list(given.warnings)
    for column in ("other_id", "school_id"):
        times = Counter((d.row.get("source", ""), d.row.get(column, "")) for d in accepted)
        for (source, id_), n in sorted(times.items()):
            if n > 1 and id_:
                warnings.append(f"{name}: {id_} ({source}) is accepted in {n} pairs: all of them count as undecided.")
                for d in accepted:
                    if (d.row.get("source", ""), d.row.get(column, "")) == (source, id_):
                        found[d.pair] = Decision(d.pair, UNDECIDED, d.note, d.by, d.row)
    return Decisions(found, tuple(warnings))


def review_table(links: pd.DataFrame, decided: Iterable[Decision]) -> pd.DataFrame:
    """What a person looks at: pairs to decide first, then those she decided on, then links by place and name, least sure first.

    Every decision that was ever made stays, with its note, also of pairs that are none any more.
    """
    known = {d.pair: d for d in decided}
    pairs = links[links["pair"].notna()]
    wanted = (pairs["outcome"] == "to review") | (pairs["how"] == "place and name") | pairs["pair"].isin(list(known))
    table = pairs[wanted].copy()
    for column, part in (("decision", "said"), ("note", "note"), ("decided_by", "by")):
        table[column] = [getattr(known[p], part) if p in known else "" for p in table["pair"]]
    order = (
        table["outcome"]
        .map({"to review": 0})
        .fillna(2)
        .mask((table["decision"] != "") & (table["outcome"] != "to review"), 1)
    )
    table = table.assign(_order=order).sort_values(["_order", "score", "pair"], kind="stable").drop(columns="_order")
    gone = [d for d in known.values() if d.said and d.pair not in set(pairs["pair"])]
    rows = [
        {
            **{c: d.row.get(c, "") for c in COLUMNS},
            "pair": d.pair,
            "outcome": "not linked" if d.said == REJECT else GONE,
            "decision": d.said,
        }
        for d in gone
    ]
    return pd.concat([table.reindex(columns=list(COLUMNS)).astype("str"), pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")], ignore_index=True)  # fmt: skip
