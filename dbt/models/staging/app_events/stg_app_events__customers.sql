-- One row is a record that says who a customer is: a sign-up that binds a device, or a profile that
-- was given a phone or an e-mail. Profiles of anything else would hide those.

with records as (
    select * from {{ ref('stg_app_events__records') }}
    where
        customer_id is not null
        and (
            phone_status is not null
            or email_status is not null
            or kind_of_record = 'track_signup'
        )
),

final as (
    select
        {{ staged_columns('customers', 'records', {
            'customer_id': 'records.customer_id',
            'phone_token': 'records.phone_token',
            'phone_hint_token': 'records.phone_hint_token',
            'phone_masked': 'records.phone_masked',
            'phone_status': 'records.phone_status',
            'email_token': 'records.email_token',
            'email_match_token': 'records.email_match_token',
            'email_status': 'records.email_status',
            'device_id_token': 'records.device_token',
            'updated_at': 'records.occurred_at',
        }) }}
    from records
)

select * from final
