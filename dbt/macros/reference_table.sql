{#-
    The body of a cfm_<thing>_reference model: which row an id means when a channel names it.
    The channel's own row if it has one; else the row of the channel with the best source
    priority. What is known only after `as_of` resolves nothing.
-#}
{% macro reference_table(entity, natural_id, key) -%}
with known as (
    select
        things.{{ natural_id }},
        things.{{ key }},
        things.channel,
        channels.source_priority
    from {{ ref('cfm_' ~ entity) }} as things
    inner join {{ ref('cfm_channels') }} as channels on things.channel = channels.channel
    where things.updated_at is null or things.updated_at < {{ as_of_end() }}
),

candidates as (
    select
        channels.channel,
        known.{{ natural_id }},
        known.{{ key }},
        known.channel = channels.channel as is_own,
        row_number() over (
            partition by channels.channel, known.{{ natural_id }}
            order by
                case when known.channel = channels.channel then 0 else 1 end asc nulls last,
                known.source_priority asc nulls last,
                known.channel asc nulls last
        ) as candidate_number
    from {{ ref('cfm_channels') }} as channels
    cross join known
)

select channel, {{ natural_id }}, {{ key }}, is_own
from candidates
where candidate_number = 1
{%- endmacro %}
