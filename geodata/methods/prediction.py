"""What is predicted where nobody reported, and how it is tested (methods, section 5b)."""

from __future__ import annotations

import numpy as np

from geodata.declare import Method
from geodata.predict.metrics import auc, brier, brier_skill, ece
from geodata.predict.voi import evpi
from geodata.say import tr, written

ANSWERS = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 0], dtype=float)
CHANCES = np.array([0.9, 0.2, 0.7, 0.6, 0.4, 0.1, 0.8, 0.5, 0.45, 0.3])
BENEFIT, COST = 10_000, 6_000


def _scores() -> list[str]:
    skill = brier_skill(ANSWERS, CHANCES, float(ANSWERS.mean()))
    return [
        tr(
            "Ten schools: answers {join}; chances {join_2}.",
            join=", ".join(f"{a:.0f}" for a in ANSWERS),
            join_2=", ".join(f"{c:g}" for c in CHANCES),
        ),
        tr(
            "Brier score {ANSWERS}; skill against always saying the share of the whole {skill}; AUC {ANSWERS_2}; calibration error in four bins {ANSWERS_3}.",
            ANSWERS=written(brier(ANSWERS, CHANCES), 4, grouped=False),
            skill=written(skill, 3, grouped=False),
            ANSWERS_2=written(auc(ANSWERS, CHANCES), 2, grouped=False),
            ANSWERS_3=written(ece(ANSWERS, CHANCES, 4), 3, grouped=False),
        ),
    ]


def _voi() -> list[str]:
    worth = "; ".join(
        tr("chance {p:g}: {p_2}", p=p, p_2=written(float(evpi(p, BENEFIT, COST)), 0)) for p in (0.05, 0.3, 0.6, 0.9)
    )
    return [
        tr(
            "Benefit {BENEFIT}, cost {COST}. Worth of knowing, by the chance that the school lacks it: {worth}.",
            BENEFIT=written(BENEFIT),
            COST=written(COST),
            worth=worth,
        )
    ]


PREDICTION = Method(
    "prediction", "Predicted, where nobody reported",
    "A model learns from the schools that report, from what surrounds a school (no coordinates, no names), and is tested on whole districts left out. The simplest model within one standard error of the best is taken; its chances are calibrated, and sets that hold the answer nine times of ten are formed by group. Without proven skill there is no usable model, and only the bounds stand. A prediction is never a yes or a no, never in an official export, and never a reason to drop a school.",
    "skill = 1 − Brier(model) ÷ Brier(share by district and settlement); used only where skill passes the gate", "Brier (1950); Vovk et al., Mondrian conformal prediction; Linnenbrink et al. (2024)", 60, (), _scores,
)  # fmt: skip
SURVEY = Method(
    "survey_value", "Whom to ask first",
    "Asking is worth most where the answer could change what is done: near the chance at which funding just pays, not near one half. A tenth is drawn at random, so that the model can be checked without bias.",
    "worth = p · max(0, benefit − cost) − max(0, p · benefit − cost), p the chance that it is lacking", "Expected value of perfect information; Raiffa and Schlaifer (1961)", 61, (), _voi,
)  # fmt: skip
