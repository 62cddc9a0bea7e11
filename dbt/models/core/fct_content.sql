-- One row: a review, post, photo or video a customer made until as_of.
select
    -- keys
    facts.content_key,
    facts.channel,
    facts.content_id,
    identity.member_id,
    facts.record_key,
    facts.advocate_id,
    facts.product_id,
    {{ referenced_key('products.product_key', 'facts.channel', 'facts.product_id') }}
        as product_key,

    -- course
    facts.platform,
    facts.content_type,
    facts.created_at,
    {{ business_date('facts.created_at') }} as created_on,

    -- measures
    coalesce(facts.likes, 0) as like_count,
    coalesce(facts.comments, 0) as comment_count,
    coalesce(facts.shares, 0) as share_count
from {{ ref('cfm_contents') }} as facts
left join {{ ref('member_identity') }} as identity on facts.record_key = identity.record_key
left join {{ ref('cfm_product_reference') }} as products
    on facts.channel = products.channel and facts.product_id = products.product_id
where facts.created_at < {{ as_of_end() }}
