{#-
    What one unit of a currency is in the reporting currency, and in which days. The reporting
    currency itself is always 1; a currency without a row has no rate, and the gate stops it.
-#}
{% macro rates_to_reporting() -%}
    select
        upper(currency) as currency,
        rate,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from {{ ref('currency_rates') }}
    where
        reporting_currency = '{{ var("reporting_currency") }}'
        and upper(currency) <> '{{ var("reporting_currency") }}'
    union all
    select
        '{{ var("reporting_currency") }}' as currency,
        cast(1 as decimal(18, 8)) as rate,
        cast('0001-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to
{%- endmacro %}
