"""`[source.link]`: a source without the register's ids, whose rows find their school by place and name."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from etl.recipe.parts import Model


class Link(Model):
    """How rows without the register's ids find their school: by any id that both have, then by place and name.

    The defaults are measured in `docs/linking.md`.
    """

    to: str | None = Field(
        None,
        description="Name of the register to link to; by default all registers that stand before in the recipe.",
    )
    within_m: float = Field(3000, description="Metres within which the same school is looked for.", gt=0, le=50_000)
    accept_from: float = Field(
        0.8, description="Score, 0 to 1, from which two records count as the same school without a person.", ge=0, le=1
    )
    review_from: float = Field(
        0.6, description="Score from which two records are shown to a person to decide.", ge=0, le=1
    )
    apart_by: float = Field(
        0.05,
        description="Where the second best partner of either school scores within so much of the best, neither is taken: a person decides.",
        ge=0,
        le=1,
    )
    unmatched: Literal["leave", "add", "review"] = Field(
        "leave",
        description="Rows that are no school of the register: leave (out of scope, with the reason), add (as new schools; registers only), review (rejected rows, for a person).",
    )
    review: str | None = Field(
        None,
        description="CSV of a person's decisions, relative to the folder given with --data; `firstmile links` writes it. Missing means that nobody has decided yet.",
    )
    words: dict[str, str] = Field(
        default_factory=dict,
        description="Words and abbreviations of this place → what they stand for, such as EEB = escola de educação básica.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Link:
        if self.review_from > self.accept_from:
            raise ValueError(f"review_from ({self.review_from}) must not be above accept_from ({self.accept_from})")
        return self
