"""A small work database from conformed to marts in which everything agrees."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.quality import GateContext

AS_OF = date(2026, 3, 31)

# fact, conformed table, key, time
PLAIN_FACTS = (
    ("fct_event", "cfm_events", "event_key", "occurred_at"),
    ("fct_touch", "cfm_touches", "touch_key", "sent_at"),
    ("fct_coupon", "cfm_coupons", "coupon_key", "issued_at"),
    ("fct_survey_response", "cfm_surveys", "survey_response_key", "answered_at"),
    ("fct_referral", "cfm_referrals", "referral_key", "referred_at"),
    ("fct_content", "cfm_contents", "content_key", "created_at"),
    ("fct_community_activity", "cfm_community_activities", "community_activity_key", "occurred_at"),
    ("fct_community_membership", "cfm_community_members", "community_membership_key", "joined_at"),
    ("fct_service_ticket", "cfm_service_tickets", "service_ticket_key", "opened_at"),
    ("fct_benefit_grant", "cfm_benefit_grants", "benefit_grant_key", "granted_at"),
    ("fct_assignment", "cfm_assignments", "assignment_key", "assigned_at"),
)

# 1,000 records of 500 members (a record of each channel), 1,200 orders of the first 400 members.
SOURCES = """
create schema conformed; create schema identity; create schema core; create schema marts;
create schema ops; create schema rules;

create table rules.order_class_rules as
select * from (values ('valid', true), ('test', false), ('unknown_status', false))
    as r(order_class, is_valid);
create table rules.rfm_rules as select cast(null as integer) as window_days;

create table identity.idn_record as
select channel || ':' || i as record_key, channel, 'c' || i as customer_id
from range(500) as r(i), (values ('app'), ('web')) as c(channel);
create table identity.idn_identifier as
select record_key, 'phone' as identifier_type, md5(record_key) as token from identity.idn_record;

create table conformed.cfm_products as
select 'web:p' || i as product_key, 'web' as channel from range(50) as r(i);
create table conformed.cfm_campaigns as select 'web:k1' as campaign_key, 'web' as channel;
create table conformed.cfm_stores as select 'web:s1' as store_key, 'web' as channel;

create table conformed.cfm_orders as
select
    'web:o' || i as order_key, 'web' as channel, 'web:' || (i % 400) as record_key,
    timestamp '2026-01-01 04:00:00' + i * interval 100 minute as ordered_at,
    cast(100 + i % 17 as decimal(18, 2)) as net_paid_amount,
    cast(120 as decimal(18, 2)) as gross_amount,
    cast(1 as decimal(18, 8)) as currency_rate
from range(1200) as r(i)
union all
select 'web:later', 'web', 'web:1', timestamp '2026-04-02', 5, 5, 1;
create table conformed.cfm_order_lines as
select order_key, order_key || ':1' as order_line_key from conformed.cfm_orders
where order_key <> 'web:o7';
create table conformed.cfm_refunds as
select
    'web:r' || i as refund_key, 'web' as channel, 'web:o' || i as order_key,
    timestamp '2026-03-20' + i * interval 1 hour as refunded_at,
    cast(10 as decimal(18, 2)) as amount
from range(20) as r(i);
create table conformed.cfm_points_entries as
select
    'web:e' || i as points_entry_key, 'web' as channel, 'web:o' || i as order_key,
    'earn' as entry_type, timestamp '2026-02-01' as occurred_at, cast(i as decimal(18, 2)) as points
from range(200) as r(i);
create table conformed.cfm_campaign_costs as
select
    'web:x' || i as marketing_cost_key, 'web' as channel, date '2026-03-31' as spent_on,
    cast(3 as decimal(18, 2)) as amount
from range(5) as r(i);
"""

CORE = """
create table core.member_identity as
select
    record_key, channel, customer_id, 'm' || substr(record_key, 5) as member_id, true as is_current
from identity.idn_record;

create table core.fct_refund as
select refunds.*, 'm' || substr(orders.record_key, 5) as member_id
from conformed.cfm_refunds as refunds
inner join conformed.cfm_orders as orders on refunds.order_key = orders.order_key;

create table core.fct_order as
select
    orders.order_key, orders.channel, identity.member_id, orders.ordered_at,
    cast(orders.ordered_at + interval 8 hour as date) as ordered_on,
    'valid' as order_class, true as is_valid,
    row_number() over (
        partition by identity.member_id order by orders.ordered_at, orders.order_key
    ) as order_number,
    orders.gross_amount, orders.net_paid_amount,
    cast(coalesce(refunds.amount, 0) as decimal(18, 2)) as refund_amount,
    cast(orders.net_paid_amount - coalesce(refunds.amount, 0) as decimal(18, 2)) as net_revenue,
    cast(60 as decimal(18, 2)) as cost_amount,
    'web:k1' as campaign_key, 'web:s1' as store_key
from conformed.cfm_orders as orders
inner join core.member_identity as identity using (record_key)
left join core.fct_refund as refunds on orders.order_key = refunds.order_key
where orders.ordered_at < timestamp '2026-03-31 16:00:00';

create table core.fct_order_line as
select
    orders.order_key, orders.channel, lines.order_line_key is null as is_implied,
    case when lines.order_line_key is not null then 'web:p' || (hash(order_key) % 50) end
        as product_key,
    orders.net_paid_amount, orders.refund_amount, orders.cost_amount
from core.fct_order as orders left join conformed.cfm_order_lines as lines using (order_key);

create table core.fct_points_entry as select * from conformed.cfm_points_entries;
create table core.fct_marketing_cost as select * from conformed.cfm_campaign_costs;

create table core.dim_product as
select product_key, channel, true as is_described from conformed.cfm_products;
create table core.dim_date as
select cast(d as date) as date_day from range(date '2026-01-01', date '2026-04-01', interval 1 day)
    as r(d);
create table core.dim_member as
select
    identity.member_id, count(*) as record_count, count(distinct identity.channel) as channel_count,
    bool_or(orders.member_id is not null) as is_buyer, 1990 as birth_year, '上海' as city
from core.member_identity as identity
left join (select distinct member_id from core.fct_order where is_valid) as orders using (member_id)
group by identity.member_id;
"""

MARTS = """
create table marts.member_purchase as
select
    member_id, count(*) as order_count, sum(net_revenue) as net_revenue,
    sum(net_revenue) as window_net_revenue,
    cast(0 as decimal(18, 2)) as unassigned_refund_amount,
    min(ordered_on) as first_on, max(ordered_on) as last_on,
    count(distinct ordered_on) as days
from core.fct_order where is_valid and member_id is not null group by member_id;

create table marts.rfm_boundaries as
with cuts as (
    select dimension, unnest([cast(null as double), a, b, c, d]) as lower,
        unnest([a, b, c, d, null]) as upper, unnest([1, 2, 3, 4, 5]) as step
    from (values ('recency', 10, 20, 30, 40), ('frequency', 1, 2, 3, 4),
        ('monetary', 100, 200, 300, 400)) as v(dimension, a, b, c, d)
)
select dimension, case when dimension = 'recency' then 6 - step else step end as score, lower, upper
from cuts;

create table marts.member_rfm as
with measured as (
    select member_id, date '2026-03-31' - last_on as recency_days, days as frequency,
        net_revenue as monetary
    from marts.member_purchase
)
select
    measured.*, r.score as r_score, f.score as f_score, m.score as m_score,
    concat(r.score, f.score, m.score) as rfm_code, 'loyal' as segment, '忠诚' as segment_zh,
    '重要价值' as value_group_zh
from measured
inner join marts.rfm_boundaries as r on r.dimension = 'recency'
    and recency_days > coalesce(r.lower, -1) and recency_days <= coalesce(r.upper, 1e9)
inner join marts.rfm_boundaries as f on f.dimension = 'frequency'
    and frequency > coalesce(f.lower, -1) and frequency <= coalesce(f.upper, 1e9)
inner join marts.rfm_boundaries as m on m.dimension = 'monetary'
    and monetary > coalesce(m.lower, -1e9) and monetary <= coalesce(m.upper, 1e9);

create table marts.member_clv as
select
    member_id, days - 1 as frequency, (last_on - first_on) / 7.0e0 as recency,
    (date '2026-03-31' - first_on) / 7.0e0 as age, net_revenue as historic_revenue
from marts.member_purchase;

create table marts.cohort_retention as
with firsts as (
    select member_id, channel, cast(date_trunc('month', ordered_on) as date) as cohort_month
    from core.fct_order where order_number = 1
),
sliced as (select * from firsts union all select member_id, 'all', cohort_month from firsts),
sizes as (select cohort_month, channel, count(*) as cohort_size from sliced group by all),
months as (
    select distinct cast(date_trunc('month', date_day) as date) as active_month from core.dim_date
),
grid as (
    select
        sizes.*, active_month, date_diff('month', cohort_month, active_month) as month_number,
        last_day(active_month) <= date '2026-03-31' as is_complete
    from sizes inner join months on active_month >= cohort_month
),
active as (
    select cohort_month, sliced.channel,
        cast(date_trunc('month', ordered_on) as date) as active_month,
        count(distinct sliced.member_id) as active_members, sum(net_revenue) as net_revenue
    from sliced inner join core.fct_order as orders using (member_id) group by all
)
select
    grid.*, coalesce(active_members, 0) as active_members,
    case when is_complete then coalesce(active_members, 0) / cohort_size end as retention_rate,
    coalesce(net_revenue, 0) as net_revenue,
    round(sum(coalesce(net_revenue, 0)) over (
        partition by cohort_month, channel order by month_number
    ) / cohort_size, 2) as cumulative_revenue_per_member
from grid left join active using (cohort_month, channel, active_month);

create table marts.repurchase as
select cohort_month, window_days,
    case when cohort_month + window_days > date '2026-03-31' then 0 else 10 end as eligible_members,
    0 as repurchased_members,
    case when cohort_month + window_days <= date '2026-03-31' then 0.0 end as repurchase_rate
from (select distinct cohort_month from marts.cohort_retention),
    (values (30), (60)) as w(window_days);

create table marts.member_value_layer as
select member_id, 'low' as rule_layer, case when member_id <> 'm1' then 'high' end as model_layer
from marts.member_purchase;
alter table marts.member_clv add column clv_365d double;
update marts.member_clv set clv_365d = 5 where member_id <> 'm1';

create schema scores;
create table scores.scr_clv_backtest as select range as decile from range(11);
create table scores.scr_clv_parameter as select 'fit' as basis;
create table marts.clv_backtest as
select decile, case when decile = 0 then 100 else 10 end as members,
    case when decile = 0 then 20 else 2 end as actual_orders,
    1.0 as rmse, 1.5 as own_rate_rmse, 1.2 as zero_rmse
from scores.scr_clv_backtest;
create table marts.clv_parameters as
select model, 1.0e0 as value, true as converged, model <> 'NBD' as is_chosen,
    cast(null as varchar) as reason, false as is_value_dependent
from (values ('BG/NBD'), ('NBD'), ('Gamma-Gamma')) as m(model);
create table marts.contribution as
select 'all' as slice_type, 'all' as slice, count(*) as members, sum(net_revenue) as net_revenue,
    1.0 as members_share, 1.0 as net_revenue_share, 1.0 as margin_amount_share
from marts.member_purchase;
create table marts.member_purchase_monthly as select member_id from marts.member_rfm;
create table marts.member_rfm_monthly as
select member_id, date '2026-03-31' as month_end, rfm_code, monetary, segment
from marts.member_rfm;

create table ops.identity_report as select 'records' as measure, 1000.0 as value;
"""

# m1 agrees by the web and refused by the app later; m2 unsubscribed; m3 asked to be forgotten.
CONSENTS = """
alter table core.fct_touch add column member_id varchar;
alter table core.fct_touch add column contact_channel varchar;
alter table core.fct_touch add column unsubscribed_at timestamp;
update core.fct_touch set member_id = 'm2', contact_channel = 'sms',
    unsubscribed_at = timestamp '2026-02-02' where touch_key = 'web:1';
create table conformed.cfm_consents as
select record_key, 'marketing' as purpose, 'sms' as contact_channel,
    timestamp '2026-01-05' as changed_at, true as granted
from identity.idn_record where channel = 'web'
union all
select 'app:1', 'marketing', 'sms', timestamp '2026-01-06', false;
create table core.fct_consent as
select 'm' || substr(record_key, 5) as member_id, purpose, contact_channel,
    record_key not in ('web:1', 'web:2') as is_granted, true as is_current
from conformed.cfm_consents where record_key like 'web:%';
create table conformed.cfm_erasure_requests as
select 'web:e1' as erasure_request_key, 'web:3' as named_record,
    timestamp '2026-03-01' as requested_at;
create table core.fct_erasure_request as
select erasure_request_key, 'm3' as member_id from conformed.cfm_erasure_requests;
"""


def build(path: Path) -> Path:
    """The database; another one is made faster by copying it."""
    with duckdb.connect(str(path)) as con:
        con.execute(SOURCES)
        for _, conformed, key, at in PLAIN_FACTS:
            con.execute(
                f"create table conformed.{conformed} as select 'web:' || i as {key}, "
                f"'web' as channel, timestamp '2026-02-01' as {at}, 'web:p1' as product_key, "
                "'web:k1' as campaign_key, 'web:o1' as order_key from range(150) as r(i)"
            )
        con.execute(CORE)
        for fact, conformed, *_ in PLAIN_FACTS:
            con.execute(f"create table core.{fact} as select * from conformed.{conformed}")
        con.execute(CONSENTS)
        con.execute(MARTS)
    return path


def copy_with(base: Path, path: Path, *statements: str) -> Path:
    """A copy of the database in which something was changed."""
    shutil.copyfile(base, path)
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)
    return path


def context(**more: Any) -> GateContext:
    """The run of the day."""
    return GateContext(
        run_id="run-1",
        as_of=AS_OF,
        as_of_end=datetime(2026, 3, 31, 16),
        delivered_at=datetime(2026, 4, 1, 1),
        **more,
    )
