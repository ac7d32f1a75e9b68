"""What a step read, noted as it reads: parts of the recipe and policy numbers, without the step having to say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.recipe import Recipe
from geodata.policy import Policy
from geodata.policynumber import Value


@dataclass
class Reads:
    """What was read, as `kind:name`; `*` stands for all of a kind."""

    found: set[str] = field(default_factory=set)

    def add(self, read: str) -> None:
        """Notes one thing."""
        self.found.add(read)


class NotedRecipe:
    """A recipe that notes which of its parts are looked at. What is no part (a method of the model) rests on all."""

    def __init__(self, recipe: Recipe, reads: Reads) -> None:
        self._recipe, self._reads = recipe, reads

    def __getattr__(self, name: str) -> Any:
        self._reads.add(f"recipe:{name if name in Recipe.model_fields else '*'}")
        return getattr(self._recipe, name)


@dataclass(frozen=True, eq=False)
class NotedPolicy(Policy):
    """A policy that notes which of its numbers are looked at; copying it, or comparing it, looks at all."""

    reads: Reads

    def __getitem__(self, name: str) -> Value:
        self.reads.add(f"policy:{name}")
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        self.reads.add("policy:*")
        return super().__iter__()

    def with_values(self, values: Mapping[str, Value]) -> Policy:
        """An ordinary copy with some values changed: what is done with it cannot be noted, so it counts as all."""
        self.reads.add("policy:*")
        return Policy(self.items_).with_values(values)

    def __eq__(self, other: object) -> bool:
        self.reads.add("policy:*")
        return isinstance(other, Policy) and self.items_ == other.items_

    def __hash__(self) -> int:
        self.reads.add("policy:*")
        return hash(self.items_)
