"""Baselines of gate arrival: what the published batches of a feed looked like."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

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

_PROFILE = """
create table baseline.profile as
select
    known.feed, known.channel, profile.column_name as field, profile.* exclude (column_name),
    profile.batch_id in (select batch_id from baseline.alike) as is_alike
from warehouse.raw.field_profile as profile
inner join baseline.known as known on profile.batch_id = known.batch_id
where profile.rows > 0
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

# Shares of small files jump: where no file is large enough, all of them together count as one.
_MISSING = """
create table baseline.missing as
select
    feed, channel, field, coalesce(
        max(case when rows >= {missing_rows} then nulls / rows end), sum(nulls) / sum(rows)
    ) as highest_share
from baseline.profile where is_alike group by feed, channel, field
"""

_PRESENT = """
create table baseline.present as
select feed, channel, field, sum(rows - nulls) / sum(rows) as present_share
from baseline.profile group by feed, channel, field
"""

_MEDIAN = """
create table baseline.median as
select
    feed, channel, field, count(*) as files,
    min(abs(median)) as lowest, max(abs(median)) as highest
from baseline.profile
where median <> 0 and rows >= {median_rows} group by feed, channel, field
"""

_VALUE = """
create table baseline.value_rows as
select
    feed, channel, field, batch_id,
    entry.key as value, cast(entry.value as bigint) as value_rows,
    sum(cast(entry.value as bigint)) over (partition by batch_id, field) as total
from baseline.profile, lateral (select unnest(map_entries(
    cast(cast(values_json as json) as map(varchar, bigint))
)) as entry)
where values_json is not null and is_alike
"""

_MIX = """
create table baseline.mix as
select
    feed, channel, field, value,
    sum(value_rows) / sum(sum(value_rows)) over (partition by feed, channel, field) as share
from baseline.value_rows group by feed, channel, field, value
"""

# How far single files have been from all of them together: no drift up to there.
_MIX_WIDEST = """
create table baseline.mix_widest as
with compared as (
    select
        mix.feed, mix.channel, mix.field, files.batch_id,
        sum(abs(coalesce(shown.value_rows / files.total, 0) - mix.share)) / 2 as distance
    from (
        select distinct feed, channel, field, batch_id, total from baseline.value_rows
        where total >= {mix_rows}
    ) as files
    inner join baseline.mix as mix using (feed, channel, field)
    left join baseline.value_rows as shown
        on files.batch_id = shown.batch_id and files.field = shown.field
        and mix.value = shown.value
    group by mix.feed, mix.channel, mix.field, files.batch_id
)
select feed, channel, field, max(distance) as widest
from compared group by feed, channel, field
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

_IN_ORDER = (
    *(_KNOWN, _ALIKE, _PROFILE, _MISSING, _PRESENT, _MEDIAN),
    *(_VALUE, _MIX, _MIX_WIDEST, _VOLUME),
)


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
    }
    con.execute("create table baseline.published (batch_id varchar)")
    con.execute("insert into baseline.published select unnest($ids)", {"ids": sorted(published)})
    con.execute(_BATCH, {"zone": zone})
    for statement in _IN_ORDER:
        con.execute(statement.format(**numbers))
    con.execute(_FRESHNESS.format(**numbers), {"as_of": as_of})
