"""What the columns and values of a plan are called in its files, with units and meanings."""

from __future__ import annotations

from math import ceil, floor, log10

from geodata.exports.plan_sheet import Shown

# Column: header, how it is shown, what it means. {money} is the currency and year of prices, {years} the horizon.
COLUMNS: dict[str, tuple[str, Shown, str]] = {
    "school_id": ("School id", "text", "Id of the school in this country's data."),
    "school_name": ("School", "text", "Name, as the register has it."),
    "admin1": ("{level1}", "text", "Area of the first level."),
    "admin2": ("{level2}", "text", "Area of the second level."),
    "latitude": ("Latitude (°)", "number", "As exactly as this file may show it."),
    "longitude": ("Longitude (°)", "number", "As exactly as this file may show it."),
    "tier": ("Group", "text", "A: most marginalised and lacking most; B, C: less of either. Empty: not known."),
    "priority_rank": ("Rank", "count", "Place in the priority list under this plan's weights."),
    "eligible": ("Eligible", "text", "Whether the plan may choose the school."),
    "not_eligible_why": ("Why not eligible", "text", "Which rule leaves the school out."),
    "committed_by": ("Promised by", "text", "Who has promised to connect the school already."),
    "learners": ("Learners", "count", "Learners counted for the plan; 1 a school where learners are known for no school."),
    "learners_estimated": ("Learners estimated", "text", "yes: not reported, taken from its range or from similar schools."),
    "chance_underserved": ("Chance of being underserved", "share", "1 where it is known to lack, 0 where it is known to have; between where it is not reported."),
    "weight": ("Weight of a learner", "number", "1 + λ × marginalisation."),
    "value": ("Weighted learners", "number", "Learners × chance of being underserved × weight: what the plan makes as large as it can."),
    "way": ("Way", "text", "How it is connected; where not chosen, the cheapest way that would do."),
    "way_why": ("Why this way", "text", ""),
    "capital": ("Paid at the start ({money})", "money", "Contingency and taxes in it."),
    "yearly": ("Paid each year ({money})", "money", "Running costs once connected."),
    "link_cost": ("Connection, {years} ({money})", "money", "Present value."),
    "power_cost": ("Power, {years} ({money})", "money", "Present value; at its chance where power is not reported."),
    "device_cost": ("Devices and support, {years} ({money})", "money", "Present value."),
    "training_cost": ("Training, {years} ({money})", "money", "Present value."),
    "cost": ("Cost, {years} ({money})", "money", "Present value of connection, power, devices, support and training."),
    "cost_low": ("Cost with low prices ({money})", "money", "All prices at their low end."),
    "cost_high": ("Cost with high prices ({money})", "money", "All prices at their high end."),
    "decision": ("Decision", "text", "chosen, left out, no way known, not eligible."),
    "year": ("Year of building", "count", "1 is the first year of the plan."),
    "at_lambda_0": ("Chosen at λ = 0", "text", "Whether a plan that counts all learners alike would choose it."),
    "selected_share": ("Share of draws chosen", "share", "How often it is chosen when prices and unknown data are drawn at random; empty: not drawn."),
    "advice": ("Advice", "text", "fund now, verify first, later."),
    "why": ("Why", "text", ""),
    "relay_of": ("Fibre goes on from", "text", "School whose fibre this one goes on from."),
    "lot": ("Lot", "text", "Lot that it is tendered in."),
    "state": ("Possible", "text", "feasible, infeasible, or unknown: the data at hand do not say."),
    "distance_m": ("Length of the link (m)", "count", ""),
    "along_road": ("Measured along roads", "text", ""),
    "from_id": ("From", "text", "Node, site or school that the link begins at."),
    "mbps": ("What it carries (Mbps)", "number", ""),
    "high_latency": ("High latency", "text", ""),
    "link_low": ("Connection with low prices ({money})", "money", ""),
    "link_high": ("Connection with high prices ({money})", "money", ""),
    "break_even_m": ("Fibre would be cheaper below (m)", "count", "Fibre shorter than this costs less than this option over its whole life."),
    "choosable": ("The plan may take it", "text", "It is possible (or not known, where the policy allows that), a connection, and priced."),
    "compared_cost": ("Cost that decides ({money})", "money", "What decides between the ways of a school: the cost, with the margin for what cannot be moved."),
    "region_id": ("Id of the {level1_low}", "text", ""),
    "unserved": ("Expected to be without", "count", "Learners (or schools, where learners are not known) of eligible schools, by their chance of being underserved."),
    "chosen": ("Schools chosen", "count", ""),
    "reached": ("Of them reached", "count", "Those expected to be without, in the schools chosen."),
    "reached_share": ("Share of all reached", "share", ""),
    "region": ("{level1}", "text", "Area of the first level."),
    "need_share": ("Share of need", "share", "Share of the learners expected to be underserved."),
    "money_share": ("Share of money", "share", "Share of what the plan spends."),
    "payer": ("Who pays", "text", ""),
    "line": ("What for", "text", ""),
}  # fmt: skip

DECISIONS = {"chosen": "chosen", "left_out": "left out", "no_way": "no way known", "not_eligible": "not eligible"}
ADVICE = {"fund_now": "fund now", "verify_first": "verify first", "later": "later"}
STATUS = {
    "optimal": "the best possible",
    "within_bound": "within a proven bound of the best possible",
    "infeasible": "no plan keeps all limits",
}
PERSPECTIVES = {
    "payer": "what a school or government pays, fees included",
    "operator": "what an operator pays to build and run; fees are its income",
    "social": "resources used, without fees and taxes",
}


def words(text: object, known: dict[str, str]) -> str:
    """A code in words; a code without words is written out."""
    said = "" if text is None or text != text else str(text)  # noqa: PLR0124 - NaN
    return known.get(said, said.replace("_", " "))


def solved(status: str, gap: float) -> str:
    """How good a plan is against the best possible, in words: "within 0.01 % of the best possible"."""
    if status == "infeasible":
        return STATUS[status]
    if gap <= 1e-9:
        return "the best possible under these terms"
    return f"within {_percent(gap)} of the best possible"


def _percent(share: float) -> str:
    """A share as per cent with two digits at most, never less than it is."""
    percent = share * 100
    places = max(0, 1 - floor(log10(percent)))
    return f"{ceil(round(percent * 10**places, 6)) / 10**places:.{places}f}".rstrip("0").rstrip(".") + " %"
