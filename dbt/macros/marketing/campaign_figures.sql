{#-
    The published columns of campaign_performance. What a hold-out shows stands only where it is
    large enough; otherwise the return rests on what is ascribed, and the note says so.
-#}
{% macro campaign_figures(relation) -%}
    {%- set plain = [
        'campaign_key', 'channel', 'campaign_id', 'name', 'theme', 'objective', 'campaign_channel',
        'partner_key', 'prepare_at', 'promote_at', 'starts_at', 'ends_at',
        'reached', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'buyers',
        'attributed_revenue', 'attributed_margin', 'holdout_members', 'both_members',
        'treated_rate', 'holdout_rate', 'is_complete', 'is_causal',
    ] -%}
    select
        {{ plain | join(',\n        ') }},
        {{ campaign_phase() }} as phase,
        case
            when is_causal then 'measured against a hold-out'
            when holdout_members > 0 then 'not causal: hold-out too small'
            else 'not causal: no hold-out'
        end as causal_note,
        {%- for column, name in {
            'lift': 'lift', 'lift_low': 'lift_low', 'lift_high': 'lift_high',
            'lift_p_value': 'p_value', 'margin_p_value': 'margin_p_value',
        }.items() %}
        case when is_causal then {{ column }} end as {{ name }},
        {%- endfor %}
        {%- for column in ['', '_low', '_high'] %}
        case when is_causal then {{ money('margin' ~ column ~ ' * treated_members') }} end
            as incremental_margin{{ column }},
        {%- endfor %}
        cost_total,
        budget_amount,
        {{ safe_divide('cost_total', 'budget_amount') }} as budget_used_rate,
        {{ campaign_returns() }},
        kpi_name,
        kpi_target,
        {{ campaign_kpi() }} as kpi_actual,
        {{ campaign_kpi() }} >= kpi_target as is_kpi_reached
    from {{ relation }}
{%- endmacro %}
