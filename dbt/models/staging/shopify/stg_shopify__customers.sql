-- One row is a customer as an export shows them: no time of registration or change is in it.

with source as (
    select
        *,
        case when phone_status is not null then 'own' else 'address' end as phone_of
    from {{ source('raw', 'shopify__customers') }}
),

final as (
    select
        {{ staged_columns('customers', 'source', {
            'customer_id': 'source.customer_id',
            'phone_token':
                "case when phone_of = 'own' then phone_token else address_phone_token end",
            'phone_hint_token':
                "case when phone_of = 'own' then phone_hint_token else address_phone_hint_token end",
            'phone_masked':
                "case when phone_of = 'own' then phone_masked else address_phone_masked end",
            'phone_status':
                "case when phone_of = 'own' then phone_status else address_phone_status end",
            'email_token': 'source.email_token',
            'email_match_token': 'source.email_match_token',
            'email_status': 'source.email_status',
            'province': 'source.province_code',
            'city': 'source.city',
            'address_token': 'source.address_token',
            'postcode': 'source.postcode',
        }) }}
    from source
)

select * from final
