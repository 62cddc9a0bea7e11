"""The page that says where a rule stands is the one the project would write today."""

from docs.where_is_it import TARGET, rules_of, text
from tests.structure.repository import report


def test_where_is_it_is_up_to_date(manifest):
    assert TARGET.exists() and TARGET.read_text(encoding="utf-8") == text(manifest), (
        "run: python docs/where_is_it.py"
    )


def test_every_rule_is_read(manifest):
    unread = [line for line in text(manifest).splitlines() if line.endswith("| nothing yet |")]
    assert unread == [], "a rule that nothing reads decides nothing: remove it, or read it"


def test_models_name_rules_that_exist(manifest, models):
    seeds = {node.name for node in manifest.nodes.values() if node.resource_type == "seed"}
    report(
        "meta.rules",
        (
            model.finding(f"meta.rules names {rule}", "name a seed of dbt/seeds/", in_twin=True)
            for model in models
            for rule in rules_of(model.node)
            if rule not in seeds
        ),
    )
