{#-
    Why a member may leave, in one text: a tier about to drop, which the score does not know, then the
    reasons of the score; NULL without any.

    risks: alias of member_churn_risk; is_dropping: a condition; language: '' or '_zh'.
-#}
{% macro churn_warning(risks, is_dropping, language) -%}
    {%- set dropping = '等级即将下降' if language else 'tier about to drop' -%}
    nullif(substr(
        case when {{ is_dropping }} then '; {{ dropping }}' else '' end
        {%- for place in range(1, 4) %}
        || coalesce('; ' || {{ risks }}.reason_{{ place }}{{ language }}, '')
        {%- endfor %}
    , 3), '')
{%- endmacro %}
