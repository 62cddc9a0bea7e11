"""Baselines of gate arrival, field by field: what published files of a feed held in it.

Statements over views ``baseline.known`` and ``baseline.alike`` (``baseline``), in order; braces are
numbers of quality_rules.csv.
"""

from __future__ import annotations

_PROFILE = """
create table baseline.profile as
select
    known.feed, known.channel, known.recency, profile.column_name as field,
    profile.* exclude (column_name),
    profile.batch_id in (select batch_id from baseline.alike) as is_alike
from warehouse.raw.field_profile as profile
inner join baseline.known as known on profile.batch_id = known.batch_id
where profile.rows > 0
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

# Nothing is promised of a field that files of the kind left empty more than once after it had come
# into use, though they had rows enough: no order is of a campaign on the days without one.
_PRESENT = """
create table baseline.present as
with usual as (
    select
        feed, channel, field, sum(rows - nulls) / sum(rows) as share,
        max(recency) filter (where nulls < rows) as first_used
    from baseline.profile group by feed, channel, field
),
emptied as (
    select files.feed, files.channel, files.field
    from baseline.profile as files
    inner join usual
        on files.feed = usual.feed and files.channel = usual.channel and files.field = usual.field
    where files.is_alike and files.nulls = files.rows and files.recency < usual.first_used
        and files.rows * usual.share >= {vanished}
    group by files.feed, files.channel, files.field having count(*) > 1
)
select
    usual.feed, usual.channel, usual.field,
    case when emptied.field is null then usual.share else 0 end as present_share
from usual
left join emptied
    on usual.feed = emptied.feed and usual.channel = emptied.channel
    and usual.field = emptied.field
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

# Words that were a whole file's only one more than once, where others were to be expected.
_CONSTANT = """
create table baseline.constant as
select feed, channel, field, value
from baseline.value_rows inner join baseline.mix using (feed, channel, field, value)
where value_rows = total and total * (1 - share) >= {constant}
group by feed, channel, field, value having count(*) > 1
"""

OF_FIELDS = (
    *(_PROFILE, _MISSING, _PRESENT, _MEDIAN),
    *(_VALUE, _MIX, _MIX_WIDEST, _CONSTANT),
)
