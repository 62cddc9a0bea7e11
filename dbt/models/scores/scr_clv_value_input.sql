-- One row: a distinct (repeat purchases, their net revenue) of a basis, and how many buyers have
-- it. Buyers whose repeat purchases brought nothing are in it; the fit leaves them out.
with final as (
    select
        basis,
        frequency,
        repeat_revenue,
        count(*) as members
    from {{ ref('scr_clv_member') }}
    where frequency > 0
    group by basis, frequency, repeat_revenue
)

select * from final
