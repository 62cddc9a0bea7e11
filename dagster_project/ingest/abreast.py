"""Channels side by side: the files of one come one after the other, channels do not wait.

What is remembered from file to file (the feed's last batch, the data keys of its customers) belongs
to one channel, so the outcome does not depend on which channel is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event

from dagster_project.ingest.bench import Bench
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.one_file import Outcome

Job = Callable[[Bench, Delivered], Outcome | None]


def outcomes(benches: Sequence[Bench], found: Sequence[Delivered], job: Job) -> Iterator[Outcome]:
    """Does the job for every file, on as many threads as there are benches.

    Yields in the order of ``found``. What a job raises is raised here; the others stop then.
    """
    if len(benches) == 1:
        yield from filter(None, (job(benches[0], one) for one in found))
        return
    channels: dict[str, list[Delivered]] = {}
    for one in found:
        channels.setdefault(one.channel, []).append(one)
    free: SimpleQueue[Bench] = SimpleQueue()
    for bench in benches:
        free.put(bench)
    stopped = Event()

    def work(files: list[Delivered]) -> list[Outcome | None]:
        bench = free.get()
        try:
            return [job(bench, one) for one in files if not stopped.is_set()]
        finally:
            free.put(bench)

    with ThreadPoolExecutor(len(benches)) as pool:
        try:
            for done in pool.map(work, channels.values()):
                yield from filter(None, done)
        finally:
            stopped.set()
            for bench in benches:
                bench.con.interrupt()
