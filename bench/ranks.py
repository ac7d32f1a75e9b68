"""`python -m bench.ranks`: gaps and ranks, likely ranks, one what-if and other weightings, each timed in one process a size.

CPU seconds are of all threads; wall seconds depend on who else is working. Compiled loops are warm: a first, small call
is not counted. `--schools 20000 220000` chooses the sizes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from bench.inputs import _towns, write_schools
from geodata.counterfactual import what_if
from geodata.derive import derive, scored
from geodata.stability import weightings
from geodata.tables import SCHOOLS, empty_columns
from geodata.uncertainty import published_draws, rank_bands


def place(count: int) -> pd.DataFrame:
    """The schools of a country of so many, as the other benchmark makes them, with districts and places known."""
    rng = np.random.default_rng([20261122, count])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schools.parquet"
        write_schools(path, rng, _towns(rng, max(60, count // 60)), count)
        frame = empty_columns(pd.read_parquet(path), SCHOOLS)
    frame["admin2_id"] = pd.Series([f"D{i}" for i in rng.integers(0, max(2, count // 300), count)], dtype="str")
    frame["settlement"] = pd.Series(rng.choice(["rural", "rural", "town", "city"], count), dtype="str")
    frame["wealth_percentile"] = rng.random(count)
    return frame


def timed(name: str, work: Callable[[], object]) -> None:
    """Run one part, and print its wall and CPU seconds and the peak of memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    sys.stdout.write(f"  {name:<44} {cpu:7.2f} CPU s {wall:7.2f} s   peak {peak:5.2f} GiB\n")
    sys.stdout.flush()


def measure(count: int) -> None:
    """All parts at one size."""
    small = place(500)
    rank_bands(scored(small)[0], small["school_id"], draws=100)
    schools = place(count)
    ids = schools["school_id"]
    scoring = scored(schools)[0]
    ranked, draws = int((~scoring.verify).sum()), published_draws(int((~scoring.verify).sum()))
    sys.stdout.write(f"\n{count:,} schools, {ranked:,} of them ranked\n")
    timed("gaps, groups, scores, ranks", lambda: derive(schools))
    timed("likely ranks, 1,000 draws", lambda: rank_bands(scoring, ids, draws=1000))
    timed(f"likely ranks of a build, {draws:,} draws", lambda: rank_bands(scoring, ids, draws=draws))
    timed("one what-if", lambda: what_if(schools, str(ids.iloc[0]), {"has_electricity": True}, scoring=scoring))
    timed("four other weightings", lambda: weightings(schools, scoring=scoring))


def main() -> int:
    """Each size in a process of its own, so that the peaks of memory are its own."""
    parser = argparse.ArgumentParser(prog="python -m bench.ranks", description=__doc__)
    parser.add_argument("--schools", type=int, nargs="+", default=[20_000, 220_000])
    sizes = parser.parse_args().schools
    if len(sizes) == 1:
        measure(sizes[0])
        return 0
    return max(subprocess.call([sys.executable, "-m", "bench.ranks", "--schools", str(size)]) for size in sizes)


if __name__ == "__main__":
    sys.exit(main())
