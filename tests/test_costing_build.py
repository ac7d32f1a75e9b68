"""The country's own prices: from a filled-in sheet named by the recipe into its data, and from there into a plan."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic import ValidationError

from etl.prices import read_prices, with_prices
from etl.recipe import Recipe
from etl.work import Work
from geodata.costing.books import NATIONAL, book, book_of
from geodata.costing.items import ITEMS
from geodata.errors import PolicyError, SourceError

SHEET = {"Item": "device", "Price": 160, "Currency": "USD", "Price year": 2026, "Source": "Tender", "National quote": "yes"}  # fmt: skip


@dataclass(frozen=True)
class Built:
    """As much of an atlas as the prices need."""

    manifest: dict[str, Any]
    name: str = "Talúvane"


def work(folder: Path, **planning: Any) -> Work:
    place = {"name": "T", "iso3": "XAA", "levels": ["province"]}
    source = {"name": "r", "path": "r.csv", "columns": {"school_id_govt": "ID"}}
    recipe = Recipe.model_validate({"place": place, "source": [source], "planning": planning})
    return Work(folder, recipe, folder / "recipe.toml", folder, "build")


def sheet(path: Path, **changed: Any) -> None:
    workbook = openpyxl.Workbook()
    row = {**SHEET, **changed}
    workbook.active.append(list(row))
    workbook.active.append(list(row.values()))
    out = io.BytesIO()
    workbook.save(out)
    path.write_bytes(out.getvalue())


def test_a_filled_in_sheet_becomes_the_countrys_book(tmp_path: Path) -> None:
    sheet(tmp_path / "prices.xlsx")
    one = work(tmp_path, prices="prices.xlsx", price_book="rwanda", currency="USD")
    assert f"{len(ITEMS) - 1} of them provisional" in read_prices(one)
    planning = with_prices(one, {"satellite": "licensed", "prices": "prices.xlsx"})
    assert planning["prices_sheet"]["file"] == "prices.xlsx"
    assert "file:prices.xlsx" in one.reads.found, "a changed sheet is read anew"
    atlas: Any = Built({"planning": planning})
    own = book_of(atlas)
    assert (own.name, own.at("device"), own.costs["device"].provisional) == (NATIONAL, 160, False)
    assert own.at("fibre_per_km") == 7500, "the rest from the book that the recipe names"
    assert book_of(atlas, "brazil") is book("brazil"), "a plan may name another"


def test_without_a_sheet_the_named_book_stands_in(tmp_path: Path) -> None:
    one = work(tmp_path, price_book="brazil")
    assert f"{len(ITEMS)} of them provisional" in read_prices(one)
    atlas: Any = Built({"planning": with_prices(one, {"price_book": "brazil"})})
    assert book_of(atlas) is book("brazil")
    bare: Any = Built({})
    assert book_of(bare) is book("itu_2026")
    with pytest.raises(PolicyError, match="Talúvane has no prices of its own"):
        book_of(bare, NATIONAL)
    with pytest.raises(PolicyError, match="did you mean 'sierra_leone'"):
        book_of(bare, "siera_leone")


def test_what_is_wrong_stops_the_build_in_words(tmp_path: Path) -> None:
    sheet(tmp_path / "prices.xlsx", Price=-1)
    with pytest.raises(SourceError, match=r"prices.xlsx: The unit-cost sheet has faults(?s:.)*B2: -1 is negative"):
        read_prices(work(tmp_path, prices="prices.xlsx"))
    with pytest.raises(SourceError, match="There is no file"):
        read_prices(work(tmp_path, prices="other.xlsx"))
    with pytest.raises(SourceError, match="plans are in XOF, and the prices are in USD"):
        read_prices(work(tmp_path, currency="XOF"))
    with pytest.raises(ValidationError, match="did you mean 'rwanda'"):
        work(tmp_path, price_book="ruanda")
