"""Who may be in a plan, how much a school counts in it, and how it could be connected (methods, sections 4.1 and 4.4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.costing.books import DEFAULT, book
from geodata.declare import Method
from geodata.gaps import expected_bandwidth_gap
from geodata.methods.toy import assumed_scoring, row, toy
from geodata.options import cellular, fibre, microwave, satellite
from geodata.options.eligible import rule
from geodata.options.ground import NETWORKS as GIVEN_BY
from geodata.options.ground import STATES, WHYS, Ground
from geodata.options.needs import weight
from geodata.options.price import Amounts, Buyer
from geodata.options.words import STATES as STATE_WORDS
from geodata.options.words import WAYS
from geodata.options.words import WHYS as WHY_WORDS
from geodata.plan.terms import Terms
from geodata.policy import POLICY
from geodata.say import tr, written

_TERMS = Terms.of(POLICY.with_values({"plan_fibre_detour": 1.1, "plan_contingency_share": 0}), 0.0)
_BOOK = book(DEFAULT).with_(
    cellular_fee_least=600, satellite_fee_least=900, solar_per_w=3, wifi_setup=0, grid_kwh=0, solar_upkeep_share=0, battery_per_kwh=0
)  # fmt: skip
_JUDGES = {"fibre": fibre.link, "cellular": cellular.link, "microwave": microwave.link, "satellite": satellite.link}
_FIBRE_KM, _COVERED, _SIGHT = (38, 30, 6, 12, 22, 0, 0.5, 2), "nnyynyyy", "nyynyyyy"


def _ground() -> Ground:
    """The eight schools with what the published example says lies near them."""
    whole = toy().assign(latitude=0.0, longitude=0.0, in_4g_coverage=pd.array([c == "y" for c in _COVERED], "boolean"))
    near = {"from_kind": "node", "from_id": "n", "along_road_m": np.nan, "generation": None, "at": np.arange(8)}
    lines = pd.DataFrame({**near, "way": "fibre", "distance_m": [1000.0 * km for km in _FIBRE_KM], "sight": None})
    radio = pd.DataFrame({**near, "way": "microwave", "distance_m": 9000.0, "sight": [s == "y" for s in _SIGHT]})
    reach = pd.concat([lines.assign(sight=lines["sight"].astype("boolean")), radio.assign(sight=radio["sight"].astype("boolean"))], ignore_index=True)  # fmt: skip
    given = {layer: True for layers in GIVEN_BY.values() for layer in layers}
    nobody, all_ = np.zeros(8, dtype=bool), np.ones(8, dtype=bool)
    required = whole["required_bandwidth_mbps"].to_numpy(dtype=np.float64)
    return Ground(whole, required, all_, reach, {"satellite": "licensed", "given": given}, _TERMS, nobody)


def _buyer(ground: Ground) -> Buyer:
    chance = {"S1": 1.0, "S2": 0.6, "S5": 1.0}  # of needing power, as the example takes it
    needs = pd.DataFrame(
        {
            "school_id": ground.whole["school_id"], "required_mbps": ground.required, "chance_no_internet": 1.0,
            "chance_no_power": [chance.get(s, 0.0) for s in ground.whole["school_id"]], "power_from": "reported",
            "device_need": ground.whole["device_need"],
        }
    )  # fmt: skip
    return Buyer(needs, pd.DataFrame({"promised_power": [False] * len(needs)}), _TERMS, _BOOK)


def _ways() -> list[str]:
    ground = _ground()
    buyer = _buyer(ground)
    power = Amounts.of(buyer.power("mid"), buyer.money).worth
    said = []
    for school in ("S2", "S4", "S8"):
        at, costs, against = row(school), {}, []
        for way, judge in _JUDGES.items():
            link = ground.settled(judge(ground), way)
            if STATES[link.state[at]] == "feasible":
                costs[way] = Amounts.of(buyer.link(way, link.near.distance_m, "mid"), buyer.money).worth[at] + power[at]
            else:
                against.append(f"{WAYS[way]} {STATE_WORDS[STATES[link.state[at]]]} ({WHY_WORDS[WHYS[link.why[at]]]})")
        cheapest = min(costs, key=lambda way: (costs[way], list(_JUDGES).index(way)))
        had = ", ".join(f"{WAYS[way]} {cost:,.0f}" for way, cost in costs.items())
        said.append(tr("School {school}: {had}", school=school, had=had) + (f"; {', '.join(against)}" if against else "") + tr(". Cheapest: {WAYS}.", WAYS=WAYS[cheapest]))  # fmt: skip
    return [
        tr(
            "ITU's prices of 2026, ten years, 6 %, least fees of 600 (mobile) and 900 (satellite) a year, solar power at 3 a watt; link and power alone."
        ),
        *said,
    ]


def _value() -> list[str]:
    margin = pd.Series(np.round(assumed_scoring().marginalisation, 4))
    weights = weight(margin, POLICY.number("plan_equity_weight"))
    chance = expected_bandwidth_gap(24, ((0.2, 0), (0.4, 10), (0.4, 40)))[1]
    said = []
    for school, learners, p in (("S5", 410, 1.0), ("S8", 480, chance)):
        w = float(weights[row(school)])
        said.append(tr("School {school}: {learners} learners × {p:g} × (1 + 2 × {margin}) = {learners_2}.", school=school, learners=learners, p=p, margin=written(margin[row(school)], 4, grouped=False), learners_2=written(learners * p * w, 2)))  # fmt: skip
    return [
        tr(
            "School S8 does not report its internet: 0.2 that it has none, 0.4 each that it has 10 or 40 Mbps; it needs 24."
        ),
        *said,
        tr("At λ = 0 they count 410 and 288."),
    ]


def _rule() -> list[str]:
    return [rule(_TERMS), rule(_TERMS.with_(include_private=True, include_committed=True))]


ELIGIBLE = Method(
    "eligible", "Who may be in a plan",
    "Publicly funded schools that operate and are not known to meet the standard. A school whose funding is not reported stays in, unless the policy says otherwise. Schools that a funder has promised to connect are left out and shown with the funder, so that nothing is paid for twice; a promise of devices, power or training alone takes that part out of the cost. Every exclusion is counted with its reason.",
    "eligible = not outside the area, operating, publicly funded or not reported, not known to be served, not promised", "Qingdao Declaration (2015), 19 and 20; planning value", 66, ("plan_funding_unknown", "bandwidth_tier"), _rule,
)  # fmt: skip
VALUE = Method(
    "plan_value", "What a school counts in a plan",
    "Its learners, times the chance that the school is below the standard, times a weight that grows with marginalisation. Learners who are not reported are taken from the range that the school gives, else from similar schools; where they are known for no school, every school counts one. λ decides how much marginalisation weighs, and the result at λ = 0 always stands beside.",
    "value = learners × chance of being underserved × (1 + λ × marginalisation)", "Acland and Greenberg (2023); planning value", 67, ("plan_equity_weight",), _value,
)  # fmt: skip
CONNECTING = Method(
    "connecting", "How a school could be connected",
    "Fibre, mobile broadband, microwave, satellite, and Wi-Fi from a connected school near by are each judged: possible, not possible, or not known. Not known is never taken as no: without data of a network nothing is too far, and satellite is possible only where the country's settings say that it is licensed. A way must carry what the school needs. Solar power is added where power is missing, at its chance where that is not known; devices, support and training stand beside every way. Offline-first serves meanwhile and does not count as connected. At high risk, equipment that can be moved is preferred where it costs little more.",
    "length ≤ longest link; Mbps of the way ≥ Mbps needed; cost = link + power + devices + training; the least cost is recommended, ties in the order above", "ITU Connectivity Planning Platform (2026); Giga open cost model (2023)", 68,
    ("plan_fibre_max_m", "plan_fibre_detour", "plan_cellular_max_m", "plan_microwave_max_m", "plan_cluster_max_m", "plan_fibre_mbps", "plan_cellular_mbps", "plan_cellular_speed", "plan_microwave_mbps", "plan_satellite_mbps", "plan_unknown_ways", "plan_risk_from", "plan_risk_margin"), _ways,
)  # fmt: skip
