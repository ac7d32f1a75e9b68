"""A country made to be attacked: two versions of it that differ only in what must not leave, and a walk over every way out."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pandas as pd
import pyogrio
from dash import Dash
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.page import KEY, pages
from dashboard.replies import stamp
from geodata.derive import derive
from geodata.layers import Atlas, write_manifest
from geodata.tables import SCHOOLS, empty_columns
from tests.factories import atlas, schools

SIZE = 60
CELLS = (
    "856ad813fffffff",
    "856ad80ffffffff",
    "856ad817fffffff",
)  # resolution 5; each holds 20 schools in one cell of 6
QUERIES = (
    "",
    "p.weight_displaced=1&p.weight_poverty=0&p.weight_rural=0&p.weight_crisis=0&p.alpha=0",
    "p.displaced_full_share=0.01&p.cutoff_displaced=0.01",
    "sort=-marginalisation",
    "sort=priority_reasons",
    "max.marginalisation=0.4",
    "min.lacks_count=4",
    "tier=A",
    "has_internet=no,unknown&area=XA-1",
    "show=water&area=XA-12",
)


FEW_COLUMNS = "school_id,latitude,longitude,num_students,marginalisation,priority_rank,priority_reasons,lacks_count"
FEW_DRAWS = "p.mc_draws_interactive=100"  # the walk asks what is said, not how surely


def frame(*, secret: int = 0, moved: int = 0) -> pd.DataFrame:
    """Sixty schools. `secret` seeds the sensitive columns alone; `moved` the places within their cells, and what tells of them."""
    open_, hidden, place = (np.random.default_rng(n) for n in (1, 100 + secret, 200 + moved))
    number = np.arange(SIZE)
    cell = [h3.cell_to_center_child(CELLS[i // 20], 6) for i in number]
    exact = [h3.cell_to_latlng(h3.cell_to_center_child(c, 6)) for c in cell]
    lat, lon = (np.array([p[k] for p in exact]) + place.uniform(-0.008, 0.008, SIZE) for k in (0, 1))
    learners = open_.integers(80, 900, SIZE)
    known = schools(
        school_id=[f"s{i:03d}" for i in number],
        school_name=[f"School number {i}" for i in number],
        admin1=[f"Province {i // 30 + 1}" for i in number],
        admin1_id=[f"XA-{i // 30 + 1}" for i in number],
        admin2=[f"District {i // 15 + 1}" for i in number],
        admin2_id=[f"XA-{i // 30 + 1}{i // 15 % 2 + 1}" for i in number],
        settlement=open_.choice(["rural", "town", "city"], SIZE).tolist(),
        latitude=lat.tolist(),
        longitude=lon.tolist(),
        num_students=learners.tolist(),
        num_teachers=(learners // 30 + 1).tolist(),
        num_computers=open_.integers(0, 40, SIZE).tolist(),
        has_internet=open_.choice([True, False, None], SIZE).tolist(),
        has_electricity=open_.choice([True, False], SIZE).tolist(),
        has_water=open_.choice([True, False], SIZE).tolist(),
        wealth_percentile=open_.uniform(0, 1, SIZE).round(3).tolist(),
        crisis_index=open_.uniform(0, 10, SIZE).round(1).tolist(),
        num_students_displaced=(learners * hidden.uniform(0, 0.9, SIZE)).astype(int).tolist(),
        num_students_disabled=hidden.integers(0, 99, SIZE).tolist(),
        community_land=hidden.choice(["indigenous", "none"], SIZE).tolist(),
        fiber_node_distance_m=place.uniform(100, 90_000, SIZE).tolist(),
        ookla_fixed_mbps=place.uniform(1, 90, SIZE).tolist(),
        ookla_fixed_tile_distance_m=place.uniform(1, 1900, SIZE).tolist(),
        schools_within_1km=place.integers(0, 9, SIZE).tolist(),
        pop_within_1km=place.uniform(0, 9000, SIZE).tolist(),
        location_shared_by=place.integers(1, 4, SIZE).tolist(),
    )
    ready = empty_columns(known, SCHOOLS)
    derived = derive(ready)
    ready = ready.assign(**{str(name): derived[name] for name in derived})
    return ready.assign(source_row=range(SIZE), internal_note=[f"note {secret} {i}" for i in number])


def country(folder: Path, risk: str, *, secret: int = 0, moved: int = 0, shuffle: bool = False) -> Atlas:
    """The schools as a country on disk, with a conflict and findings that speak of what is hidden."""
    rows = frame(secret=secret, moved=moved)
    if shuffle:
        rows = rows.iloc[::-1].reset_index(drop=True)
    kept = [str(value) for value in rows["num_students_displaced"].head(3)]
    conflicts = pd.DataFrame({"school_id": rows["school_id"].head(3), "column": ["num_students_displaced"] * 3, "kept": kept, "kept_source": ["census"] * 3, "other": kept, "other_source": ["inventory"] * 3, "rule": ["stronger evidence"] * 3})  # fmt: skip
    near = f"s00{secret + moved}"
    findings = pd.DataFrame({"school_id": [near] * 2, "check": ["part_over_learners" if secret else "shared_location"] * 2, "severity": ["warn"] * 2, "reason": ["Told of one school."] * 2})  # fmt: skip
    if not (secret or moved):
        findings = findings.iloc[:0]
    rejected = pd.DataFrame({"source": ["census"], "row": pd.Series([4], dtype="Int64"), "check": ["outside"], "severity": ["reject"], "reason": ["The id stands twice."], "raw": [json.dumps({"displaced": kept})]})  # fmt: skip
    made = atlas(folder, rows, conflicts=conflicts, findings=findings, quarantine=rejected)
    write_manifest(made.folder, {**made.manifest, "place": {**made.manifest["place"], "risk": risk}})
    return Atlas(made.link, made.folder)


def walk(app: Dash, *, only: tuple[str, ...] = ()) -> Iterator[tuple[str, int, bytes]]:
    """Every answer of a server: what was asked, its status, its bytes (of a file what stands in it, without its clock).

    Every page that is declared is walked, and every callback on it, so that a new one is attacked without being named here.
    `only` names pages to walk alone, each with one format of files; the queries stand before the desk in a test of their own.
    """
    client = app.server.test_client()
    desk = app.server.config[KEY].desk()
    mark = stamp(desk)
    for query in QUERIES[:3]:
        for path in (f"/values/testland/{mark}/0.json", f"/values/testland/{mark}/2.json", *list(tiles(mark))[:2]):
            yield ask(client, f"{path}?{query}")
    for query in QUERIES[:2]:
        for path in (*(f"/hexagons/testland/{mark}/{r}.json" for r in (3, 5, 8)), *tiles(mark), f"/values/testland/{mark}/1.json", "/export/testland/schools.csv"):  # fmt: skip
            yield ask(client, f"{path}?{query}")
    for suffix in ("xlsx",) if only else ("gpkg", "geojson", "parquet"):  # all columns stand in the CSV
        asked, status, answer = ask(client, f"/export/testland/schools.{suffix}?{QUERIES[1]}&columns={FEW_COLUMNS}")
        yield asked, status, within(suffix, answer) if status == 200 else answer
    walked = [page.path for page in pages() if not only or page.path in only]
    for path in walked:
        yield from callbacks(app, client, path, f"?school=s001&compare=s000,s001&{FEW_DRAWS}", again=path != walked[0])
    yield from callbacks(app, client, "/prioritise", f"?{QUERIES[1]}&{FEW_DRAWS}", again=True)
    for fixed in ("outline", "0", "1", "2"):
        yield ask(client, f"/areas/testland/{mark}/{fixed}.json")
    for path in (
        "/export/testland/rejected.csv",
        "/healthz",
    ):  # the base map is the same for all; its window is tested apart
        yield ask(client, path)


def within(suffix: str, answer: bytes) -> bytes:
    """What stands in a file, without the time it was made at."""
    if suffix == "xlsx":
        with zipfile.ZipFile(io.BytesIO(answer)) as book:
            return b"".join(book.read(name) for name in book.namelist() if not name.startswith("docProps"))
    if suffix == "gpkg":
        with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
            file.write(answer)
            file.flush()
            tables = [
                pyogrio.read_dataframe(file.name, layer=name).to_csv() for name, _ in pyogrio.list_layers(file.name)
            ]
            return "".join(tables).encode()
    return answer


def tiles(mark: str) -> Iterator[str]:
    """Addresses of the tiles in which the schools lie."""
    for zoom in (0, 9):
        for lat, lon in (h3.cell_to_latlng(cell) for cell in CELLS):
            x = int((lon + 180) / 360 * 2**zoom)
            y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom)
            yield f"/tiles/testland/{mark}/{zoom}/{x}/{y}.mvt"


def ask(client: FlaskClient, path: str) -> tuple[str, int, bytes]:
    """What one address answers."""
    with client.get(path) as reply:
        return path, reply.status_code, reply.get_data()


def callbacks(
    app: Dash, client: FlaskClient, path: str, search: str, *, again: bool = False
) -> Iterator[tuple[str, int, bytes]]:
    """What every callback answers when the address is this one and nothing else is set; `again` with another page of
    the same query: those alone that are told which page it is."""
    for output, told in list(app.callback_map.items()):
        parts = [*told.get("inputs", []), *told.get("state", [])]
        if again and not any(part["property"] == "pathname" for part in parts):
            continue
        body = request_of(output, told, path, search)
        if body is not None:
            with client.post("/_dash-update-component", json=body) as reply:
                yield f"{output} {path}{search}", reply.status_code, reply.get_data()


def request_of(output: str, told: dict[str, Any], path: str, search: str) -> dict[str, Any] | None:
    """The body of a callback's request; None for one that runs in the browser."""
    if "callback" not in told:
        return None
    given = {("url", "pathname"): path, ("url", "search"): search, ("search", "searchValue"): "school", ("list-grid", "getRowsRequest"): {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}}  # fmt: skip

    def fill(part: dict[str, str]) -> Any:
        if part["id"].startswith("{"):
            return []
        return {
            **part,
            "value": given.get((part["id"], part["property"]), 1 if part["property"] == "n_clicks" else None),
        }

    inputs, state = ([fill(p) for p in told.get(kind, [])] for kind in ("inputs", "state"))
    names = output.strip(".").split("...")
    if not all("." in name for name in names):  # it answers nothing
        return None
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    if any(o["id"].startswith("{") for o in outputs):
        return None
    grid = next((p for p in told["inputs"] if p["property"] == "getRowsRequest"), None)
    if grid is not None:
        inputs = [{**grid, "value": given["list-grid", "getRowsRequest"]} for _ in (0,)]
    changed = [f"{p['id']}.{p['property']}" for p in told["inputs"] if not p["id"].startswith("{")][:1]
    one = outputs if output.startswith("..") else outputs[0]
    return {"output": output, "outputs": one, "inputs": inputs, "state": state, "changedPropIds": changed}


def served(place: Atlas, tier: str = "public") -> Dash:
    """The dashboard over one country."""
    return create_app([place], tier=tier)
