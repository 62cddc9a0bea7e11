"""The rules of SQL find what they are for, and let good SQL pass."""

import pytest

from tests.structure.sql_rules import RULES, banned, divisions, literals, windows

BAD = {
    banned: [
        "select a::int from t",
        "select a from t qualify row_number() over (partition by a order by b nulls last) = 1",
        "select a, count(*) from t group by all",
        "select a, count(*) from t group by 1",
        "select a from t order by 2",
        "select [x + 1 for x in xs] from t",
        "select * from a asof join b on a.t >= b.t",
        "select date_diff('day', a, b) from t",
        "select datediff(a, b) from t",
        "select quantile_cont(a, 0.5) from t",
        "select arg_max(a, b) from t",
        "select * exclude (a) from t",
        "select a // b from t",
        "select a ->> 'x' from t",
        "select epoch(a) from t",
        "select current_date",
        "select now() as at",
        "select random() as x",
        "select distinct on (a) a, b from t",
        "select a from t union all by name select a from u",
        "select list_sort(a) from t",
        'select "group" from t',
        "select {'a': 1} as s",
        "select {{ dbt.safe_cast('a', 'int') }} from t",
    ],
    windows: [
        "select row_number() over (partition by a order by b) from t",
        "select row_number() over (order by b nulls last, c desc) from t",
        "select sum(x) over (order by coalesce(a, b) rows between 1 preceding and current row)",
        "select sum(x) over w from t window w as (partition by a order by b desc)",
        "select row_number() over (order by {{ business_date('at') }} nulls last, c) from t",
    ],
    literals: [
        "select a from t where b > 30",
        "select a from t where b in (1, 7)",
        "select a from t where b between 0 and 28",
        "select case when a then 5 end from t",
        "select case a when 3 then 'x' end from t",
        "select a from t join u on t.a = u.a and u.n < 12",
        "select a >= 2 as is_repeat from t",
        "select count(*) filter (where a > 90) from t",
        "select a from t group by a having count(*) > 3",
        "select a from t where on_day > {{ add_days('x', 30) }}",
        "select case when (select max(b) from u) > 9.5 then 1 end",
    ],
    divisions: ["select a / b from t", "select a / count(*) from t", "select a / (b + 1) from t"],
}
GOOD = """
{{ config(
    materialized='table',
    pre_hook="select 7 :: int where a > 3 and {{ forget('it') }}",
) }}
{# group by 1 :: qualify #}
-- now() :: is only talked about, 30 times
with source as (
    select * from {{ source('raw', 'contract__orders') }}
),

final as (
    select
        customer_id,
        cast(round(sum(amount) / nullif(count(*), 0), 2) as decimal(18, 2)) as mean_amount,
        sum(amount) / 100 as yuan,
        'group by 1 :: 30' as label,
        case when sum(amount) > 0 then 1 else 0 end as is_buyer,
        case when a then cast(b as decimal(18, 2)) end as kept,
        row_number() over (
            partition by customer_id
            order by max(ordered_at) desc nulls last, customer_id asc nulls last
        ) as order_number,
        sum(x) over (partition by a) as total,
        lag(x, 2) over (order by {{ newest_first() }}) as before_last,
        sum(x) over w as moving
    from {{ ref('cfm_orders') }}
    cross join {{ ref('rules') }} as rules
    where amount <> 0 and share between 0 and 1 and days <= rules.dormant_days
        and ordered_at < {{ as_of_end() }} and on_day > cast('2020-01-02' as date)
    group by customer_id
    window w as (order by on_day asc nulls last rows between 6 preceding and current row)
)

select * from final
"""


@pytest.mark.parametrize(
    ("rule", "sql"), [(rule, sql) for rule, texts in BAD.items() for sql in texts]
)
def test_bad_sql_is_found(rule, sql):
    assert list(rule(sql))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_good_sql_passes(rule):
    assert list(rule(GOOD)) == []


def test_findings_name_the_line():
    sql = "{#\n a comment\n#}\nselect\n    a\nfrom {{ ref(\n    'x'\n) }}\nwhere b > 30"
    assert [found.line for found in literals(sql)] == [9]
    assert [found.line for found in banned("{% if x %}\n{% endif %}\nselect a::int")] == [3]
