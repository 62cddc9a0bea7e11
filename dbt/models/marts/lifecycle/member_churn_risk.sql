-- One row: a member and how likely it is to leave; without an order yet there is nothing to leave.
with models as (
    select * from {{ source('scores', 'scr_churn_model') }}
    where basis = 'fit'
),

rules as (
    select * from {{ ref('churn_rules') }}
),

sums as (
    select
        member_id,
        sum(cast(contribution as decimal(18, 9))) as contribution,
        max(case when feature = 'overdue_ratio' then feature_value end) as overdue_ratio,
        max(case when feature = 'recency_days' then feature_value end) as recency_days,
        max(case when feature = 'p_alive' then feature_value end) as p_alive
    from {{ ref('member_churn_signal') }}
    group by member_id
),

-- a model's reasons by what they add, the rule's by the order of the rules
ranked as (
    select
        signals.member_id,
        signals.reason,
        signals.reason_zh,
        row_number() over (
            partition by signals.member_id
            order by
                case when models.method = 'model' then signals.contribution end
                    desc nulls last,
                signals.priority asc nulls last,
                signals.feature asc nulls last
        ) as place
    from {{ ref('member_churn_signal') }} as signals
    cross join models
    where
        signals.reason is not null
        and (models.method = 'rule' or signals.contribution > 0)
),

reasons as (
    select
        member_id,
        {%- for place in range(1, 4) %}
        max(case when place = {{ place }} then reason end) as reason_{{ place }},
        max(case when place = {{ place }} then reason_zh end) as reason_{{ place }}_zh
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by member_id
),

scored as (
    select
        sums.*,
        models.method,
        models.reason as method_reason,
        sums.recency_days > rules.lapsed_days as is_lapsed,
        round(case
            when models.method = 'model' then 1.0e0 / nullif(
                1 + exp(-(models.intercept + cast(sums.contribution as double))), 0)
            else {{ rule_risk('sums.overdue_ratio', 'rules.label_cycles') }}
        end, 6) as score
    from sums
    cross join models
    cross join rules
),

final as (
    select
        members.member_id,
        {{ as_of() }} as as_of,
        scored.score,
        case
            when scored.member_id is null then 'none'
            when scored.is_lapsed then 'lost'
            else levels.level
        end as level,
        case
            when scored.member_id is null then '未购买'
            when scored.is_lapsed then '已流失'
            else levels.level_zh
        end as level_zh,
        reasons.reason_1,
        reasons.reason_2,
        reasons.reason_3,
        reasons.reason_1_zh,
        reasons.reason_2_zh,
        reasons.reason_3_zh,
        coalesce(scored.method, 'none') as method,
        scored.method_reason,
        scored.p_alive,
        scored.overdue_ratio
    from {{ ref('dim_member') }} as members
    left join scored on members.member_id = scored.member_id
    left join reasons on members.member_id = reasons.member_id
    left join {{ ref('churn_level_rules') }} as levels
        on scored.score >= levels.score_from and scored.score < levels.score_to
)

select * from final
