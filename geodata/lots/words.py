"""What lots call the ways of connecting, in the words of a tender."""

from __future__ import annotations

from geodata.options.table import Way
from geodata.say import later

WAYS = {
    Way.FIBRE: later("fibre"),
    Way.CELLULAR: later("mobile broadband (4G or 5G)"),
    Way.MICROWAVE: later("microwave radio link"),
    Way.SATELLITE: later("satellite"),
    Way.CLUSTER: later("shared from a neighbouring school"),
    Way.OFFLINE: later("offline, with a local server"),
}
NO_AREA = later("area not reported")
NO_PLACE = later("location not reported")


def way(name: str) -> str:
    """A way of connecting in words."""
    return WAYS[Way(name)] if name in set(Way) else name
