"""NPS and referrals against brute force and networkx on random answers and random referrals."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from math import sqrt

import networkx as nx
import pytest

from tests.oracles.compiled import AS_OF, Compiled

pytestmark = pytest.mark.slow

START = datetime(2025, 11, 1, 4)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    chain = ["voice_answer", "voice_answer_slice", "nps_monthly",
             "referral_link", "referral_value", "referral_performance"]  # fmt: skip
    return Compiled(tmp_path_factory.mktemp("voice"), chain)


def _answers(compiled: Compiled, answers: list[tuple[str, datetime, int]]) -> dict:
    """month -> (responses, nps, margin) of the slice all."""
    con = compiled.world()
    con.executemany(
        "insert into core.fct_survey_response (survey_response_key, channel, survey_type, "
        "member_id, answered_at, answered_on, score) values (?, 'c', 'nps', ?, ?, ?, ?)",
        [[f"k{n:04}", who, at, at.date(), score] for n, (who, at, score) in enumerate(answers)],
    )
    for name in ("voice_answer", "voice_answer_slice", "nps_monthly"):
        compiled.run(con, name)
    found = con.execute(
        "select month, responses, nps, margin_of_error from marts.nps_monthly where slice = 'all'"
    ).fetchall()
    con.close()
    return {row[0]: row[1:] for row in found}


@pytest.mark.parametrize(
    ("scores", "nps"),
    [([*range(11)], -45.4545), ([10] * 100 + [8] * 30 + [3] * 80, 9.5238)],
)
def test_nps_of_known_answers(compiled, scores, nps):
    ((responses, found, _),) = _answers(
        compiled, [(f"m{n}", START, score) for n, score in enumerate(scores)]
    ).values()
    assert responses == len(scores)
    assert found == pytest.approx(nps, abs=1e-4)


def test_nps_takes_the_newest_answer_of_each(compiled):
    """500 answers of 80 respondents over three months; the margin by the variance of ±1 and 0."""
    rng = random.Random(3)
    answers = [
        (f"m{rng.randrange(80)}", START + timedelta(minutes=rng.randrange(91 * 1440)),
         rng.randrange(11)) for _ in range(500)
    ]  # fmt: skip
    newest: dict = {}
    for who, at, score in sorted(answers, key=lambda answer: answer[1]):
        newest[at.replace(day=1).date(), who] = (score >= 9) - (score <= 6)
    months = defaultdict(list)
    for (month, _), weight in newest.items():
        months[month].append(weight)
    found = _answers(compiled, answers)
    assert found.keys() == months.keys()
    for month, weights in months.items():
        mean = sum(weights) / len(weights)
        variance = sum((weight - mean) ** 2 for weight in weights) / len(weights)
        margin = 1.959964 * sqrt(variance / len(weights))
        assert found[month] == (
            len(weights), pytest.approx(100 * mean), pytest.approx(100 * margin),
        )  # fmt: skip


@pytest.fixture(scope="module")
def referred(compiled):
    """Forty small worlds of random referrals, circles and self-referrals among them."""
    rng, rows = random.Random(4), []
    for world in range(40):
        for _ in range(rng.randint(5, 14)):
            who, whom = rng.randrange(9), rng.choice([None, *range(9)])
            at = START + timedelta(minutes=rng.randrange(80 * 1440))
            rows.append((f"r{len(rows):05}", f"w{world}-{who}",
                         None if whom is None else f"w{world}-{whom}", at))  # fmt: skip
    con = compiled.world()
    con.executemany(
        "insert into core.fct_referral (referral_key, channel, referrer_member_id, "
        "referred_member_id, referred_at, referred_on) values (?, 'c', ?, ?, ?, ?)",
        [[*row, row[3].date()] for row in rows],
    )
    con.execute(
        "insert into core.member_identity (record_key, member_id, valid_from) "
        "select m, m, timestamp '2025-01-01' from (select referrer_member_id as m from "
        "core.fct_referral union select referred_member_id from core.fct_referral) where m is not "
        "null"
    )
    con.execute(
        "insert into core.dim_date (date_day, month_start) select cast(d as date), "
        "date_trunc('month', d) from range(date '2025-11-01', ?, interval 1 day) as r(d)", [AS_OF]
    )  # fmt: skip
    for name in ("referral_link", "referral_value", "referral_performance"):
        compiled.run(con, name)
    links = con.execute(
        "select referral_key, kind, root_member_id, depth from marts.referral_link"
    ).fetchall()
    months = con.execute(
        "select month, referrals, brought_members, known_members, k_factor "
        "from marts.referral_performance"
    ).fetchall()
    con.close()
    return rows, {row[0]: row[1:] for row in links}, months


def _expected(rows) -> dict:
    """Each referral's kind, root and depth, by networkx."""
    parents, kinds = {}, {}
    for key, who, whom, _ in sorted(rows, key=lambda row: (row[3], row[0])):
        if whom is None or who == whom:
            kinds[key] = "unknown" if whom is None else "self"
        elif whom in parents:
            kinds[key] = "repeated"
        else:
            parents[whom], kinds[key] = (who, key), "brought"
    graph = nx.DiGraph((who, whom) for whom, (who, _) in parents.items())
    for circle in nx.simple_cycles(graph):
        for whom in circle:
            kinds[parents[whom][1]] = "circular"
    graph.remove_edges_from(
        [(who, whom) for whom, (who, key) in parents.items() if kinds[key] == "circular"]
    )
    assert nx.is_forest(graph.to_undirected())
    found = dict.fromkeys(kinds)
    for whom, (_, key) in parents.items():
        if kinds[key] == "brought":
            (root,) = [n for n in nx.ancestors(graph, whom) if graph.in_degree(n) == 0]
            found[key] = ("brought", root, nx.shortest_path_length(graph, root, whom))
    return {key: found[key] or (kind, None, None) for key, kind in kinds.items()}


def test_referrals_are_a_forest(referred):
    rows, links, _ = referred
    expected = _expected(rows)
    assert {kind for kind, _, _ in expected.values()} == {
        "brought", "repeated", "self", "unknown", "circular",
    }  # fmt: skip
    assert links == expected


def test_the_k_factor_is_members_brought_per_member(referred):
    rows, _, months = referred
    expected, members = _expected(rows), {n for row in rows for n in row[1:3] if n}
    for month, referrals, brought, known, k_factor in months:
        mine = [row for row in rows if row[3].replace(day=1).date() == month]
        new = sum(expected[row[0]][0] == "brought" for row in mine)
        assert (referrals, brought, known) == (len(mine), new, len(members))
        assert k_factor == pytest.approx(len(mine) / len(members) * new / len(mine))
    assert len(months) == 3
