"""KoboToolbox: a rapid school census made with a form of one's own. Answers as they are; a recipe says what they mean.

Reference: KoboToolbox API version 2, assets and their data.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.emis.plain import entry, items, listed, message_of, text, whole
from etl.fetching.client import Client
from etl.fetching.replies import Reply
from etl.guess_values import POINT_PATTERNS, is_point
from etl.personal import category_of
from etl.read_json import flattened
from geodata.errors import KeyNeededError, NothingFoundError, SourceError

SERVICE = "kobo"
LIMIT = 1000
BASE = "https://kf.kobotoolbox.org"
WHERE = "It stands in KoboToolbox under Account settings, Security; set FIRSTMILE_KOBO_KEY."
RESTRICTED = "restricted"


def take(client: Client, ask: Ask) -> Taken:
    """One row a submission; a place in one text gets two columns beside it, in degrees. Names of people never leave."""
    form = text(ask.options.get("form"))
    if not form:
        raise SourceError("Which form? Set options.form to its id, the letters in its address after /forms/.")
    key = client.settings.key(SERVICE)
    if not key and not client.offline:
        raise KeyNeededError(f"KoboToolbox needs a token. {WHERE}")
    path = f"/api/v2/assets/{quote(form, safe='')}/data.json"
    starts, counts = [0], [0]

    def page(_: int) -> list[dict[str, Any]]:
        if starts[-1] < 0:
            return []
        answer = _asked(client, path, starts[-1], key)
        rows = listed(answer, "results", "KoboToolbox")
        counts.append(whole(entry(answer).get("count")) or 0)
        starts.append(starts[-1] + len(rows) if entry(answer).get("next") and rows else -1)
        return rows

    pages = client.pages(SERVICE, page, first=0, size=None, id_of=lambda row: text(row.get("_id")))
    if not pages.rows:
        raise NothingFoundError(f"The form {form} has no submission that this user may see.")
    table, notes = _table(pages.rows)
    if counts[-1] > len(table):
        notes.append(
            f"KoboToolbox promised {counts[-1]:,} submissions, and gave {len(table):,}: look at it before use."
        )
    days = [text(r.get("_submission_time"))[:10] for r in pages.rows]
    return Taken(
        table, title=f"Form {form}", date=max(days), licence=RESTRICTED, rows_read=len(pages.rows) + pages.repeats,
        rows_kept=len(table), notes=(*pages.notes, *notes), address=f"{client.settings.base(SERVICE, BASE)}{path}",
    )  # fmt: skip


def _asked(client: Client, path: str, start: int, key: str | None) -> Any:
    """One page; never kept in the cache, for people answer forms."""
    return client.get(
        SERVICE, path, params={"limit": str(LIMIT), "start": str(start)}, keep=False, allow=(404,), check=_look_at,
        key_header=("Authorization", f"Token {key}") if key else None,
    ).json()  # fmt: skip


def _look_at(reply: Reply) -> None:
    answer = reply.json()
    if reply.status == 404:
        raise SourceError(
            f"KoboToolbox has no such form, or this user may not see it: {message_of(answer) or 'not found'}."
        )


def _table(records: list[dict[str, Any]]) -> tuple[pd.DataFrame, list[str]]:
    rows, lists = flattened(items(records))
    personal = sorted({n for row in rows for n in row if category_of(n.rpartition("/")[2]) is not None})
    frame = pd.DataFrame(rows, dtype="str").drop(columns=personal, errors="ignore")
    for name in [str(c) for c in frame.columns]:
        if is_point(frame[name]):
            for field, pattern in POINT_PATTERNS.items():
                frame[f"{name}_{field.removeprefix('point_')}"] = frame[name].str.extract(pattern, expand=False)
    notes = [f"Lists within submissions are left out: {', '.join(sorted(lists)[:8])}."] if lists else []
    notes += [f"What tells of people is left out: {', '.join(personal)}."] if personal else []
    return frame.fillna(""), notes


KOBO = Connector(
    name=SERVICE,
    title="KoboToolbox",
    publisher="Who made the survey",
    gives="schools",
    base=BASE,
    licence=RESTRICTED,
    take=take,
    blocks=(Block("source", "Survey", "kobo_schools.csv", {"kind": "schools"}),),
    order=12,
    key=Key("key", WHERE),
    by_hand="the CSV, XLSX or JSON export of the form, read by an ordinary recipe without [source.service]",
    options={"form": "id of the form: the letters in its address after /forms/"},
    open_country=False,
)
