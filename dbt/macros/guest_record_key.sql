{#-
    Whose an order is: the customer's record; without a customer, a record of its own when the
    order carries a contact that can identify somebody; else nobody's (NULL).
    A masked phone is a hint, not an identity: alone it makes no record.
-#}
{% macro guest_record_key() -%}
    case
        when customer_id is not null then {{ natural_key('channel', 'customer_id') }}
        when
            coalesce(
                phone_token, email_token, wechat_unionid_token, wechat_openid_token, card_no_token
            ) is not null
            then {{ natural_key('channel', "'guest:' || order_id") }}
    end
{%- endmacro %}
