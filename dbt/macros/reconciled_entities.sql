{#-
    What is compared from delivery to core, per entity of the landing contract: its key, when a
    record came to exist (`at`, or a condition on the conformed model), its core table, and its
    amounts as delivered and conformed, and in core. What has a day in core (`day`) is compared by
    day.
-#}
{% macro reconciled_entities() -%}
    {{ return({
        'customers': {'key': 'customer_id', 'core': 'member_identity',
            'core_rows': "record_type = 'customer'",
            'exists': 'coalesce(coalesce(registered_at, updated_at) < ' ~ as_of_end() ~ ', true)'},
        'orders': {'key': 'order_id', 'core': 'fct_order', 'at': 'ordered_at', 'day': 'ordered_on',
            'gross': ['gross_amount', 'gross_amount'],
            'amount': ['net_paid_amount', 'net_paid_amount']},
        'refunds': {'key': 'refund_id', 'core': 'fct_refund', 'at': 'refunded_at',
            'day': 'refunded_on', 'amount': ['amount', 'amount']},
        'events': {'key': 'event_id', 'core': 'fct_event', 'at': 'occurred_at'},
        'points_entries': {'key': 'entry_id', 'core': 'fct_points_entry', 'at': 'occurred_at',
            'amount': ['points', 'points']},
        'coupons': {'key': 'coupon_id', 'core': 'fct_coupon', 'at': 'issued_at'},
        'touches': {'key': 'touch_id', 'core': 'fct_touch', 'at': 'sent_at'},
        'surveys': {'key': 'response_id', 'core': 'fct_survey_response', 'at': 'answered_at'},
        'referrals': {'key': 'referral_id', 'core': 'fct_referral', 'at': 'referred_at'},
        'contents': {'key': 'content_id', 'core': 'fct_content', 'at': 'created_at'},
        'community_activities': {'key': 'activity_id', 'core': 'fct_community_activity',
            'at': 'occurred_at'},
        'community_members': {'key': "community_id || ':' || customer_id",
            'core': 'fct_community_membership', 'at': 'joined_at'},
        'campaign_costs': {'key': 'cost_id', 'core': 'fct_marketing_cost',
            'exists': 'spent_on <= ' ~ as_of(), 'amount': ['amount', 'amount']},
        'benefit_grants': {'key': 'grant_id', 'core': 'fct_benefit_grant', 'at': 'granted_at',
            'amount': ['cost', 'cost_amount']},
        'service_tickets': {'key': 'ticket_id', 'core': 'fct_service_ticket', 'at': 'opened_at'},
        'assignments': {'key': "experiment_id || ':' || customer_id", 'core': 'fct_assignment',
            'at': 'assigned_at'},
    }) }}
{%- endmacro %}
