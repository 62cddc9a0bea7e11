{#- The acting step of each member in a round. -#}
{% macro points_acts_of(round) -%}
select * from {{ work_relation('points_act') }} where act_no = {{ round }}
{%- endmacro %}
