"""Registers that come through the browser: a recipe tried without writing, and the work on one upload.

The server runs `firstmile bring` as a process of its own, one a step, and reads what it writes. The process ends itself:
when it is told to, when the server is gone, or past its limits of time and memory.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstmile_say import FAILED, columns, say, stop

if TYPE_CHECKING:
    from geodata.store.uploads import Upload

LOOK = 0.25  # seconds between two looks whether to go on
SECONDS = 3600
MEMORY = 8 << 30
FILE = 4 << 30  # bytes of any file that is written


def commands(app: typer.Typer, store: Callable[[], str]) -> typer.Typer:
    """Add the commands to others; `store` says where the trail is."""

    @app.command("try")
    def try_(
        recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The place's TOML file.")],
        data: Annotated[
            Path | None,
            typer.Option(help="Folder that relative paths start at; the recipe's own by default.", metavar="DIR"),
        ] = None,
        against: Annotated[
            Path | None, typer.Option(help="Built data to compare with: what would change.", metavar="ATLAS")
        ] = None,
        out: Annotated[
            Path | None, typer.Option("--json", help="Write all of it here, as JSON.", metavar="FILE")
        ] = None,
    ) -> None:
        """Try a recipe without writing anything: rows as they would be read, what is rejected and why, what would change.

        Example: `firstmile try mine.toml --data registers --against atlases/mine`
        """
        from etl.recipe import read_recipe
        from etl.trying import try_recipe

        found = try_recipe(read_recipe(recipe), data or recipe.parent, against)
        if out is not None:
            out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        tell_try(found)

    @app.command()
    def bring(
        folder: Annotated[
            Path, typer.Argument(metavar="FOLDER", help="One upload, as the page “Bring your own data” keeps it.")
        ],
    ) -> None:
        """Do the step that an upload waits for (look at its file, try its recipe, build it); the dashboard runs this.

        By hand it goes on with a build that was stopped. Ends with 1 where the step failed, and its job says why.

        Example: `firstmile bring atlases/uploads/0123456789abcdef01234567`
        """
        from geodata.store.uploads import FINISHED, Upload

        if not (folder / "job.json").is_file():
            stop(f"{folder} is no upload that waits for a step.")
        if work(Upload(folder.absolute()), store()) != FINISHED:
            raise typer.Exit(FAILED)

    return app


def tell_try(found: Mapping[str, Any]) -> None:
    """The counts and reasons of a try, in lines."""
    for one in found["sources"]:
        out, rejected = (sum(n for _, n in one[part]) for part in ("out_of_scope", "rejected"))
        say(f"{one['name']}: {one['read']:,} rows read = {one['accepted']:,} accepted + {out:,} out of scope + {rejected:,} rejected")  # fmt: skip
        for part in ("out_of_scope", "rejected"):
            for reason, n in one[part]:
                say(f"  {n:,} {part.replace('_', ' ')}: {reason}")
        for field, lost in one["unmapped"].items():
            say(f"  {field}: not understood: {', '.join(f'{raw!r} in {n:,} rows' for raw, n in lost)}")
    say(f"{found['schools']:,} schools, {found['located']:,} with a location.")
    if (changes := found["changes"]) is not None:
        say(f"Against {changes['name']}, build {changes['version'][:8]}: {changes['new']:,} new, {changes['gone']:,} gone, {changes['moved']:,} moved, {changes['status']:,} with another status.")  # fmt: skip
        columns(("Column", "reported now", "no longer", "changed"), [(c, f"{v['reported']:,}", f"{v['no_longer']:,}", f"{v['changed']:,}") for c, v in changes["values"].items()])  # fmt: skip


# --- the work on one upload ---------------------------------------------------------------------------------------


def work(upload: Upload, store: str) -> str:
    """Do what `job.json` asks, once nobody else does; returns how it ended. Every word goes to `progress.jsonl`."""
    from filelock import FileLock, Timeout

    from geodata.errors import FirstMileError
    from geodata.store.uploads import FAILED as LOST
    from geodata.store.uploads import FINISHED, running

    lock = running(upload)
    try:
        lock.acquire(timeout=5)  # whoever asks how far it is holds it for a moment
    except Timeout:
        stop("Somebody works on this upload already.")
    job = upload.told("job")
    told = _Told(upload.folder / "progress.jsonl")
    _bound(job)
    threading.Thread(target=_watch, args=(upload, job, told), daemon=True).start()
    one_at_a_time = FileLock(upload.folder.parent / (".building" if job.get("step") == "build" else ".looking"))
    try:
        with suppress(Timeout):
            one_at_a_time.acquire(timeout=0)
        if not one_at_a_time.is_locked:
            told.say(waits=True)
            one_at_a_time.acquire()
        told.say(begun=int(time.time()))
        found = _STEPS[str(job.get("step"))](upload, job, told, store)
        upload.keep(str(job.get("keep") or job["step"]), found)
        told.say(over=FINISHED)
        return FINISHED
    except FirstMileError as error:
        told.say(over=LOST, said=str(error))
    except MemoryError:
        told.say(over=LOST, said="This needs more memory than an upload may have. Build it with the command instead.")
    except OSError as error:  # such as a full disk
        told.say(over=LOST, said=f"A file cannot be read or written ({error.strerror or error}).")
    except Exception as error:  # noqa: BLE001 - the last door: nobody watches this process
        told.say(over=LOST, said=f"Something went wrong that was not foreseen ({type(error).__name__}: {error}).")
    finally:
        one_at_a_time.release()
        lock.release()
    return LOST


class _Told:
    """Lines of progress, each whole: one thread at a time, and none after the last."""

    def __init__(self, path: Path) -> None:
        self.path, self.lock, self.over = path, threading.Lock(), False

    def say(self, **values: Any) -> None:
        with self.lock:
            if self.over:
                return
            self.over = "over" in values
            with (
                suppress(OSError),
                self.path.open("a", encoding="utf-8") as stream,
            ):  # a full disk must not hide the reason
                stream.write(json.dumps(values, ensure_ascii=False) + "\n")


def _look(upload: Upload, job: Mapping[str, Any], told: _Told, store: str) -> dict[str, Any]:
    """Look at a file that came: unpacked where it is an archive; the largest of it is the register."""
    from etl.looking import look, unpack

    path = upload.file(str(job["file"]))
    if path.suffix == ".zip":
        told.say(said="Unpacking")
        names = unpack(path, upload.files)
        path.unlink()
        path = max((upload.files / n for n in names), key=lambda p: p.stat().st_size)
    told.say(said="Looking at every column")
    return {"file": path.name, **look(path, job.get("given") or None)}


def _check(upload: Upload, job: Mapping[str, Any], told: _Told, store: str) -> dict[str, Any]:
    _recipe(upload)
    return {"right": True}


def _try(upload: Upload, job: Mapping[str, Any], told: _Told, store: str) -> dict[str, Any]:
    from etl.trying import try_recipe

    against = Path(job["against"]) if job.get("against") else None
    return try_recipe(_recipe(upload), upload.files, against, lambda line: told.say(said=line))


def _build(upload: Upload, job: Mapping[str, Any], told: _Told, store: str) -> dict[str, Any]:
    """Build as the command does, and record it. The old build stands until the new one is whole."""
    from etl.build import STEPS
    from etl.fetching.opening import client_of
    from etl.report import check_atlas
    from firstmile_trail import recorded_build

    _recipe(upload)
    told.say(steps=[step.title for step in STEPS])
    out = Path(job["out"])
    silent = client_of({}, offline=True, tell=lambda line: told.say(said=line))
    atlas = recorded_build(
        upload.recipe, upload.files, out, store, who=str(job.get("who") or ""), reason=str(job.get("reason") or ""),
        client=silent, progress=lambda line: told.say(line=line),
    )  # fmt: skip
    lines, kept = check_atlas(out, upload.folder / "report.csv")
    return {"name": atlas.name, "version": atlas.version, "out": str(out), "report": lines, "kept": kept}


def _recipe(upload: Upload) -> Any:
    from etl.confine import refuse_outside
    from etl.recipe import read_recipe

    recipe = read_recipe(upload.recipe)
    refuse_outside(recipe, upload.files)
    return recipe


def _alike(upload: Upload, job: Mapping[str, Any], told: _Told, store: str) -> dict[str, Any]:
    """The recipe of the country that this register is the next one of, and its other files."""
    import tomllib

    from etl.alike import alike

    told.say(said="Copying the other files of this country")
    look = upload.told("look")
    return {"recipe": alike(Path(job["against"]), upload.files, str(look["file"]), tomllib.loads(look["recipe"]))}


_STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "look": _look,
    "check": _check,
    "try": _try,
    "alike": _alike,
    "build": _build,
}


# --- limits -------------------------------------------------------------------------------------------------------


def _bound(job: Mapping[str, Any]) -> None:
    """Limits of memory and file size where the system has them; visitors of the dashboard go first."""
    if sys.platform == "win32":
        return
    import resource

    for which, most in ((resource.RLIMIT_DATA, int(job.get("memory") or MEMORY)), (resource.RLIMIT_FSIZE, FILE)):
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, resource.getrlimit(which)[1]))
    with suppress(OSError):
        os.nice(5)


def _watch(upload: Upload, job: Mapping[str, Any], told: _Told) -> None:
    """End this process, and what it started, when it is told to, when the server is gone, or past its time."""
    end = time.monotonic() + float(job.get("seconds") or SECONDS)
    parent = os.getppid() if job.get("parent") else None
    while True:
        time.sleep(LOOK)
        if (upload.folder / "cancel").exists() or not upload.folder.is_dir():
            told.say(over="cancelled", said="Cancelled.")
        elif parent is not None and os.getppid() != parent:
            told.say(
                over="failed", said="The server was stopped meanwhile. Start again: a build goes on from its last step."
            )
        elif time.monotonic() > end:
            told.say(over="failed", said="This took longer than an upload may take. Build it with the command instead.")
        else:
            continue
        os._exit(130)
