-- One row: a buyer and a feature of the churn warning: its value, its bin, and what it adds.
with {{ churn_signals(0, 'fit') }},

final as (
    select
        member_id,
        feature,
        {{ as_of() }} as as_of,
        feature_value,
        cast(bin as integer) as bin,
        cast(contribution as double) as contribution,
        reason,
        reason_zh,
        priority
    from signals
)

select * from final
