{#-
    CTEs with what speaks for and against churn of every buyer seen at a cut, under the weights of a
    basis: alive (the features with P(alive)), signals (one row a feature, with its contribution).

    P(alive) of MBG/NBD: Batislam, Denizel and Filiztekin (2007), with which a buyer may be gone
    after the first purchase, too; NULL where that model says nothing.
-#}
{% macro churn_signals(cut_number, basis) -%}
alive as (
    select
        members.*,
        1.0e0 / nullif(1 + models.a / nullif(models.b + members.purchase_days - 1, 0) * exp(
            (models.r + members.purchase_days - 1) * (
                ln(models.alpha + members.age_days / 7.0e0)
                - ln(models.alpha + members.last_day_number / 7.0e0)
            )
        ), 0) as p_alive
    from {{ ref('scr_churn_member') }} as members
    left join {{ source('scores', 'scr_churn_alive') }} as models
        on members.cut_number = models.cut_number
    where members.cut_number = {{ cut_number }}
),

binned as (
    {{ churn_bins('alive', ['member_id'], churn_features()) }}
),

signals as (
    select
        binned.*,
        cast(coalesce(weights.coefficient, 0) as decimal(18, 9)) as contribution
    from binned
    left join {{ source('scores', 'scr_churn_coefficient') }} as weights
        on weights.basis = '{{ basis }}'
        and binned.feature = weights.feature
        and binned.bin = weights.bin
)
{%- endmacro %}
