"""The declarations: frozen dataclasses beside plain functions, found by looking, never listed by hand.

`found(Indicator, "geodata.indicators")` imports every module of a package and returns what it declares, in a stable
order. A function's parameter names are the columns it needs; a parameter called `policy` receives the Policy.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

import pandas as pd

from geodata.policy import POLICY, Policy

T = TypeVar("T")
Rollup = Literal["share", "ratio_of_sums", "sum", "mean", "none"]


@cache
def _parameters(compute: Callable[..., Any]) -> tuple[str, ...]:
    """Names of what a declared function takes; asked for at every answer, so kept."""
    return tuple(inspect.signature(compute).parameters)


@dataclass(frozen=True)
class Indicator:
    """One number for a school, and how it rolls up to an area.

    `rollup`: "share" of known yes (with bounds), "sum" and "mean" of the known, "ratio_of_sums" of `numerator` over
    `denominator` (columns) where both are known, "none" for what is not rolled up. `weight` names a column for
    learner-weighted shares. `higher_is` says which end is bad, and so which colours the map takes. `among` names a
    column that must be above 0 for a school to count; `largest` a column with the most that an unknown could add to a sum;
    `needs` columns without which only one answer can ever be known, so that no share is given but its bounds. `code` is
    the indicator's code in the official lists ("EDR1", "SDG 4.a.1 (b)"); `predicted` a column of chances (0 to 1) that
    the answer is yes where it is not reported, for the model-assisted share. `formula` is said on the Methods page where
    the roll-up alone does not say it.
    """

    name: str
    title: str
    unit: str
    definition: str
    reference: str
    compute: Callable[..., pd.Series]
    rollup: Rollup = "none"
    higher_is: Literal["better", "worse", "neutral"] = "neutral"
    numerator: str = ""
    denominator: str = ""
    weight: str = ""
    group: str = "connectivity"
    order: int = 100
    among: str = ""
    largest: str = ""
    needs: tuple[str, ...] = ()
    code: str = ""
    predicted: str = ""
    formula: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns that `compute` needs."""
        return tuple(p for p in _parameters(self.compute) if p != "policy")

    def of(self, frame: pd.DataFrame, policy: Policy = POLICY) -> pd.Series:
        """The indicator of each row, on the frame's index."""
        extra: dict[str, Any] = {"policy": policy} if "policy" in _parameters(self.compute) else {}
        return self.compute(**{name: frame[name] for name in self.inputs}, **extra).rename(self.name)


@dataclass(frozen=True)
class Criterion:
    """One thing a school can lack. `item` is the column scored 0 to 1 (higher is worse), `cutoff` a policy number.

    Without a cut-off an item is scored only: it never counts for the groups, and its weight is the share of its pillar
    that it takes where anything is known of it (the others keep their proportions).

    `lacks` and `has` are said of a school in the list, `unknown` where nothing is reported; `compute` gives the item
    from its columns. `lacks_in_part` is said where the item lies between 0 and 1; `given` is what is known of schools
    whose item is not (a yes/no, by which the expectation of an unknown item is split), and `unknown_in_part` is said
    where that is yes and the item still unknown; `standard` gives the words of a lower standard that the item stands on
    for want of data, and nothing where it stands on the full one; `predicted` names a column of chances (0 to 1) that
    the yes/no of `given` is yes, used where it is not known. `formula` is said on the Methods page.
    """

    name: str
    title: str
    pillar: Literal["need", "marginalisation"]
    weight: str
    lacks: str
    has: str
    unknown: str
    definition: str
    reference: str
    compute: Callable[..., pd.Series]
    cutoff: str = ""
    inclusive: bool = False
    sensitive: bool = False
    order: int = 100
    lacks_in_part: str = ""
    unknown_in_part: str = ""
    given: Callable[..., pd.Series] | None = None
    standard: Callable[..., str] | None = None
    predicted: str = ""
    formula: str = ""

    @property
    def counted(self) -> bool:
        """Whether the item is one of the things counted for the groups."""
        return bool(self.cutoff)

    @property
    def item(self) -> str:
        """Column that holds the item."""
        return f"item_{self.name}"


@dataclass(frozen=True)
class Method:
    """One way of working something out, as the Methods page tells it: in words, as a formula, with an example.

    `example` gives the steps of the worked example, run through the very functions that it is about; `policy` names the
    policy numbers that decide.
    """

    name: str
    title: str
    text: str
    formula: str
    reference: str
    order: int
    policy: tuple[str, ...] = ()
    example: Callable[[], list[str]] | None = None


@dataclass(frozen=True)
class Check:
    """A rule over rows of a register: `find` gives True where a row breaks it. `sentence` is for a clerk.

    `severity`: reject (the row goes to the rejected rows), blank (`blanks` columns become unknown), warn (said only).
    """

    name: str
    severity: Literal["reject", "blank", "warn"]
    sentence: str
    find: Callable[..., pd.Series]
    blanks: tuple[str, ...] = ()
    reference: str = ""
    order: int = 100


@dataclass(frozen=True)
class Export:
    """A way out: `write(result, path)` with the suffix that chooses it. `several`: the file holds several tables, so that
    columns under licences that cannot be combined stand in it side by side."""

    name: str
    suffix: str
    title: str
    mime: str
    write: Callable[..., None]
    order: int = 100
    several: bool = False


def _modules(package: str) -> list[Any]:
    root = importlib.import_module(package)
    names = sorted(m.name for m in pkgutil.iter_modules(getattr(root, "__path__", []), f"{package}."))
    return [root, *(importlib.import_module(name) for name in names)]


@cache
def found(kind: type[T], package: str) -> dict[str, T]:
    """All declarations of one kind in a package (or a single module), by name, in their `order`."""
    seen: dict[str, T] = {}
    for module in _modules(package):
        for value in vars(module).values():
            if isinstance(value, kind):
                name: str = value.name  # type: ignore[attr-defined]
                if name in seen and seen[name] is not value:
                    raise ValueError(f"{kind.__name__} {name!r} is declared twice in {package}")
                seen[name] = value
    return dict(sorted(seen.items(), key=lambda pair: (getattr(pair[1], "order", 0), pair[0])))
