"""The trail in words: one line an entry, for the screen, the terminal and a CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from geodata.policy import NUMBERS
from geodata.store.acts import may_read, overrides
from geodata.store.chain import KINDS, Entry, canonical
from geodata.store.trail import Store

HEAD = ("Number", "Time (UTC)", "What", "Place", "Build", "Code", "Who (unverified)", "View of", "Reason or purpose", "In words", "Data", "Previous hash", "Hash")  # fmt: skip
Data = Mapping[str, Any]


def who_said(entry: Entry) -> str:
    """The typed name with what it is worth."""
    return f"{entry.who} (unverified name)" if entry.who else "name not given"


def when(entry: Entry) -> str:
    """ "2026-11-22 23:50"."""
    return entry.at[:16].replace("T", " ")


def in_words(entry: Entry) -> str:
    """One line about what an entry holds."""
    return _SAID[entry.kind](entry.data)


def changes_said(policy: Mapping[str, Any]) -> str:
    """Policy numbers by their titles: "Weight of poverty 0.5, Learners for each device 8"; the country's own where none."""
    said = [f"{NUMBERS[k].title if k in NUMBERS else k} {v:g}" if isinstance(v, float | int) else f"{NUMBERS[k].title if k in NUMBERS else k} {v}" for k, v in policy.items()]  # fmt: skip
    return ", ".join(said) or "this country's own"


def decision_said(entry: Entry, tier: str) -> str:
    """ "Decided: Not in this round. Flooded in March." as far as a tier may read it."""
    if not may_read(entry, tier):
        return "A decision stands beside this rank; it is not shown here."
    return f"Decided: {_sentence(str(entry.data['decision']))} {_sentence(entry.reason)}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def decisions(store: Store, atlas: str, tier: str) -> dict[str, str]:
    """What stands beside the ranks of a place, by school id, as a tier may read it."""
    return {school: decision_said(entry, tier) for school, entry in overrides(store, atlas).items()}


def _build(data: Data) -> str:
    rows, before = data.get("rows") or {}, str(data.get("before") or "")
    read, accepted, out, rejected = (int(rows.get(f"rows_{k}") or 0) for k in ("read", "accepted", "out_of_scope", "quarantined"))  # fmt: skip
    change = "the same as before" if data.get("unchanged") else f"in place of {before[:8]}" if before else "the first"
    return f"{len(data.get('inputs') or [])} sources; {read:,} rows read = {accepted:,} accepted + {out:,} out of scope + {rejected:,} rejected; {change}"


def _export(data: Data) -> str:
    chosen = f"selection {data['view']}" if data.get("view") else "every school"
    columns = data.get("columns")
    width = f"{len(columns)} columns" if columns else "all columns that may leave"
    return f"{int(data.get('rows') or 0):,} rows to {data.get('file', '')}; {chosen}; {width}"


def _weights(data: Data) -> str:
    return f"“{data.get('name', '')}”: {changes_said(data.get('policy') or {})}"


def _override(data: Data) -> str:
    rank = (data.get("computed") or {}).get("rank")
    computed = f"computed rank {rank:,.0f}" if isinstance(rank, int | float) else "not ranked"
    return f"school {data.get('school_id', '')}: {data.get('decision') or 'withdrawn'} ({computed})"


def _gate(data: Data) -> str:
    return str(data.get("title") or data.get("gate") or "a warning")


def _sign_off(data: Data) -> str:
    chosen = f"selection {data['list']}" if data.get("list") else "every school, this country's own weights"
    return f"list of {int(data.get('schools') or 0):,} schools; {chosen}"


def _agreement(data: Data) -> str:
    return f"shown to the {data.get('tier', '')} tier, {data.get('risk', '')} risk"


def _scenario(data: Data) -> str:
    return f"“{data.get('name', '')}”: {data.get('said', '')}"


def _plan_decision(data: Data) -> str:
    words = {"must": "always in the plan", "never": "never in the plan", "": "withdrawn"}
    return f"school {data.get('school_id', '')}: {words.get(str(data.get('decision', '')), '')}"


def _plan_signed(data: Data) -> str:
    reserves = int(data.get("reserves") or 0)
    return f"“{data.get('name', '')}”: list of {int(data.get('schools') or 0):,} schools in {int(data.get('lots') or 0):,} lots, {reserves:,} in reserve"


def _substitution(data: Data) -> str:
    return (
        f"signed list of entry {data.get('signed', '')}: school {data.get('out', '')} replaced by {data.get('in', '')}"
    )


def _view(data: Data) -> str:
    if not data.get("name"):
        return f"saved view of entry {data.get('of', '')} removed"
    return f"“{data['name']}”: {data.get('path', '')}{'?' if data.get('query') else ''}{data.get('query', '')}"


def _list(data: Data) -> str:
    if not data.get("name"):
        return f"list of entry {data.get('of', '')} removed"
    return f"“{data['name']}”: {int(data.get('schools') or 0):,} schools"


def _correction(data: Data) -> str:
    items = data.get("items") or []
    schools = {str(i.get("school_id")) for i in items}
    return f"{len(items):,} {'value' if len(items) == 1 else 'values'} of {len(schools):,} {'school' if len(schools) == 1 else 'schools'}"


def _correction_review(data: Data) -> str:
    numbers = [str(n) for n in data.get("numbers") or []]
    return f"{data.get('decision', '')}: {', '.join(numbers[:5])}" + (
        f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else ""
    )


def _brief(data: Data) -> str:
    return f"“{data.get('title', '')}”, hash {str(data.get('brief', ''))[:12]}" + (
        "" if data.get("stands") else ", withdrawn"
    )


def _crest(data: Data) -> str:
    return f"“{data.get('name', '')}”, {int(data.get('size') or 0):,} bytes"


_SAID: dict[str, Callable[[Data], str]] = {
    "build": _build,
    "export": _export,
    "weights": _weights,
    "override": _override,
    "gate": _gate,
    "sign_off": _sign_off,
    "agreement": _agreement,
    "scenario": _scenario,
    "plan_decision": _plan_decision,
    "plan_signed": _plan_signed,
    "substitution": _substitution,
    "correction": _correction,
    "correction_review": _correction_review,
    "view": _view,
    "list": _list,
    "brief": _brief,
    "crest": _crest,
}


def write_csv(entries: Iterable[Entry], out: Path) -> int:
    """The entries to a CSV in the order given; returns how many. Cells that a spreadsheet would run are disarmed."""
    from geodata.exports.formula import safe  # noqa: PLC0415 - the exports load when a file is asked for

    count = 0
    with out.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        for e in entries:
            count += 1
            texts = (e.at, KINDS[e.kind], e.atlas, e.version, e.code, e.who, e.role, e.reason, in_words(e), canonical(e.data), e.previous, e.hash)  # fmt: skip
            writer.writerow([e.number, *map(safe, texts)])
    return count
