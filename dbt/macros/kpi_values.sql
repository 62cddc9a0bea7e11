{#-
    The one definition of a KPI: numerator over denominator of kpi_catalogue, for every slice and
    every row of `periods` (kpi, period_key, ends_on, before_on: the day before it begins).
    Its denominator says which slices there are; nothing in the numerator's series is 0 there.
-#}
{% macro kpi_values(periods) -%}
    select
        formulas.kpi,
        formulas.period_key,
        formulas.slice_type,
        formulas.slice,
        formulas.numerator,
        formulas.denominator,
        {{ safe_divide('formulas.scale * formulas.numerator', 'formulas.denominator') }} as value
    from (
        select
            kpis.kpi,
            kpis.scale,
            periods.period_key,
            bases.slice_type,
            bases.slice,
            {{ kpi_amount('kpis.numerator_at', 'tops.running', 'tops_before.running') }}
                as numerator,
            case
                when kpis.denominator is null then 1
                else {{ kpi_amount('kpis.denominator_at', 'lows.running', 'lows_before.running') }}
            end as denominator
        from {{ periods }} as periods
        inner join {{ ref('kpi_catalogue') }} as kpis on periods.kpi = kpis.kpi
        inner join {{ ref('kpi_series_daily') }} as bases
            on periods.ends_on = bases.date_day
            and bases.series = case
                when kpis.is_share then kpis.numerator
                else coalesce(kpis.denominator, kpis.numerator)
            end
        {{ kpi_series_at('tops', 'kpis.numerator') }}
        {{ kpi_series_at('lows', 'kpis.denominator', 'kpis.is_share') }}
    ) as formulas
{%- endmacro %}
