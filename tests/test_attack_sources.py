"""What comes in from outside now: recipes of strangers, answers of services, files dropped by hand. None of it is believed."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import firstmile_say
from etl import boxes
from etl.connect import Ask, Block, Connector, Key, Taken
from etl.fetching import inside, wire
from etl.fetching.client import Client
from etl.fetching.hiding import Veil
from etl.fetching.inside import fault_of
from etl.fetching.passports import notes_of, passport_path, read_passport, with_passports
from etl.fetching.replies import Reply, without
from etl.fetching.settings import Settings
from etl.fetching.snapshots import take_source
from etl.fetching.writing import write_tidy
from etl.filehashes import hash_of
from etl.personal import drop_personal
from etl.raster import open_population
from etl.recipe import Reading, Recipe, Source
from etl.source import Raw, read_raw
from etl.sources import osm
from etl.sources.dhis2 import DHIS2
from etl.sources.openemis import OPENEMIS
from etl.sources.polygons import read_shapes
from geodata.changes import sentences
from geodata.errors import KeyNeededError, SourceError
from tests.replay import land
from tests.replay.server import Replay, answer_json
from tests.replay.services import dhis2, openemis

KEY = "Planted-Key-0123456789"


# --- a recipe of somebody else ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/tmp/x.csv", "../x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x.csv", "\\\\host\\x.csv", "a\0.csv", ""])  # fmt: skip
def test_what_a_recipe_fetches_stays_in_the_folder(path: str) -> None:
    for way in ({"download": "https://e.example/x"}, {"service": {"name": "osm"}}):
        with pytest.raises(ValidationError, match="leads out of the folder"):
            Reading(path=path, **way)  # type: ignore[arg-type]
    assert Reading(path=path).path == path  # what is only read may lie elsewhere: a person's own choice


def test_a_recipe_does_not_decide_where_a_key_goes(tmp_path: Path) -> None:
    def take(client: Client, ask: Ask) -> Taken:
        raise AssertionError("asked")

    service = Connector("giga_maps", "Giga", "Giga", "schools", "https://giga.example/api", "ODbL-1.0", take, (Block("source", "Giga", "g.csv"),), key=Key())  # fmt: skip
    client = Client(Settings(keys={("giga_maps", "key"): KEY}), tmp_path / "cache", tell=lambda _: None)
    for base in ("https://thief.example", "http://giga.example/api", "https://giga.example.thief.example/"):
        reading = Reading(path="g.csv", service={"name": "giga_maps", "base": base})  # type: ignore[arg-type]
        with pytest.raises(KeyNeededError, match="FIRSTMILE_GIGA_MAPS_BASE") as error:
            take_source(reading, service, client, Ask("XQA"), tmp_path)
        assert KEY not in str(error.value)


# --- files that hold others, or point to them ---------------------------------------------------------------------

VIRTUAL = '<OGRVRTDataSource><OGRVRTLayer name="own"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
PIPELINE = '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {}"}}'


@pytest.mark.parametrize("text", [VIRTUAL, "\ufeff \n" + VIRTUAL, PIPELINE, "http://127.0.0.1/{}"])
def test_no_file_leads_to_another_of_this_machine(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.csv").write_text("name,key\nada,secret\n")
    text = text.format(tmp_path / "own.csv")
    (tmp_path / "schools.geojson").write_text(text)
    with pytest.raises(SourceError, match="no file of shapes"):
        read_raw(Reading(path="schools.geojson"), tmp_path)
    with pytest.raises(SourceError, match="no file of shapes"):
        read_shapes(tmp_path / "schools.geojson", "schools.geojson", [])
    with zipfile.ZipFile(tmp_path / "areas.zip", "w") as archive:
        archive.writestr("adm1.shp", text)
    with pytest.raises(SourceError, match="no file of shapes"):
        read_shapes(f"/vsizip/{tmp_path}/areas.zip/adm1.shp", "areas.zip", [])
    (tmp_path / "people.tif").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')
    with pytest.raises(SourceError, match="cannot be read as a raster"):
        open_population(tmp_path / "people.tif")


def test_a_bomb_is_said_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "MOST_IN_MEMORY", 1 << 20)
    monkeypatch.setattr(boxes, "MOST_UNPACKED", 4 << 20)
    monkeypatch.setattr(inside, "MOST_UNPACKED", 4 << 20)
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress(b"id\n" + b"0" * (3 << 20)) * 2)
    with pytest.raises(SourceError, match="more than can be read"):
        read_raw(Reading(path="s.csv.gz"), tmp_path)
    with zipfile.ZipFile(tmp_path / "s.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (5 << 20))
    with pytest.raises(SourceError, match="more than can be read"):
        read_raw(Reading(path="s.xlsx"), tmp_path)
    assert "would unpack to" in fault_of(tmp_path / "s.xlsx", ()).what  # type: ignore[union-attr]
    with pytest.raises(SourceError, match="would unpack to"):
        boxes.files_in(tmp_path / "s.xlsx")


@pytest.mark.parametrize("start", [b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xff\xfe\x00\x00"])
def test_text_that_is_none_further_on_is_said(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "s.csv").write_bytes(start + b"\xd8\x00\x00a,\x81\xff" * 9)
    with pytest.raises(SourceError, match=r"s\.csv"):
        read_raw(Reading(path="s.csv"), tmp_path)


def test_names_that_lead_out_of_an_archive_are_not_seen(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("../../x.csv", "/etc/x.csv", "a\\..\\x.csv", "b/../../x.csv", "\x1b[2J.csv", "in/x.csv"):
            archive.writestr(name, "a")
    assert boxes.names_in(tmp_path / "a.zip") == ["in/x.csv"]


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4))
@settings(max_examples=30)
def test_gzip_of_any_members_unpacks_as_it_was(parts: list[bytes]) -> None:
    assert boxes.gunzipped(b"".join(map(gzip.compress, parts)) + b"\0\0", "x.gz") == b"".join(parts)


# --- people in answers, and who asked -----------------------------------------------------------------------------


def kept(cache: Path) -> bytes:
    """All that a cache holds."""
    return b"\n".join(p.read_bytes() for p in sorted(cache.rglob("*")) if p.is_file())


def test_the_cache_holds_no_person_of_a_ministrys_answers(tmp_path: Path) -> None:
    with Replay(land) as replay:
        (tmp_path / "mapping.csv").write_text("target_field,dx_uid\nnum_students,deLearners1\n")
        asked = Ask("XQA", options={"level": "School", "period": "2025", "mapping": "mapping.csv"}, data=tmp_path)
        client = replay.client(tmp_path / "cache", dhis2.KEYS)
        before = DHIS2.take(client, asked)
        assert any(path.endswith("dataValueSets.json") for path in replay.paths("dhis2"))
        assert b"dataValues" in kept(tmp_path / "cache")
        assert b"head.teacher" not in kept(tmp_path / "cache")
        offline = replay.client(tmp_path / "cache", offline=True)  # without a key: what came last
        assert DHIS2.take(offline, asked).content.equals(before.content)  # type: ignore[union-attr]


def test_one_user_does_not_get_what_another_was_shown(tmp_path: Path) -> None:
    part = {"ada": ["north"], "ben": ["south"]}
    routes = [(r"/units", lambda a: answer_json(part[a.headers["authorization"]]))]
    with Replay(extra={"emis": routes}) as replay:

        def ask(user: str, **more: Any) -> Any:
            client = replay.client(tmp_path / "cache", services={}, **more)
            key = None if client.offline else ("Authorization", user)
            return client.get("emis", "/units", key_header=key, who=user).json()

        assert [ask("ada"), ask("ben"), ask("ada")] == [["north"], ["south"], ["north"]]
        assert len(replay.asked) == 2
        assert [ask("ada", offline=True), ask("ben", offline=True), ask("", offline=True)] == [["north"], ["south"], ["south"]]  # fmt: skip


def test_names_that_are_forgotten_are_gone_at_any_depth_and_nothing_else(tmp_path: Path) -> None:
    value = {"a": [{"storedBy": "x", "v": 1.10, "in": {"storedBy": {"n": 1}, "ü": None}}], "storedBy": [1]}
    reply = Reply(200, json.dumps(value).encode(), {}, "https://e.example")
    assert without(reply, {"storedBy"}.__contains__).json() == {"a": [{"v": 1.1, "in": {"ü": None}}]}
    assert without(reply, {"nobody"}.__contains__) is reply
    page = Reply(200, b"<html>storedBy", {}, "https://e.example")
    assert without(page, {"storedBy"}.__contains__) is page


def test_the_cache_holds_no_telephone_of_openstreetmap(tmp_path: Path) -> None:
    tags = {
        "amenity": "school",
        "name": "Lycée",
        "contact:phone": "+254700111222",
        "email": "h@e.example",
        "operator": "Ada Head",
    }
    answer = {"elements": [{"type": "node", "id": n, "lat": 1, "lon": 1, "tags": tags} for n in (1,)]}
    with Replay(extra={"osm": [(r".*", lambda _: answer_json(answer))]}) as replay:
        client = replay.client(tmp_path / "cache")
        taken = osm.CONNECTOR.take(client, Ask("XQA", "XQ", options={"mirrors": []}))
        held = kept(tmp_path / "cache")
        assert "Lycée".encode() in held
        assert b"254700111222" not in held
        assert b"h@e.example" not in held
        assert "Ada Head" not in taken.content.to_csv()  # type: ignore[union-attr]


# --- answers that never end ---------------------------------------------------------------------------------------


@contextmanager
def dripping(length: str) -> Iterator[str]:
    """A server that promises much and sends a byte now and then."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            with one, suppress(OSError):
                one.recv(4096)
                one.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n".encode())
                while True:
                    one.sendall(b"1\r\n{\r\n" if "chunked" in length else b"{")
                    time.sleep(0.01)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.mark.parametrize("length", ["Content-Length: 5000000", "Transfer-Encoding: chunked"])
def test_a_byte_now_and_then_is_no_answer(tmp_path: Path, length: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "WINDOW_S", 0.02)
    with dripping(length) as base:
        client = Client(Settings(), tmp_path / "cache", tell=lambda _: None, sleep=lambda _: None, services={})
        with pytest.raises(SourceError, match="sends hardly anything"):
            client.get("slow", base)
        with pytest.raises(SourceError, match="sends hardly anything"):
            client.download("slow", base, magic=(), name="x")


def test_a_slow_line_that_still_carries_a_file_is_waited_for() -> None:
    seconds = iter(range(0, 10**6, 10))
    assert len(b"".join(wire.lively([b"x" * 6_000] * 200, lambda: next(seconds)))) == 1_200_000


def test_a_file_without_room_is_not_begun(tmp_path: Path) -> None:
    with dripping(f"Content-Length: {10**15}") as base:
        client = Client(Settings(), tmp_path / "cache", tell=lambda _: None, services={})
        with pytest.raises(SourceError, match="Make room"):
            client.download("big", base, magic=(), name="x")


def test_headers_of_the_service_that_contradict_are_not_blamed_on_the_key(tmp_path: Path) -> None:
    with dripping("Content-Length: 5\r\nContent-Length: 7") as base:
        client = Client(Settings(), tmp_path / "cache", tell=lambda _: None, sleep=lambda _: None, services={})
        with pytest.raises(SourceError, match="headers that contradict") as error:
            client.get("odd", base)
        assert "key" not in str(error.value)


def test_a_password_does_not_follow_a_redirect(tmp_path: Path) -> None:
    with Replay(land) as replay:
        replay.fault("openemis", "redirect", path="login", to=replay.url("thief", "second host") + "/login", status=307)
        with pytest.raises(SourceError, match="FIRSTMILE_OPENEMIS_BASE"):
            OPENEMIS.take(replay.client(tmp_path / "cache", openemis.KEYS), Ask("XQA", data=tmp_path))
        assert not replay.paths("thief")


# --- a passport of somebody else ----------------------------------------------------------------------------------


def test_a_passport_does_not_set_free_what_is_not(tmp_path: Path) -> None:
    def stated(service: str, **more: Any) -> Source:
        file = tmp_path / f"{service}.csv"
        file.write_text("a\n1\n")
        about = {
            "sha256": hash_of(file),
            "licence": "CC0-1.0",
            "notes": ["n" * 9000, 7] * 99,
            "title": "t" * 9000,
            **more,
        }
        passport_path(file).write_text(json.dumps(about))
        source = Source(name=service, kind="schools", path=file.name, service={"name": service})  # type: ignore[arg-type]
        return with_passports(Recipe.model_construct(source=(source,)), tmp_path).source[0]

    assert stated("ookla").licence == "CC-BY-NC-SA-4.0"
    assert stated("geoboundaries").licence == "CC0-1.0"  # each of its boundaries has its own
    notes = notes_of(stated("ookla"), tmp_path / "ookla.csv")
    assert (
        "The passport beside the file says CC0-1.0; its service gives under CC-BY-NC-SA-4.0, which counts." in notes[-1]
    )
    assert len(notes) < 50
    assert max(map(len, [*notes, stated("ookla").title])) < 700
    for odd in ("text", {"a": 1}, None, 7):
        assert all(isinstance(n, str) for n in notes_of(stated("ookla", notes=odd), tmp_path / "ookla.csv"))


# --- two runs at once, and what a terminal is shown ---------------------------------------------------------------


def test_two_runs_on_one_folder_leave_a_file_and_its_own_passport(tmp_path: Path) -> None:
    faults: list[BaseException] = []

    def run(number: int) -> None:
        frame = pd.DataFrame({"id": [f"{number}-{n}" for n in range(200)]})
        service = Connector(
            f"s{number}", "S", "S", "schools", "https://s.example", "CC0-1.0", lambda *_: Taken(frame), ()
        )
        client = Client(Settings(), tmp_path / "cache", tell=lambda _: None, services={})
        try:
            for _ in range(6):
                take_source(Reading(path="data/s.csv"), service, client, Ask("XQA"), tmp_path)
        except BaseException as error:  # noqa: BLE001
            faults.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    stated = read_passport(tmp_path / "data" / "s.csv")
    assert stated is not None
    assert (tmp_path / "data" / "s.csv").read_text().splitlines()[1].startswith(stated["connector"][1])
    assert not list((tmp_path / "data").glob(".new-*"))


def test_names_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    firstmile_say.say("École\x1b[2J\x07\u202egnp.exe\r مدرسة\nnext\t–")
    firstmile_say.warn("\x9b31m")
    out, err = capsys.readouterr()
    assert out == "École�[2J��gnp.exe� مدرسة\nnext\t–\n"
    assert err == "�31m\n"


def test_sums_do_not_tell_a_count_that_is_too_small() -> None:
    counts = {"new": None, "gone": 12, "moved": 0, "status": 0, "value": 0, "rank": 0}
    summary = {"counts": counts, "schools": [112, 102], "method": [], "ranks": {}}
    assert sentences(summary)[0] == "A few schools new, 12 schools gone."
    assert sentences({**summary, "counts": {**counts, "new": 2}})[0].endswith("112 before, 102 now.")


def test_a_name_without_end_does_not_take_hours() -> None:
    names = ["x" * 300_000, "a@b.example", "x." * 100_000 + "@", "École"]
    raw = Raw(pd.DataFrame({"name": names}, dtype="str"), None, "", Path("s.csv"))
    began = time.monotonic()
    assert drop_personal(raw, keep=["name"]).frame["name"].tolist()[1::2] == ["[removed]", "École"]
    assert time.monotonic() - began < 3


def test_a_name_without_end_is_cut_and_nothing_else_is(tmp_path: Path) -> None:
    frame = pd.DataFrame({"school_name": ["x" * 300_000, "École\0 1"], "note": ["y" * 5_000, ""]}, dtype="str")
    write_tidy(frame, tmp_path / "s.csv", Veil())
    got = read_raw(Reading(path="s.csv"), tmp_path).frame
    assert [len(v) for v in got["school_name"]] == [1000, 7]
    assert len(got["note"].iloc[0]) == 5_000
