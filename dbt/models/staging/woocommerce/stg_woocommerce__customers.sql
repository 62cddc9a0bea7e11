-- One row is a customer's account as the REST API gave it.

with customers as (
    select * from {{ source('raw', 'woocommerce__customers') }}
),

final as (
    select
        {{ staged_columns('customers', 'customers', {
            'customer_id': 'customers.customer_id',
            'phone_token': 'customers.phone_token',
            'phone_hint_token': 'customers.phone_hint_token',
            'phone_masked': 'customers.phone_masked',
            'phone_status': 'customers.phone_status',
            'email_token': 'customers.email_token',
            'email_match_token': 'customers.email_match_token',
            'email_status': 'customers.email_status',
            'province': 'customers.state',
            'city': 'customers.city',
            'address_token': 'customers.address_token',
            'postcode': 'customers.postcode',
            'registered_at': 'customers.registered_at',
            'updated_at': 'coalesce(customers.updated_at, customers.registered_at)',
        }) }}
    from customers
)

select * from final
