{#-
    A query of the spans of time in which a record of a member said one thing: from a version to the
    next. The earliest version of a record counts from the record's first sighting on: nothing
    else is known of that time. A guest's order is one version; what happens after as_of is none.
-#}
{% macro record_spans() -%}
    select
        *,
        lead(spans_from) over (
            partition by record_key
            order by updated_at asc nulls first, version_key asc nulls last
        ) as spans_to
    from (
        select
            records.member_id, records.record_key, records.channel, records.source_priority,
            versions.version_key, coalesce(versions.updated_at, guests.ordered_at) as updated_at,
            case
                when versions.version_number > 1
                    then greatest(versions.updated_at, records.seen_from)
                else records.seen_from
            end as spans_from,
            versions.registered_at, nullif(versions.gender, 'U') as gender, versions.birth_year,
            versions.province, versions.city,
            coalesce(versions.phone_token, guests.phone_token) is not null as has_phone,
            coalesce(versions.email_match_token, guests.email_match_token) is not null as has_email,
            coalesce(
                versions.wechat_unionid_token, versions.wechat_openid_token,
                guests.wechat_unionid_token, guests.wechat_openid_token
            ) is not null as has_wechat,
            coalesce(versions.phone_verified, false) as is_phone_verified
        from records
        left join versions
            on records.record_key = versions.record_key and records.record_type = 'customer'
        left join {{ ref('cfm_orders') }} as guests
            on records.record_key = guests.record_key and records.record_type = 'guest'
    ) as placed
{%- endmacro %}
