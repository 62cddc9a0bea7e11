-- One row: a month, a platform and a kind of content: how much was made, what others did with it,
-- and what its products sold to others in the days after and before. A comparison of two times, not
-- an effect; contents of one product in one window count its sales each.
with contents as (
    select
        contents.content_key,
        contents.member_id,
        coalesce(contents.platform, 'unknown') as platform,
        coalesce(contents.content_type, 'unknown') as content_type,
        contents.created_on,
        contents.product_key,
        contents.like_count,
        contents.comment_count,
        contents.share_count,
        {{ add_days('contents.created_on', 'rules.content_days') }} as sold_to,
        {{ add_days('contents.created_on', '-rules.content_days') }} as sold_from
    from {{ ref('fct_content') }} as contents
    cross join {{ ref('voice_rules') }} as rules
),

sold as (
    select
        contents.content_key,
        sum(case
            when orders.ordered_on > contents.created_on then sales.line_amount else 0
        end) as sold_after,
        sum(case
            when orders.ordered_on < contents.created_on then sales.line_amount else 0
        end) as sold_before
    from contents
    inner join {{ ref('fct_order_line') }} as sales on contents.product_key = sales.product_key
    inner join {{ ref('fct_order') }} as orders on sales.order_key = orders.order_key
    where orders.is_valid
        and orders.ordered_on between contents.sold_from and contents.sold_to
        and (orders.member_id <> contents.member_id or orders.member_id is null
            or contents.member_id is null)
        and contents.sold_to <= {{ as_of() }}
    group by contents.content_key
),

final as (
    select
        {{ month_start('contents.created_on') }} as month,
        contents.platform,
        contents.content_type,
        count(*) as contents,
        count(distinct contents.member_id) as authors,
        cast(sum(contents.like_count) as bigint) as likes,
        cast(sum(contents.comment_count) as bigint) as comments,
        cast(sum(contents.share_count) as bigint) as shares,
        count(case
            when contents.product_key is not null and contents.sold_to <= {{ as_of() }} then 1
        end) as measured_contents,
        cast(coalesce(sum(sold.sold_before), 0) as decimal(18, 2)) as sold_before,
        cast(coalesce(sum(sold.sold_after), 0) as decimal(18, 2)) as sold_after,
        {{ safe_divide('sum(sold.sold_after)', 'sum(sold.sold_before)') }} - 1 as sales_change
    from contents
    left join sold on contents.content_key = sold.content_key
    group by
        {{ month_start('contents.created_on') }},
        contents.platform,
        contents.content_type
)

select * from final
