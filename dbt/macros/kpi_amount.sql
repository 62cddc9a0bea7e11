{#-
    What a series comes to in a period, from its running totals at the end of the period and on the
    day before it: what came in (sum), the level at the end, or the level before the start.
-#}
{% macro kpi_amount(counted_at, at_end, before) -%}
    case {{ counted_at }}
        when 'sum' then coalesce({{ at_end }}, 0) - coalesce({{ before }}, 0)
        when 'end' then coalesce({{ at_end }}, 0)
        when 'start' then {{ before }}
    end
{%- endmacro %}
