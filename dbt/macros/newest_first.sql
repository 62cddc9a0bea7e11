{#-
    The total order of the versions of a key, best first: what was valid at `as_of` (the newest
    first), else the earliest later one; where that ties, the last delivered.
    File and row make it unique, so the choice never depends on the order of arrival in a query.
-#}
{% macro newest_first() -%}
    case when updated_at >= {{ as_of_end() }} then 1 else 0 end asc nulls last,
    case when updated_at < {{ as_of_end() }} then updated_at end desc nulls last,
    updated_at asc nulls last,
    delivered_at desc nulls last,
    delivery_file desc nulls last,
    file_row desc nulls last,
    batch_id desc nulls last
{%- endmacro %}
