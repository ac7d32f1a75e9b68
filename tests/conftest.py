"""Shared fixtures: a guard that lets tests speak to loopback only, and the folder of real data sets."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_connect = socket.socket.connect


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
