"""The table of options: one row a school and way of connecting it, and why not where it cannot be."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """Ways of connecting a school; offline-first does not count as connected."""

    FIBRE = "fibre"
    CELLULAR = "cellular"
    MICROWAVE = "microwave"
    SATELLITE = "satellite"
    CLUSTER = "cluster"
    OFFLINE = "offline"


class State(StrEnum):
    """Whether an option could be had: yes, no, or not known from the data at hand."""

    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why an option cannot be had, or is not known to be."""

    TOO_FAR = "too_far"  # farther than the technology reaches
    NO_COVERAGE = "no_coverage"  # outside coverage and beyond the reach of sites
    NO_SIGHT = "no_sight"  # terrain or the earth's curve stands between
    SIGHT_UNKNOWN = "sight_unknown"  # no terrain is given
    TOO_SLOW = "too_slow"  # less than the school's required bandwidth
    NOT_LICENSED = "not_licensed"  # satellite is not licensed here
    LICENCE_UNKNOWN = "licence_unknown"  # the recipe does not say whether satellite is licensed
    NO_ANCHOR = "no_anchor"  # no connected school near enough
    NO_NETWORK_DATA = "no_network_data"  # no nodes, sites or coverage are given
    KIND_UNKNOWN = "kind_unknown"  # a node, line or site near enough of which nobody says what it is
    ANCHOR_FULL = "anchor_full"  # what the connected schools near by can carry is taken
    NEIGHBOUR_UNKNOWN = "neighbour_unknown"  # whether a school near enough is connected is not reported
    ANCHOR_UNKNOWN = "anchor_unknown"  # a school near enough whose own speed is not reported
    NO_LOCATION = "no_location"
    NO_PRICE = "no_price"  # the price book has no price for it
    SHOCK = "shock"  # nothing fixed is built in the areas of the shock
    LEFT_OUT = "left_out"  # the terms leave this way out
    NOT_A_CONNECTION = "not_a_connection"  # offline-first serves meanwhile, and does not count as connected


# One row a school and way, sorted by school_id, then in the order of Way. Amounts are in the price book's currency, whole life unless
# said otherwise; `cost*` are present values of connectivity, power, devices, kits, support and training together.
COLUMNS = (
    "school_id",
    "way",
    "state",
    "why",
    "distance_m",  # of the link: along roads where they are given
    "along_road",
    "from_id",  # node, site or anchor school
    "mbps",  # what the link can carry
    "high_latency",
    "capital",  # paid at the start, contingency and taxes in it
    "yearly",  # paid each year once connected
    "link_cost",
    "link_low",  # of the link alone, from low and from high prices
    "link_high",
    "power_cost",
    "device_cost",
    "training_cost",
    "cost",
    "cost_low",
    "cost_high",
    "choosable",  # a plan may take it: feasible (or unknown where the policy allows that), a connection, priced
    "compared_cost",  # what decides between the ways of a school: the cost, with the margin for what cannot be moved
    "break_even_m",  # fibre shorter than this would cost less than this option (same school, whole life)
)
