"""How the demonstration country's schools use what they have, and the return in which some of them say so.

Use follows access and training: without power no lesson has a computer, and a connection that nobody was trained for is
used less. The return is a form of its own, and schools that have little to tell send it back less often.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import ndimage

from etl.demo_faults import reporting
from etl.demo_land import Flags
from etl.demo_places import Places
from etl.demo_schools import chance

CODES = {True: "1", False: "2"}  # as this office codes yes and no; 9 is no answer


def add_use(rng: np.random.Generator, truth: pd.DataFrame) -> pd.DataFrame:
    """The schools with media, the kinds of their line, handwashing, lessons with computers and the internet, and hours."""
    out, n = truth.copy(), len(truth)
    wealth, power = out["wealth"].to_numpy(), out["has_electricity"].to_numpy()
    online, learners = out["has_internet"].to_numpy(), out["num_students"].to_numpy()
    town = out["school_area_type"].eq("urban").to_numpy()
    trained = (out["num_teachers_trained_ict"] / out["num_teachers"]).to_numpy()
    devices = (out["num_computers"] + out["num_tablets"]).to_numpy()

    def luck(score: np.ndarray) -> np.ndarray:
        return np.asarray(chance(score) > rng.random(n))

    broadband = online & (out["download_speed_contracted_mbps"].fillna(0).to_numpy() >= 4)
    wired = online & town & out["connectivity_type"].eq("fiber").to_numpy()
    taught = power & (devices > 0) & luck(-0.9 + 2.2 * trained + 1.2 * wealth + 0.02 * np.minimum(devices, 60))
    in_lessons = online & luck(-1.1 + 2.6 * trained + 0.8 * wealth + 0.7 * out["has_internet_for_learners"].to_numpy())
    share = np.clip(0.25 + 0.5 * np.minimum(devices * 8 / learners, 1) + rng.normal(0, 0.12, n), 0.05, 1)
    with_ict = np.where(taught | in_lessons, np.round(learners * share), 0).astype(int)
    upper = out["education_level"].isin(["lower_secondary", "upper_secondary", "combined"]).to_numpy()
    computing = np.where(
        taught & (upper | (rng.random(n) < 0.3)), np.round(learners * np.clip(share - 0.1, 0.05, 1)), 0
    )
    hours = np.round(rng.gamma(2.0, 1.0 + 2.5 * share, n) * 2) / 2
    wired_share = np.clip(rng.beta(5, 2, n) - 0.3 * ~out["has_internet_for_learners"].to_numpy(), 0, 1)
    return out.assign(
        has_radio=luck(0.3 - 0.6 * wealth),
        has_television=power & luck(-1.0 + 2.2 * wealth),
        has_telephone=luck(-1.6 + 2.6 * wealth + 0.8 * town),
        has_broadband=broadband,
        has_narrowband=(online & ~broadband & wired) | (wired & (rng.random(n) < 0.12)),
        has_handwashing=out["has_water"].to_numpy() & luck(0.1 + 1.6 * wealth),
        has_ict_assisted_instruction=taught,
        has_internet_assisted_instruction=in_lessons,
        num_computers_internet=np.where(online, np.round(out["num_computers"] * wired_share), 0).astype(int),
        num_students_ict=with_ict,
        num_students_computing=computing.astype(int),
        use_hours_week=np.where(taught | in_lessons, np.maximum(hours, 0.5), 0.0),
        has_content_in_teaching_language=(devices > 0) & luck(-0.8 + 1.5 * wealth),
    )


YESNO = {
    "radio": "has_radio", "tv": "has_television", "phone": "has_telephone", "broadband": "has_broadband",
    "narrowband": "has_narrowband", "handwashing": "has_handwashing", "lessons_with_computers": "has_ict_assisted_instruction",
    "lessons_online": "has_internet_assisted_instruction", "content_own_language": "has_content_in_teaching_language",
}  # fmt: skip
COUNTS = {
    "pcs_online": "num_computers_internet",
    "learners_with_ict": "num_students_ict",
    "learners_computing": "num_students_computing",
    "hours_a_week": "use_hours_week",
}


def write_return(folder: Path, rng: np.random.Generator, truth: pd.DataFrame) -> None:
    """The return of ICT in education: 1 yes, 2 no, 9 no answer; -1 where a count is not known; a school without a row
    did not send it back. Schools that teach without any ICT answer the questions on its use less often still."""
    sent = reporting(rng, truth, 1.9)
    truth = truth[sent].reset_index(drop=True)
    out = pd.DataFrame({"emis": truth["school_id"]})
    for column, name in YESNO.items():
        said = truth[name].astype(bool).map(CODES).to_numpy()
        out[column] = np.where(rng.random(len(truth)) < 0.04, "9", said)
    shy = 0.12 + 0.16 * ~truth["has_ict_assisted_instruction"].to_numpy()
    for column, name in COUNTS.items():
        silent = rng.random(len(truth)) < shy
        out[column] = np.where(silent, "-1", truth[name].map("{:g}".format))
    out.to_csv(folder / "ict_return.csv", index=False, encoding="utf-8", lineterminator="\n")


def write_signal(folder: Path, places: Places, reached: dict[str, Flags]) -> None:
    """Share of each district's people who live within reach of 4G or better, in per cent (SDG 9.c.1)."""
    district, index = places.district_fine[::2, ::2], np.arange(len(places.districts))
    inside = np.where(district >= 0, district, len(index))
    people = np.asarray(ndimage.sum(places.people_middle, inside, index))
    near = np.asarray(ndimage.sum(places.people_middle * (reached["4G"] | reached["5G"]), inside, index))
    share = np.divide(100 * near, people, out=np.zeros_like(near), where=people > 0)
    table = pd.DataFrame({"district": places.districts["area_id"], "people_4g_pct": np.round(share, 1)})
    table.to_csv(folder / "mobile_signal.csv", index=False, lineterminator="\n")
