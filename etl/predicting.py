"""The step that predicts the answers of schools that reported nothing, where a model proves its skill."""

from __future__ import annotations

from typing import Any

import pandas as pd

from etl.manifest import UNDER, closes, columns_of
from etl.work import Work
from geodata.fields import FIELDS
from geodata.predict.features import USED
from geodata.predict.words import INSTEAD


def predict_unknown(work: Work) -> str:
    """Chances and sets of the schools that nobody reported, and a card of each model that was tried.

    Columns whose licence forbids commercial use, or cannot be combined with the register's, are not looked at: ranks rest
    on predictions, and open exports keep them.
    """
    from geodata.predict.build import predict  # noqa: PLC0415 - the models' libraries take longer to load than a command

    frame = work.take("checked")
    fed = columns_of(work.recipe)
    own = [licence for c in UNDER if c in fed for licence in fed[c]["licences"]]  # of the register and its areas
    closed = [c for c in USED if c in fed and any(closes(licence, own) for licence in fed[c]["licences"])]
    found = predict(frame.drop(columns=closed), work.policy)
    work.keep("predicted", found.columns)
    titles = ", ".join(FIELDS[c].title for c in closed)
    said = (
        f"Not used, because the licence forbids commercial use or cannot be combined with the register's: {titles}."
        if closed
        else ""
    )
    work.keep_json("models.json", [{**card, "licence": said} for card in found.models])
    return " ".join(f"{card['title']}: {_said(card, found.columns)}" for card in found.models)


def _said(card: dict[str, Any], columns: pd.DataFrame) -> str:
    if not card["usable"]:
        return str(card["verdict"]).removesuffix(INSTEAD).strip()
    return f"{int(columns[str(card['column'])].notna().sum()):,} schools predicted, skill {card['brier_skill']:.2f}."
