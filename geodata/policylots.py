"""The policy numbers of tenders: the service that bidders offer, and when a bid is looked at twice. Group `plan`."""

from __future__ import annotations

from geodata.policynumber import PolicyNumber

LOTS = [
    PolicyNumber(
        "lot_contract_years",
        5,
        "Years of a contract",
        "For how many years a bidder is to offer the service of a lot.",
        "years",
        1,
        30,
        group="plan",
    ),
    PolicyNumber(
        "lot_uptime_share",
        0.99,
        "Availability asked for",
        "Least share of school hours in a month in which the link must work.",
        "share",
        0,
        1,
        group="plan",
    ),
    PolicyNumber(
        "lot_latency_ms",
        100,
        "Delay asked for",
        "Most milliseconds there and back, median of a month; satellites in high orbit do not reach 100.",
        "ms",
        1,
        2000,
        group="plan",
    ),
    PolicyNumber(
        "lot_repair_hours",
        72,
        "Time to repair",
        "Within how many hours a fault is to be mended after it was reported.",
        "hours",
        1,
        2000,
        group="plan",
    ),
    PolicyNumber(
        "lot_bid_low_share",
        0.3,
        "Abnormally low bid",
        "A bid this far below the low end of the estimate is marked: the bidder is asked to explain it.",
        "share",
        0,
        1,
        reference="planning value; public buyers often look twice at bids 20 to 30 % below",
        group="plan",
    ),
    PolicyNumber(
        "lot_bid_high_share",
        0.3,
        "Abnormally high bid",
        "A bid this far above the high end of the estimate is marked: the lot may be tendered anew.",
        "share",
        0,
        10,
        group="plan",
    ),
    PolicyNumber(
        "tower_exact_most",
        14,
        "New sites, settled exactly up to",
        "Up to so many possible places of new sites near each other the best set is found exactly; above, place by place, "
        "the one that saves most next.",
        "places",
        1,
        25,
        group="plan",
    ),
]
