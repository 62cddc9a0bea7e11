{#-
    The words a format may deliver for a field and what they mean, one row a word: a row for the
    format outranks the row for all formats ('*'). Words are compared in lower case.
-#}
{% macro rule_words(seed, word_column, meaning_columns, format, where='true') -%}
    select
        lower({{ word_column }}) as delivered_word,
        {%- for meaning in meaning_columns %}
        coalesce(
            max(case when format = '{{ format }}' then {{ meaning }} end),
            max(case when format = '*' then {{ meaning }} end)
        ) as {{ meaning }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(seed) }}
    where format in ('{{ format }}', '*') and {{ where }}
    group by lower({{ word_column }})
{%- endmacro %}
