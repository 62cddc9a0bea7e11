{#- Where a campaign stands at the end of `as_of`, by its planned times. -#}
{% macro campaign_phase() -%}
    case
            when ends_at < {{ as_of_end() }} then 'evaluate'
            when starts_at < {{ as_of_end() }} then 'run'
            when promote_at < {{ as_of_end() }} then 'promote'
            when prepare_at < {{ as_of_end() }} then 'prepare'
            else 'planned'
        end
{%- endmacro %}
