"""The policy: what cannot be followed stops the run; the rows of the day hold."""

from __future__ import annotations

import pytest

from dagster_project.identity import PolicyError, resolve_identity
from tests.unit.identity.world import AS_OF, KEYS, World, groups, record

BROKEN = {
    "no row that holds": "delete from rules.identity_rules",
    "has 2 rows for one day": "insert into rules.identity_rules "
    "select * from rules.identity_rules where identifier_type = 'phone'",
    "tiers start at 1": "update rules.identity_rules set tier = 0 where identifier_type = 'phone'",
    "links in a tier that attaches": "update rules.identity_rules set tier = 7 "
    "where identifier_type = 'phone'",
    "min_contact_share must exceed 0.5": "update rules.identity_rules "
    "set min_contact_share = 0.5 where identifier_type = 'unionid'",
    "has no row for: phone": "delete from rules.identity_rules where identifier_type = 'phone'",
}


@pytest.mark.parametrize("message", BROKEN)
def test_rules_that_cannot_be_followed_stop_the_run(world: World, message: str) -> None:
    world.resolve([record("a:1", phone="P")])
    with pytest.raises(PolicyError, match=message):
        world.resolve([record("a:1", phone="P")], rules=BROKEN[message])
    assert world.rows("select count(*) from identity.idn_member_record") == [(1,)]


def test_the_rules_of_the_day_hold(world: World) -> None:
    """Until the day before as_of phones linked; from as_of on they only attach."""
    change = f"""
        update rules.identity_rules set valid_to = date '{AS_OF}' - 1
            where identifier_type = 'phone';
        insert into rules.identity_rules
            select * replace ('attach' as use, 8 as tier, date '{AS_OF}' as valid_from,
                null as valid_to)
            from rules.identity_rules where identifier_type = 'phone';
    """
    records = [record("a:1", phone="P", email="E1"), record("b:1", phone="P", email="E2")]
    assert len(groups(world.resolve(records, rules=change))) == 2
    resolve_identity(world.database, world.register, KEYS, AS_OF.replace(day=29))
    rows = world.rows("select count(distinct member_id) from identity.idn_member_record")
    assert rows == [(1,)]
