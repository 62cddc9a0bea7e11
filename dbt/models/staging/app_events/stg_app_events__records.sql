-- One row is a delivered record: an event, or what a profile was set to. Who it is: the login, else
-- the distinct id where the record says that it is one, as a sign-up does; until then it is a
-- device.

with source as (
    select
        *,
        coalesce(record_type, 'track') as kind_of_record,
        coalesce(is_login_id, record_type = 'track_signup', false) as is_login
    from {{ source('raw', 'app_events__events') }}
),

final as (
    select
        source.*,
        coalesce(source.login_id, case when source.is_login then source.distinct_id end)
            as customer_id,
        coalesce(
            source.device_id_token,
            case
                when not source.is_login and source.login_id is null
                    then source.distinct_device_token
            end
        ) as device_token
    from source
)

select * from final
