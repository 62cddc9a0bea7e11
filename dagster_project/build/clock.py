"""``as_of``: the only clock below ingest."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from dagster_project.settings import Settings


def business_day(moment: datetime, settings: Settings) -> date:
    """The business day (in the brand's time zone) of a UTC moment; naive means UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(settings.zone).date()


def end_of_day(day: date, settings: Settings) -> datetime:
    """The first UTC instant (naive) after the business day ``day``."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, settings.zone)
    return midnight.astimezone(UTC).replace(tzinfo=None)


def choose_as_of(
    requested: date | None,
    last_order_at: datetime | None,
    last_record_at: datetime | None,
    delivered_at: datetime,
    settings: Settings,
) -> date:
    """The given day, else the last business day with an order, else with any record.

    Never after the day of delivery: an export may hold appointments and other future times.
    """
    delivery_day = business_day(delivered_at, settings)
    if requested is not None:
        return min(requested, delivery_day)
    last = last_order_at or last_record_at
    return min(business_day(last, settings), delivery_day) if last else delivery_day
