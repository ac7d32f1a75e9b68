"""`python -m bench`: both builds at each size, outputs compared first, then CPU seconds and peak memory of each.

Each build runs in a process of its own, one after the other; CPU is user + system of the process and its children, as
the operating system counts it. Compare CPU seconds and ratios: the clock on the wall depends on who else is working.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from bench.compare import compare
from bench.inputs import write_inputs

OUT = Path(__file__).parent / "out"
BUILDS = {"ours": "bench.ours", "plain": "bench.plain"}


def measure(module: str, inputs: Path, out: Path) -> dict[str, object]:
    """Run one build in its own process: CPU seconds, peak resident memory in GiB, and the parts of the way."""
    process = subprocess.Popen([sys.executable, "-m", module, str(inputs), str(out)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{module} failed with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # Linux counts KiB, macOS bytes
    parts = {name: float(seconds) for name, seconds in (line.split("\t") for line in lines)}
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_gib": usage.ru_maxrss * unit / 2**30, "parts": parts}


def run(schools: int, repeats: int) -> dict[str, object]:
    """One size: inputs, both builds (the median of the repeats), their outputs compared."""
    inputs = write_inputs(OUT / "data" / str(schools), schools)
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in BUILDS}
    for _ in range(repeats):
        for name, module in BUILDS.items():
            runs[name].append(measure(module, inputs, OUT / name / str(schools)))
    agreement = compare(OUT / "ours" / str(schools), OUT / "plain" / str(schools))
    cpu = {name: statistics.median(float(r["cpu_s"]) for r in found) for name, found in runs.items()}  # type: ignore[arg-type]
    memory = {name: max(float(r["peak_gib"]) for r in found) for name, found in runs.items()}  # type: ignore[arg-type]
    parts = {name: found[-1]["parts"] for name, found in runs.items()}
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.system()}
    return {
        "schools": schools,
        "repeats": repeats,
        "cpu_s": cpu,
        "peak_gib": memory,
        "times_less_cpu": cpu["plain"] / cpu["ours"],
        "parts": parts,
        "agreement": agreement,
        "machine": machine,
    }


def say(result: dict[str, object]) -> bool:
    """Print one size as a table; False where the outputs disagree."""
    cpu, memory, agreement = result["cpu_s"], result["peak_gib"], result["agreement"]
    assert isinstance(cpu, dict)
    assert isinstance(memory, dict)
    assert isinstance(agreement, dict)
    wrong = {name: row for name, row in agreement.items() if not row["agrees"]}
    lines = [f"\n{result['schools']:,} schools   {'First Mile':>12} {'geopandas':>12}"]
    lines += [f"  outputs      {len(agreement) - len(wrong)} of {len(agreement)} columns agree within their tolerance"]
    lines += [
        f"    DIFFERS {name}: {row['differ']:.4%} of schools, allowed {row['allowed']:.2%}"
        for name, row in wrong.items()
    ]
    lines += [f"  CPU seconds  {cpu['ours']:>17.1f} {cpu['plain']:>12.1f}   {result['times_less_cpu']:.1f} times less"]
    lines += [f"  peak GiB     {memory['ours']:>17.2f} {memory['plain']:>12.2f}"]
    sys.stdout.write("\n".join(lines) + "\n")
    return not wrong


def main() -> int:
    """All sizes; 1 where any outputs disagree."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--schools", type=int, nargs="+", default=[22_000, 220_000])
    parser.add_argument("--repeats", type=int, default=1)
    given = parser.parse_args()
    good = True
    for schools in given.schools:
        result = run(schools, given.repeats)
        (OUT / f"{schools}.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
        good &= say(result)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
