"""Break a run on purpose, run again, and see whether the marts equal an undisturbed run's."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dagster_project.build.request import RefreshRequest
from dagster_project.build.run import run_refresh
from dagster_project.release import current, measure, open_release
from dagster_project.settings import Home
from tests.pipeline.support import deliver_copies, files_of_last_day, without_data_tests

MEMBERS = 300
DAYS = 60
DAILY_DAYS = 2
ROOMY = 2048  # MB: more than a run needs


@dataclass(frozen=True)
class Outcome:
    """One disturbed run: when, where it had got to, and what the next run published."""

    moment: float
    reached: str
    differs: str
    readers_undisturbed: bool

    @property
    def good(self) -> bool:
        """Nothing lost, nothing double, nobody saw half."""
        return not self.differs and self.readers_undisturbed


def command(home: Home, *verb: str) -> list[str]:
    """The command line of one verb; dbt's data tests are left out, digests look closer."""
    return [sys.executable, "-m", "tests.faults.pipeline", "--home", str(home.root), *verb]


def run(home: Home) -> subprocess.CompletedProcess[str]:
    """An undisturbed run."""
    return subprocess.run(command(home, "run"), capture_output=True, text=True, check=False)


def _run_here(home: Home) -> None:
    """An undisturbed run in this process."""
    with without_data_tests():
        result = run_refresh(home, RefreshRequest())
    assert result.code == 0, result.messages


def last_seconds(home: Home) -> float:
    """How many seconds the steps of a home's last run took."""
    record = max(home.runs.glob("*/outcome.json"), key=lambda path: path.stat().st_mtime)
    return sum(json.loads(record.read_text(encoding="utf-8"))["seconds"].values())


def published_digests(home: Home) -> dict[str, str]:
    """Digests of core and marts, recomputed from the very tables readers see."""
    release = current(home)
    if release is None:
        return {}
    with open_release(home) as con:
        return {
            relation: measure(con, relation).digest
            for relation in release.facts["tables"]
            if relation.split(".")[0] in {"core", "marts"}
        }


@dataclass(frozen=True)
class Stage:
    """Where faults happen.

    Attributes:
        folder: for copies of the base.
        base: a home before its last delivery.
        late: the folder of that delivery.
        before, after: digests of core and marts without it and with it, by undisturbed runs.
        seconds: what an undisturbed run of it takes.
    """

    folder: Path
    base: Home
    late: Path
    before: dict[str, str]
    after: dict[str, str]
    seconds: float

    def copy(self, name: str, root: Path | None = None) -> Home:
        """A fresh copy of the home before the last delivery."""
        target = Home(root or self.folder / name)
        shutil.copytree(self.base.root, target.root, symlinks=True, dirs_exist_ok=True)
        return target

    def deliver(self, home: Home) -> None:
        """The last day's files arrive."""
        shutil.copytree(self.late, home.landing, dirs_exist_ok=True)

    def kill_in_a_row(self, chance: random.Random, number: int, kills: int) -> list[Outcome]:
        """Kill the run, then the run after it, and so on; let the last one end, and compare."""
        home = self.copy(f"kill-{number}")
        self.deliver(home)
        seen = [self._kill(home, chance) for _ in range(kills)]
        outcomes = self._judged(home, seen)
        shutil.rmtree(home.root)
        return outcomes

    def fill_disk(
        self, megabytes: int, mount: Path, chance: random.Random | None = None
    ) -> list[Outcome]:
        """Run on a disk with too little room, give it room, and run again.

        Args:
            chance: kill a run before that; None: do not.

        Raises:
            PermissionError: this machine does not let us mount.
        """
        with small_disk(mount, ROOMY) as root:
            home = self.copy("full", root / "home")
            self.deliver(home)
            seen = [self._kill(home, chance)] if chance else []
            used = (shutil.disk_usage(root).used >> 20) + 1
            _resize(mount, used + megabytes)
            failed = run(home)
            _resize(mount, used + ROOMY)
            lines = (failed.stdout + failed.stderr).splitlines()
            reached = f"exit {failed.returncode}: {lines[-1]}"
            seen.append((float(megabytes), reached, self._readers_undisturbed(home)))
            return self._judged(home, seen)

    def _judged(self, home: Home, seen: list[tuple[float, str, bool]]) -> list[Outcome]:
        differs = self._differs(home)
        return [Outcome(moment, reached, differs, fine) for moment, reached, fine in seen]

    def _differs(self, home: Home) -> str:
        """What the next run says when it fails, or the tables it makes otherwise."""
        done = run(home)
        if done.returncode:
            return f"exit {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
        found = published_digests(home)
        tables = found.keys() | self.after.keys()
        return ", ".join(sorted(name for name in tables if found.get(name) != self.after.get(name)))

    def _kill(self, home: Home, chance: random.Random) -> tuple[float, str, bool]:
        """SIGKILL the whole process group at a random moment of its work."""
        with (home.root / "killed.log").open("w+", encoding="utf-8") as log:
            process = subprocess.Popen(
                command(home, "run"), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
            _wait_for_work(process, log.name)
            moment = chance.uniform(0.0, self.seconds)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            log.seek(0)
            lines = [line for line in log.read().splitlines() if line.strip()]
        return moment, lines[-1] if lines else "nothing yet", self._readers_undisturbed(home)

    def _readers_undisturbed(self, home: Home) -> bool:
        return published_digests(home) in (self.before, self.after)


def lay_stage(folder: Path) -> Stage:
    """A stage with a brand of its own."""
    from dagster_project.sample import write_sample

    base, late = Home(folder / "base"), Home(folder / "late")
    write_sample(
        base.landing, members=MEMBERS, days=DAYS, daily_days=DAILY_DAYS, truth=folder / "truth"
    )
    files = files_of_last_day(base)
    deliver_copies(files, base, late)
    for path in files:
        path.unlink()
    _run_here(base)
    reference = Home(folder / "reference")
    shutil.copytree(base.root, reference.root, symlinks=True)
    deliver_copies(files_of_last_day(late), late, reference)
    _run_here(reference)
    before, after = published_digests(base), published_digests(reference)
    assert after != before
    return Stage(folder, base, late.landing, before, after, last_seconds(reference))


def _wait_for_work(process: subprocess.Popen[bytes], log: str) -> None:
    """Until the run has said its first word: importing libraries is not worth a kill."""
    while process.poll() is None and not Path(log).stat().st_size:
        time.sleep(0.05)


@contextmanager
def small_disk(mount: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own in memory.

    Raises:
        PermissionError: this machine does not let us mount.
    """
    mount.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(mount)],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise PermissionError("mounting a small disk is not allowed here")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


def _resize(mount: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(mount)], check=True)
