"""Who is left out (methods, section 5)."""

from __future__ import annotations

import numpy as np

from geodata.declare import Method
from geodata.equity.concentration import erreygers
from geodata.methods.toy import ASSUMING, assumed_scoring, toy
from geodata.priority import adjusted_headcount
from geodata.say import tr, written

LACKS_FROM = 3


def _headcount() -> list[str]:
    count, learners = assumed_scoring().lacks_filled.sum(axis=1), toy()["num_students"].to_numpy(dtype=float)
    share, adjusted = adjusted_headcount(count.astype(float), learners, LACKS_FROM, 7)
    many = ", ".join(f"{school} {n:.0f}" for school, n in zip(toy()["school_id"], count, strict=True))
    return [
        ASSUMING,
        tr("Things lacking, of 7: {many}.", many=many),
        tr(
            "Learners in schools that lack {LACKS_FROM} or more of 7 things: {share} of all.",
            LACKS_FROM=LACKS_FROM,
            share=written(share, 4, grouped=False),
        ),
        tr("Times how much those schools lack: M₀ = {adjusted}.", adjusted=written(adjusted, 4, grouped=False)),
    ]


def _erreygers() -> list[str]:
    frame = toy()[["has_internet_for_learners", "wealth_percentile", "num_students"]].dropna()
    has, wealth, learners = (frame[c].to_numpy(dtype=float) for c in frame)
    index = erreygers(has, wealth, learners)
    return [
        tr(
            "The {frame} schools that report internet, in the order of wealth, by learners: {index:+.4f}.",
            frame=len(frame),
            index=index,
        ),
        tr("0 is even; above 0 the better off have more; 1 is the most there can be.")
        if np.isfinite(index)
        else tr("Not known."),
    ]


PARITY = Method(
    "parity", "Parity between groups",
    "The share of the group behind over the share of the group ahead, adjusted so that it lies as far below 1 as above, and the gap in points beside it. With bounds where some do not report.",
    "adjusted parity = behind ÷ ahead where behind ≤ ahead, else 2 − ahead ÷ behind; gap = behind − ahead", "SDG indicator 4.5.1 (UIS)", 50,
)  # fmt: skip
CONCENTRATION = Method(
    "concentration", "Concentration by wealth",
    "How far internet for learners goes to the better off. Erreygers' index keeps its range whatever the mean, and is the same for having and lacking.",
    "E = 8 · Σ f · has · (rank by wealth − ½)", "Erreygers (2009); World Bank, Analyzing Health Equity (2008)", 51, (), _erreygers,
)  # fmt: skip
HEADCOUNT = Method(
    "adjusted_headcount", "How many, and how much",
    "The share of learners in schools that lack so many things, times the average share of things that those schools lack.",
    "M₀ = H × A: share of learners in such schools × mean share of things that these lack", "Alkire and Foster (2009)", 52, (), _headcount,
)  # fmt: skip
GATES = Method(
    "gates", "Warnings that ask for a reason",
    "A list that gives the groups behind less than their share is not blocked: it carries a warning, and whoever approves it writes down why. The reason is kept in the trail.",
    "warn where a measure passes its limit", "ReWirEd Global Declaration on Connectivity for Education (2021), principle 1", 53,
)  # fmt: skip
