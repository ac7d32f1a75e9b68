"""At the door: whatever a stranger sends gets an answer that is no fault, tells nothing of the machine, and bounds what it costs."""

from __future__ import annotations

import csv
import io
import json
import threading
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import guard
from dashboard.page import KEY
from dashboard.replies import stamp
from etl.report import write_findings
from geodata.errors import ViewError
from geodata.exports.formula import safe
from geodata.fields import FIELDS
from geodata.policy import NUMBERS
from geodata.query import Desk
from geodata.seen import KEPT_ROWS, kept_policies
from geodata.tables import SCHOOLS
from geodata.view import View
from tests.attacked import country, served
from tests.factories import atlas, schools

TELLTALE = (b"Traceback", b'File "', b"site-packages", b"/tmp/", b"/home/", b"/root/", b"werkzeug")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return served(country(tmp_path_factory.mktemp("door"), "low"))


def _key() -> st.SearchStrategy[str]:
    columns = st.sampled_from([*SCHOOLS.columns, "latitude", "nothing", "school_id; DROP TABLE schools"])
    prefix = st.sampled_from(
        ["", "min.", "max.", "p.", "sort=", "sort=-", "show=", "q=", "ids=", "area=", "at=", "layers=", "data="]
    )
    return st.builds(lambda a, b: a + b, prefix, columns | st.sampled_from(list(NUMBERS)))


VALUES = st.text(max_size=30) | st.sampled_from(
    ["nan", "inf", "-inf", "1e400", "9" * 400, "-0", "0x10", "yes", "unknown", "'; DROP TABLE schools; --", '"', "\x00", "\ud800", "%", "1_000", "٣", ",,,,"]
)  # fmt: skip
QUERY = st.lists(st.tuples(_key(), VALUES), max_size=4).map(lambda pairs: "&".join(f"{k}={v}" for k, v in pairs))


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUERY, st.sampled_from(["values/{}/1.json", "tiles/{}/0/0/0.mvt", "hexagons/{}/3.json", "export/schools.csv"]))
def test_no_query_is_a_fault(app: Dash, query: str, kind: str) -> None:
    mark = stamp(app.server.config[KEY].desk())
    room, _, rest = kind.partition("/")
    path = f"/{room}/testland/{rest.format(mark)}"
    sent = quote(query.encode("utf-8", "surrogatepass"), safe="&=.,'")
    with app.server.test_client().get(f"{path}?{sent}") as reply:
        assert reply.status_code in (200, 400), (path, query, reply.get_data()[:300])
        if reply.status_code == 400:
            assert 10 < len(reply.get_data()) < 2000
            assert not any(word in reply.get_data() for word in TELLTALE)


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/testland/x/23/0/0.mvt", "/tiles/testland/x/3/8/0.mvt", "/tiles/testland/x/3/0/99999999999999999999.mvt", "/tiles/testland/x/-1/0/0.mvt",
        "/tiles/atlantis/x/0/0/0.mvt", "/values/testland/x/9.json", "/values/testland/x/99999999999.json", "/areas/testland/x/7.json", "/areas/testland/x/99999999999999999999.json",
        "/hexagons/testland/x/99999999999999999999.json", "/layers/testland/x/schools.json", "/layers/testland/x/..%2f..%2fmanifest.json", "/layers/testland/x/quarantine.json",
        "/parts/..%2f..%2fetc%2fpasswd", "/parts/../../../etc/passwd", "/parts/maplibre-gl/dist/../../../pyproject.toml", "/parts/%00",
        "/export/testland/schools.exe", "/export/testland/schools..%2f..%2fx.csv", "/export/testland/schools.csv?columns=nothing", "/export/testland/schools.csv?licence=mine",
        "/export/testland/schools.csv?columns=num_students_displaced", "/export/..%2ftestland/schools.csv", "/export/testland/rejected.csv", "/assets/..%2fpyproject.toml",
        "/values/testland/x/1.json?q=%ff%fe", "/values/testland/x/1.json?sort=%ed%a0%80", "/values/testland/x/1.json?show=nothing",
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_told_and_tells_nothing(app: Dash, path: str) -> None:
    with app.server.test_client().get(path) as reply:
        text = reply.get_data()
        assert reply.status_code in (200, 308, 400, 403, 404), (reply.status_code, text[:200])
        assert not any(word in text for word in (*TELLTALE, b"root:", b"[build-system]", b"recipe_sha256")), text[:300]


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/nothing/at/all.mvt", "/values/testland/x/1.json?x=y", "/_dash-layout"]
)
def test_every_answer_has_its_headers(app: Dash, path: str) -> None:
    with app.server.test_client().get(path) as reply:
        assert {name: reply.headers.get(name) for name in guard.HEADERS} == guard.HEADERS
        policy = reply.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "default-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
        assert "unsafe-eval" not in policy


def test_addresses_and_bodies_without_end_are_refused(app: Dash) -> None:
    client = app.server.test_client()
    long = client.get("/values/testland/x/1.json?q=" + "a" * 20_000)
    assert long.status_code == 414
    assert long.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/tiles/testland/x/{'9' * 5000}/0/0.mvt").status_code in (404, 414)
    assert client.post(
        "/_dash-update-component", data=b"x" * (guard.LARGEST + 1), content_type="application/json"
    ).status_code in (400, 413)
    with pytest.raises(ViewError, match="longer than"):
        View.parse("ids=" + "x," * 60_000)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"output": "x.y"}', b'{"output": 7, "inputs": 3}', json.dumps({"output": "..", "outputs": {}, "inputs": [], "changedPropIds": []}).encode()])  # fmt: skip
def test_a_broken_callback_is_no_fault_of_the_server(app: Dash, body: bytes) -> None:
    with app.server.test_client().post("/_dash-update-component", data=body, content_type="application/json") as reply:
        assert reply.status_code in (200, 204, 400, 413, 415), reply.status_code
        assert not any(word in reply.get_data() for word in TELLTALE)


def test_a_fault_of_ours_tells_nothing(app: Dash, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "select", lambda *_: 1 / 0)
    mark = stamp(app.server.config[KEY].desk())
    with app.server.test_client().get(f"/values/testland/{mark}/1.json?has_water=yes&area=XA-1") as reply:
        assert (reply.status_code, reply.get_data(as_text=True)) == (500, guard.SORRY)


@pytest.mark.parametrize("query", ["min.num_students=nan", "max.num_students=inf", "min.num_students=1e400"])
def test_bounds_are_numbers(query: str) -> None:
    with pytest.raises(ViewError):
        View.parse(query)


@given(st.floats(-1e12, 1e12))
def test_a_bound_reads_back_as_it_was(value: float) -> None:
    view = View.parse(f"min.population={value!r}")
    assert View.parse(view.query()).at_least == view.at_least == (("population", value),)


def test_the_findings_file_starts_no_formula(tmp_path: Path) -> None:
    nasty = ["=1+1", "  =1+1", "\t=1", "＝1+1", "\u200b@SUM(A1)", "-2+3", "007", "-5"]
    frame = schools(school_id=[f"s{i}" for i in range(8)], school_name=nasty)
    findings = pd.DataFrame(
        {"school_id": frame["school_id"], "check": ["c"] * 8, "severity": ["warn"] * 8, "reason": ["r"] * 8}
    )
    write_findings(atlas(tmp_path, frame, findings=findings), tmp_path / "f.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text("utf-8-sig"))))
    assert [row["school_name"] for row in rows] == [safe(text) for text in nasty]
    assert sum(row["school_name"].startswith("'") for row in rows) == 6


def test_fifty_at_once_get_the_same_answers_as_one(app: Dash) -> None:
    mark = stamp(app.server.config[KEY].desk())
    paths = [
        f"/values/testland/{mark}/1.json?p.alpha={i / 60:.4f}&has_water={'yes' if i % 2 else 'no'}" for i in range(50)
    ]
    alone = {path: app.server.test_client().get(path).get_data() for path in paths[:5]}
    got: dict[str, tuple[int, bytes]] = {}

    def ask(path: str) -> None:
        reply = app.server.test_client().get(path)
        got[path] = (reply.status_code, reply.get_data())

    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {status for status, _ in got.values()} == {200}
    assert len(got) == 50
    assert {path: got[path][1] for path in alone} == alone


def test_a_desk_keeps_fewer_rankings_of_a_larger_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = country(tmp_path, "low")
    assert kept_policies(place) == 16
    monkeypatch.setattr("geodata.seen.KEPT_ROWS", 60 * 5)
    assert kept_policies(place) == 5
    assert KEPT_ROWS // 220_000 == 2
    desk = Desk(place)
    for i in range(20):
        desk.select(View.parse(f"p.alpha=0.{i + 10}"))
    assert desk._ranked._derived.cache_info().currsize == 5


def test_every_column_is_declared_open_or_kept_back(tmp_path: Path) -> None:
    place = country(tmp_path, "low")
    assert {"source_row", "internal_note"} <= set(Desk(place, tier="government").columns)
    assert not {"source_row", "internal_note"} & set(Desk(place, tier="partner").columns)
    assert all(c in FIELDS or c.endswith(("_evidence", "_source", "_date")) for c in Desk(place).columns)
