"""The client against a real server on loopback: retries, pages, half answers, redirects, the cache, no network at all."""

from __future__ import annotations

import gzip
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.fetching.cache import Cache
from etl.fetching.client import Client
from etl.fetching.hiding import STRUCK, Veil
from etl.fetching.paging import all_pages
from etl.fetching.patience import LONGEST_WAIT_S, TryAgainError, retry_after
from etl.fetching.replies import Reply
from etl.fetching.settings import Settings
from geodata.errors import FirstMileError, KeyNeededError, OfflineError, SourceError
from tests.replay.server import Answer, Asked, Replay, answer_json, answer_text, redirect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = "Planted.Key#With*Signs=0123456789"
ROWS = [{"id": f"{n:03}", "name": f"École {n} – مدرسة"} for n in range(25)]


def listed(asked: Asked) -> Answer:
    """A paged list, as Giga Maps has it; 404 past the end where `end=404`."""
    page, size = int(asked.query.get("page", 1)), int(asked.query["size"])
    rows = ROWS[(page - 1) * size : page * size]
    return answer_json({"data": rows}) if rows or asked.query.get("end") != "404" else answer_json({"d": "none"}, 404)


def private(asked: Asked) -> Answer:
    """What wants a key."""
    held = asked.headers.get("authorization") == f"Bearer {KEY}" or asked.query.get("token") == KEY
    return answer_json({"ok": True, "echo": KEY}) if held else answer_json({"detail": "key?"}, 401)


def packed(asked: Asked) -> Answer:
    body = gzip.compress(json.dumps(ROWS).encode())
    return Answer(body, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


ROUTES = [
    (r"/list", listed),
    (r"/private", private),
    (r"/packed", packed),
    (r"/headers", lambda a: answer_json({**a.headers, "body": a.body.decode()})),
    (r"/away", lambda a: redirect(a.replay.url("here", "second host") + "/headers")),
    (r"/round", lambda a: redirect(a.replay.url("here") + "/round")),
    (r"/bom", lambda _: Answer(b"\xef\xbb\xbf" + b'{"a": NaN, "b": "\\ud800x"}', 200)),
]


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay(extra={"here": ROUTES}) as replay:
        yield replay


def ask(server: Replay, folder: Path, **more: Any) -> Client:
    more.setdefault("now", lambda: NOW)
    return server.client(folder / "cache", {("here", "key"): KEY}, services={}, **more)


def waits(client: Client) -> list[float]:
    return client.waits  # type: ignore[attr-defined,no-any-return]


# --- trying again ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "options", "waited"),
    [
        ("retry_after", {"seconds": 7}, [7.0]),
        ("status", {"status": 429}, [1.0]),
        ("retry_after", {"seconds": format_datetime(NOW + timedelta(seconds=42), usegmt=True)}, [42.0]),
        ("retry_after", {"seconds": "soon"}, [1.0]),
        ("status", {"status": 500}, [1.0]),
        ("status", {"status": 502}, [1.0]),
        ("status", {"status": 503}, [1.0]),
        ("status", {"status": 504}, [1.0]),
        ("empty", {}, [1.0]),
        ("refuse", {}, [1.0]),
        ("cut", {}, [1.0]),
    ],
)
def test_what_may_pass_is_asked_again(
    server: Replay, tmp_path: Path, fault: str, options: dict[str, Any], waited: list[float]
) -> None:
    server.fault("here", fault, times=1, **options)
    client = ask(server, tmp_path)
    assert len(client.json("here", "/list", params={"size": 10})["data"]) == 10
    assert waits(client) == waited
    assert len(server.asked) == 2


def test_five_tries_that_wait_longer_each_time(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "status", status=503)
    client = ask(server, tmp_path)
    with pytest.raises(SourceError, match="status 503, 5 times in a row") as caught:
        client.get("here", "/list", params={"size": 1})
    assert waits(client) == [1.0, 2.0, 4.0, 8.0]
    assert "by hand" in str(caught.value)


def test_a_wait_of_hours_is_said_not_sat_through(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "retry_after", seconds=7200)
    client = ask(server, tmp_path)
    with pytest.raises(SourceError, match="120 minutes"):
        client.get("here", "/list", params={"size": 1})
    assert waits(client) == []


@given(st.text(max_size=30))
def test_any_retry_after_is_a_wait_or_nothing(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or wait >= 0


@pytest.mark.parametrize("status", [400, 406, 409, 414])
def test_what_will_not_pass_is_said_once(server: Replay, tmp_path: Path, status: int) -> None:
    server.fault("here", "status", status=status, body=b'{"message": "too much data"}')
    client = ask(server, tmp_path)
    with pytest.raises(SourceError, match=rf"status {status} .*too much data"):
        client.get("here", "/list", params={"size": 1})
    assert len(server.asked) == 1


def test_no_connection_is_said(tmp_path: Path) -> None:
    waited: list[float] = []
    client = Client(Settings({"here": "http://127.0.0.1:9"}), tmp_path, sleep=waited.append, services={})
    with pytest.raises(SourceError, match="could not be reached"):
        client.get("here", "/x")
    assert len(waited) == 2


def test_a_check_may_ask_again_and_what_it_refuses_is_not_kept(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "json_error", value={"remark": "runtime error"}, times=1)

    def check(reply: Reply) -> None:
        if "remark" in reply.json():
            raise TryAgainError("ran out of time")

    client = ask(server, tmp_path)
    assert "data" in client.json("here", "/list", params={"size": 1}, check=check)
    server.fault("here", "json_error", value={"remark": "runtime error"})
    with pytest.raises(SourceError, match="ran out of time, 5 times"):
        client.json("here", "/list", params={"size": 2}, check=check)
    with pytest.raises(OfflineError):
        ask(server, tmp_path, offline=True).json("here", "/list", params={"size": 2})


# --- what is no JSON -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("html", "a web page"),
        ("lfs", "Git LFS pointer"),
        ("garbage", "something else"),
        ("truncate", "cut off, 5 times"),
    ],
)
def test_status_200_is_not_success(server: Replay, tmp_path: Path, fault: str, said: str) -> None:
    server.fault("here", fault)
    client = ask(server, tmp_path)
    with pytest.raises(SourceError, match=said):
        client.json("here", "/list", params={"size": 10})
    server.clear()
    assert len(client.json("here", "/list", params={"size": 10})["data"]) == 10  # nothing wrong was kept


def test_a_wrong_content_type_around_good_json_is_no_fault(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "wrong_type")
    assert client_list(ask(server, tmp_path)) == 10


def client_list(client: Client) -> int:
    return len(client.json("here", "/list", params={"size": 10})["data"])


def test_a_mark_at_the_start_no_numbers_and_half_letters(server: Replay, tmp_path: Path) -> None:
    assert ask(server, tmp_path).json("here", "/bom") == {"a": None, "b": "�x"}


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_json_or_a_source_error(content: bytes) -> None:
    try:
        Reply(200, content, {}, "http://x/").json()
    except SourceError:
        return


@pytest.mark.parametrize("content", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"1" * 10_000])  # fmt: skip
def test_json_that_is_too_deep_or_too_long_is_said(content: bytes) -> None:
    with pytest.raises(SourceError):
        Reply(200, content, {}, "http://x/").json()


def test_packed_answers_are_unpacked_and_half_ones_asked_again(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "truncate", times=1, keep=0.6)  # an honest length, but gzip without its end
    client = ask(server, tmp_path)
    assert client.json("here", "/packed") == ROWS
    assert waits(client) == [1.0]


def test_an_answer_beyond_all_bounds_is_refused(server: Replay, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="small answer"):
        ask(server, tmp_path).get("here", "/packed", most=500)


# --- pages ---------------------------------------------------------------------------------------------------------


def pages(client: Client, size: int = 10, most: int = 100, **params: Any) -> Any:
    def page(number: int) -> list[dict[str, Any]]:
        answer = client.json("here", "/list", params={"page": number, "size": size, **params})
        return list((answer or {}).get("data") or [])

    return client.pages("here", page, size=size, id_of=lambda r: r["id"], most=most)


@pytest.mark.parametrize(("size", "asked"), [(10, 3), (5, 6), (25, 2), (7, 4)])
def test_pages_end_with_a_short_or_an_empty_one(server: Replay, tmp_path: Path, size: int, asked: int) -> None:
    assert pages(ask(server, tmp_path), size).rows == ROWS
    assert len(server.asked) == asked


def test_a_404_past_the_last_page_is_the_end(server: Replay, tmp_path: Path) -> None:
    assert pages(ask(server, tmp_path), 5, end="404").rows == ROWS


def test_a_server_that_ignores_the_page_number_is_found_out(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "ignore_page")
    got = pages(ask(server, tmp_path))
    assert got.rows == ROWS[:10]
    assert "ignores the page number" in got.notes[0]
    assert len(server.asked) == 2


def test_pages_are_capped(server: Replay, tmp_path: Path) -> None:
    got = pages(ask(server, tmp_path), 5, most=2)
    assert len(got.rows) == 10
    assert "more than 2 pages" in got.notes[0]


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=5), max_size=8))
def test_a_row_that_comes_again_is_kept_once_and_none_is_lost(given_pages: list[list[int]]) -> None:
    def page(number: int) -> list[dict[str, Any]]:
        rows = given_pages[number] if number < len(given_pages) else []
        return [{"id": str(n)} for n in rows]

    got = all_pages(page, service="x", first=0, size=None, id_of=lambda r: r["id"])
    ids = [row["id"] for row in got.rows]
    assert len(ids) == len(set(ids))
    read = given_pages[: next((n for n in range(1, len(given_pages)) if given_pages[n][0] == given_pages[n - 1][0]), len(given_pages))]  # fmt: skip
    assert set(ids) == {str(n) for rows in read for n in rows}
    assert len(ids) + got.repeats == sum(map(len, read))


def test_a_service_that_gives_shorter_pages_than_it_is_asked_for_loses_no_row(server: Replay, tmp_path: Path) -> None:
    server.routes["here"] = [(r"/list", lambda a: listed(a) if a.query.update(size="4") is None else None)]
    client = ask(server, tmp_path)

    def page(number: int) -> list[dict[str, Any]]:
        return list(client.json("here", "/list", params={"page": number, "size": 10})["data"])

    got = client.pages("here", page, size=10, id_of=lambda r: r["id"], wary=True)
    assert got.rows == ROWS
    assert "4 rows a page, fewer than it is asked for" in got.notes[0]
    assert all_pages(lambda n: ROWS[:3], service="x", first=1, size=10, id_of=lambda r: r["id"], wary=True).notes == ()


def test_many_pages_are_told_of_now_and_then() -> None:
    said: list[str] = []
    all_pages(lambda n: [{"id": str(n)}] if n < 45 else [], service="x", first=0, size=1, id_of=lambda r: r["id"], tell=said.append)  # fmt: skip
    assert said == ["  x: 20 rows so far …", "  x: 40 rows so far …"]


def test_rows_of_one_id_that_differ_are_both_kept() -> None:
    rows = [[{"id": "1", "n": "a"}, {"id": "2"}], [{"id": "3"}, {"id": "1", "n": "b"}]]
    got = all_pages(lambda n: rows[n] if n < 2 else [], service="x", first=0, size=2, id_of=lambda r: r["id"])
    assert len(got.rows) == 4
    assert got.repeats == 0


@pytest.mark.parametrize("page", [{"data": 1}, [1, 2], "text", None])
def test_a_page_that_is_no_list_of_rows_is_said(page: Any) -> None:
    def first(number: int) -> Any:
        return page if number == 1 else []

    with pytest.raises(SourceError, match="no list of rows"):
        all_pages(first, service="x", first=1, size=2, id_of=str)


# --- keys ----------------------------------------------------------------------------------------------------------


def test_a_key_is_sent_and_stands_nowhere(server: Replay, tmp_path: Path) -> None:
    client = ask(server, tmp_path)
    reply = client.get("here", "/private", key_header=("Authorization", f"Bearer {KEY}"))
    assert reply.json() == {"ok": True, "echo": STRUCK}  # even what the service echoes
    client.get("here", "/private", params={"token": KEY, "q": "1"})
    assert KEY not in repr(client.settings) + repr(client) + repr(reply)
    assert_nowhere(KEY, tmp_path)


def assert_nowhere(secret: str, folder: Path) -> None:
    """No file, nor file name, holds a secret in any of its forms."""
    forms = [secret.encode(), *(form.encode() for form in Veil({secret})._forms(4))]
    for path in folder.rglob("*"):
        content = path.name.encode() + (path.read_bytes() if path.is_file() else b"")
        assert not [form for form in forms if form in content], path


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_said_without_the_key(server: Replay, tmp_path: Path, status: int) -> None:
    server.fault("here", "status", status=status, body=f"bad key {KEY}".encode())
    with pytest.raises(KeyNeededError, match="FIRSTMILE_HERE_KEY") as caught:
        ask(server, tmp_path).get("here", "/private", params={"token": KEY})
    assert KEY not in repr(caught.getrepr()) + str(caught.value)


@pytest.mark.parametrize("fault", ["cut", "refuse", "html", "garbage", "empty", "json_error", "status", "truncate"])
def test_no_fault_shows_a_key(server: Replay, tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.fault("here", fault, status=500, body=KEY.encode(), after=3)
    client = ask(server, tmp_path)
    seen: BaseException | None = None
    try:
        client.json("here", "/private", params={"token": KEY, "password": "x1"}, auth=("u", "pw-secret-99"))
    except FirstMileError as error:
        seen = error
    assert seen is not None or fault == "json_error"
    while seen is not None:  # the whole chain of causes
        assert KEY not in repr(seen)
        assert "pw-secret-99" not in repr(seen)
        seen = seen.__cause__ or seen.__context__
    assert KEY not in caplog.text
    assert "token=" not in caplog.text
    assert_nowhere(KEY, tmp_path)


def test_a_redirect_to_another_host_takes_no_key_along(server: Replay, tmp_path: Path) -> None:
    client = ask(server, tmp_path)
    for header in ("Authorization", "X-API-Key"):
        got = client.json("here", "/away", key_header=(header, f"Bearer {KEY}"), keep=False)
        assert header.lower() not in got
        assert [a.host for a in server.asked[-2:]] == ["", "second host"]
        assert server.asked[-2].headers[header.lower()] == f"Bearer {KEY}"
    assert "authorization" not in client.json("here", "/away", auth=("user", "password-123"), keep=False)


def test_a_redirect_may_be_looked_at_and_one_in_a_circle_ends(server: Replay, tmp_path: Path) -> None:
    client = ask(server, tmp_path)
    assert client.get("here", "/away", redirects=False, keep=False).status == 302
    with pytest.raises(SourceError, match="without end"):
        client.get("here", "/round")


@pytest.mark.parametrize("key", ["line\nbreak", "line\r\nX-Other: 1"])
def test_a_key_with_a_line_break_is_refused(server: Replay, tmp_path: Path, key: str) -> None:
    with pytest.raises(SourceError, match="line break") as caught:
        ask(server, tmp_path).get("here", "/headers", key_header=("Authorization", key))
    assert "Other" not in str(caught.value)


@pytest.mark.parametrize("address", ["ftp://x/y", "http://", "nonsense", "http://[::1"])
def test_what_is_no_address_is_said(tmp_path: Path, address: str) -> None:
    client = Client(Settings(), tmp_path, sleep=lambda _: None, services={})
    with pytest.raises(SourceError, match="address"):
        client.get("here", address)


def test_who_asks_is_said(server: Replay, tmp_path: Path) -> None:
    settings = Settings({"here": server.url("here")}, contact="mailto:me@ministry.example")
    got = Client(settings, tmp_path, services={}).json("here", "/headers")
    assert got["user-agent"].startswith("FirstMile/")
    assert "mailto:me@ministry.example" in got["user-agent"]
    assert "+https://" in got["user-agent"]


@given(st.text(min_size=4, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_a_veiled_text_holds_no_secret(secret: str, before: str, after: str) -> None:
    assert secret not in Veil({secret}).text(before + secret + after).replace(STRUCK, "") or secret in before + after


def test_a_password_that_is_a_word_does_not_strike_the_word_out_of_data() -> None:
    assert Veil({"district"}).content(b'{"name": "North district"}') == b'{"name": "North district"}'


def test_a_short_password_is_struck_out_of_what_a_service_says(server: Replay, tmp_path: Path) -> None:
    server.fault("here", "status", status=409, body=b"no such log-in: ada / pw7x")
    with pytest.raises(SourceError) as caught:
        ask(server, tmp_path).get("here", "/private", auth=("ada", "pw7x"))
    assert "pw7x" not in str(caught.value)


# --- the line itself -----------------------------------------------------------------------------------------------


def test_an_answer_that_does_not_come_is_said(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.fetching.wire.TIMEOUT_S", (1, 0.02))
    server.fault("here", "slow", seconds=0.2)
    with pytest.raises(SourceError, match="did not answer in time, 5 times"):
        ask(server, tmp_path).get("here", "/list", params={"size": 1})


def test_a_host_that_cannot_prove_itself_is_not_asked_again(tmp_path: Path, server: Replay) -> None:
    client = ask(server, tmp_path)
    with pytest.raises(SourceError, match="REQUESTS_CA_BUNDLE"):
        client.get("here", server.url("here").replace("http://", "https://") + "/list")
    assert waits(client) == []


def test_a_bundle_that_is_not_there_is_said(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    with pytest.raises(SourceError, match="REQUESTS_CA_BUNDLE"):
        ask(server, tmp_path).get("here", server.url("here").replace("http://", "https://") + "/list")


# --- the cache -----------------------------------------------------------------------------------------------------


def test_an_answer_of_today_is_not_asked_for_again(server: Replay, tmp_path: Path) -> None:
    first = ask(server, tmp_path).get("here", "/list", params={"size": 3})
    later = ask(server, tmp_path, now=lambda: NOW + timedelta(hours=5)).get("here", "/list", params={"size": 3})
    assert (later.content, later.cached, later.retrieved) == (first.content, True, NOW)
    assert len(server.asked) == 1


@pytest.mark.parametrize("etag", [True, False])
def test_later_it_is_asked_conditionally(server: Replay, tmp_path: Path, etag: bool) -> None:
    if not etag:
        server.fault("here", "no_etag")
    ask(server, tmp_path).get("here", "/list", params={"size": 3})
    late = ask(server, tmp_path, now=lambda: NOW + timedelta(days=40)).get("here", "/list", params={"size": 3})
    assert len(server.asked) == 2
    assert ("if-none-match" in server.asked[1].headers) is etag
    assert late.retrieved == (NOW if etag else NOW + timedelta(days=40))
    assert len(late.json()["data"]) == 3
    kept = list((tmp_path / "cache" / "blobs").rglob("*"))
    assert len([p for p in kept if p.is_file()]) == 1  # the same bytes once


def test_a_refresh_asks_at_once_and_takes_what_changed(
    server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(server, tmp_path).get("here", "/list", params={"size": 3})
    assert not ask(server, tmp_path, refresh=True).get("here", "/list", params={"size": 3}).cached
    monkeypatch.setattr("tests.test_fetch_client.ROWS", [{"id": "900"}])
    got = ask(server, tmp_path, refresh=True).get("here", "/list", params={"size": 3})
    assert got.json() == {"data": [{"id": "900"}]}
    assert len(server.asked) == 3


def test_one_run_asks_one_question_once(server: Replay, tmp_path: Path) -> None:
    ask(server, tmp_path).get("here", "/list", params={"size": 3})
    refreshing = ask(server, tmp_path, refresh=True)
    for _ in range(3):
        refreshing.get("here", "/list", params={"size": 3})
    assert len(server.asked) == 2


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_others_cannot_look_into_the_cache(server: Replay, tmp_path: Path) -> None:
    ask(server, tmp_path).get("here", "/list", params={"size": 3})
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_what_is_not_to_be_kept_is_not(server: Replay, tmp_path: Path) -> None:
    ask(server, tmp_path).get("here", "/list", params={"size": 3}, keep=False)
    assert not (tmp_path / "cache").exists()


def test_different_questions_have_different_answers(server: Replay, tmp_path: Path) -> None:
    client = ask(server, tmp_path)
    for n in range(3):
        assert client.json("here", "/headers", method="POST", data=f"[out:json];{n}")["body"] == f"[out:json];{n}"
        assert client.json("here", "/headers", headers={"Range": f"bytes=0-{n + 500}"}, allow=(206,))
    offline = ask(server, tmp_path, offline=True)
    assert offline.json("here", "/headers", method="POST", data="[out:json];1")["body"] == "[out:json];1"


@pytest.mark.parametrize("harm", ["blob gone", "blob changed", "index torn", "index of another kind"])
def test_a_damaged_cache_is_asked_past(server: Replay, tmp_path: Path, harm: str) -> None:
    ask(server, tmp_path).get("here", "/list", params={"size": 3})
    where = "blobs" if harm.startswith("blob") else "index"
    path = next(p for p in (tmp_path / "cache" / where).rglob("*") if p.is_file())
    if harm == "blob gone":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes({"blob changed": content[::-1], "index torn": content[:20]}.get(harm, b"[1]"))
    got = ask(server, tmp_path).get("here", "/list", params={"size": 3})
    assert len(got.json()["data"]) == 3
    assert ask(server, tmp_path, offline=True).get("here", "/list", params={"size": 3}).content == got.content


def test_a_cache_that_cannot_be_written_is_said(server: Replay, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in its place")
    with pytest.raises(SourceError, match="FIRSTMILE_CACHE"):
        ask(server, tmp_path).get("here", "/list", params={"size": 3})


# --- no network ----------------------------------------------------------------------------------------------------


def test_offline_opens_no_connection(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    online = ask(server, tmp_path)
    pages(online, 5, end="404")  # a 404 that ends a list is kept too
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a connection was opened"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    offline = ask(server, tmp_path, offline=True, now=lambda: NOW + timedelta(days=900))
    assert pages(offline, 5, end="404").rows == ROWS
    with pytest.raises(OfflineError, match=r"/list\?size=77 is not in the cache.*--offline"):
        offline.get("here", "/list", params={"size": 77})


# --- one at a time -------------------------------------------------------------------------------------------------


def test_one_host_is_asked_one_thing_at_a_time(server: Replay, tmp_path: Path) -> None:
    now, most = [0], [0]
    lock = threading.Lock()

    def slow(asked: Asked) -> Answer:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        return answer_text(asked.query["n"])

    server.routes["slow"] = [(r"/x", slow)]
    client = Client(server.settings(), tmp_path, services={})
    threads = [threading.Thread(target=client.get, args=("slow", "/x"), kwargs={"params": {"n": n}}) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_the_index_names_what_was_asked_in_words(server: Replay, tmp_path: Path) -> None:
    client = ask(server, tmp_path)
    client.get("here", "/list", params={"size": 3, "token": KEY})
    entry = json.loads(next((tmp_path / "cache" / "index").rglob("*.json")).read_text())
    assert entry["address"] == f"{server.url('here')}/list?size=3&token={STRUCK}"
    assert entry["service"] == "here"
    assert entry["retrieved"] == "2026-03-01T12:00:00+00:00"
    assert Cache(tmp_path / "cache").blob(entry["sha256"]).stat().st_size == entry["bytes"]


def test_the_longest_wait_is_minutes() -> None:
    assert LONGEST_WAIT_S <= 600


def test_without_a_network_a_run_soon_says_so(tmp_path: Path) -> None:
    """Nobody is there: the first host is tried three times, each further one once; a host that answers ends that."""
    with Replay(extra={"there": [("/x", lambda _: answer_json({"a": 1}))]}) as replay:
        client = replay.client(tmp_path)
        for number, tries in enumerate((3, 1, 1)):
            before = len(client.waits)
            with pytest.raises(SourceError, match="could not be reached") as caught:
                client.get("overpass", f"http://127.0.0.1:{9 + number}/x")
            assert len(client.waits) - before == tries - 1
            assert ("times in a row" in str(caught.value)) == (tries > 1)
        assert client.json("there", replay.url("there") + "/x") == {"a": 1}
        with pytest.raises(SourceError, match="3 times in a row"):
            client.get("other", "http://127.0.0.1:13/x")
    assert max(client.waits) <= 2
