"""What may be shown to whom, and what is kept of what people do (methods, sections 6 and 8)."""

from __future__ import annotations

import pandas as pd

from geodata.declare import Method
from geodata.say import tr
from geodata.store.chain import canonical, chained
from geodata.suppress import protect

LEAST = 10
RECORD = {"data_version": "one", "method": "priority", "seed": 20260101}


def _small_cells() -> list[str]:
    table = pd.DataFrame({"girls": [42, 7, 120], "boys": [55, 30, 118]}, index=["North", "East", "Central"])
    hidden = protect(table, least=LEAST)
    marks = table.astype("str").mask(hidden, "hidden")
    shown = [tr("{area}: girls {girls}, boys {boys}", area=area, girls=girls, boys=boys) for area, girls, boys in zip(table.index, marks["girls"], marks["boys"], strict=True)]  # fmt: skip
    return [tr("Girls and boys: North 42 and 55, East 7 and 30, Central 120 and 118, with their totals."), *(f"{line}." for line in shown)]  # fmt: skip


def _chain() -> list[str]:
    text = canonical(RECORD)
    first = chained("", text)
    return [tr("Record: {text}", text=text), tr("Hash of the first: {first}", first=first), tr("Hash of the same record after it: {first}", first=chained(first, text))]  # fmt: skip


SMALL_CELLS = Method(
    "small_cells", "Small numbers are hidden",
    "A number of few learners or schools could point at somebody. It is hidden, and so are as many others as it takes that nobody can work it out from the totals; then it is checked how closely a reader could still bound it.",
    "hide counts from 1 to below the limit; then others in the same row and column until every hidden cell's least and most are far enough apart", "NCES SLDS Brief 3 (2010); Hundepool et al. (2012), Statistical Disclosure Control", 70,
    ("suppress_learners_below", "suppress_schools_below"), _small_cells,
)  # fmt: skip
TIERS = Method(
    "tiers", "Who sees what",
    "Three views: public, partner, government. What a view may not see is not known to it before anything is computed, so that no rank or colour gives it away. Where places are at risk, locations are shown by area, never shifted at random.",
    "seen = columns of the view; locations by the risk of the place", "OCHA Data Responsibility Guidelines (2021); Project Connect/UNICEF data sharing framework", 71,
)  # fmt: skip
TRAIL = Method(
    "trail_chain", "The trail",
    "Builds, exports, saved weights, decisions, answered warnings and approvals are only ever added. Each entry holds the hash of the one before it: whoever changes one breaks the chain from there on. It cannot show that somebody who may write both the trail and its note of the last entry wrote it all anew; a hash noted elsewhere can.",
    "hash = SHA-256(previous hash + canonical JSON), sorted keys, UTF-8", "FIPS 180-4; Haber and Stornetta (1991)", 72, (), _chain,
)  # fmt: skip
