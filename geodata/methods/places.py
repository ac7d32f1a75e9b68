"""What tiles and rasters say of the place around a school (methods, sections 3.3 and 3.4)."""

from __future__ import annotations

import numpy as np

from geodata.declare import Method
from geodata.say import tr, written
from geodata.wealth import percentiles


def _wealth() -> list[str]:
    index, people = np.array([-0.8, -0.2, -0.2, 1.1]), np.array([300.0, 100.0, 200.0, 400.0])
    shares = percentiles(index, people)
    return [
        *(tr("Tile with index {i:+.1f} and {p} people: percentile {s}.", i=i, p=written(p, 0, grouped=False), s=written(s, 2, grouped=False)) for i, p, s in zip(index, people, shares, strict=True)),
        tr("By people their mean is {shares}, whatever the index's scale.", shares=written(np.average(shares, weights=people), 2, grouped=False)),
        tr("Without a population raster each tile counts once: {join}.", join=', '.join(f'{s:.3f}' for s in percentiles(index))),
    ]  # fmt: skip


WEALTH = Method(
    "relative_wealth", "Wealth of the place, from relative wealth",
    "Where neither a register nor a table says how wealthy a place is, the relative wealth of the tile (about 2.4 km) that holds the school is taken, else of the nearest tile. Only its order within the country counts. It is inferred by a model that also looks at connectivity, so the list is compared with one without wealth.",
    "percentile = (people in poorer tiles + half of the people in tiles as wealthy) ÷ people in all tiles", "Chi, Fang, Chatterjee and Blumenstock (2022), PNAS 119(3); Karsai et al. (2024) on how models of wealth disagree", 42, ("wealth_tile_max_distance_m",), _wealth,
)  # fmt: skip
SETTLEMENT = Method(
    "settlement", "City, town or rural, from the degree of urbanisation",
    "Where a register does not say it, the square kilometre that holds the school decides: urban centre is city, dense and semi-dense cluster is town, suburban cell is suburb, the rest is rural. On water or without data the nearest land cell is taken. Where the register calls a school urban or rural and the raster says otherwise, the register's word stays and the case is counted.",
    "30 city; 23, 22 town; 21 suburb; 13, 12, 11 rural; 10 water", "European Union, FAO, UN-Habitat, OECD, World Bank (2021), Applying the Degree of Urbanisation; GHS-SMOD R2023A", 43, ("settlement_max_distance_m",),
)  # fmt: skip
