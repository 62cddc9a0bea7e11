"""Every dbt model keeps the house's rules: layers, names, texts, contracts, size and SQL."""

import re
import statistics

import pytest

from tests.structure.repository import DBT, Finding, files, meta_of, models_of, relative, report
from tests.structure.sql_rules import RULES, check

MART_FOLDERS = [
    "value",
    "lifecycle",
    "programme",
    "voice",
    "mining",
    "marketing",
    "profile",
    "activation",
    "monitor",
]
# The layers a model may read besides its own. Seeds (rules, overrides, reference) are side entries
# that any layer may read.
MAY_READ = {
    "staging": {"raw"},
    "conformed": {"staging"},
    "identity": {"conformed"},
    "core": {"conformed", "identity"},
    "scores": {"core"},
    # Results of scenarios are inputs like deliveries: people run them, a build only loads them.
    "marts": {"core", "scores", "scenarios"},
}
NAMES = {
    "staging": r"stg_{folder}__\w+",
    "conformed": r"cfm_\w+",
    "identity": r"idn_\w+",
    "core": r"(dim|fct)_\w+|member_identity",
    "scores": r"scr_\w+",
    "marts": r"(?!(stg|cfm|idn|dim|fct|scr|int)_)\w+",
    "ops": r"(?!(stg|cfm|idn|dim|fct|scr|int)_)\w+",
}
PUBLISHED = {"core", "marts", "ops"}
GRAIN = re.compile(r"^One row\b", re.I)
LONGEST = 150
MEDIAN = 45


def parts_of(manifest, unique_id):
    """Layer and folder of what a model reads: a model, a seed or a source."""
    if unique_id.startswith("source."):
        return manifest.sources[unique_id].source_name, ""
    node = manifest.nodes[unique_id]
    if node.resource_type == "seed":
        return "seed", ""
    folders = node.original_file_path.split("/")[1:-1]
    return folders[0], folders[1] if len(folders) > 1 else ""


def allowed(layer, folder, read_layer, read_folder):
    """Whether a model of one place may read a relation of another."""
    if layer == "ops" or read_layer == "seed":
        return True
    if layer == read_layer == "marts":
        return MART_FOLDERS.index(read_folder) <= MART_FOLDERS.index(folder)
    if layer == read_layer == "staging":
        return folder == read_folder
    return layer == read_layer or read_layer in MAY_READ[layer]


@pytest.mark.parametrize(
    ("reader", "read", "expected"),
    [
        (("staging", "contract"), ("raw", ""), True),
        (("staging", "contract"), ("staging", "online_retail"), False),
        (("conformed", ""), ("raw", ""), False),
        (("conformed", ""), ("staging", "contract"), True),
        (("core", ""), ("staging", "contract"), False),
        (("core", ""), ("identity", ""), True),
        (("conformed", ""), ("identity", ""), False),
        (("marts", "value"), ("conformed", ""), False),
        (("marts", "value"), ("marts", "lifecycle"), False),
        (("marts", "profile"), ("marts", "value"), True),
        (("marts", "value"), ("seed", ""), True),
        (("core", ""), ("marts", "value"), False),
        (("scores", ""), ("core", ""), True),
        (("scores", ""), ("marts", "value"), False),
        (("scores", ""), ("conformed", ""), False),
        (("core", ""), ("scores", ""), False),
        (("marts", "value"), ("scores", ""), True),
        (("ops", ""), ("raw", ""), True),
    ],
)
def test_layer_rule(reader, read, expected):
    assert allowed(*reader, *read) == expected


def test_models_stand_in_a_known_layer(models):
    known = {*NAMES}
    report(
        "known layers",
        (
            model.finding(f"folder {'/'.join(model.folders)!r}", "use a layer of models/README.md")
            for model in models
            if model.layer not in known
            or (model.layer == "marts" and [*model.folders[1:]] not in [[f] for f in MART_FOLDERS])
        ),
    )


def test_layers_read_only_what_they_may(manifest):
    findings = []
    for model in models_of(manifest):
        folder = model.folders[1] if len(model.folders) > 1 else ""
        for read in model.node.depends_on.nodes:
            read_layer, read_folder = parts_of(manifest, read)
            if not allowed(model.layer, folder, read_layer, read_folder):
                findings.append(
                    model.finding(
                        f"{model.layer} reads {read_layer} ({read.rsplit('.', 1)[-1]})",
                        "read a layer that dbt/models/README.md allows",
                    )
                )
    report("layering", findings)


def test_names_tell_the_layer(models):
    report(
        "names",
        (
            model.finding(f"{model.layer} model called {model.name}", f"name it like {pattern}")
            for model in models
            if (pattern := NAMES[model.layer].format(folder=model.folders[-1]))
            and not re.fullmatch(pattern, model.name)
        ),
    )


def test_every_model_has_a_yaml_twin(models):
    report(
        "YAML twins",
        (
            model.finding("no YAML twin", f"describe it in {model.twin.name} beside it")
            for model in models
            if not (model.node.patch_path or "").endswith(model.twin.relative_to(DBT).as_posix())
        ),
    )


def test_every_model_states_its_grain_and_label(models):
    findings = []
    for model in models:
        first = (model.node.description or "").strip().split("\n")[0]
        if not GRAIN.match(first):
            findings.append(
                model.finding(
                    f"description begins {first[:40]!r}",
                    "first line: `One row is ...`, the grain",
                    in_twin=True,
                )
            )
        if not meta_of(model.node).get("label_zh"):
            findings.append(
                model.finding("no Chinese label", "add config.meta.label_zh", in_twin=True)
            )
    report("grain and label", findings)


def test_published_columns_are_described(models):
    findings = []
    for model in models:
        if model.layer not in PUBLISHED:
            continue
        for name, column in model.node.columns.items():
            missing = [
                text
                for text, found in (
                    ("description", column.description),
                    ("meta.label_zh", meta_of(column).get("label_zh")),
                    ("data_type", column.data_type),
                )
                if not found
            ]
            if missing:
                findings.append(
                    model.finding(
                        f"column {name} has no {', '.join(missing)}", "add it", in_twin=True
                    )
                )
        if not model.node.columns:
            findings.append(model.finding("no columns", "list every column", in_twin=True))
    report("columns", findings)


def test_published_models_have_a_contract(models):
    report(
        "contracts",
        (
            model.finding("contract not enforced", "leave the folder's contract on", in_twin=True)
            for model in models
            if model.layer in PUBLISHED and not model.node.config.contract.enforced
        ),
    )


@pytest.mark.parametrize("rule", RULES)
def test_models_keep_the_rules_of_sql(rule):
    report(
        rule,
        (found for path in files(DBT / "models", "*.sql") for found in check(rule, path)),
    )


def test_models_are_short():
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in files(DBT / "models", "*.sql")
    }
    report(
        "model length",
        (
            Finding(relative(path), lines, f"{lines} lines", f"split it: at most {LONGEST}")
            for path, lines in lengths.items()
            if lines > LONGEST
        ),
    )
    assert statistics.median(lengths.values()) <= MEDIAN, "models got longer: split some"


def test_models_end_with_their_last_cte():
    report(
        "last line",
        (
            Finding(relative(path), len(lines), "no `select * from` at the end", "see CONTRIBUTING")
            for path in files(DBT / "models", "*.sql")
            if (lines := path.read_text(encoding="utf-8").strip().splitlines())
            and "with" in [line.split(" ")[0] for line in lines]
            and not lines[-1].startswith("select * from ")
        ),
    )


def test_models_with_logic_have_a_unit_test(manifest, models):
    logic = re.compile(r"\bcase\b|\bover\b|is_incremental\(\)", re.I)
    tested = {unit_test.model for unit_test in manifest.unit_tests.values()}
    report(
        "unit tests",
        (
            model.finding("a case, a window or an increment, untested", "dbt/tests/unit/")
            for model in models
            if model.name not in tested
            and logic.search(re.sub(r"--[^\n]*", "", model.path.read_text(encoding="utf-8")))
        ),
    )


def test_whoever_is_named_is_a_record(models):
    """A customer any delivered row names is a member's record, whether described or not."""
    read = (DBT / "models/identity/idn_record.sql").read_text(encoding="utf-8")
    report(
        "named customers",
        (
            model.finding(f"{column} names somebody unknown to idn_record", "add it to mentions")
            for model in models
            if model.layer == "conformed"
            and not model.name.startswith("cfm_customer")
            and model.name != "cfm_erasure_requests"  # who asks to be forgotten is no new record
            for column in model.node.columns
            if column.endswith("record_key") and f"'{model.name}', '{column}'" not in read
        ),
    )
