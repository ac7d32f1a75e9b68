"""Shared fixtures: a guard that lets tests speak to loopback only, the folder of real data sets, countries built once."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from geodata.layers import Atlas, open_atlas
from geodata.say import speak

ROOT = Path(__file__).resolve().parents[1]
_connect = socket.socket.connect
# In continuous integration the examples are the same in every run, so a third as many do; a slow machine is no failure.
_calm = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, max_examples=30, **_calm)
settings.register_profile("by_hand", **_calm)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "by_hand")


@pytest.fixture(autouse=True)
def _english() -> None:
    """Each test begins in English: a client of the server leaves the language of its last request behind."""
    speak("en")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(address, tuple) and not (str(host).startswith("127.") or host in ("localhost", "::1")):
            raise AssertionError(f"a test tried to reach {host}; tests speak to loopback only")
        _connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; without it tests are skipped, under CI that is a failure."""
    folder = Path(os.environ.get("FIRSTMILE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the real data sets are missing: {folder}")
        pytest.skip(f"no real data sets in {folder} (set FIRSTMILE_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def countries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of a run build in; FIRSTMILE_TEST_ATLASES keeps it from run to run while one writes tests."""
    base = tmp_path_factory.getbasetemp()
    own = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "countries"
    folder = Path(os.environ.get("FIRSTMILE_TEST_ATLASES") or own)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def demo_raw(countries: Path) -> Path:
    """The raw files of the demonstration country."""
    from etl.demo import write_demo

    raw, part = countries / "demo.raw", countries / "demo.part"
    with FileLock(countries / "demo.raw.lock"):
        if not raw.exists():
            write_demo(part)
            part.rename(raw)
    return raw


@pytest.fixture(scope="session")
def built(countries: Path, request: pytest.FixtureRequest) -> Callable[[str], Atlas]:
    """A country by the name of its shipped recipe, built once a run, however many tests and workers ask for it."""

    def build_once(name: str) -> Atlas:
        from etl.build import build

        data = request.getfixturevalue("demo_raw" if name == "demo" else "real_data")
        with FileLock(countries / f"{name}.lock"):
            if (countries / name).exists():
                return open_atlas(countries / name)
            return build(ROOT / "etl" / "recipes" / f"{name}.toml", data=data, out=countries / name)

    return build_once
