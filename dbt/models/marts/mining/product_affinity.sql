-- One row: a rule "baskets with these items hold that item, too", at a level and in a segment.
-- It says what goes together, and not that the one causes the other.
{%- set places = range(1, 6) %}
with sets as (
    select * from {{ ref('frequent_itemset') }}
),

places as (
    {%- for place in places %}
    select {{ place }} as place
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

splits as (
    select
        sets.level,
        sets.segment,
        sets.item_count - 1 as antecedent_size,
        sets.orders,
        sets.baskets,
        case places.place
            {%- for place in places %}
            when {{ place }} then sets.item_{{ place }}
            {%- endfor %}
        end as consequent,
        concat_ws(
            ' + '
            {%- for place in places %},
            case when places.place <> {{ place }} then sets.item_{{ place }} end
            {%- endfor %}
        ) as antecedent
    from sets
    inner join places on sets.item_count > 1 and places.place <= sets.item_count
),

measured as (
    select
        splits.*,
        lefts.orders as antecedent_orders,
        rights.orders as consequent_orders,
        {{ safe_divide('splits.orders', 'splits.baskets') }} as support,
        {{ safe_divide('splits.orders', 'lefts.orders') }} as confidence,
        {{ safe_divide('rights.orders', 'splits.baskets') }} as consequent_support,
        {{ safe_divide('lefts.orders', 'splits.baskets') }} as antecedent_support
    from splits
    inner join sets as lefts
        on splits.level = lefts.level
        and splits.segment = lefts.segment
        and splits.antecedent = lefts.itemset
        and splits.antecedent_size = lefts.item_count
    inner join sets as rights
        on splits.level = rights.level
        and splits.segment = rights.segment
        and splits.consequent = rights.itemset
        and rights.item_count = 1
),

final as (
    select
        measured.antecedent,
        measured.consequent,
        measured.level,
        measured.segment,
        {{ as_of() }} as as_of,
        cast(measured.antecedent_size as integer) as antecedent_size,
        measured.orders,
        measured.antecedent_orders,
        measured.consequent_orders,
        measured.baskets,
        measured.support,
        measured.confidence,
        {{ safe_divide('measured.confidence', 'measured.consequent_support') }} as lift,
        measured.support - measured.antecedent_support * measured.consequent_support as leverage,
        {{ safe_divide('1 - measured.consequent_support', '1 - measured.confidence') }}
            as conviction
    from measured
    inner join {{ ref('affinity_rules') }} as rules
        on measured.level = rules.level
        and rules.scope = case when measured.segment = 'all' then 'all' else 'segment' end
        and measured.confidence >= rules.min_confidence
)

select * from final
