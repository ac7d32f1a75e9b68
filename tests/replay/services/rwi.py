"""The Humanitarian Data Exchange as far as relative wealth is concerned: one data set, a file a country, one for two."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json, answer_text, redirect

HOSTS = ("files",)
TWO = "ind_pak_relative_wealth_index.csv"


def csv(*, keys: bool = True) -> str:
    """Quenara's tiles; older files have no quadkeys."""
    rows = [f"{w.quadkey + ',' if keys else ''}{w.lat},{w.lon},{w.rwi},{w.error}" for w in quenara.wealth()]
    return "\n".join([("quadkey," if keys else "") + "latitude,longitude,rwi,error", *rows]) + "\n"


def resource(asked: Asked, name: str, **more: Any) -> dict[str, Any]:
    """A file's record."""
    return {"id": name, "name": name, "format": "CSV", "download_url": f"{asked.replay.url(asked.service)}/dataset/download/{name}", **more}  # fmt: skip


def package(asked: Asked) -> Answer:
    """The data set's record; anything else is not found, as CKAN says it."""
    if asked.query.get("id") != "relative-wealth-index":
        return answer_json({"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}, 404)
    files = [resource(asked, "aaa_relative_wealth_index.csv"), resource(asked, "xqa_relative_wealth_index.csv"), resource(asked, TWO)]  # fmt: skip
    files.insert(1, resource(asked, "xqa_relative_wealth_index.csv", in_quarantine=True, download_url="http://127.0.0.1:9/no"))  # fmt: skip
    record = {
        "name": "relative-wealth-index", "license_id": "cc-by", "dataset_source": "Data for Good at Meta",
        "dataset_date": "[2021-04-01T00:00:00 TO 2021-12-22T23:59:59]", "archived": False, "resources": files,
    }  # fmt: skip
    return answer_json({"help": "", "success": True, "result": record})


def download(asked: Asked) -> Answer | None:
    """To a signed address on another host, as HDX does."""
    assert asked.match is not None
    return redirect(f"{asked.replay.url(asked.service, 'files')}/s3/{asked.match[1]}?X-Amz-Signature=abc123")


def stored(asked: Asked) -> Answer | None:
    """The file itself."""
    assert asked.match is not None
    if asked.match[1].startswith("xqa"):
        return answer_text(csv(), "text/csv")
    if asked.match[1] == TWO:
        return answer_text(
            "latitude,longitude,rwi,error\n28.6,77.2,0.9,0.3\n31.5,74.3,0.4,0.3\n33.7,73.1,0.5,0.3\n", "text/csv"
        )
    return answer_text("latitude,longitude,rwi,error\n", "text/csv")


ROUTES = [(r"/package_show", package), (r"/dataset/download/([\w.]+)", download), (r"/s3/([\w.]+)", stored)]
