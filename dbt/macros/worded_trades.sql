{#-
    Trades with what their status means. A platform has one word for a trade that was closed before
    it was paid and one that was paid back: the time of payment tells them apart (rows
    `<word> paid` of the rules). Reads the CTEs `trades` and `status_words`.
-#}
{% macro worded_trades() -%}
    select
        trades.*,
        coalesce(paid_words.canonical_status, words.canonical_status, 'unknown')
            as canonical_status,
        coalesce(paid_words.counts_as_paid, words.counts_as_paid, false) as counts_as_paid
    from trades
    left join status_words as words on lower(trades.status) = words.delivered_word
    left join status_words as paid_words
        on
            trades.paid_at is not null
            and lower(trades.status) || ' paid' = paid_words.delivered_word
{%- endmacro %}
