"""Files that a recipe names by their web address: fetched once, whole, or not at all. A real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.fetching.missing import fetch_address
from etl.recipe import Reading
from geodata.errors import SourceError
from tests.replay.server import Answer, Replay, answer_text

REGISTER = "ID,NAME\n001,Hill School\n"


@pytest.fixture
def server() -> Iterator[Replay]:
    routes = [(r"/gone\.csv", lambda _: Answer(b"no", 404)), (r"/.*\.csv", lambda _: answer_text(REGISTER, "text/csv"))]
    with Replay(extra={"files": routes}) as replay:
        yield replay


def fetch(server: Replay, name: str, folder: Path) -> list[str]:
    said: list[str] = []
    client = server.client(folder / "cache", tell=said.append, services={})
    reading = Reading(path="raw/register.csv", download=f"{server.url('files')}/{name}?key=secret")
    fetch_address(reading, folder, client)
    return said


def test_a_missing_file_is_fetched_and_kept(server: Replay, tmp_path: Path) -> None:
    assert fetch(server, "register.csv", tmp_path) == [f"Fetched register.csv from 127.0.0.1: {len(REGISTER)} bytes."]
    assert (tmp_path / "raw" / "register.csv").read_text() == REGISTER


def test_a_busy_server_is_asked_again(server: Replay, tmp_path: Path) -> None:
    server.fault("files", "retry_after", seconds=0, times=2)
    fetch(server, "register.csv", tmp_path)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [("", "status 404"), ("html", "a web page"), ("empty", "nothing"), ("cut", "broke off"), ("lfs", "Git LFS")],
)
def test_what_is_not_the_file_leaves_nothing_behind(server: Replay, tmp_path: Path, fault: str, said: str) -> None:
    if fault:
        server.fault("files", fault, after=0)
    with pytest.raises(SourceError, match=said) as caught:
        fetch(server, "register.csv" if fault else "gone.csv", tmp_path)
    assert "by hand" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert not (tmp_path / "raw").exists() or list((tmp_path / "raw").iterdir()) == []
    assert not any("secret" in p.read_text("utf-8", "replace") for p in (tmp_path / "cache").rglob("*") if p.is_file())


def test_no_server_is_said(server: Replay, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="could not be fetched"):
        fetch_address(
            Reading(path="a.csv", download="http://127.0.0.1:9/a.csv"), tmp_path, server.client(tmp_path, services={})
        )
