{#- The model has as many rows as the other models together: no row is lost or made. -#}
{% test same_row_count(model, others) %}
with counted as (
    select (select count(*) from {{ model }}) as row_count,
        {%- for other in others %}
        {{ '+ ' if not loop.first }}(select count(*) from {{ other }})
        {%- endfor %} as other_row_count
)

select * from counted
where row_count <> other_row_count
{% endtest %}
