"""What stands in a column, whatever it is called: places as one text, yes and no as 1 and 2, answers to a question."""

from __future__ import annotations

import pandas as pd

from etl.personal import words_of

# "lat lon altitude accuracy" in one text, as KoboToolbox and ODK write a place; latitude first.
POINT = r"-?\d{1,2}(?:\.\d+)?[ ,]\s*-?\d{1,3}(?:\.\d+)?(?:\s+-?\d+(?:\.\d+)?){0,2}"
POINT_PATTERNS = {"point_latitude": r"^\s*(-?[\d.]+)[ ,]", "point_longitude": r"^\s*-?[\d.]+[ ,]\s*(-?[\d.]+)"}
ONE_TWO = "one_two"  # the alias file of surveys that write 1 for yes and 2 for no
ASKING = frozenset(
    (
        *("does", "do", "is", "are", "has", "have", "how", "what", "which", "can"),
        *("combien", "est", "existe", "dispose", "avez", "quel", "quelle"),
        *("quantos", "quantas", "tem", "possui", "qual", "cuantos", "cuantas", "tiene", "cuenta", "hay", "cual"),
    )
)
# Questions about what is lacking, broken or wanted are not the fact itself.
OTHERWISE = frozenset(
    ("broken", "not", "no", "why", "needed", "need", "damaged", "lack", "reason", "panne", "manque", "faltam", "rotas", "rotos", "danados")
)  # fmt: skip


def is_point(column: pd.Series) -> bool:
    """Whether nearly all texts are a place: latitude, longitude, and perhaps altitude and accuracy."""
    given = column.dropna().str.strip()
    return bool(
        len(given) and given.str.fullmatch(POINT).mean() > 0.9 and given.str.contains(".", regex=False).mean() > 0.5
    )


def is_one_two(column: pd.Series) -> bool:
    """Whether yes and no are written as 1 and 2 (0 and 9: not applicable, not known)."""
    values = set(column.dropna().str.strip().str.removesuffix(".0").unique())
    return {"1", "2"} <= values <= {"0", "1", "2", "3", "8", "9", "88", "99"}


def is_question(name: str) -> bool:
    """Whether a column's name asks for the fact that it names."""
    spoken = set(words_of(name))
    return not spoken & OTHERWISE and ("?" in name or bool(spoken & ASKING))
