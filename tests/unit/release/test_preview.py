"""What a plan shows before publishing is what publishing then stores."""

import duckdb

from dagster_project.release import current, open_release, preview, release_diff
from tests.unit.release.releases import DESCRIPTION, build, release


def stored(home):
    with open_release(home) as con:
        rows = con.execute("select * exclude (difference) from ops.release_diff").fetchall()
    return sorted((name, measure, float(old), float(new)) for name, measure, old, new in rows)


def shown(rows):
    return sorted((r.relation, r.measure, float(r.previous), float(r.current)) for r in rows)


def test_the_preview_is_what_publishing_stores(home):
    release(home, orders=3)
    seen = current(home).id
    database = build(home, orders=5, mark=2)
    rows = preview(home, database, DESCRIPTION)
    assert current(home).id == seen
    release(home, orders=5, run=1, mark=2)
    assert shown(rows) == stored(home)
    figures = {(r.relation, r.measure): int(r.difference) for r in rows}
    assert figures["core.fct_order", "keys_added"] == 2
    # Of three members, two became lost.
    assert figures["marts.member_rfm", "segment_moved"] == 2
    assert figures["marts.member_rfm", "segment_moved: champion > lost"] == 2


def test_columns_that_came_and_went_are_told(home):
    first = release(home, orders=3)
    with duckdb.connect(str(build(home, orders=3))) as con:
        con.execute("alter table core.fct_order drop column mark")
        con.execute("alter table core.fct_order add column extra text")
    rows = preview(home, home.next_database, DESCRIPTION)
    told = {(r.relation, r.measure): int(r.difference) for r in rows if "column_" in r.measure}
    assert told["core.fct_order", "column_added: extra"] == 1
    assert told["core.fct_order", "column_removed: mark"] == -1
    same = {r.difference for r in release_diff(home, first.id, first.id)}
    assert same == {0}
