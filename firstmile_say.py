"""How the console command speaks: lines, endings, steps that ended, what `inspect` found."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from etl.inspect import Inspection
    from geodata.layers import Atlas

FAILED, BAD = 1, 2
STEERING = ("Cc", "Cs")  # control characters and half letters
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidirectional overrides and isolates
WhoOption = Annotated[
    str,
    typer.Option(help="Your name for the trail, as you type it; nobody checks it. May be left out.", metavar="NAME"),
]
TierOption = Annotated[str, typer.Option(help="Who is to see it: public, partner or government.", metavar="TIER")]
OfficialOption = Annotated[
    bool,
    typer.Option(
        "--official",
        help="The official tables instead (SDG 4.a.1, UIS A12 and A13), of the whole place, in a workbook (.xlsx).",
    ),
]


def plain(text: str) -> str:
    """Names come from anywhere: what would steer a terminal, or turn the order of letters about, is shown as �."""
    return "".join(
        "�" if (c not in "\n\t" and unicodedata.category(c) in STEERING) or c in TURNING else c for c in text
    )


def say(text: str = "") -> None:
    """A line to the person, on standard output."""
    typer.echo(plain(text))


def warn(text: str) -> None:
    """A line on standard error; the command goes on."""
    typer.echo(plain(text), err=True)


def stop(text: str, code: int = BAD) -> NoReturn:
    """End with a message on standard error."""
    typer.echo(plain(text), err=True)
    raise typer.Exit(code)


def unforeseen(error: Exception) -> str:
    """What to say of a fault that nobody caught: a full disk is a matter of the machine, all else of this program."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"The disk is full ({error.strerror}). What was there stays as it was. Free some space, then run it again: a build goes on from its last step."
    return f"Something went wrong that was not foreseen ({type(error).__name__}: {error}). Run it again with FIRSTMILE_DEBUG=1 to see where, and please report it."


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output: each column as wide as it needs, two spaces between."""
    table = [tuple(head), *map(tuple, rows)]
    widths = [max(len(row[n]) for row in table) for n in range(len(head))]
    for row in table:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


class steps:  # noqa: N801 - used like a function
    """A line for each finished step, with a spinner for the one that runs (only where a person watches)."""

    def __enter__(self) -> Callable[[str], None]:
        from rich.console import Console

        self.console = Console(stderr=True, highlight=False)
        self.status = self.console.status("Working …")
        self.status.start()
        return self.line

    def line(self, text: str) -> None:
        """Say what a step did."""
        self.console.print(f"  {plain(text)}", markup=False, soft_wrap=True)

    def __exit__(self, *_: object) -> None:
        self.status.stop()


@contextmanager
def unheard() -> Iterator[None]:
    """Without what a library prints to standard output past Python: the solver (HiGHS) lets some of its own lines through."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        held = os.dup(1)
    except OSError:  # there is no standard output to keep clean
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    try:
        yield
    finally:
        with suppress(OSError, TypeError, AttributeError):  # what C still holds back goes nowhere too
            ctypes.CDLL(None).fflush(None)
        os.dup2(held, 1)
        os.close(held)


def findings(found: Inspection) -> None:
    """What each raw column seems to be, on standard error, so that the draft alone can be piped into a file."""
    warn(f"{found.rows:,} rows; seems to be: {found.kind}")
    for c in found.report:
        guess = f"{c.field} ({c.confidence:.0%} sure, {c.why})" if c.field else c.personal or c.why
        ends = f"; from {c.least:.10g} to {c.most:.10g}" if c.least is not None and c.most is not None else ""
        warn(f"  {c.column}: {guess}; {c.unknown:,} not reported{ends}")
    for note in found.notes:
        warn(f"  {note}")


def size(atlas: Atlas) -> str:
    """ "Talúvane, 6,000 schools, build 496e0d25"."""
    accepted = sum(s["rows_accepted"] for s in atlas.manifest["sources"] if s.get("kind") == "schools")
    return f"{atlas.name}, {accepted:,} schools, build {atlas.version[:8]}"


def wrote(count: int, of: int, out: Path, *, synthetic: bool, official: bool) -> None:
    """What an export wrote."""
    note = " Synthetic demonstration data." if synthetic else ""
    if official:
        say(f"Wrote the official tables, which count {count:,} of {of:,} schools, to {out}.{note}")
    else:
        say(f"Wrote {count:,} of {of:,} schools to {out}.{note}")
