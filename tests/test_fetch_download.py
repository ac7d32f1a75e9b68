"""Downloads against a real server: taken up again where they broke off, checked inside, never half kept."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import random
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.fetching import downloading
from etl.fetching.client import Client
from etl.fetching.inside import fault_of, whole_gzip
from geodata.errors import KeyNeededError, NothingFoundError, OfflineError, SourceError
from tests.replay.server import Answer, Asked, Replay, answer_file, redirect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOISE = random.Random(7).randbytes(60_000)
GZIP, ZIP, PARQUET = (b"\x1f\x8b",), (b"PK\x03\x04",), (b"PAR1",)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bin", NOISE)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pd.DataFrame({"quadkey": [f"0{n}" for n in range(3000)]}).to_parquet(out)
    return out.getvalue()


FILES = {
    "/towers.csv.gz": (gzip.compress(NOISE, mtime=0), GZIP),
    "/smod.zip": (zipped(), ZIP),
    "/tiles.parquet": (parquet(), PARQUET),
    "/people.tif": (b"II*\x00" + (40_000).to_bytes(4, "little") + NOISE, (b"II*\x00", b"MM\x00*")),
}


def answer(asked: Asked) -> Answer | None:
    return answer_file(FILES[asked.path][0]) if asked.path in FILES else None


@pytest.fixture
def server() -> Iterator[Replay]:
    signed = (r"/signed", lambda a: redirect(a.replay.url("big", "store") + "/smod.zip?X-Amz-Signature=abcdef"))
    with Replay(extra={"big": [signed, (r"/.*", answer)]}) as replay:
        yield replay


def ask(server: Replay, folder: Path, **more: Any) -> Client:
    more.setdefault("now", lambda: NOW)
    return server.client(folder / "cache", services={}, **more)


def get(client: Client, path: str = "/towers.csv.gz", **more: Any) -> Path:
    return client.download("big", path, magic=FILES.get(path, (b"", ()))[1], name=Path(path).name, **more)


def ranges(server: Replay) -> list[str | None]:
    return [asked.headers.get("range") for asked in server.asked]


def parts(folder: Path) -> list[str]:
    return sorted(p.suffix for p in (folder / "cache" / "parts").iterdir() if p.suffix != ".lock")


@pytest.mark.parametrize("path", FILES)
def test_a_file_comes_whole_under_its_name(server: Replay, tmp_path: Path, path: str) -> None:
    got = get(ask(server, tmp_path), path)
    assert got.read_bytes() == FILES[path][0]
    assert got.name == path[1:]
    assert parts(tmp_path) == []


@pytest.mark.parametrize("path", FILES)
def test_what_broke_off_goes_on_where_it_was(server: Replay, tmp_path: Path, path: str) -> None:
    server.fault("big", "cut", times=2, after=len(FILES[path][0]) // 4)
    assert get(ask(server, tmp_path), path).read_bytes() == FILES[path][0]
    first, *later = ranges(server)
    assert first is None
    starts = [int(str(r)[6:-1]) for r in later]
    assert 0 < starts[0] < starts[1] < len(FILES[path][0])


def test_a_later_run_goes_on_too(server: Replay, tmp_path: Path) -> None:
    server.fault("big", "cut", after=5000, times=1)
    server.fault("big", "status", status=503)
    with pytest.raises(SourceError, match="503"):
        get(ask(server, tmp_path))
    assert parts(tmp_path) == [".json", ".part"]
    server.clear()
    assert get(ask(server, tmp_path)).read_bytes() == FILES["/towers.csv.gz"][0]
    assert ranges(server)[-1] is not None


def test_ctrl_c_keeps_the_part(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(answer: Any) -> Iterator[bytes]:
        yield next(iter(answer.raw.stream(9000, decode_content=False)))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(downloading, "pieces", stopped)
        with pytest.raises(KeyboardInterrupt):
            get(ask(server, tmp_path))
    assert get(ask(server, tmp_path)).read_bytes() == FILES["/towers.csv.gz"][0]
    assert ranges(server) == [None, "bytes=9000-"]


def test_a_server_that_knows_no_ranges_is_asked_anew(server: Replay, tmp_path: Path) -> None:
    server.fault("big", "no_range")
    server.fault("big", "cut", times=1)
    assert get(ask(server, tmp_path)).read_bytes() == FILES["/towers.csv.gz"][0]


def test_without_an_edition_nothing_is_pieced_together(server: Replay, tmp_path: Path) -> None:
    server.fault("big", "no_etag")
    server.fault("big", "cut", times=1)
    assert get(ask(server, tmp_path)).read_bytes() == FILES["/towers.csv.gz"][0]
    assert ranges(server) == [None, None]


def test_another_edition_is_begun_anew(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.fault("big", "cut", times=1)
    other = gzip.compress(NOISE[::-1], mtime=0)

    def changes(_: float) -> None:
        monkeypatch.setitem(FILES, "/towers.csv.gz", (other, GZIP))

    assert get(ask(server, tmp_path, sleep=changes)).read_bytes() == other


def test_a_range_that_starts_elsewhere_is_not_believed(server: Replay, tmp_path: Path) -> None:
    server.fault("big", "cut", times=1)
    lies = Answer(FILES["/towers.csv.gz"][0][100:], 206, {"Content-Range": "bytes 100-999/99999"})
    server.fault("big", "replace", times=1, answer=lies)
    assert get(ask(server, tmp_path)).read_bytes() == FILES["/towers.csv.gz"][0]


@pytest.mark.parametrize(
    ("fault", "said", "tries"),
    [
        ("html", "a web page", 1),
        ("lfs", "Git LFS pointer", 1),
        ("json_error", "a message .*INVALID_TOKEN", 1),
        ("garbage", "a file of another kind", 1),
        ("empty", "nothing", 5),
        ("truncate", "cut off", 5),
    ],
)
@pytest.mark.parametrize("path", FILES)
def test_what_is_no_such_file_is_never_kept(  # noqa: PLR0917
    server: Replay, tmp_path: Path, path: str, fault: str, said: str, tries: int
) -> None:
    server.fault("big", fault)
    client = ask(server, tmp_path)
    with pytest.raises(SourceError, match=said):
        get(client, path)
    assert len(server.asked) == tries
    assert parts(tmp_path) == []
    assert not (tmp_path / "cache" / "blobs").exists()
    server.clear()
    assert get(client, path).read_bytes() == FILES[path][0]


@pytest.mark.parametrize("path", ["/towers.csv.gz", "/smod.zip"])
def test_a_file_damaged_inside_is_found_out(server: Replay, tmp_path: Path, path: str) -> None:
    server.fault("big", "mutate", with_=lambda b: b[:20_000] + bytes(x ^ 255 for x in b[20_000:20_040]) + b[20_040:])
    with pytest.raises(SourceError, match="damaged"):
        get(ask(server, tmp_path), path)


def test_gzip_of_several_members_is_whole_only_with_all(tmp_path: Path) -> None:
    both = gzip.compress(b"one", mtime=0) + gzip.compress(NOISE, mtime=0)
    path = tmp_path / "x.gz"
    for end, whole in ((len(both), True), (len(both) - 3, False), (30, False)):
        path.write_bytes(both[:end])
        assert whole_gzip(path) is whole
    path.write_bytes(both + b"\0" * 40)  # padding
    assert whole_gzip(path)


def test_a_bomb_of_zeros_takes_no_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(20_000_000)))
    tracemalloc.start()
    assert whole_gzip(path)
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_statuses(server: Replay, tmp_path: Path) -> None:
    client = ask(server, tmp_path)
    with pytest.raises(NothingFoundError, match="has no type=fixed"):
        client.download("big", "/absent", magic=(), name="type=fixed", absent=(403, 404))
    with pytest.raises(SourceError, match="status 404"):
        client.download("big", "/absent", magic=(), name="x")
    server.fault("big", "status", status=403)
    with pytest.raises(NothingFoundError):
        client.download("big", "/absent", magic=(), name="x", absent=(403, 404))
    with pytest.raises(KeyNeededError):
        client.download("big", "/absent", magic=(), name="x")


def test_what_is_not_published_is_not_published_offline_either(server: Replay, tmp_path: Path) -> None:
    for client in (ask(server, tmp_path), ask(server, tmp_path), ask(server, tmp_path, offline=True)):
        with pytest.raises(NothingFoundError, match="status 404"):
            client.download("big", "/absent", magic=(), name="q3.parquet", absent=(403, 404))
    assert len(server.asked) == 1
    with pytest.raises(NothingFoundError):  # another day it may be there
        ask(server, tmp_path, refresh=True).download("big", "/absent", magic=(), name="q3.parquet", absent=(404,))
    assert len(server.asked) == 2
    with pytest.raises(OfflineError):  # nor is it ever taken for a file
        ask(server, tmp_path, offline=True).download("big", "/absent", magic=(), name="q3.parquet")


def test_a_redirect_to_a_signed_address_is_followed_and_not_written_down(server: Replay, tmp_path: Path) -> None:
    key = "secret-key-of-the-portal"
    got = ask(server, tmp_path).download(
        "big", "/signed", magic=ZIP, name="smod.zip", key_header=("Authorization", key)
    )
    assert got.read_bytes() == FILES["/smod.zip"][0]
    assert [a.headers.get("authorization") for a in server.asked] == [key, None]
    kept = b"".join(p.read_bytes() for p in (tmp_path / "cache" / "index").rglob("*.json"))
    assert b"abcdef" not in kept
    assert key.encode() not in kept


def test_the_cache_serves_and_asks_conditionally(server: Replay, tmp_path: Path) -> None:
    first = get(ask(server, tmp_path))
    assert get(ask(server, tmp_path)) == first
    assert get(ask(server, tmp_path, offline=True)) == first
    assert len(server.asked) == 1
    client = ask(server, tmp_path, refresh=True, now=lambda: NOW + timedelta(days=9))
    assert get(client) == first
    assert server.asked[-1].headers["if-none-match"]
    assert client.met[-1].retrieved == NOW  # unchanged: these bytes came then
    server.fault("big", "no_etag")
    assert get(ask(server, tmp_path, refresh=True)) == first  # the same bytes, by their hash
    with pytest.raises(OfflineError, match="smod"):
        get(ask(server, tmp_path, offline=True), "/smod.zip")


def test_a_damaged_blob_is_fetched_again(server: Replay, tmp_path: Path) -> None:
    first = get(ask(server, tmp_path))
    blob = next(p for p in (tmp_path / "cache" / "blobs").rglob("*") if p.is_file())
    blob.write_bytes(b"\x1f\x8bspoilt")
    assert get(ask(server, tmp_path)).read_bytes() == FILES["/towers.csv.gz"][0]
    assert get(ask(server, tmp_path)) == first


def test_two_at_once_fetch_it_once_each_and_both_get_it_whole(server: Replay, tmp_path: Path) -> None:
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(get(ask(server, tmp_path)).read_bytes())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [hashlib.sha256(g).hexdigest() for g in got] == [hashlib.sha256(FILES["/towers.csv.gz"][0]).hexdigest()] * 4
    assert parts(tmp_path) == []


def test_a_full_disk_is_said_and_nothing_half_is_kept(
    server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(downloading, "_write", full)
    with pytest.raises(SourceError, match=r"No space left.*FIRSTMILE_CACHE"):
        get(ask(server, tmp_path))
    assert not (tmp_path / "cache" / "blobs").exists()


def test_progress_is_said_now_and_then(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "SAY_EVERY", 25_000)
    monkeypatch.setattr("etl.fetching.wire.PIECE", 5_000)
    said: list[str] = []
    get(ask(server, tmp_path, tell=said.append))
    assert 1 <= len(said) <= 3
    assert "%" in said[-1]


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a/b"])
def test_a_name_stays_in_the_cache(server: Replay, tmp_path: Path, name: str) -> None:
    got = ask(server, tmp_path).download("big", "/smod.zip", magic=ZIP, name=name)
    assert (tmp_path / "cache" / "files") in got.resolve().parents


def test_any_first_bytes_where_none_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"ID,NAME\n1,a\n")
    assert fault_of(path, ()) is None
