{#-
    An expression over one row is true for every row; unknown counts as broken.
    On a model or, to show which column it is about, on a column.
-#}
{% test holds(model, expression, column_name=none) %}
select * from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}
