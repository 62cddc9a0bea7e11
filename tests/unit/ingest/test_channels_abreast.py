"""Channels are loaded side by side; the outcome is that of one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dagster_project.ingest import list_batches, one_file

CHANNELS = ("app", "pos", "shop", "web")


def deliver(warehouse) -> None:
    for channel in CHANNELS:
        warehouse.deliver(f"{channel}/stores_1.csv", "store_id,city\n1,北京\n")
        for day in (2, 3):
            content = f"store_id,city,mood\n{day},北京,sunny\n"
            warehouse.deliver(f"{channel}/stores_{day}.csv", content)
    warehouse.deliver("pos/customers.csv", "name\nx\n")
    warehouse.deliver("web/orders.csv", "")


@pytest.mark.parametrize("threads", [1, 4])
def test_files_are_told_in_order_and_drift_against_the_file_before(warehouse, threads):
    deliver(warehouse)
    warehouse.settings = replace(warehouse.settings, threads=threads)
    told = []
    report = warehouse.ingest(on_file=told.append)
    assert told == report.files
    assert [one.file for one in told] == sorted(one.file for one in told)
    assert [one.file for one in report.held] == ["pos/customers.csv", "web/orders.csv"]
    notices = {one.file: [note["column"] for note in one.notices] for one in report.loaded}
    for channel in CHANNELS:
        found = [notices[f"{channel}/stores_{day}.csv"] for day in (1, 2, 3)]
        assert found == [[], ["mood"], []]


def test_what_one_channel_raises_is_raised_and_the_next_run_finishes(warehouse, monkeypatch):
    deliver(warehouse)
    warehouse.settings = replace(warehouse.settings, threads=4)
    load = one_file.load_as_it_fits

    def fails(bench, delivered, seen):
        if delivered.channel == "pos":
            raise MemoryError
        return load(bench, delivered, seen)

    with monkeypatch.context() as patched:
        patched.setattr(one_file, "load_as_it_fits", fails)
        with pytest.raises(MemoryError):
            warehouse.ingest()
    warehouse.ingest()
    assert len(list_batches(warehouse.home)) == 12
    assert not list(warehouse.home.incoming.glob("*"))
