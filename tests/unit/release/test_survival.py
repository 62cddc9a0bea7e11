"""Readers during publishes, and kills at every step of one."""

import multiprocessing
import queue
import threading
from pathlib import Path

import pytest

from dagster_project.release import current, list_releases, prune
from tests.unit.release.releases import build, publish_and_die, release, watch, whole

pytestmark = pytest.mark.slow

PUBLISHES = 20
STEPS = [
    "publish.clean_leftovers",
    "publish.start_draft",
    "build.create_database",
    "publish.diff_to_previous",
    "build.write_own_tables",
    "build.write_comments",
    "build.write_parquet",
    "build.close_database",
    "publish.verify",
    "publish.write_durably",
    "publish.sync_tree",
    "publish.place",
]
LATE_STEPS = ["switch.link_durably", "publish.log_action"]


@pytest.fixture(scope="module")
def processes():
    """Processes that start fresh (no thread of this one) and fast (modules loaded once)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.unit.release.releases"])
    return context


def kill_during(processes, home, step, when):
    build(home, orders=5, mark=5)
    victim = processes.Process(target=publish_and_die, args=(home.root, step, when))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -9, f"{step} was never reached"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_kill_leaves_the_last_release(processes, home, step, when):
    last = release(home, orders=3, mark=3)
    kill_during(processes, home, step, when)
    assert current(home).id == last.id
    assert whole(home)
    following = release(home, orders=4, mark=4, run=2)
    assert current(home).id == following.id
    assert whole(home)
    assert not list(home.releases.glob(".*"))
    assert not list(home.root.glob(".*"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", LATE_STEPS)
def test_kill_at_the_end_leaves_one_of_two_whole_releases(processes, home, step, when):
    last = release(home, orders=3, mark=3)
    kill_during(processes, home, step, when)
    switched = (step, when) != ("switch.link_durably", "before")
    assert (current(home).id != last.id) == switched
    assert whole(home)
    assert len(list_releases(home)) == 2
    following = release(home, orders=4, mark=4, run=2)
    assert current(home).id == following.id


def test_kill_during_the_first_publish(processes, home):
    kill_during(processes, home, "publish.place", "before")
    assert current(home) is None
    assert list_releases(home) == []
    release(home, orders=2, mark=2)
    assert whole(home)


def test_readers_never_see_work(processes, home):
    release(home, orders=1, mark=1)
    stop, results = processes.Event(), processes.Queue()
    readers = [processes.Process(target=watch, args=(home.root, stop, results)) for _ in range(2)]
    thread_stop, thread_results = threading.Event(), queue.Queue()
    readers.append(threading.Thread(target=watch, args=(home.root, thread_stop, thread_results)))
    for reader in readers:
        reader.start()
    try:
        for run in range(1, PUBLISHES + 1):
            release(home, orders=run + 1, mark=run + 1, run=run)
            prune(home, keep=2)
    finally:
        stop.set()
        thread_stop.set()
    found = [results.get(timeout=30) for _ in range(2)] + [thread_results.get(timeout=30)]
    for reader in readers:
        reader.join(30)
    for reads, seen, faults in found:
        assert faults == []
        assert reads >= seen > 1


def test_a_reader_by_path_gets_the_new_release(home):
    """BI opens ``current/warehouse.duckdb`` by name, without this package."""
    import duckdb

    def read() -> int:
        with duckdb.connect(str(Path(home.current) / "warehouse.duckdb"), read_only=True) as con:
            return con.execute("select count(*) from core.fct_order").fetchall()[0][0]

    release(home, orders=1)
    assert read() == 1
    release(home, orders=2, run=1)
    assert read() == 2
