"""README.txt of a packed country: what it is, how to open it, what it rests on, in plain words."""

from __future__ import annotations

from dashboard.packing import spoken
from dashboard.packing.listed import Listed
from geodata.exports.passport import attribution, sources_of
from geodata.query import Desk
from geodata.say import tr, trn

MARKS = {"partner": "FOR-PARTNERS-ONLY.txt", "government": "FOR-GOVERNMENT-ONLY.txt"}


def readme(desk: Desk, listed: Listed | None) -> bytes:
    """The text, in the language spoken now; lines end as Windows' own editor wants them."""
    columns = listed.whole.columns if listed is not None else ()
    used = [s for s in sources_of(desk, columns) if s["used_here"]]
    many = [trn("{n} school", "{n} schools", len(listed.frame)) + "."] if listed is not None else []
    mark = {
        "partner": [tr("FOR PARTNERS UNDER AN AGREEMENT ALONE. Do not pass it on.")],
        "government": [tr("FOR THE GOVERNMENT ALONE. Do not pass it on.")],
    }
    lines = [
        f"{desk.atlas.name} · First Mile",
        "",
        *mark.get(desk.tier, []),
        tr("Which schools are without internet, devices and power, who learns in them, and what to fund first."),
        *many,
        "",
        tr("To open it: double click index.html. Any browser of the last years will do (Edge, Chrome, Firefox)."),
        tr(
            "It needs no internet and no installation, and sends nothing anywhere. Copy the whole folder, not single files."
        ),
        tr("In a ZIP file, take the folder out first: inside a ZIP it does not open."),
        "",
        *spoken.notices(desk),
        tr("A connection alone does not produce learning."),
        "",
        *(f"{name}: {value}" for name, value in spoken.facts(desk)),
        "",
        tr("Sources and licences"),
        *(
            f"- {s.get('title') or s.get('name')}: {attribution(s)} {tr('Licence: {licence}', licence=s.get('licence') or tr('not stated'))}"
            for s in used
        ),
        "",
        tr("SHA256SUMS.txt holds the hash of every file, to see whether the folder is whole and unchanged."),
    ]
    return ("\r\n".join(line for line in lines if line is not None) + "\r\n").encode("utf-8-sig")
