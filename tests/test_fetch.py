"""Files that a recipe names by their web address: fetched once, whole, or not at all. A real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from etl.recipe import Reading
from etl.source import fetch_missing
from geodata.errors import SourceError

REGISTER = b"ID,NAME\n001,Hill School\n"


class Handler(BaseHTTPRequestHandler):
    """Answers by path, and counts what it was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        kind = self.path.split("?")[0]
        if kind == "/busy.csv" and type(self).asked.count(self.path) < 3:
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = {"/page.csv": b"<!DOCTYPE html><p>Please sign in", "/empty.csv": b""}.get(kind, REGISTER)
        self.send_response(404 if kind == "/gone.csv" else 200)
        self.send_header("Content-Length", str(len(body) + (50 if kind == "/cut.csv" else 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Handler.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join(5)


def fetch(server: str, name: str, folder: Path) -> list[str]:
    said: list[str] = []
    fetch_missing([Reading(path="raw/register.csv", download=f"{server}/{name}?key=secret")], folder, said.append)
    return said


def test_a_missing_file_is_fetched_and_kept(server: str, tmp_path: Path) -> None:
    assert fetch(server, "register.csv", tmp_path) == [f"Fetched register.csv from 127.0.0.1: {len(REGISTER)} bytes."]
    assert (tmp_path / "raw" / "register.csv").read_bytes() == REGISTER


def test_what_is_there_is_not_fetched_again(server: str, tmp_path: Path) -> None:
    fetch(server, "register.csv", tmp_path)
    assert fetch(server, "register.csv", tmp_path) == []
    assert len(Handler.asked) == 1


def test_a_busy_server_is_asked_again(server: str, tmp_path: Path) -> None:
    fetch(server, "busy.csv", tmp_path)
    assert len(Handler.asked) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.csv", "status 404"),
        ("page.csv", "a web page"),
        ("empty.csv", "nothing"),
        ("cut.csv", "could not|broke off"),
    ],
)
def test_what_is_not_the_file_leaves_nothing_behind(server: str, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        fetch(server, name, tmp_path)
    assert "by hand" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert list((tmp_path / "raw").iterdir()) == []


def test_no_server_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="could not be fetched"):
        fetch_missing([Reading(path="a.csv", download="http://127.0.0.1:9/a.csv")], tmp_path, print)
