"""The sheet of a programme workbook that audits the plan: every gate with its verdict and arithmetic, before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.exports.plan_seen import Handed
from geodata.exports.plan_sheet import Sheet, Shown
from geodata.exports.plan_tables import sheet
from geodata.plan.fair import Fairness, fairness

VERDICTS = {"pass": "kept", "warn": "asks for a written reason", "inconclusive": "cannot be told"}


def audit(of: Handed) -> Sheet:
    """One row a gate and line of its arithmetic. Where schools are not shown one by one, verdicts alone."""
    found = fairness(of.desk, of.plan)
    rows = _unequal(found) if of.rows else []
    for gate in found.gates:
        rows.append(_row(gate.title, VERDICTS.get(gate.verdict, gate.verdict), gate.sentence if of.rows else "", gate.threshold))  # fmt: skip
        rows += [_row(gate.title, what=what, value=value) for what, value in gate.lines] if of.rows else []
    more: dict[str, tuple[str, Shown, str]] = {
        "gate": ("Question", "text", ""),
        "verdict": ("Verdict", "text", "A gate never blocks: where it warns, a written reason is asked for."),
        "sentence": ("In words", "text", ""),
        "threshold": ("Held against", "text", "The policy number behind it stands under Assumptions."),
        "what": ("Figure", "text", ""),
        "value": ("Value", "text", ""),
    }
    asks = f"{found.reasons} of {len(found.gates)} ask for a written reason." if found.reasons else "None asks for a written reason."  # fmt: skip
    return sheet(of, "Fairness", f"Before and after the plan: the measures and gates of the fairness audit. {asks}", pd.DataFrame(rows), more)  # fmt: skip


def _unequal(found: Fairness) -> list[dict[str, str]]:
    """Erreygers' index, before and after."""
    title = "How unequal is it along wealth (Erreygers' index; 0 is equal, above 0 favours the better off)?"
    told = [f"{v:.3f}" if np.isfinite(v) else "not known" for v in found.erreygers]
    return [_row(title, what=w, value=v) for w, v in zip(("Before the plan", "After the plan"), told, strict=True)]


def _row(gate: str, verdict: str = "", sentence: str = "", threshold: str = "", *, what: str = "", value: str = "") -> dict[str, str]:  # fmt: skip
    return {"gate": gate, "verdict": verdict, "sentence": sentence, "threshold": threshold, "what": what, "value": value}  # fmt: skip
