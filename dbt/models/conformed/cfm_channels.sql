-- One row is a channel that has ever delivered a record.

with delivered as (
    {%- for entity in conformed_entities() %}
    select channel from {{ ref('cfm_' ~ entity) }} group by channel
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
),

rules as (
    select * from {{ ref('channel_rules') }}
),

final as (
    select
        delivered.channel,
        coalesce(named.channel_name, delivered.channel) as channel_name,
        coalesce(named.channel_name_zh, delivered.channel) as channel_name_zh,
        coalesce(named.channel_type, others.channel_type) as channel_type,
        coalesce(named.source_priority, others.source_priority) as source_priority
    from delivered
    left join rules as named on delivered.channel = named.channel
    left join rules as others on others.channel = '*'
)

select * from final
