"""OpenCelliD's downloads: gzip without a header by mobile code, with one for the world; errors are JSON with status 200."""

from __future__ import annotations

import gzip
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file, answer_json

HEADER = "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal"
WRONG = "wrong-token"  # any other is right


def lines(land: Any = quenara) -> list[str]:
    """Quenara's cells, a line each."""
    return [
        f"{c.radio},{land.MCC},{c.net},{c.area},{c.cell},,{c.lon},{c.lat},{c.range},{c.samples},1,{c.created},{c.updated},0"
        for c in land.cells()
    ]


def elsewhere() -> list[str]:
    """Cells of other countries, one of them just across the border, one with more commas than columns."""
    return [
        "LTE,639,2,1013,25700001,101,36.801,-1.251,1000,14,1,1459814400,1785542400,0",
        "GSM,998,1,7,55,,-13.3,-25.8,2000,3,1,1430000000,1780000000,0",  # across the border, in the sea
        "GSM,639,2,1013,40012,0,36.8,-1.2,0,1,1,1430000000,1430000000,0,9,9,9",
    ]


def packed(rows: list[str]) -> bytes:
    """Lines as gzip."""
    return gzip.compress(("\n".join(rows) + "\n").encode(), mtime=0)


def downloads(asked: Asked) -> Answer:
    """A file, or an error in JSON that has status 200."""
    if asked.query.get("token", "") in ("", WRONG):
        return answer_json({"status": "error", "message": "INVALID_TOKEN"})
    kind, file = asked.query.get("type"), asked.query.get("file")
    if kind == "full" and file == "cell_towers.csv.gz":
        return answer_file(packed([HEADER, *lines(), *elsewhere()]), "application/gzip")
    if kind == "mcc" and file == f"{quenara.MCC}.csv.gz":
        return answer_file(packed(lines()), "application/gzip")
    return answer_json({"status": "error", "message": "INVALID_FILE"})


ROUTES = [(r"/ocid/downloads", downloads)]
