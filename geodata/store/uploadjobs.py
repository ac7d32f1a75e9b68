"""Work on an upload as it is asked for: what to do, and that it is called off. What comes of it, `firstmile bring` writes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from geodata.store.uploads import Upload, at_work

AFTER = {"look": ("look", "alike", "try", "build"), "try": ("try", "build"), "build": ("build",)}


def fresh(upload: Upload, asked: Mapping[str, Any]) -> None:
    """Make ready for a step: what came of it and of those after it is left aside, the progress begins anew."""
    (upload.folder / "cancel").unlink(missing_ok=True)
    if not asked.get("keep"):
        upload.forget(*AFTER.get(str(asked["step"]), (str(asked["step"]),)))
    upload.write("progress.jsonl", "")
    upload.keep("job", asked)


def call_off(upload: Upload) -> None:
    """Tell the process at work to end; it looks a few times a second."""
    (upload.folder / "cancel").write_text(str(int(time.time())), "utf-8")


def was_called_off(upload: Upload) -> bool:
    """Whether the work ended because it was called off, even where it could not say so any more."""
    return (upload.folder / "cancel").exists() and not at_work(upload)
