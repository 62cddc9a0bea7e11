{#-
    What a preset's raw relations say in all: the entity of the contract, its key, when it was
    made, and its amounts, as the source itself states them. A preset is only compared for the
    entities and amounts that stand here: a till's tickets tell no amount without tenders.
-#}
{% macro preset_measures() -%}
    {%- set returned -%}
        select delivered_word from (
            {{ vocabulary_words('orders', 'ticket_type', 'pos') }}
        ) as words where canonical_word = 'return'
    {%- endset -%}
    {{ return([
        {'from': 'shopify__order_rows', 'entity': 'orders', 'key': 'order_name',
            'at': 'created_at', 'where': 'total_amount is not null',
            'gross': 'subtotal_amount + coalesce(discount_amount, 0)',
            'amount': 'total_amount - case when paid_at is not null'
                ~ ' then coalesce(outstanding_amount, 0) else 0 end'},
        {'from': 'shopify__order_rows', 'entity': 'refunds', 'key': 'order_name',
            'at': 'coalesce(cancelled_at, paid_at, created_at)', 'amount': 'refunded_amount',
            'where': 'total_amount is not null and refunded_amount > 0'},
        {'from': 'shopify__customers', 'entity': 'customers', 'key': 'customer_id'},
        {'from': 'tmall__trades', 'entity': 'orders', 'key': 'trade_id', 'at': 'created_at',
            'gross': 'goods_amount', 'amount': 'paid_amount'},
        {'from': 'youzan__trades', 'entity': 'orders', 'key': 'trade_id', 'at': 'created_at',
            'gross': 'goods_amount', 'amount': 'paid_amount'},
        {'from': 'pos__tickets', 'entity': 'orders', 'key': 'ticket_no', 'at': 'sold_at',
            'gross': 'gross_amount',
            'where': "coalesce(lower(ticket_type), '') not in (" ~ returned ~ ')'},
        {'from': 'woocommerce__orders', 'entity': 'orders', 'key': 'order_id', 'at': 'created_at',
            'gross': 'total_amount + coalesce(discount_amount, 0)'
                ~ ' - coalesce(shipping_amount, 0) - coalesce(tax_amount, 0)',
            'amount': 'total_amount'},
        {'from': 'woocommerce__refunds', 'entity': 'refunds', 'key': 'refund_id',
            'at': 'updated_at', 'amount': 'abs(amount)'},
        {'from': 'woocommerce__customers', 'entity': 'customers', 'key': 'customer_id'},
    ]) }}
{%- endmacro %}
