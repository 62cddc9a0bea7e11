-- One row: a request to be forgotten made until as_of, and a member it names: by the account, or
-- by a phone number or an e-mail address of the member's own. A request that names nobody known
-- is one row without a member.
with requests as (
    select * from {{ ref('cfm_erasure_requests') }}
    where requested_at < {{ as_of_end() }}
),

named as (
    select
        requests.erasure_request_key,
        identity.member_id,
        'customer_id' as matched_by
    from requests
    inner join {{ ref('member_identity') }} as identity
        on requests.named_record = identity.record_key

    {%- for identifier, token in {'email': 'email_match_token', 'phone': 'phone_token'}.items() %}

    union all

    select
        requests.erasure_request_key,
        identity.member_id,
        '{{ identifier }}' as matched_by
    from requests
    inner join {{ ref('idn_identifier') }} as identifiers
        on requests.{{ token }} = identifiers.token
    inner join {{ ref('member_identity') }} as identity
        on identifiers.record_key = identity.record_key
    where identifiers.identifier_type = '{{ identifier }}' and identifiers.is_own
    {%- endfor %}
),

members as (
    select
        erasure_request_key,
        member_id,
        min(matched_by) as matched_by
    from named
    group by erasure_request_key, member_id
),

final as (
    select
        requests.erasure_request_key,
        requests.channel,
        requests.request_id,
        members.member_id,
        members.matched_by,
        requests.requested_at,
        {{ business_date('requests.requested_at') }} as requested_on
    from requests
    left join members on requests.erasure_request_key = members.erasure_request_key
)

select * from final
