-- One row is a member as one ticket shows them: number, card and phone as shown at the till.

with tickets as (
    select * from {{ source('raw', 'pos__tickets') }}
    where customer_id is not null
),

final as (
    select
        {{ staged_columns('customers', 'tickets', {
            'customer_id': 'tickets.customer_id',
            'phone_token': 'tickets.phone_token',
            'phone_hint_token': 'tickets.phone_hint_token',
            'phone_masked': 'tickets.phone_masked',
            'phone_status': 'tickets.phone_status',
            'card_no_token': 'tickets.card_no_token',
            'updated_at': 'tickets.sold_at',
        }) }}
    from tickets
)

select * from final
