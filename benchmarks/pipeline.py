"""``make bench``: the demo brand at given sizes, stage by stage, beside the engine's floor.

Prints one table per size: seconds and peak memory of each stage, the floor and the ratio, then the
cost of one new day beside the full build.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.floor import measure_floor
from dagster_project.release import current
from dagster_project.sample import write_sample
from dagster_project.settings import Home, settings_from_environment

LAST_DAY = "2026-10-31"
DAILY_DAYS = 8  # a week of daily files first: the gates compare a day with days


@dataclass
class Timed:
    """A finished run: seconds in all and per step, peak memory (MB) per stage."""

    seconds: float
    steps: dict[str, float]
    peaks: dict[str, float] = field(default_factory=dict)


def _watch(process: subprocess.Popen[str], peaks: dict[str, float], stage: list[str]) -> None:
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            used = watched.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            return
        peaks[stage[0]] = max(peaks.get(stage[0], 0.0), used)
        time.sleep(0.1)


def timed_run(home: Home) -> Timed:
    """Run the pipeline in a process of its own and watch its memory."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "dagster_project", "--home", str(home.root), "run"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    peaks: dict[str, float] = {}
    stage = ["start"]
    watcher = threading.Thread(target=_watch, args=(process, peaks, stage), daemon=True)
    watcher.start()
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if line.rstrip().endswith("…"):
            stage[0] = line.rstrip(" …\n").split(" as of")[0]
    if process.wait():
        raise SystemExit("".join(lines))
    seconds = time.perf_counter() - began
    outcome = max(home.runs.glob("*/outcome.json"), key=lambda p: p.stat().st_mtime)
    steps = json.loads(outcome.read_text(encoding="utf-8"))["seconds"]
    return Timed(seconds, steps, peaks)


def _hold_back(landing: Path, aside: Path) -> None:
    for path in sorted(landing.rglob(f"*{LAST_DAY}*")):
        target = aside / path.relative_to(landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def _rows(home: Home) -> int:
    release = current(home)
    assert release is not None
    return sum(
        facts["rows"] for name, facts in release.facts["tables"].items() if name.startswith("core.")
    )


def bench(members: int, folder: Path) -> Iterator[str]:
    """Measure one size; yields the lines of its table."""
    threads = settings_from_environment().threads
    home = Home(folder / "home")
    began = time.perf_counter()
    write_sample(home.landing, members=members, daily_days=DAILY_DAYS, truth=folder / "truth")
    made = time.perf_counter() - began
    _hold_back(home.landing, folder / "late")
    floor = measure_floor(home.landing, folder / "floor", threads)
    shutil.rmtree(folder / "floor")
    full = timed_run(home)
    rows = _rows(home)
    shutil.copytree(folder / "late", home.landing, dirs_exist_ok=True)
    day = timed_run(home)
    yield f"\n### {members:,} members: {floor.megabytes:,.0f} MB of landing files\n"
    yield "| stage | full, s | one new day, s |\n|---|---:|---:|"
    for step, seconds in full.steps.items():
        yield f"| {step} | {seconds:.1f} | {day.steps.get(step, 0.0):.1f} |"
    yield f"| **whole command** | **{full.seconds:.1f}** | **{day.seconds:.1f}** |\n"
    yield f"- making the demo brand: {made:.1f} s"
    parts = f"move {floor.move_seconds:.1f}, group {floor.group_seconds:.1f}"
    yield f"- floor: {floor.seconds:.1f} s ({parts})"
    yield f"- pipeline / floor: {sum(full.steps.values()) / floor.seconds:.1f}"
    yield f"- incremental / full: {sum(day.steps.values()) / sum(full.steps.values()):.2f}"
    yield f"- core rows published per second: {rows / sum(full.steps.values()):,.0f}"
    peaks = ", ".join(f"{name} {peak:,.0f}" for name, peak in full.peaks.items())
    yield f"- peak memory, MB: {max(full.peaks.values()):,.0f} ({peaks})"


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("members", type=int, nargs="*", default=[100_000])
    for members in parser.parse_args().members:
        with tempfile.TemporaryDirectory(prefix="member-warehouse-bench-") as name:
            for line in bench(members, Path(name)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
