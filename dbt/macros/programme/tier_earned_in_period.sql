{#-
    What was earned in each member's period and is known before an instant. What reached the tier
    does not keep it: it lies on `basis_at`, where the period begins.
    periods: a relation with member_id, period_at, period_on, ends_on, basis_at, keep_metric.
-#}
{% macro tier_earned_in_period(periods, known_before) -%}
    select {{ periods }}.member_id, sum(earnings.amount) as amount
    from {{ periods }}
    inner join {{ ref('tier_earning') }} as earnings
        on {{ periods }}.member_id = earnings.member_id
        and {{ periods }}.keep_metric = earnings.metric
        and earnings.counts_on >= {{ periods }}.period_on
        and earnings.counts_on < {{ periods }}.ends_on
        and earnings.known_at < {{ known_before }}
        and (
            earnings.entered_at > {{ periods }}.period_at
            or (
                earnings.entered_at = {{ periods }}.period_at
                and coalesce({{ periods }}.basis_at <> {{ periods }}.period_at, true)
            )
        )
    group by {{ periods }}.member_id
{%- endmacro %}
