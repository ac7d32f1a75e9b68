"""The console command as a person meets it: exit codes, messages, nearest names, and never a traceback."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

import firstmile
from geodata.layers import Atlas, write_manifest
from tests.conftest import ROOT
from tests.factories import atlas, t8

REGISTER = "id,name,lat,lon,learners\n001,Alpha,-1.5,30.25,100\n002,Beta,-1.6,30.35,50\n"


def run(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command through its own front door, in this process: what it says and how it ends. `alone` starts another."""
    said, warned, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.dict(os.environ, {"COLUMNS": "200"}), patch.object(sys, "argv", ["firstmile", *map(str, words)]),
        chdir(cwd), redirect_stdout(said), redirect_stderr(warned),
    ):  # fmt: skip
        try:
            firstmile.main()
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(words, code, said.getvalue(), warned.getvalue())


def alone(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "firstmile", *map(str, words)]
    env = {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=240, check=False)


def told(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    """Ended with this code, said all of this, and showed no traceback."""
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    for part in parts:
        assert part in said, said


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    one = atlas(tmp_path_factory.mktemp("country"), t8())
    report = [
        {
            "check": "girls_over_learners",
            "severity": "blank",
            "sentence": "More girls than learners.",
            "count": 2,
            "of": 8,
        }
    ]
    more = {
        "report": report,
        "metrics": {"rejected_share": 0.1, "rows_in_scope": 8},
        "thresholds": {"max_rejected_share": 0.2, "min_rows": 1},
    }
    write_manifest(one.folder, {**one.manifest, **more})
    return Atlas(one.link, one.folder)


def test_help_teaches_every_command() -> None:
    whole = alone("--help")
    told(whole, 0, "demo", "inspect", "build", "check", "serve", "export", "Exit codes")
    for command in ("demo", "inspect", "build", "check", "serve", "export"):
        told(run(command, "--help"), 0, "Example: firstmile" if command != "demo" else "Example:")


def test_help_is_quick() -> None:
    code = (
        "import sys, firstmile; sys.exit(bool({'pandas', 'geopandas', 'duckdb', 'dash', 'pyarrow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_wrong_usage_ends_with_2_and_the_nearest_name() -> None:
    told(alone("exprt"), 2, "Did you mean 'export'")
    told(run("export"), 2, "Missing argument")
    told(run("export", "a", "b.csv", "--veiw", "x"), 2, "--view")


def test_export_writes_what_the_view_selects(made: Atlas, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    done = run(
        "export", made.link, out, "--view", "?has_internet=no&sort=-num_students", "--columns", "school_id,num_students"
    )
    told(done, 0, "Wrote 3 of 8 schools to", "Synthetic demonstration data")
    back = pd.read_csv(out)
    assert list(back["school_id"]) == ["S5", "S4", "S1"]
    (notice,) = set(back["notice"])
    assert notice.startswith("Synthetic demonstration data. ")
    assert notice.endswith(" Invented.")
    assert "may not be shown to the public tier: displaced learners" in notice


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.csv", "--view", "has_internte=no"], "Did you mean 'has_internet'?"),
        (["a.csv", "--view", "has_internet=maybe"], "has no value 'maybe'; it may be yes, no, unknown"),
        (["a.csv", "--view", "area=Nrth"], "There is no area 'Nrth' here"),
        (["a.csv", "--view", "p.alpha=3"], "it must lie from 0 to 1"),
        (["a.csv", "--columns", "num_student"], "Did you mean 'num_students'?"),
        (["a.csv", "--tier", "minister"], "There is no tier 'minister'; it is one of public, partner, government."),
        (["a.csv", "--columns", "num_students_displaced"], "may not be shown to the public tier"),
        (["a.doc"], "ends in .doc, which is no format that can be written"),
        (["nowhere/a.csv"], "There is no folder nowhere"),
    ],
)
def test_export_faults_end_with_2(made: Atlas, tmp_path: Path, words: list[str], said: str) -> None:
    told(run("export", made.link, *words, cwd=tmp_path), 2, said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["export", "gone", "a.csv"], ["check", "gone"], ["serve", "gone"]])
def test_a_missing_country_is_said_with_what_makes_one(tmp_path: Path, command: list[str]) -> None:
    told(run(*command, cwd=tmp_path), 2, "gone is not one country's built data", "firstmile build RECIPE --out gone")


def test_check_ends_with_0_within_and_1_past_the_thresholds(made: Atlas, tmp_path: Path) -> None:
    told(run("check", made.link), 0, "2 of 8 made unknown: More girls than learners.", "kept: 10.0% rejected rows")
    strict = atlas(tmp_path, t8())
    write_manifest(strict.folder, {**made.manifest, "thresholds": {"max_rejected_share": 0.05}})
    told(run("check", strict.link), 1, "NOT KEPT: 10.0% rejected rows", "A threshold of the recipe's [check] is passed")
    told(run("check", made.link, "--csv", tmp_path / "no" / "a.csv"), 2, "There is no folder")


def test_build_says_what_is_wrong_with_a_recipe(tmp_path: Path) -> None:
    told(run("build", "none.toml", cwd=tmp_path), 2, "There is no recipe none.toml")
    (tmp_path / "bad.toml").write_text(
        '[place]\nname = "X"\niso3 = "XAA"\nlevels = ["province"]\n[[source]]\nname = "r"\npath = "r.csv"\ncolumns = { num_student = "learners" }\n',
        "utf-8",
    )
    told(run("build", "bad.toml", cwd=tmp_path), 2, "bad.toml needs mending", "did you mean 'num_students'?")


def test_inspect_then_build_then_check_then_export(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    told(run("inspect", "register.csv", "--out", "mine.toml", cwd=tmp_path), 0, "Wrote mine.toml", "school_name")
    told(run("inspect", "register.csv", "--out", "mine.toml", cwd=tmp_path), 2, "mine.toml is there already")
    recipe = (tmp_path / "mine.toml").read_text("utf-8").replace('iso3 = "XXX"', 'iso3 = "XAA"')
    (tmp_path / "mine.toml").write_text(recipe, "utf-8")
    told(
        run("build", "mine.toml", "--out", "atlases/mine", cwd=tmp_path),
        0,
        "Done: atlases/mine",
        "2 schools",
        "Next: firstmile check",
    )
    told(run("check", "atlases/mine", cwd=tmp_path), 0, "2 rows read = 2 accepted + 0 out of scope + 0 rejected")
    told(run("export", "atlases/mine", "a.geojson", cwd=tmp_path), 0, "Wrote 2 of 2 schools")


def test_inspect_writes_the_draft_to_the_screen(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    done = alone("inspect", "register.csv", cwd=tmp_path)
    told(done, 0)
    assert "[place]" in done.stdout
    assert "[place]" not in done.stderr
    told(run("inspect", "gone.csv", cwd=tmp_path), 2, "There is no file")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_is_said(made: Atlas) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        told(
            run("serve", made.link, "--port", str(port)),
            2,
            f"Port {port} on 127.0.0.1 cannot be opened",
            f"--port {port + 1}",
        )


@pytest.mark.skipif(sys.platform == "win32", reason="stops the server with a signal")
def test_serve_prints_its_address_and_answers(made: Atlas) -> None:
    port = free_port()
    command = [sys.executable, "-m", "firstmile", "serve", str(made.link), "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert f"http://127.0.0.1:{port} (tier: public)" in server.stdout.readline()
            answer = ""
            for _ in range(100):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as reply:
                        answer = reply.read().decode()
                    break
                except OSError:
                    time.sleep(0.2)
            assert '"status":"ok"' in answer.replace(" ", "")
            assert "Testland" in answer
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            server.communicate()
