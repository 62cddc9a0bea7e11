-- One row is a buyer as one trade shows them. The address is the receiver's and is left out.

with trades as (
    select
        *,
        coalesce(yz_open_id, nullif(buyer_id, '0')) as customer_id
    from {{ source('raw', 'youzan__trades') }}
),

final as (
    select
        {{ staged_columns('customers', 'trades', {
            'customer_id': 'trades.customer_id',
            'nickname_token': 'trades.nickname_token',
            'phone_token': 'trades.phone_token',
            'phone_hint_token': 'trades.phone_hint_token',
            'phone_masked': 'trades.phone_masked',
            'phone_status': 'trades.phone_status',
            'wechat_openid_token': 'trades.openid_token',
            'updated_at': 'trades.created_at',
        }) }}
    from trades
    where trades.customer_id is not null
)

select * from final
