"""The Online Retail set through the sensor, a day at a time, against one delivery of all of it.

``python -m tests.pipeline.daily [DAYS] [FOLDER]`` makes the comparison with so many single days
(30) and tells what every run took; the tests make it with a few.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import dagster as dg

from dagster_project.build.instance import prepare_instance
from dagster_project.definitions import defs
from dagster_project.settings import Home
from tests.conftest import shared_data
from tests.pipeline.support import digests, link_files, published

CHANNEL = "online_retail"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Daemon:
    """Evaluates the sensor as Dagster's daemon does, and executes the runs it asks for."""

    def __init__(self, home: Home):
        prepare_instance(home)
        self.home, self.instance = home, dg.DagsterInstance.get()
        self.sensor, self.cursor = defs.resolve_sensor_def("new_files"), None

    def look(self) -> dg.RunRequest | str:
        """What a tick brings: a run to start, or why there is none."""
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, definitions=defs, sensor_name="new_files"
        )
        tick = self.sensor.evaluate_tick(context)
        self.cursor = tick.cursor
        [request] = tick.run_requests or [None]
        return request or tick.skip_message or ""

    def run(self, request: dg.RunRequest) -> None:
        """The run as asked for, to its end."""
        job = defs.resolve_job_def(request.job_name or "refresh")
        done = job.execute_in_process(
            run_config={**request.run_config, **QUIET}, instance=self.instance, tags=request.tags
        )
        assert done.success
        recorded = self.instance.get_run_by_id(done.run_id)
        assert recorded.tags["dagster/sensor_name"] == "new_files"

    def deliver(self, files: list[Path]) -> None:
        """Let files arrive, and start the one run they ask for."""
        prepare_instance(self.home)
        link_files(files, self.home.landing / CHANNEL)
        assert "are arriving" in str(self.look())
        request = self.look()
        assert isinstance(request, dg.RunRequest), request
        assert "held or wait" in str(self.look()), "one run, however often the daemon looks"
        self.run(request)
        assert self.look() == "nothing new in landing"

    def deliver_meanwhile(self, files: list[Path]) -> None:
        """Let files arrive one by one while a run is going on; the next run takes all of them."""
        prepare_instance(self.home)
        new = [path for path in files if not (self.home.landing / CHANNEL / path.name).exists()]
        going = self.instance.create_run_for_job(
            dg.job(name="refresh")(lambda: None), status=dg.DagsterRunStatus.STARTED
        )
        for path in new[:3]:
            link_files([path], self.home.landing / CHANNEL)
            self.look()
            assert "a run of refresh is going on" in str(self.look())
        self.instance.delete_run(going.run_id)
        self.deliver(new)


def files_of_days() -> list[Path]:
    """One file a business day, in their order."""
    return sorted(shared_data(CHANNEL).glob("*.csv.gz"))


def compare(days: int, folder: Path, tell: Callable[[str], object] = print) -> None:
    """The comparison, told line by line.

    Raises:
        AssertionError: a run failed, or a table differs.
    """
    files = files_of_days()
    daemon = Daemon(Home(folder / "daily"))
    for number, chunk in enumerate([*([one] for one in files[:days]), files[days:]]):
        wall, cpu = perf_counter(), process_time()
        (daemon.deliver if number < days else daemon.deliver_meanwhile)(chunk)
        took = f"{perf_counter() - wall:.1f} s, {process_time() - cpu:.1f} CPU s"
        tell(f"{chunk[0].name.partition('.')[0]}: {len(chunk)} files, {took}")
    by_day = digests(daemon.home)
    bulk = Home(folder / "bulk")
    if daemon.home.master_key.exists():  # ids follow the key
        bulk.master_key.parent.mkdir(parents=True)
        shutil.copy(daemon.home.master_key, bulk.master_key)
    link_files(files, bulk.landing / CHANNEL)
    at_once = digests(published(bulk))
    assert by_day == at_once, [name for name in at_once if by_day.get(name) != at_once[name]]
    tell(f"{len(at_once)} tables of core and marts are equal, cell by cell")


def main() -> None:
    """Compare as many single days as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("days", type=int, nargs="?", default=30)
    parser.add_argument("folder", type=Path, nargs="?", help="where both homes stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        compare(given.days, given.folder or Path(aside))


if __name__ == "__main__":
    main()
