"""What lots call the ways of connecting, in the words of a tender."""

from __future__ import annotations

from geodata.options.table import Way

WAYS = {
    Way.FIBRE: "fibre",
    Way.CELLULAR: "mobile broadband (4G or 5G)",
    Way.MICROWAVE: "microwave radio link",
    Way.SATELLITE: "satellite",
    Way.CLUSTER: "shared from a neighbouring school",
    Way.OFFLINE: "offline, with a local server",
}
NO_AREA = "area not reported"
NO_PLACE = "location not reported"


def way(name: str) -> str:
    """A way of connecting in words."""
    return WAYS[Way(name)] if name in set(Way) else name
