"""Options in plain words: names of the ways, what stands against each, and why a way is taken or none is."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.options.table import State, Way, Why
from geodata.say import later, tr

WAYS: dict[str, str] = {
    Way.FIBRE.value: later("fibre"),
    Way.CELLULAR.value: later("mobile broadband (4G or 5G)"),
    Way.MICROWAVE.value: later("microwave link"),
    Way.SATELLITE.value: later("satellite"),
    Way.CLUSTER.value: later("Wi-Fi from a connected school"),
    Way.OFFLINE.value: later("offline-first"),
}
STATES: dict[str, str] = {
    State.FEASIBLE.value: later("possible"),
    State.INFEASIBLE.value: later("not possible"),
    State.UNKNOWN.value: later("not known"),
}
WHYS: dict[str, str] = {
    "": "",
    Why.TOO_FAR.value: later("too far"),
    Why.NO_COVERAGE.value: later("no 4G or 5G coverage here"),
    Why.NO_SIGHT.value: later("hills or the earth's curve stand between"),
    Why.SIGHT_UNKNOWN.value: later("whether a mast can be seen is not known: no terrain is given"),
    Why.TOO_SLOW.value: later("slower than the school needs"),
    Why.NOT_LICENSED.value: later("no provider is licensed in the country"),
    Why.LICENCE_UNKNOWN.value: later("whether a provider is licensed in the country is not said"),
    Why.NO_ANCHOR.value: later("no connected school is near enough"),
    Why.ANCHOR_FULL.value: later("the connected schools near by can carry no more"),
    Why.NEIGHBOUR_UNKNOWN.value: later("whether a school near by is connected is not reported"),
    Why.ANCHOR_UNKNOWN.value: later("what the connected school near by can carry is not reported"),
    Why.NO_NETWORK_DATA.value: later("nothing is given of such a network"),
    Why.KIND_UNKNOWN.value: later("what the nearest node, line or mast is, is not reported"),
    Why.NO_LOCATION.value: later("the school's location is not known"),
    Why.NO_PRICE.value: later("the price list has no price for it"),
    Why.SHOCK.value: later("nothing fixed is built where the shock struck"),
    Why.LEFT_OUT.value: later("left out by the terms of the plan"),
    Why.NOT_A_CONNECTION.value: later("serves meanwhile, and does not count as connected"),
}


def why_this(way: str, ways: int, instead_of: str, unsure: bool) -> str:
    """Why a way is taken: `ways` could be, `instead_of` names a cheaper one that cannot be moved."""
    if instead_of:
        said = tr(
            "Taken although {way} costs less: the crisis risk is high here, and this equipment can be moved.",
            way=tr(WAYS[instead_of]),
        )
    elif ways == 1:
        said = tr("The only way that is possible and fast enough.")
    else:
        said = tr("The cheapest of {ways} ways that are possible and fast enough.", ways=ways)
    return f"{said} {tr('Whether it can be had here is not known yet.')}" if unsure else said


def why_none(against: Mapping[str, str]) -> str:
    """Why no way may be chosen, way by way."""
    ways = [w for w in against if w != Way.OFFLINE.value and against[w] and against[w] != Why.LEFT_OUT.value]
    unknown = any(against[w] in _UNKNOWN for w in ways)
    lead = tr("No way is known to be possible.") if unknown else tr("No way is possible.")
    named = tr("; ").join(f"{tr(WAYS[w])}: {tr(WHYS[against[w]])}" for w in ways)
    return f"{lead} {named[:1].upper()}{named[1:]}." if named else lead


_UNKNOWN = frozenset(
    why.value
    for why in (
        Why.SIGHT_UNKNOWN,
        Why.LICENCE_UNKNOWN,
        Why.NO_NETWORK_DATA,
        Why.KIND_UNKNOWN,
        Why.NO_LOCATION,
        Why.NO_PRICE,
        Why.ANCHOR_UNKNOWN,
        Why.NEIGHBOUR_UNKNOWN,
    )
)
