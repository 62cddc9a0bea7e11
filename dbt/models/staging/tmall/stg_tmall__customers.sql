-- One row is a buyer as one trade shows them: by OUID, else by nick. A masked nick is nobody.

with trades as (
    select * from {{ source('raw', 'tmall__trades') }}
    where coalesce(buyer_id, buyer_nick_id) is not null
),

final as (
    select
        {{ staged_columns('customers', 'trades', {
            'customer_id': 'coalesce(trades.buyer_id, trades.buyer_nick_id)',
            'nickname_token': 'trades.buyer_nick_token',
            'marketplace_id_token': 'trades.buyer_ouid_token',
            'updated_at': 'trades.created_at',
        }) }}
    from trades
)

select * from final
