{#- None of the columns is empty: one query for a seed, where not_null would need one a column. -#}
{% test filled(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
