-- One row: a method and a decile of its scores (0 is everybody) on the newest past day of known
-- outcome: how many it expected to leave, and how many left. The model judged here has learned
-- from older days only.
with {{ churn_signals(1, 'backtest') }},

sums as (
    select member_id, sum(contribution) as contribution
    from signals
    group by member_id
),

judged as (
    select
        members.member_id,
        members.cut_on,
        case when members.is_churned then 1 else 0 end as churned,
        models.method as learned,
        1.0e0 / nullif(1 + exp(-(models.intercept + cast(sums.contribution as double))), 0)
            as model_score,
        {{ rule_risk('members.overdue_ratio', 'rules.label_cycles') }} as rule_score
    from {{ ref('scr_churn_member') }} as members
    inner join sums on members.member_id = sums.member_id
    inner join {{ source('scores', 'scr_churn_model') }} as models on models.basis = 'backtest'
    cross join {{ ref('churn_rules') }} as rules
    where members.cut_number = 1 and members.is_churned is not null
),

scored as (
    {%- for method in ['model', 'rule'] %}
    select
        '{{ method }}' as method,
        member_id,
        cut_on,
        churned,
        cast({{ method }}_score as decimal(18, 9)) as score
    from judged
    {% if method == 'model' %}where learned = 'model'{% endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

ranked as (
    select
        scored.*,
        cast(floor((row_number() over (
            partition by method order by score asc nulls last, member_id asc nulls last
        ) - 1) * 10 / nullif(count(*) over (partition by method), 0)) as integer) + 1 as decile,
        -- the mean rank of equal scores, doubled to stay whole
        2 * rank() over (partition by method order by score asc nulls last)
        + count(*) over (partition by method, score) - 1 as doubled_rank
    from scored
),

-- the share of pairs of a churned and a retained buyer that the score puts in order (Hanley and
-- McNeil 1982)
whole as (
    select
        method,
        {{ safe_divide(
            'sum(churned * doubled_rank) - sum(churned) * (sum(churned) + 1)',
            '2 * cast(sum(churned) as double) * (count(*) - sum(churned))',
        ) }} as auc
    from ranked
    group by method
),

sliced as (
    select method, 0 as decile, cut_on, churned, score from ranked
    union all
    select method, decile, cut_on, churned, score from ranked
),

final as (
    select
        sliced.method,
        sliced.decile,
        {{ as_of() }} as as_of,
        max(sliced.cut_on) as cut_on,
        count(*) as members,
        cast(sum(sliced.churned) as bigint) as churned,
        {{ safe_divide('sum(sliced.churned)', 'count(*)') }} as churn_rate,
        {{ safe_divide('sum(sliced.score)', 'count(*)') }} as predicted_rate,
        max(case when sliced.decile = 0 then whole.auc end) as auc,
        {{ safe_divide(
            'sum(cast((sliced.score - sliced.churned) * (sliced.score - sliced.churned)'
            ~ ' as decimal(18, 9)))', 'count(*)',
        ) }} as brier_score
    from sliced
    inner join whole on sliced.method = whole.method
    group by sliced.method, sliced.decile
)

select * from final
