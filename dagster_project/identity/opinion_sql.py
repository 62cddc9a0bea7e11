"""The statements behind ``opinions``: pairs of clusters, what they show, what follows from it.

Tables ``incidence`` (value, cluster), ``profile`` (cluster and what it says of its person),
``exclusive`` (clusters with a single-valued identifier) and ``compared`` (likeness of two names).
"""

from __future__ import annotations

from dagster_project.identity.names import Likeness

PAIRS = """
create temp table pair as
with shown as (
    select distinct cluster from profile
    union
    select cluster from exclusive
)
select a.value, a.cluster as left_cluster, b.cluster as right_cluster
from incidence as a
inner join incidence as b on a.value = b.value and a.cluster < b.cluster
inner join shown as x on a.cluster = x.cluster
inner join shown as y on b.cluster = y.cluster
"""

MEETINGS = """
create temp table meeting as
select
    c.left_cluster,
    c.right_cluster,
    least(x.name, y.name) as low_name,
    greatest(x.name, y.name) as high_name,
    case
        when x.name < 0 or y.name < 0 then null
        when x.name = y.name or (x.is_full and y.is_full and x.canonical = y.canonical)
            then case when x.is_full then {equal} else {partial} end
        when x.is_full and y.is_full then -1
        when x.surname < 0 or y.surname < 0 then null
        when x.surname = y.surname then {partial}
        else {different}
    end as likeness,
    case when x.birth >= 0 and y.birth >= 0 then x.birth = y.birth end as same_birth,
    x.gender >= 0 and y.gender >= 0 and x.gender <> y.gender as other_gender
from (select distinct left_cluster, right_cluster from pair) as c
inner join profile as x on c.left_cluster = x.cluster
inner join profile as y on c.right_cluster = y.cluster
"""

# Names and birth dates both different contradict; one of them alone may be a typing error.
OPINION = """
create temp table opinion as
with judged as (
    select
        m.left_cluster,
        m.right_cluster,
        case
            when l = {equal} then 'agree'
            when l = {near} then case
                when m.other_gender or not coalesce(m.same_birth, true) then 'disagree'
                else 'agree' end
            when l = {partial} then case
                when not coalesce(m.same_birth, true) then 'disagree'
                when m.same_birth then 'agree' else 'lean' end
            when l = {different} then case when m.same_birth then 'unknown' else 'disagree' end
            when m.same_birth then 'agree'
            when not m.same_birth then 'disagree'
            else 'unknown'
        end as opinion
    from (
        select q.*, coalesce(nullif(q.likeness, -1), n.likeness) as l
        from meeting as q
        left join compared as n on q.low_name = n.low_name and q.high_name = n.high_name
    ) as m
)
select
    left_cluster,
    right_cluster,
    case
        when bool_or(opinion = 'agree') then 'agree'
        when bool_or(opinion = 'disagree') then 'disagree'
        when bool_or(opinion = 'lean') then 'lean'
        else 'unknown'
    end as opinion
from judged
group by left_cluster, right_cluster
"""


PAIRED = """
select p.*, coalesce(o.opinion, 'unknown') as opinion
from pair as p
left join opinion as o
    on p.left_cluster = o.left_cluster and p.right_cluster = o.right_cluster
order by p.value, p.left_cluster, p.right_cluster
"""


def with_levels(text: str) -> str:
    """A statement with the names of likeness levels replaced by their numbers."""
    return text.format(**{one.name.lower(): int(one) for one in Likeness})
