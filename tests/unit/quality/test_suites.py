"""The suites as text: what is wrong with one is said with its file and entry."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dagster_project.quality import GATES, SuiteError, check_specs
from dagster_project.quality.feeds import feed_kinds
from dagster_project.quality.resolve import Target, resolve
from dagster_project.quality.rules import Rule, load_rules
from dagster_project.quality.suite_files import load_suites
from dagster_project.quality.suites import spread
from dagster_project.settings import EXPECTATIONS_DIR, PROJECT_ROOT

ENTRY = {
    "name": "things",
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "id"},
    "severity": "critical",
    "notes": "what must hold",
    "notes_zh": "须成立",
    "remedy": "do something",
}
SUITE = {"relation": "core.things", "input": "core.others", "expectations": [ENTRY]}


def load(tmp_path: Path, suite: object, **others: object):
    folder = tmp_path / "core"
    folder.mkdir()
    for name, content in {"things": suite, **others}.items():
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return load_suites("core", tmp_path)


def test_a_suite_has_its_entries_and_a_row_count(tmp_path):
    suite = load(tmp_path, SUITE)["things"]
    assert [entry.name for entry in suite.entries] == ["has_rows", "things"]


WRONG = {
    "no YAML": (": :\n  -", "cannot be read as YAML"),
    "no mapping": ("[1]", "must be a mapping"),
    "no expectations": ({**SUITE, "expectations": []}, "checks nothing"),
    "expectations missing": ({"relation": "a.b", "input": "c"}, "checks nothing"),
    "no relation": ({**SUITE, "relation": None}, "relation"),
    "no input": ({**SUITE, "input": None}, "input"),
    "an unknown key": ({**SUITE, "comment": "x"}, "comment"),
    "an include that is not there": ({**SUITE, "include": "_nowhere"}, "_nowhere"),
    "names twice": ({**SUITE, "expectations": [ENTRY, ENTRY]}, "twice"),
}
WRONG_ENTRIES = {
    "no mapping": ("text", "must be a mapping"),
    "an unknown key": ({**ENTRY, "mostly": 1}, "mostly"),
    "no notes": ({**ENTRY, "notes": ""}, "notes"),
    "no Chinese notes": ({k: v for k, v in ENTRY.items() if k != "notes_zh"}, "notes_zh"),
    "a name for nobody": ({**ENTRY, "name": "No Dagster Name"}, "a name is"),
    "a name that a level takes": ({**ENTRY, "name": "things_warn"}, "_warn"),
    "neither rule nor severity": ({**ENTRY, "severity": None}, "either"),
    "rule and severity": ({**ENTRY, "rule": "orphan_share"}, "either"),
    "a severity of its own": ({**ENTRY, "severity": "fatal"}, "fatal"),
    "a rule that is not there": ({**ENTRY, "severity": None, "rule": "gone"}, "gone"),
    "a threshold": ({**ENTRY, "kwargs": {"column": "id", "max_value": 0.7}}, "0.7"),
    "a threshold in a list": ({**ENTRY, "kwargs": {"values": [1, {"at": [7]}]}}, "7"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_suite_names_its_file(tmp_path, name):
    suite, told = WRONG[name]
    with pytest.raises(SuiteError, match=re.escape(told)) as error:
        load(tmp_path, suite)
    assert "expectations/core/things.yml" in str(error.value)


@pytest.mark.parametrize("name", WRONG_ENTRIES)
def test_wrong_entry_names_file_and_entry(tmp_path, name):
    entry, told = WRONG_ENTRIES[name]
    good = {**ENTRY, "name": "first"}
    with pytest.raises(SuiteError, match=re.escape(told)) as error:
        load(tmp_path, {**SUITE, "expectations": [good, entry]})
    assert "expectations/core/things.yml, entry 2" in str(error.value)


def test_included_entries_come_too_and_own_ones_win(tmp_path):
    shared = {"expectations": [{**ENTRY, "name": "shared"}, {**ENTRY, "remedy": "the shared one"}]}
    suites = load(tmp_path, {**SUITE, "include": "_shared"}, _shared=shared)
    suite = suites["things"]
    assert [entry.name for entry in suite.entries] == ["has_rows", "shared", "things"]
    assert suite.entries[-1].remedy == "do something"
    assert set(suites) == {"things"}


def test_a_rule_of_two_levels_becomes_two_checks(tmp_path):
    entry = {**ENTRY, "severity": None, "rule": "orphan_share"}
    suite = load(tmp_path, {**SUITE, "expectations": [entry]})["things"]
    checks = spread(suite, suite.entries[-1], load_rules())
    assert [(c.name, c.severity) for c in checks] == [
        ("things__things", "critical"),
        ("things__things_warn", "warning"),
    ]


def ask(number: float | None):
    return lambda query: number


def one_check(tmp_path: Path, **entry: object):
    suite = load(tmp_path, {**SUITE, "expectations": [{**ENTRY, "severity": None, **entry}]})
    return spread(suite["things"], suite["things"].entries[-1], load_rules())[0]


def test_a_multiple_is_resolved_against_its_baseline(tmp_path):
    check = one_check(tmp_path, rule="core_volume", baseline_query="select 1")
    resolved = resolve(check, Target("v"), ask(400))
    assert resolved.expectation.kwargs == {"column": "id", "min_value": 200}
    assert resolved.expected == "at least 200"
    assert resolve(check, Target("v"), ask(None)).skipped == "no baseline"


def test_few_rows_are_not_judged(tmp_path):
    check = one_check(tmp_path, rule="orphan_share")
    assert resolve(check, Target("v"), ask(99)).skipped == "too few rows"
    assert resolve(check, Target("v"), ask(100)).expectation is not None


def test_an_unknown_name_in_a_query_is_told(tmp_path):
    kwargs = {"unexpected_rows_query": "select * from $row"}
    check = one_check(tmp_path, severity="critical", kwargs=kwargs)
    with pytest.raises(SuiteError, match=r"core/things, things: .*row"):
        resolve(check, Target("v"), ask(1))


def test_braces_and_colons_reach_duckdb_unchanged():
    from dagster_project.quality.engine import Expectation, open_session
    from dagster_project.quality.resolve import _literal

    query = "select length('{a} :b c:d') + case when regexp_matches('xx', 'x{2}') then 1 end"
    with open_session() as session:
        session.connection.execute("create schema checked; create view checked.t as select 1 as x")
        asked = Expectation("a", "expect_query_value_to_be_between", {"query": _literal(query)})
        assert session.evaluate("t", [asked])["a"].observed == "11"


def test_bounds_of_rules():
    def bounds(comparison: str, baseline: float | None = None) -> dict[str, float]:
        return Rule("r", comparison, 0.25, 0.5, 0).bounds("critical", baseline)

    assert bounds("at_most") == {"max_value": 0.5}
    assert bounds("at_least") == {"min_value": 0.5}
    assert bounds("multiple_at_most", 8) == {"max_value": 4}
    assert bounds("multiple_at_least", 8) == {"min_value": 4}
    with pytest.raises(ValueError, match="baseline"):
        bounds("multiple_at_most")
    assert Rule("r", "at_most", None, 1.0, 0).levels() == {"critical": 1.0}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,at_most,x,1,,u,n,d", "rule a: warn 'x'"),
        ("a,around,1,1,,u,n,d", "around"),
        ("a,at_most,,,,u,n,d", "no level"),
        ("a,at_most,1,1,,u,n,d\na,at_most,1,1,,u,n,d", "twice"),
    ],
)
def test_wrong_rule_is_named(tmp_path, row, told):
    path = tmp_path / "rules.csv"
    head = "rule_code,comparison,warn,block,from_rows,unit,label_zh,description\n"
    path.write_text(head + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        load_rules(path)


def test_specs_are_unique_stable_and_fit_for_dagster():
    names = [spec.name for gate in GATES for spec in check_specs(gate)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Za-z0-9_]+", name) for name in names)
    assert {spec.relation.split(".")[0] for spec in check_specs("arrival")} == {"raw"}
    assert {kind.relation for kind in feed_kinds().values()} <= {
        spec.relation for spec in check_specs("arrival")
    }


def test_specs_need_no_great_expectations():
    program = (
        "import sys\n"
        "from dagster_project.quality import GATES, check_specs\n"
        "assert all(check_specs(gate) for gate in GATES)\n"
        "assert 'great_expectations' not in sys.modules and 'sqlalchemy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, check=True)


def test_every_rule_is_used_by_a_suite_or_a_setting():
    text = "".join(p.read_text(encoding="utf-8") for p in EXPECTATIONS_DIR.rglob("*.yml"))
    used = set(re.findall(r"^\s+rule: (\w+)$", text, re.M))
    kept = {code for code, rule in load_rules().items() if rule.comparison != "setting"}
    assert used == kept


def test_suites_stand_where_their_relations_are():
    for gate, folder in (("members", "core"), ("marts", "marts")):
        for spec in check_specs(gate):
            assert spec.relation.split(".")[0] in (folder, "core")
