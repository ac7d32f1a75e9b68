"""What a plan needs to be told of a country: whether satellite is licensed, whose prices hold, who answers and who pays."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from etl.recipe.parts import Model
from geodata.costing.books import book
from geodata.errors import PolicyError


class Planning(Model):
    """What plans rest on besides the data. Everything may be left out: what is not stated is not known, never assumed."""

    satellite: Literal["licensed", "not_licensed"] | None = Field(
        None, description="Whether a provider of satellite internet is licensed in the country; absent means not known."
    )
    satellite_source: str = Field(
        "", description="Who says so, of which date, in a sentence; needed where `satellite` is given."
    )
    satellite_orbit: Literal["leo", "geo"] | None = Field(
        None, description="Whether the licensed service flies low (leo) or stands still (geo, which answers slowly)."
    )
    price_book: str | None = Field(
        None, description="Name of the book of unit prices that stands in until national prices are given."
    )
    prices: str | None = Field(
        None, description="File of the country's own unit prices, as `firstmile prices` writes it to be filled in."
    )
    currency: str | None = Field(
        None, description="Currency of the plan, as an ISO 4217 code such as USD.", pattern="^[A-Z]{3}$"
    )
    responsible_body: str = Field("", description="Body that answers for the plan, in the master-plan table.")
    funders: tuple[str, ...] = Field((), description="Who may pay, in the master-plan table.")

    @model_validator(mode="after")
    def _sourced(self) -> Planning:
        if self.satellite and not self.satellite_source.strip():
            raise ValueError("satellite is given without satellite_source: say who says so, and of which date")
        if self.price_book is not None:
            try:
                book(self.price_book)
            except PolicyError as error:
                raise ValueError(f"price_book: {error}") from None
        return self
