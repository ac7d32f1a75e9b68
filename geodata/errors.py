"""The error tree. Every message says what is wrong, where, and how to mend it.

FirstMileError
├── SourceError    a file or service could not be read (missing, wrong format, wrong checksum)
│   ├── NothingFoundError  a service answered, and has nothing of this place: said, never guessed
│   ├── KeyNeededError     a service wants a key that is not set, or refuses the one that is
│   └── OfflineError       something is not in the cache, and the network may not be asked
├── RecipeError    the recipe is wrong; carries the file, the key and the nearest right name
├── SchemaError    a whole table is wrong (missing columns, no rows); carries the failures
├── LinkError      the same school could not be linked safely across sources
├── LayerError     an atlas or one of its layers is missing, stale or half-written
├── PolicyError    a weight, cost or threshold is unknown or out of bounds
├── ViewError      an address or a `--view` query asks for something that does not exist
├── ExportError    a file could not be written: unknown format or column, too many rows, no such folder
├── StoreError     the trail cannot be opened or written, or something was asked that an append-only trail refuses
│   └── OvertakenError  someone else recorded a change meanwhile that this one did not know of
├── PlanError      a plan cannot be made as asked, or breaks a limit that it was to keep
├── BusyError      too much is being made for others just now: the same may be asked again in a moment
└── DisclosureError  something was asked for that may not leave the building
"""

from __future__ import annotations

from collections.abc import Sequence


class FirstMileError(Exception):
    """Base of every error that a user can meet; `str(error)` is fit to be shown to her."""


class SourceError(FirstMileError):
    """A file or service could not be read."""


class NothingFoundError(SourceError):
    """A service answered, and has nothing of what was asked for; no fault, but a gap that is said."""


class KeyNeededError(SourceError):
    """A service wants a key that is not set, or refuses the one that is; the message never holds the key."""


class OfflineError(SourceError):
    """Something is not in the cache, and the network may not be asked."""


class RecipeError(FirstMileError):
    """The recipe is wrong: file, key, reason and the nearest right name stand in the message."""


class SchemaError(FirstMileError):
    """A whole table is wrong. `failures` holds one sentence for each fault."""

    def __init__(self, message: str, failures: Sequence[str] = ()) -> None:
        super().__init__("\n  - ".join([message, *failures]))
        self.failures = tuple(failures)


class LinkError(FirstMileError):
    """The same school could not be linked safely across sources."""


class LayerError(FirstMileError):
    """An atlas or one of its layers is missing, stale or half-written."""


class PolicyError(FirstMileError):
    """A weight, cost or threshold is unknown or out of bounds."""


class ViewError(FirstMileError):
    """An address or a `--view` query names a filter, value or column that does not exist."""


class ExportError(FirstMileError):
    """A file could not be written: an unknown format or column, too many rows, a folder that is not there."""


class StoreError(FirstMileError):
    """The trail cannot be opened or written, or something was asked that an append-only trail refuses."""


class OvertakenError(StoreError):
    """Someone else recorded a change meanwhile that this one did not know of."""


class PlanError(FirstMileError):
    """A plan cannot be made as asked: no budget, no reason where one is due; or it breaks a limit it was to keep."""


class BusyError(FirstMileError):
    """Too much is being made for others just now; the same may be asked again in a moment."""


class DisclosureError(FirstMileError):
    """Something was asked for that the tier of this server or export may not show."""
