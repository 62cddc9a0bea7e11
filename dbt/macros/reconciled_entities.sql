{#-
    What is compared from delivery to core, per entity of the landing contract: its key, when a
    record exists (an expression on the conformed model), its core table, and its amounts as
    delivered, conformed and in core.
-#}
{% macro reconciled_entities() -%}
    {%- set until = ' < ' ~ as_of_end() -%}
    {{ return({
        'customers': {'key': 'customer_id', 'core': 'member_identity',
            'core_rows': "record_type = 'customer'",
            'exists': 'coalesce(coalesce(registered_at, updated_at)' ~ until ~ ', true)'},
        'orders': {'key': 'order_id', 'core': 'fct_order', 'exists': 'ordered_at' ~ until,
            'gross': ['gross_amount', 'gross_amount'],
            'amount': ['net_paid_amount', 'net_paid_amount']},
        'refunds': {'key': 'refund_id', 'core': 'fct_refund', 'exists': 'refunded_at' ~ until,
            'amount': ['amount', 'amount']},
        'events': {'key': 'event_id', 'core': 'fct_event', 'exists': 'occurred_at' ~ until},
        'points_entries': {'key': 'entry_id', 'core': 'fct_points_entry',
            'exists': 'occurred_at' ~ until, 'amount': ['points', 'points']},
        'coupons': {'key': 'coupon_id', 'core': 'fct_coupon', 'exists': 'issued_at' ~ until},
        'touches': {'key': 'touch_id', 'core': 'fct_touch', 'exists': 'sent_at' ~ until},
        'surveys': {'key': 'response_id', 'core': 'fct_survey_response',
            'exists': 'answered_at' ~ until},
        'referrals': {'key': 'referral_id', 'core': 'fct_referral',
            'exists': 'referred_at' ~ until},
        'contents': {'key': 'content_id', 'core': 'fct_content', 'exists': 'created_at' ~ until},
        'community_activities': {'key': 'activity_id', 'core': 'fct_community_activity',
            'exists': 'occurred_at' ~ until},
        'community_members': {'key': "community_id || ':' || customer_id",
            'core': 'fct_community_membership', 'exists': 'joined_at' ~ until},
        'campaign_costs': {'key': 'cost_id', 'core': 'fct_marketing_cost',
            'exists': 'spent_on <= ' ~ as_of(), 'amount': ['amount', 'amount']},
        'benefit_grants': {'key': 'grant_id', 'core': 'fct_benefit_grant',
            'exists': 'granted_at' ~ until, 'amount': ['cost', 'cost_amount']},
        'service_tickets': {'key': 'ticket_id', 'core': 'fct_service_ticket',
            'exists': 'opened_at' ~ until},
        'assignments': {'key': "experiment_id || ':' || customer_id", 'core': 'fct_assignment',
            'exists': 'assigned_at' ~ until},
    }) }}
{%- endmacro %}
