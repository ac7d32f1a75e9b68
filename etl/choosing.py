"""What a country needs from open sources, slot by slot, and which service gives it: the first that has something.

Each connector is asked in its order. What it refuses, and why, is kept in words: nothing is left out in silence. A file
that an earlier, stopped run has fetched is taken as it lies there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from etl.connect import Ask, Block, Connector, Gives
from etl.fetching.client import Client
from etl.fetching.snapshots import read_passport, take_source
from etl.reasons import in_full, in_short
from etl.recipe import Reading, Recipe
from etl.whereabouts import areas_of, bounds_of, bounds_of_schools
from geodata.declare import found
from geodata.errors import FirstMileError, NothingFoundError, SourceError


@dataclass(frozen=True)
class Slot:
    """One thing that is looked for. `every`: all connectors that give it are taken, not the first alone."""

    gives: Gives
    what: str  # as it is said where it is missing
    every: bool = False


SLOTS = (
    Slot("boundaries", "boundaries of provinces and districts"),
    Slot("schools", "schools"),
    Slot("speeds", "speeds that people measured"),
    Slot("cells", "mobile sites"),
    Slot("population", "people around schools"),
    Slot("ages", "children by age"),
    Slot("wealth", "relative wealth"),
    Slot("settlement", "degree of urbanisation"),
    Slot("displacement", "displaced people"),
    Slot("risk", "risk of crises"),
    Slot("benchmarks", "national benchmarks", every=True),
    Slot("nodes", "transmission nodes"),
)


@dataclass(frozen=True)
class Got:
    """One file that a service gave: how it stands in the recipe, and its passport."""

    connector: Connector
    block: Block
    reading: Reading
    passport: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why a service gave nothing. `gap`: it would have been wanted (not one that had nothing to add)."""

    connector: Connector
    reason: str  # in a sentence or two
    block: str = ""
    gap: bool = True
    told: str = ""  # in full


@dataclass
class Choice:
    """What became of one slot."""

    slot: Slot
    got: list[Got] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    unasked: list[Connector] = field(default_factory=list)  # they give the same, and another gave it first
    asked: bool = True

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What could not be had, and why, in words."""
        if not self.asked:
            return []
        if not self.got:
            reason = " ".join(dict.fromkeys(f"{r.connector.title}: {r.reason}" for r in self.refused))
            return [(self.slot.what, reason or "No open source that First Mile knows gives this.")]
        had = {got.connector.name for got in self.got}
        lost = [r for r in self.refused if r.gap and (self.slot.every or r.connector.name in had)]
        return [(f"{self.slot.what}: {_part(r)}", r.reason) for r in lost]


def _part(refusal: Refusal) -> str:
    return f"{refusal.connector.title} ({refusal.block})" if refusal.block else refusal.connector.title


@dataclass
class Asking:
    """Who is asked for what: the country, the client, the folder that files go to, and what is known so far."""

    ask: Ask
    client: Client
    tell: Callable[[str], None]
    anew: bool = False
    connectors: Mapping[str, Connector] = field(default_factory=lambda: found(Connector, "etl.sources"))

    @property
    def data(self) -> Path:
        """The folder that files go to."""
        return self.ask.data

    @property
    def level(self) -> int:
        """The finest level whose areas are known; 0 the whole place."""
        return 0 if self.ask.areas is None else int(self.ask.areas["level"].max())


def choose(asking: Asking, only: Collection[str] = ()) -> list[Choice]:
    """Every slot in order, each service asked in turn; `only`: these slots alone, by what they give.

    Raises SourceError with every service's reason where there are no schools: without them there is no country.
    """
    choices = []
    for slot in SLOTS:
        choice = Choice(slot, asked=not only or slot.gives in only)
        choices.append(choice)
        if choice.asked:
            fill(choice, asking)
            asking.tell(_said(choice))
        if slot.gives in ("boundaries", "schools"):
            asking.ask = _placed(asking.ask, choice, slot.gives)
        if slot.gives == "schools" and not choice.got:
            raise SourceError(_no_schools(choice, asking.ask))
    return choices


def fill(choice: Choice, asking: Asking) -> None:
    """Ask the connectors of a slot in their order."""
    giving = [c for c in asking.connectors.values() if c.gives == choice.slot.gives and c.open_country]
    for connector in sorted(giving, key=lambda c: (c.order, c.name)):
        if choice.got and not choice.slot.every:
            choice.unasked.append(connector)
            continue
        got, refused = _asked(connector, asking)
        choice.got += got
        choice.refused += refused


def _asked(connector: Connector, asking: Asking) -> tuple[list[Got], list[Refusal]]:
    """All files of one connector; nothing of it where one that it needs is not to be had."""
    got: list[Got] = []
    refused: list[Refusal] = []
    for block in connector.blocks:
        try:
            got.append(_one(connector, block, asking))
        except Exception as error:  # noqa: BLE001 - whatever one source meets, the others are not lost for that
            refused.append(_refusal(connector, block, error, asking))
        if block.needed and refused and not refused[-1].block:
            return [], refused[-1:]
    return got, refused


def _one(connector: Connector, block: Block, asking: Asking) -> Got:
    reading = reading_of(connector, block, asking.level)
    path = asking.data / reading.path
    passport = None if asking.anew else read_passport(path)
    if passport is not None and passport.get("connector") == connector.name and path.is_file():
        asking.tell(f"  {reading.path} is there already, fetched {passport.get('retrieved', '')[:10]}.")
    else:
        asking.tell(f"  {connector.title}, {reading.path} …")
        ask = replace(asking.ask, options=dict(block.options))
        passport = take_source(reading, connector, asking.client, ask, asking.data)
    return Got(connector, block, reading, passport)


def reading_of(connector: Connector, block: Block, level: int = 0) -> Reading:
    """A block as the recipe's model of its table; `level` is the finest there is, for tables about areas that name none.

    Raises SourceError where the declaration is not one of the recipe's.
    """
    model = get_args(Recipe.model_fields[block.table].annotation)[0]
    about = {
        "publisher": connector.publisher, "title": connector.title, "licence": connector.licence,
        "attribution": connector.attribution, "address": connector.address,
    }  # fmt: skip
    named: dict[str, Any] = {"name": block.name} if "name" in model.model_fields else {}
    if "level" in model.model_fields and "level" not in block.keys:
        named = {**named, "level": level}
    given = {**about, **named, "path": block.path, **block.keys}
    service = {"name": connector.name, "options": dict(block.options)}
    try:
        reading: Reading = model.model_validate({**given, "service": service})
    except ValidationError as error:
        raise SourceError(f"the declaration of {connector.name} is no part of a recipe: {error}") from None
    return reading


def _refusal(connector: Connector, block: Block, error: Exception, asking: Asking) -> Refusal:
    """An error as words. A further level or network that is not there is no gap."""
    if not isinstance(error, FirstMileError):  # nobody foresaw it: its own words may hold anything
        error = SourceError(f"its answer was not understood ({type(error).__name__}); please report this.")
    gap = block.needed or not isinstance(error, NothingFoundError)
    folders = (asking.data, asking.client.cache)
    key = connector.key and asking.client.settings.key(connector.name, connector.key.name)
    short = in_short(error, connector, folders, key_set=bool(key))
    return Refusal(connector, short, "" if block.needed else block.name, gap, in_full(error, folders))


def _said(choice: Choice) -> str:
    """A line for the person who watches."""
    what = choice.slot.what[:1].upper() + choice.slot.what[1:]
    if not choice.got:
        first = choice.refused[0].reason if choice.refused else "no open source gives this."
        more = f" ({len(choice.refused)} sources asked)" if len(choice.refused) > 1 else ""
        return f"{what}: not to be had{more}: {first}"
    rows = [
        f"{g.passport.get('rows_kept') or 0:,} rows" if g.passport.get("rows_kept") else g.reading.path
        for g in choice.got
    ]
    names = list(dict.fromkeys(g.connector.title for g in choice.got))
    # Not a level or a network that the source taken lacks: those stand in the recipe.
    lost = [f"\n  Not {r.connector.title}: {r.reason}" for r in choice.refused if r.connector.title not in names]
    return f"{what}: {', '.join(names)} ({', '.join(rows)}).{''.join(lost)}"


def _no_schools(choice: Choice, ask: Ask) -> str:
    if not choice.asked:
        return "A country needs schools: name them too in --only, or leave --only out."
    reasons = [f"\n  - {r.connector.title}: {r.told}" for r in choice.refused]
    return f"No schools of {ask.name or ask.iso3} could be had, so nothing was built.{''.join(reasons)}\nA register of your own can be used: firstmile inspect REGISTER"


# --- where the country is ------------------------------------------------------------------------------------------


def _placed(ask: Ask, choice: Choice, gives: str) -> Ask:
    """The question with the finest areas and the bounds, as far as they are known now."""
    if not choice.got:
        return ask
    if gives == "boundaries":
        finest = max(choice.got, key=lambda g: getattr(g.reading, "level", 0))
        areas = areas_of(finest.reading, ask.data)
        return replace(ask, areas=areas, bounds=bounds_of(areas))
    if ask.bounds is not None:
        return ask
    return replace(ask, bounds=bounds_of_schools(choice.got[0].reading, ask.data))
