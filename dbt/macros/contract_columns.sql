{#-
    The columns of a staging model of an entity behind those of the delivery, in the contract's
    order: `name`, or `name:type` where it is no text.
-#}
{% macro contract_columns(entity) -%}
    {%- set columns = {
        'customers': 'customer_id name_token nickname_token phone_token phone_hint_token
            phone_masked phone_status phone_verified:boolean email_token email_match_token
            email_status wechat_unionid_token wechat_openid_token card_no_token device_id_token
            marketplace_id_token gender birth_date_token birth_year:integer birth_month:integer
            province city district address_token postcode registered_at:timestamp
            registration_source',
        'orders': 'order_id customer_id store_id coupon_id campaign_id referral_code phone_token
            phone_hint_token phone_masked phone_status email_token email_match_token email_status
            wechat_unionid_token wechat_openid_token card_no_token ordered_at:timestamp
            paid_at:timestamp status delivered_status counts_as_paid:boolean is_test:boolean currency
            currency_rate:decimal(18,8) gross_amount:money discount_amount:money
            shipping_amount:money tax_amount:money points_amount:money gift_card_amount:money
            net_paid_amount:money',
        'order_lines': 'order_id line_no product_id quantity:decimal(18,3)
            unit_price:decimal(18,4) discount_amount:money line_amount:money',
        'refunds': 'refund_id order_id customer_id line_no refunded_at:timestamp reason
            amount:money quantity:decimal(18,3)',
        'products': 'product_id name category subcategory brand color style list_price:money
            unit_cost:decimal(18,4)',
        'events': 'event_id customer_id device_id_token session_id product_id event_type
            occurred_at:timestamp page platform has_properties:boolean',
    } -%}
    {{ return((columns[entity] ~ ' updated_at:timestamp').split()) }}
{%- endmacro %}
