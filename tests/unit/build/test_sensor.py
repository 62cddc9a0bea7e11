"""The sensor: what is at rest starts one run, what a run left over starts none."""

from __future__ import annotations

import json

import dagster as dg
import pytest

from dagster_project.defs import sensors
from dagster_project.defs.sensors import new_files
from dagster_project.ingest import ingest_landing
from dagster_project.release import run_lock
from dagster_project.settings import HOME_VARIABLE, Home, settings_from_environment
from tests.unit.ingest.delivery import NOW


class Daemon:
    """Looks again and again, as Dagster's daemon does."""

    def __init__(self, home: Home):
        self.home, self.instance, self.cursor = home, dg.DagsterInstance.ephemeral(), None

    def look(self) -> str:
        """``run``, or why there is none."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        found = new_files(context)
        self.cursor = context.cursor
        return "run" if isinstance(found, dg.RunRequest) else found.skip_message

    def write(self, file: str, text: str) -> None:
        path = self.home.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def ingest(self) -> None:
        ingest_landing(self.home, settings_from_environment(), NOW)


@pytest.fixture
def daemon(home: Home, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    return Daemon(home)


def test_files_at_rest_start_one_run(daemon: Daemon):
    assert daemon.look() == "nothing new in landing"
    daemon.write("web/stores.csv", "store_id\n1\n")
    assert daemon.look() == "1 files are arriving"
    daemon.write("web/stores.csv", "store_id\n1\n2\n")
    assert daemon.look() == "1 files are arriving"
    assert daemon.look() == "run"
    assert "held or wait" in daemon.look()
    daemon.ingest()
    assert daemon.look() == "nothing new in landing"


def test_what_arrives_meanwhile_is_taken_together(daemon: Daemon):
    daemon.write("web/stores.csv", "store_id\n1\n")
    running = daemon.instance.create_run_for_job(
        dg.job(name="refresh")(lambda: None), status=dg.DagsterRunStatus.STARTED
    )
    daemon.look()
    assert daemon.look() == "a run of refresh is going on; the next run takes all 1 files"
    daemon.write("web/products.csv", "product_id\nP\n")
    daemon.look()
    assert "takes all 2 files" in daemon.look()
    daemon.instance.delete_run(running.run_id)
    assert daemon.look() == "run"


def test_a_killed_run_is_not_waited_for(daemon: Daemon, monkeypatch: pytest.MonkeyPatch):
    daemon.write("web/stores.csv", "store_id\n1\n")
    killed = daemon.instance.create_run_for_job(
        dg.job(name="refresh")(lambda: None), status=dg.DagsterRunStatus.STARTED
    )
    daemon.look()
    assert "a run of refresh is going on" in daemon.look()
    monkeypatch.setattr(sensors, "SECONDS_TO_BEGIN", -1)
    with run_lock(daemon.home):
        assert "runs; the next run takes all" in daemon.look(), "somebody works, for long"
    assert daemon.look() == "run"
    assert daemon.instance.get_run_by_id(killed.run_id).status == dg.DagsterRunStatus.FAILURE


def test_a_run_of_the_command_is_waited_for(daemon: Daemon):
    daemon.write("web/stores.csv", "store_id\n1\n")
    daemon.look()
    # a second look within the same process would find its own lock: another process holds it
    with run_lock(daemon.home):
        assert "runs; the next run takes all" in daemon.look()
    assert daemon.look() == "run"


def test_a_held_file_starts_a_run_once_and_again_when_it_is_mended(daemon: Daemon):
    daemon.write("web/stores.csv", "")
    daemon.write("nowhere.csv", "x\n")
    daemon.look()
    assert daemon.look() == "run"
    daemon.ingest()
    assert "2 files are held or wait" in daemon.look()
    assert "2 files are held or wait" in daemon.look()
    daemon.write("web/stores.csv", "store_id\n1\n")
    daemon.look()
    assert daemon.look() == "run"
    daemon.ingest()
    assert json.loads(daemon.cursor)["asked"]


def test_a_marker_that_comes_starts_the_run(daemon: Daemon):
    daemon.write("web/stores.csv.done", "")
    daemon.write("web/products.csv", "product_id\nP\n")
    daemon.look()
    assert daemon.look() == "run"
    daemon.ingest()
    assert "held or wait" in daemon.look()
    daemon.write("web/products.csv.done", "")
    daemon.look()
    assert daemon.look() == "run"
