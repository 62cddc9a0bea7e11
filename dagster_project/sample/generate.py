"""Writes the demo brand Qinghe 青禾: a landing folder like a real one, and its truth beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from dagster_project.sample.abnormal import account_ids
from dagster_project.sample.case_files import Cases
from dagster_project.sample.chunk import World, build_world, make_chunk
from dagster_project.sample.deliver import Delivery
from dagster_project.sample.native import FOLDERS, NativeDelivery
from dagster_project.sample.plan import CHUNK_PERSONS, WEBSHOP, Plan
from dagster_project.sample.programme import Programme, deliver_plans
from dagster_project.sample.shapes import CHANNELS
from dagster_project.sample.shops import deliver_customers, deliver_orders, deliver_static
from dagster_project.sample.truth import Truth

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SampleSummary:
    """What was written: folders, persons, files, rows (delivered, bad ones included)."""

    landing: Path
    truth: Path
    members: int
    records: int
    orders: int
    files: int
    rows: int


def write_sample(  # noqa: PLR0913, PLR0917 (the options of one command)
    directory: Path,
    members: int = 12_000,
    days: int = 730,
    seed: int = 7,
    last_day: date = date(2026, 10, 31),
    on_progress: Progress | None = None,
    truth: Path | None = None,
    daily_days: int = 0,
    native: bool = False,
) -> SampleSummary:
    """Write the sample into a landing folder: the same arguments give the same bytes.

    Args:
        directory: the landing folder; the brand's channel folders must not exist in it yet.
        members, days, seed, last_day, daily_days: see ``Plan``.
        on_progress: called with (persons done, persons in all) after each chunk.
        truth: where the truth goes; beside the landing folder unless given.
        native: each platform writes its own export (``sample.native``).

    Raises:
        ValueError: sizes nothing can be made from, or a truth folder inside the landing folder.
        FileExistsError: a channel folder of the brand exists already.
    """
    plan = Plan(members, days, seed, last_day, daily_days)
    directory, folder = directory.resolve(), (truth or directory.parent / "truth").resolve()
    _refuse(directory, folder, native)
    desk = NativeDelivery if native else Delivery
    world, serials = build_world(plan), Counter[str]()
    with Truth(folder) as known, desk(plan, directory, known) as delivery:
        deliver_static(world, delivery)
        deliver_plans(world, delivery)
        for number, index in enumerate(_chunks(members)):
            _write_chunk(world, delivery, serials, (number, index))
            if on_progress:
                on_progress(int(index[-1]) + 1, members)
        _finish(world, delivery)
    orders = sum(count for name, count in serials.items() if name in CHANNELS)
    sizes = known.counts["source_records"], orders, len(delivery.rows), sum(delivery.rows.values())
    return SampleSummary(directory, folder, members, *sizes)


def _chunks(members: int) -> list[np.ndarray]:
    return np.split(np.arange(members), range(CHUNK_PERSONS, members, CHUNK_PERSONS))


def _refuse(directory: Path, truth: Path, native: bool) -> None:
    if truth == directory or directory in truth.parents:
        raise ValueError(f"{truth} lies inside the landing folder {directory}: truth must not")
    existing = [one for one in (FOLDERS if native else CHANNELS) if (directory / one).exists()]
    if existing:
        raise FileExistsError(
            f"{directory} already has {', '.join(existing)}: name an empty folder or remove them"
        )


def _write_chunk(
    world: World, delivery: Delivery, serials: Counter[str], part: tuple[int, np.ndarray]
) -> None:
    chunk = make_chunk(world, *part)
    deliver_customers(chunk, delivery)
    order_ids = deliver_orders(world, chunk, delivery, serials)
    Programme(chunk, delivery, serials).deliver(order_ids)


def _finish(world: World, delivery: Delivery) -> None:
    """The members of written cases come last, so that they change no other file; then the truth."""
    Cases(world.plan, delivery).deliver()
    delivery.finish()
    _write_staff(delivery.truth.folder)
    delivery.truth.write(_parameters(world), delivery.rows)


def _parameters(world: World) -> dict[str, object]:
    campaigns = world.campaigns
    causal = np.flatnonzero(campaigns.lift > 0)
    return world.plan.parameters() | {
        "campaigns_with_lift": [f"CMP{number:04d}" for number in causal],
        "experiments": {
            e.experiment_id: {
                "variants": e.variants,
                "planned": e.planned,
                "real": e.real,
                "lifts": e.lifts,
            }
            for e in world.experiments
        },
    }


def _write_staff(truth: Path) -> None:
    """The rows ``employee_accounts.csv`` needs for the planted staff orders to be recognised."""
    with (truth / "employee_accounts.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["channel", "customer_id", "reason"])
        for account in account_ids()["employee"]:
            writer.writerow([WEBSHOP, account, "staff account of the demo brand"])
