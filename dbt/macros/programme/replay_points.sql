{#-
    Replays the points of all members at once, as points_draw needs it: one round takes the next step
    of every member that moves points out of lots or back into them, so there are as many rounds as
    the busiest member has such steps. Earnings need no round of their own: their lots enter with
    the step that follows.
-#}
{% macro replay_points() -%}
{%- if execute -%}
    {%- do write_work('points_act', points_acts()) -%}
    {%- do write_work('points_new_lot', points_new_lots()) -%}
    {%- do write_work('points_open', points_no_lots()) -%}
    {%- do write_work('points_owed', points_no_debts()) -%}
    {%- do write_work('points_log', points_no_draws()) -%}
    {%- set acts = read_number('select max(act_no) from ' ~ work_relation('points_act')) -%}
    {%- for round in range(1, acts + 1) -%}
        {%- do write_work('points_now', points_acts_of(round)) -%}
        {%- do write_work('points_back', points_given_back()) -%}
        {%- do write_work('points_supply', points_supply(round)) -%}
        {%- do write_work('points_demand', points_demand()) -%}
        {%- do write_work('points_drawn', points_drawn()) -%}
        {%- do write_work('points_log', points_draws_of_round(), append=true) -%}
        {%- do write_work('points_open', points_left_open()) -%}
        {%- do write_work('points_owed', points_left_owed()) -%}
    {%- endfor -%}
{%- endif -%}
{%- endmacro %}
