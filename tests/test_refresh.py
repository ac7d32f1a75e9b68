"""`firstmile refresh` against a real server on loopback: what upstream changed is told and built, what is wrong leaves the
old data in use, and whatever stops it leaves files and built data as they were."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock
from typer.testing import CliRunner

from etl import overlay
from etl.build import build
from etl.connect import Ask, Block, Connector, Taken
from etl.fetching.client import Client
from etl.origin import origin_of, read_origin, shelf_of
from etl.refresh import Refreshed, refresh
from firstmile_open import commands
from geodata.errors import LayerError
from geodata.layers import Atlas, open_atlas, read_changes
from geodata.spatial import distance
from tests.replay.server import Answer, Asked, Replay, answer_file, answer_json

RECIPE = """
[place]
name = "Testland"
iso3 = "XAA"
levels = ["province"]
risk = "low"
[[source]]
name = "register"
path = "in/register.csv"
[source.service]
name = "registry"
[source.columns]
school_id_govt = "id"
school_name = "name"
admin1 = "province"
latitude = "lat"
longitude = "lon"
school_status = "status"
num_students = "learners"
has_internet = "internet"
[source.values.school_status]
open = "open"
closed = "temporarily_closed"
[[source]]
name = "speeds"
kind = "attributes"
path = "speeds.csv"
download = "http://127.0.0.1:1/speeds.csv"
[source.columns]
school_id_govt = "id"
download_speed_measured_mbps = "mbps"
"""


class Upstream:
    """What the two services have at the moment."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As it was at first."""
        self.schools = [{"id": f"{n:03d}", "name": f"School {n}", "province": f"P{n % 3}", "lat": 1 + n / 100, "lon": 10 + n / 100, "status": "open", "learners": 100 + n, "internet": ("yes", "no", "")[n % 3]} for n in range(60)]  # fmt: skip
        self.speeds = {f"{n:03d}": 5.0 + n for n in range(0, 60, 4)}
        self.date = "2025"

    def register(self, _: Asked) -> Answer:
        return answer_json({"date": self.date, "schools": self.schools})

    def file(self, _: Asked) -> Answer:
        out = io.StringIO()
        csv.writer(out).writerows([("id", "mbps"), *self.speeds.items()])
        return answer_file(out.getvalue().encode(), "text/csv")


def take(client: Client, _: Ask) -> Taken:
    told = client.json("registry", f"{client.settings.base('registry', '')}/schools")
    frame = pd.DataFrame(told["schools"])
    return Taken(frame, title="Register", date=told["date"], rows_read=len(frame), rows_kept=len(frame))


REGISTRY = Connector("registry", "The registry", "Ministry", "schools", "http://127.0.0.1:1", "CC0-1.0", take, (Block("source", "registry", "register.csv"),))  # fmt: skip


@dataclass
class Place:
    """An atlas that two services feed."""

    upstream: Upstream
    replay: Replay
    folder: Path
    out: Path

    def client(self, *, fresh: bool = True, offline: bool = False) -> Client:
        return self.replay.client(
            self.folder / "cache", refresh=fresh, offline=offline, services={"registry": REGISTRY}
        )

    def make(self) -> Atlas:
        return build(
            self.folder / "place.toml", data=self.folder / "data", out=self.out, client=self.client(fresh=False)
        )

    def again(self, *, offline: bool = False, stop: str = "", **how: Any) -> tuple[Refreshed, list[str]]:
        said: list[str] = []
        client = self.client(offline=offline)

        def made(recipe: Path, folder: Path, home: Path) -> Atlas:
            def progress(line: str) -> None:
                if stop and stop in line:
                    raise KeyboardInterrupt

            return build(recipe, data=folder, out=self.out, client=client, home=home, progress=progress)

        found = refresh(self.out, origin_of(self.out, None, None), client, made, tell=said.append, **how)
        return found, said

    def files(self) -> dict[str, bytes]:
        data = self.folder / "data"
        return {p.relative_to(data).as_posix(): p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The place built for the first time, with a copy of it in the folder `first`."""
    folder, upstream = tmp_path_factory.mktemp("refresh"), Upstream()
    with Replay(
        extra={"registry": [("/schools", upstream.register)], "files": [("/speeds.csv", upstream.file)]}
    ) as replay:
        here = folder / "here"
        (here / "data").mkdir(parents=True)
        text = RECIPE.replace("http://127.0.0.1:1", replay.url("files"))
        (here / "place.toml").write_text(text, "utf-8")
        made = Place(upstream, replay, here, here / "atlas")
        made.make()
        shutil.copytree(here, folder / "first", symlinks=True)
        yield made


@pytest.fixture
def place(once: Place) -> Place:
    """The place as after its first build, whatever the test before did; the same folder, which the build remembers."""
    shutil.rmtree(once.folder)
    shutil.copytree(once.folder.parent / "first", once.folder, symlinks=True)
    once.upstream.reset()
    once.replay.clear()
    return once


def values(table: pd.DataFrame, kind: str) -> dict[str, tuple[str, str]]:
    some = table[table["kind"] == kind]
    return {str(r.school_id): (str(r.before), str(r.after)) for r in some.itertuples()}


def test_what_upstream_changed_is_told_by_hand(place: Place) -> None:
    schools, old = place.upstream.schools, [dict(s) for s in place.upstream.schools]
    schools.append({**schools[0], "id": "777", "name": "New School", "lat": 1.777})
    schools[3]["lat"] = 1.5  # moved
    schools[4]["lat"] += 0.0001  # 11 m: read a little otherwise
    schools[5]["status"] = "closed"
    schools[6]["learners"] = 999
    place.upstream.speeds["008"] = 99.5
    del schools[10], place.upstream.speeds["016"]
    place.upstream.date = "2026"
    found, said = place.again()
    assert found.atlas is not None
    assert found.changed == ["in/register.csv", "speeds.csv"]
    assert not found.kept
    text = " ".join(said)
    assert "60 rows, before 60" in text
    assert "date 2026, before 2025" in text
    assert "14 rows, before 15" in text
    told = read_changes(found.atlas, "government")
    assert told is not None
    table, summary = told
    assert values(table, "new") == {"777": ("", "")}
    assert values(table, "gone") == {"010": ("", "")}
    assert set(values(table, "moved")) == {"003"}
    by_hand = distance(*([v] for v in (old[3]["lat"], old[3]["lon"], 1.5, old[3]["lon"])))[0]
    assert table.loc[table["kind"] == "moved", "amount"].item() == pytest.approx(by_hand)
    assert values(table, "status") == {"005": ("open", "temporarily_closed")}
    facts = {(r.school_id, r.column): (r.before, r.after) for r in table[table["kind"] == "value"].itertuples()}
    assert facts == {
        ("006", "num_students"): ("106", "999"),
        ("008", "download_speed_measured_mbps"): ("13", "99.5"),
        ("016", "download_speed_measured_mbps"): ("21", "not reported"),
    }
    assert summary["values"]["download_speed_measured_mbps"] == {"reported": 0, "no_longer": 1, "changed": 1}
    assert summary["schools"] == [60, 60]
    assert summary["counts"]["new"] == summary["counts"]["gone"] == 1
    assert json.loads(place.files()["in/register.csv.passport.json"])["date"] == "2026"
    assert b"New School" in place.files()["in/register.csv"]
    assert not (shelf_of(place.out) / overlay.FRESH).exists()
    again, said = place.again()
    assert again.atlas is None
    assert said[-1] == "Nothing has changed: the data stand as they are."


def test_nothing_is_touched_where_nothing_changed_or_one_only_looks(place: Place) -> None:
    version, before = open_atlas(place.out).version, place.files()
    asked = len(place.replay.asked)
    found, said = place.again()
    assert found == Refreshed()
    assert len(place.replay.asked) == asked + 2
    assert [line for line in said if "unchanged" in line] == ["in/register.csv: unchanged.", "speeds.csv: unchanged."]
    assert place.files() == before
    assert open_atlas(place.out).version == version
    offline, _ = place.again(offline=True)
    assert offline == Refreshed()
    assert len(place.replay.asked) == asked + 2, "offline asks nobody"
    with FileLock(shelf_of(place.out) / ".refresh.lock"), pytest.raises(LayerError, match="another process"):
        place.again()
    with (place.folder / "data" / "speeds.csv").open("a", encoding="utf-8") as stream:
        stream.write("002,77.5\n")
    place.upstream.schools[0]["learners"] = 5
    before = place.files()
    found, said = place.again(check=True)
    assert "speeds.csv: changed by hand since the last build." in said
    assert set(found.changed) == {"in/register.csv", "speeds.csv"}
    assert found.atlas is None
    assert open_atlas(place.out).version == version
    assert place.files() == before
    (shelf_of(place.out) / "origin.json").unlink()
    assert read_origin(place.out) is None
    with pytest.raises(LayerError, match="--recipe"):
        place.again()


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("status", {"status": 503}, "could not be asked"),
    ("html", {}, "could not be asked"),
    ("truncate", {"keep": 0.5}, "could not be asked"),
    ("replace", {"answer": answer_json({"date": "x", "schools": [{"id": "1", "name": "A"}] * 60})}, "lacks what the recipe reads"),
    ("replace", {"answer": answer_json({"date": "2026", "schools": Upstream().schools[:20]})}, "20 rows, and 60 are kept"),
)  # fmt: skip


def test_an_answer_that_cannot_be_right_leaves_the_old_file(place: Place) -> None:
    before = place.files()["in/register.csv"]
    for kind, options, word in WRONG:
        place.replay.fault("registry", kind, **options)
        found, said = place.again(check=True)
        assert found.kept == ["in/register.csv"]
        assert word in next(line for line in said if line.startswith("in/register.csv"))
        place.replay.clear()
    place.upstream.speeds["008"] = 99.5  # the other source is brought up to date all the same
    del place.upstream.schools[20:]
    found, _ = place.again()
    assert (found.kept, found.changed) == (["in/register.csv"], ["speeds.csv"])
    assert place.files()["in/register.csv"] == before
    assert open_atlas(place.out).read("schools")["download_speed_measured_mbps"].max() == 99.5
    found, _ = place.again(accept=True)
    assert found.atlas is not None
    assert len(found.atlas.read("schools")) == 20
    told = read_changes(found.atlas, "government")
    assert told is not None
    assert (told[0]["kind"] == "gone").sum() == 40


def test_a_stop_leaves_everything_as_it_was_or_is_made_good(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    version, before = open_atlas(place.out).version, place.files()
    place.upstream.schools[0]["learners"] = 5
    for stop in ("Bringing the sources together", "Since the build before"):
        with pytest.raises(KeyboardInterrupt):
            place.again(stop=stop)
        assert open_atlas(place.out).version == version
        assert place.files() == before

    def killed(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:  # between the new data and the new files
        patch.setattr(overlay, "bring_home", killed)
        with pytest.raises(KeyboardInterrupt):
            place.again()
    new = open_atlas(place.out).version
    assert new != version
    assert place.files() == before, "the data stand, the files not yet"
    assert place.make().version == new, "a build puts the files where they belong first, and does not go back"
    assert b",5," in place.files()["in/register.csv"]


def test_the_command_and_how_it_ends(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.fetching.client.services", lambda: {"registry": REGISTRY})
    environ = {"FIRSTMILE_REGISTRY_BASE": place.replay.url("registry"), "FIRSTMILE_CACHE": str(place.folder / "cache"), "HOME": str(place.folder)}  # fmt: skip
    app = commands(environ, lambda: "off")

    def run(*more: str) -> tuple[int, str]:
        ended = CliRunner().invoke(app, ["refresh", str(place.out), *more])
        return ended.exit_code, ended.output

    assert run()[0] == 0
    place.upstream.schools[0]["learners"] = 5
    assert run("--check")[0] == 1
    code, text = run()
    assert code == 0, text
    assert "1 school with other facts than before." in text
    place.replay.fault("registry", "html")
    code, text = run()
    assert code == 1
    assert "The old data of these stay in use." in text
    assert str(place.folder) not in (place.out / "manifest.json").read_text("utf-8"), "no folder of this machine"
