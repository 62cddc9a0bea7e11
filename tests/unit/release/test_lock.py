"""One writer per home: second processes, killed holders and living children."""

import os
import signal
import subprocess
import sys

import pytest

from dagster_project.release import LockHeld, run_lock

HOLDER = """
import sys, subprocess
from pathlib import Path
from dagster_project.release import run_lock
from dagster_project.settings import Home
with run_lock(Home(Path(sys.argv[1]))) as lock:
    child = None
    if sys.argv[2] == "child":
        child = subprocess.Popen(["sleep", "60"], pass_fds=[lock.descriptor], stdout=2)
    print(child.pid if child else 0, flush=True)
    sys.stdin.read()
"""


def start(home, mode="alone"):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return holder, int(holder.stdout.readline())


@pytest.fixture
def holder(home):
    process, _ = start(home)
    yield process
    process.kill()
    process.communicate()


def test_second_process_is_told_who_holds_it(home, holder):
    with pytest.raises(LockHeld, match=f"process {holder.pid} ") as caught, run_lock(home):
        pytest.fail("both hold the lock")
    assert caught.value.pid == holder.pid
    assert caught.value.since


def test_ended_holder_frees(home, holder):
    holder.communicate("")
    with run_lock(home):
        pass


def test_killed_holder_frees(home, holder):
    holder.kill()
    holder.wait()
    with run_lock(home) as lock:
        assert lock.path == home.lock


def test_living_child_holds(home):
    parent, child = start(home, "child")
    try:
        parent.kill()
        parent.wait()
        with pytest.raises(LockHeld, match=f"process {parent.pid} "), run_lock(home):
            pytest.fail("the child still works")
    finally:
        os.kill(child, signal.SIGKILL)
        parent.communicate()


def test_not_even_the_same_process_twice(home):
    with run_lock(home), pytest.raises(LockHeld, match=str(os.getpid())), run_lock(home):
        pytest.fail("both hold the lock")
    with run_lock(home):
        pass


def test_failing_run_frees(home):
    with pytest.raises(ZeroDivisionError), run_lock(home):
        raise ZeroDivisionError
    with run_lock(home):
        pass
