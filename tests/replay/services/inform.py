"""INFORM: workflows of a year (the list of the current one is empty in spring), scores of all countries in one answer."""

from __future__ import annotations

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json

# Year → (number, name); a test changes them. Severity and Warning are other indices.
WORKFLOWS = {
    2026: [(515, "INFORM Risk Mid 2026"), (530, "INFORM Severity 2026"), (531, "INFORM Warning 2026")],
    2025: [(480, "INFORM Risk 2025")],
}
SCORED = {515: 0.0, 480: -0.2}  # number → how far its scores lie from the land's


def workflows(asked: Asked) -> Answer:
    """`/Workflows/GetByYear/2026`."""
    assert asked.match is not None
    return answer_json([{"WorkflowId": n, "Name": name, "GNAYear": int(asked.match[1])} for n, name in WORKFLOWS.get(int(asked.match[1]), [])])  # fmt: skip


def scores(asked: Asked) -> Answer:
    """`/countries/Scores/?WorkflowId=515&IndicatorId=INFORM,HA,VU,CC`."""
    land = asked.land or quenara
    number = int(asked.query["WorkflowId"])
    wanted = asked.query["IndicatorId"].split(",")
    rows = [{"Iso3": "AAA", "IndicatorId": i, "IndicatorScore": 1.0} for i in wanted]
    if number in SCORED:
        rows += [{"Iso3": land.ISO3, "IndicatorId": i, "IndicatorScore": round(land.RISK[i] + SCORED[number], 1)} for i in wanted if i in land.RISK]  # fmt: skip
    return answer_json(rows)


ROUTES = [(r"/Workflows/GetByYear/(\d+)", workflows), (r"/countries/Scores/", scores)]
