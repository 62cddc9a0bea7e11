{#-
    Replays the tier of all members at once, as tier_path needs it: one round advances every member
    by one change of state, so there are as many rounds as the most changed member has changes.
    A state: rank since `at`, its period since `period_at`; `basis_at` is the instant whose earnings
    reached the tier (NULL: nothing a refund could take away), and `safe_rank` what stays then.
-#}
{% macro replay_tiers() -%}
{%- if execute -%}
    {%- do write_work('tier_state', tier_first_state()) -%}
    {%- do write_work('tier_log', 'select * from ' ~ work_relation('tier_state')) -%}
    {%- set replay = namespace(is_over=false) -%}
    {%- for round in range(1, 100000) if not replay.is_over -%}
        {%- do write_work('tier_check', tier_due_checks()) -%}
        {%- do write_work('tier_hit', tier_refund_hits()) -%}
        {%- do write_work('tier_candidate', tier_next_upgrades()) -%}
        {%- do write_work('tier_candidate', tier_next_ends(), append=true) -%}
        {%- do write_work('tier_candidate', tier_next_refunds(), append=true) -%}
        {%- do write_work('tier_candidate', tier_next_rule_changes(), append=true) -%}
        {%- do write_work('tier_state', tier_next_state(round)) -%}
        {%- set reached = 'select * from ' ~ work_relation('tier_state') -%}
        {%- do write_work('tier_log', reached, append=true) -%}
        {%- set left = read_number('select count(*) from ' ~ work_relation('tier_state')) -%}
        {%- set replay.is_over = left == 0 -%}
    {%- endfor -%}
{%- endif -%}
{%- endmacro %}
