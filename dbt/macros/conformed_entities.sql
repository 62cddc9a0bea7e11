{#- Every entity that has a conformed model `cfm_<entity>`. -#}
{% macro conformed_entities() -%}
    {{ return([
        'customers', 'orders', 'order_lines', 'refunds', 'products', 'stores', 'events',
        'points_entries', 'coupons', 'campaigns', 'campaign_costs', 'touches', 'surveys',
        'referrals', 'contents', 'community_activities', 'partners', 'benefit_grants',
        'service_tickets', 'identity_overrides', 'advocates', 'community_members',
        'experiments', 'assignments',
    ]) }}
{%- endmacro %}
