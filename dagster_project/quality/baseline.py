"""Baselines of gate arrival: what the published batches of a feed looked like."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from dagster_project.quality.baseline_fields import OF_FIELDS
from dagster_project.quality.rules import load_rules, setting

# One row per batch: its feed, its business day, whether it is new, and its place from the newest.
_BATCH = """
create table baseline.batch as
select
    *, format || '__' || entity as feed,
    cast(timezone($zone, timezone('UTC', coalesce(max_at, ingested_at))) as date) as day,
    batch_id not in (select batch_id from baseline.published) as is_new,
    row_number() over (
        partition by format, entity, channel, batch_id in (select batch_id from baseline.published)
        order by coalesce(max_at, ingested_at) desc, batch_id desc
    ) as recency
from warehouse.raw.batch
"""

# The newest published batches of each feed.
_KNOWN = """
create view baseline.known as
select * from baseline.batch where not is_new and recency <= {files}
"""

# Published files of about the span of the new ones: after a history by the quarter, the first day
# is not judged by quarters.
_ALIKE = """
create view baseline.alike as
select known.batch_id
from baseline.known as known
inner join (
    select feed, channel, max(coalesce(span_days, 0) + 1) as days
    from baseline.batch where is_new group by feed, channel
) as new_files using (feed, channel)
where coalesce(known.span_days, 0) + 1 between new_files.days / {span} and new_files.days * {span}
"""

# A day's rows (all its files) against the median of its weekday. A late file for a day that is
# complete already adds little and is no drift.
_VOLUME = """
create table baseline.volume as
with days as (
    select
        feed, channel, day, sum(rows_read) as day_rows, bool_or(is_new) as has_new,
        bool_or(batch_id in (select batch_id from baseline.alike)) as is_known
    from baseline.batch group by feed, channel, day
)
select
    today.feed, today.channel, today.day, today.day_rows, median(known.day_rows) as usual_rows
from days as today
inner join days as known
    on today.feed = known.feed and today.channel = known.channel and today.day <> known.day
    and dayofweek(today.day) = dayofweek(known.day) and known.is_known
where today.has_new
group by all
having count(*) >= {deliveries}
"""

# Days between the newest record and as_of, in usual gaps between the days of deliveries.
_FRESHNESS = """
create table baseline.freshness as
with gaps as (
    select
        feed, channel, count(*) over (partition by feed, channel) as days,
        day - lag(day) over (partition by feed, channel order by day) as gap
    from (select distinct feed, channel, day from baseline.known)
),
usual as (
    select feed, channel, greatest(median(gap), 1) as days_between
    from gaps where days >= {deliveries} group by feed, channel
)
select
    usual.feed, usual.channel, bool_or(batch.is_new) as has_new,
    greatest(cast($as_of as date) - max(batch.day), 0) / usual.days_between as intervals
from usual
inner join baseline.batch as batch on usual.feed = batch.feed and usual.channel = batch.channel
group by usual.feed, usual.channel, usual.days_between
"""

_IN_ORDER = (_KNOWN, _ALIKE, *OF_FIELDS, _VOLUME)


def lay_baselines(
    con: duckdb.DuckDBPyConnection, published: Iterable[str], zone: str, as_of: str
) -> None:
    """Fill schema ``baseline`` from ``raw.batch`` and ``raw.field_profile``.

    Args:
        con: a connection with the work database attached as ``warehouse``.
        published: ids of the batches behind the published state.
        zone: the business time zone.
        as_of: the business day (ISO) of the build.
    """
    rules = load_rules()
    numbers = {
        "files": setting("baseline_files"),
        "deliveries": setting("baseline_deliveries"),
        "span": setting("baseline_span"),
        "missing_rows": rules["missing_share"].from_rows,
        "median_rows": rules["unit_change"].from_rows,
        "mix_rows": rules["mix_drift"].from_rows,
        "vanished": rules["field_vanished"].block,
        "constant": rules["field_constant"].block,
    }
    con.execute("create table baseline.published (batch_id varchar)")
    con.execute("insert into baseline.published select unnest($ids)", {"ids": sorted(published)})
    con.execute(_BATCH, {"zone": zone})
    for statement in _IN_ORDER:
        con.execute(statement.format(**numbers))
    con.execute(_FRESHNESS.format(**numbers), {"as_of": as_of})
