"""The `firstmile` command as a process of its own, one a step of an upload; how far it is, read from what it writes.

Any worker of a server may ask, for everything stands in the upload's folder. The process ends itself when it is told to
cancel, when the worker that began it is gone, or past its time and memory; see `firstmile_bring`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from dashboard.bringing import door
from geodata.errors import BusyError
from geodata.say import later, tr
from geodata.store import uploadjobs, uploads
from geodata.store.uploads import Upload

ROOT = Path(__file__).resolve().parents[2]
MOST = 6  # uploads that are worked on, or wait, at once
SECONDS = {"look": 600, "check": 60, "try": 900, "alike": 600, "build": 3600}
HEARS = 40  # tenths of a second that a process is given to end by itself
GRACE = 30.0  # seconds that a process may take to say that it is there
ENDED = later(
    "The work ended without a word: it may have needed more memory than an upload may have. Nothing was changed."
)
_mine: dict[str, subprocess.Popen[bytes]] = {}
_lock = Lock()


@dataclass(frozen=True)
class Job:
    """Work on an upload: which step, whether it runs, how it ended (`done`, `failed`, `cancelled`, "" while it runs)."""

    step: str
    runs: bool
    over: str = ""
    said: str = ""
    waits: bool = False
    steps: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    begun: int = 0


def start(upload: Upload, step: str, **about: Any) -> None:
    """Begin a step. Raises BusyError where the upload is worked on, or too many others are."""
    with _lock:
        now = state(upload)
        if now.runs and now.step != "check":
            raise BusyError(tr("Work on this register is under way already."))
        cancel(upload)  # a check of the recipe gives way to whatever a person asks for
        if sum(uploads.at_work(other) for other in uploads.listed(upload.folder.parent)) >= MOST:
            raise BusyError(tr("Too many registers are being worked on here just now. Try again in a few minutes."))
        asked = {"step": step, "parent": os.getpid(), "seconds": SECONDS[step], "asked": time.time(), **about}
        uploadjobs.fresh(upload, asked)
        _mine[upload.id] = _begun(upload)


def _begun(upload: Upload) -> subprocess.Popen[bytes]:
    """The process: no shell, no inherited keys or settings, a folder of its own for what is passing, no input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "firstmile", "bring", str(upload.folder)],
        cwd=ROOT, env=_surroundings(upload), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    Thread(target=process.wait, name="bring", daemon=True).start()  # so that no process stays behind as a name alone
    return process


def _surroundings(upload: Upload) -> dict[str, str] | None:
    if sys.platform == "win32":  # which does not start a program without what it set itself
        return None
    passing = str(upload.folder / "tmp")
    return {
        "PATH": os.defpath, "HOME": passing, "TMPDIR": passing, "LANG": "C.UTF-8", "FIRSTMILE_STORE": door.settings().store,
    }  # fmt: skip


def state(upload: Upload) -> Job:
    """The work that was last asked for; a job without a step where none was."""
    asked = upload.told("job")
    if not asked:
        return Job("", runs=False)
    told: dict[str, Any] = {}
    lines: list[str] = []
    for one in uploads.progress(upload):
        told |= one
        if "begun" in one:
            told["waits"] = False
        lines += [one["line"]] if "line" in one else []
    job = Job(
        str(asked.get("step")), runs=False, over=str(told.get("over", "")), said=str(told.get("said", "")),
        waits=bool(told.get("waits")), steps=tuple(told.get("steps", ())), lines=tuple(lines), begun=int(told.get("begun", 0)),
    )  # fmt: skip
    if job.over:
        return job
    if uploads.at_work(upload) or _starting(upload, asked):
        return Job(**{**job.__dict__, "runs": True})
    if uploadjobs.was_called_off(upload):
        return Job(**{**job.__dict__, "over": uploads.CANCELLED})
    return Job(**{**job.__dict__, "over": uploads.FAILED, "said": tr(ENDED)})


def _starting(upload: Upload, asked: dict[str, Any]) -> bool:
    """Whether the process may yet be on its way: it was asked for a moment ago, and is not known to have ended."""
    mine = _mine.get(upload.id)
    ended = mine is not None and mine.poll() is not None
    return not ended and time.time() - float(asked.get("asked") or 0) < GRACE


def cancel(upload: Upload) -> None:
    """Tell the work to end, and wait a moment until it has; where it does not hear and is this worker's own, it is ended.
    Twice is no fault."""
    if not state(upload).runs:
        return
    uploadjobs.call_off(upload)
    mine = _mine.get(upload.id)
    for _ in range(HEARS):
        if not uploads.at_work(upload) and (mine is None or mine.poll() is not None):
            return
        time.sleep(0.1)
    if mine is not None:
        mine.kill()
