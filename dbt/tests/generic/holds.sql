{#- An expression over one row is true for every row; unknown counts as broken. -#}
{% test holds(model, expression) %}
select * from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}
