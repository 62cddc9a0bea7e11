"""Macros, tests and seeds of the dbt project keep the house's rules."""

import csv
import re

import yaml

from tests.structure.repository import DBT, Finding, files, relative, report
from tests.structure.sql_rules import check

LONGEST_MACRO = 40
DISPATCHED = ("default__", "duckdb__", "spark__")


def macro_names(text):
    """Names of the macros of a file, dispatched variants under their common name."""
    names = re.findall(r"\{%-?\s*(?:macro|test|materialization)\s+(\w+)", text)
    return [
        name.split("__", 1)[1] if name.startswith(DISPATCHED) and "__" in name else name
        for name in names
    ]


def test_variants_count_as_their_macro():
    text = "{% macro x(a) %}{% endmacro %}{%- macro duckdb__x(a) -%}{% endmacro %}"
    assert macro_names(text) == ["x", "x"]


def test_one_short_macro_a_file():
    findings = []
    for path in files(DBT / "macros", "*.sql"):
        text = path.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        if {*macro_names(text)} != {path.stem}:
            findings.append(
                Finding(relative(path), 1, f"holds {macro_names(text)}", f"one macro: {path.stem}")
            )
        if lines > LONGEST_MACRO:
            findings.append(
                Finding(relative(path), lines, f"{lines} lines", f"at most {LONGEST_MACRO}")
            )
    report("macros", findings)


def test_engine_differences_stay_in_dialect():
    portable = [
        path for path in files(DBT / "macros", "*.sql") if path.parent.name != "dialect"
    ] + files(DBT / "tests", "*.sql")
    report(
        "portable macros",
        (
            found
            for path in portable
            for rule in ("portable SQL", "NULLs have a place", "no division by zero")
            for found in check(rule, path)
        ),
    )


def test_dialect_macros_are_dispatched():
    report(
        "dispatch",
        (
            Finding(relative(path), 1, "no adapter.dispatch", "dispatch it, or move it up a folder")
            for path in files(DBT / "macros" / "dialect", "*.sql")
            # a materialization names its adapter in its head
            if not re.search(
                r"adapter\.dispatch|\{% materialization \w+, adapter=",
                path.read_text(encoding="utf-8"),
            )
        ),
    )


def described_seeds():
    """Seed name -> what its YAML says, over all YAML files of the seeds."""
    found = {}
    for path in files(DBT / "seeds", "*.yml"):
        for seed in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("seeds", []):
            found[seed["name"]] = (path, seed)
    return found


def meta(thing):
    """``meta`` of a seed or column, wherever its YAML puts it."""
    return {**(thing.get("config") or {}).get("meta", {}), **(thing.get("meta") or {})}


def test_every_seed_column_is_documented():
    known, findings = described_seeds(), []
    for path in files(DBT / "seeds", "*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        if path.stem not in known:
            findings.append(
                Finding(relative(path), 1, "no YAML", "describe it in a YAML beside it")
            )
            continue
        twin, seed = known[path.stem]
        columns = {column["name"]: column for column in seed.get("columns", [])}
        wanted = {
            "a description": seed.get("description"),
            "meta.label_zh": meta(seed).get("label_zh"),
        }
        for name in header:
            column = columns.get(name, {})
            wanted[f"a description of {name}"] = column.get("description")
        for name in columns.keys() - {*header}:
            findings.append(Finding(relative(twin), 1, f"{path.stem} has no {name}", "remove it"))
        findings += [
            Finding(relative(twin), 1, f"{path.stem} lacks {what}", "meaning, unit, range, effect")
            for what, found in wanted.items()
            if not found
        ]
    report("seed documents", findings)


def test_every_described_seed_exists():
    there = {path.stem for path in files(DBT / "seeds", "*.csv")}
    report(
        "seeds that are gone",
        (
            Finding(relative(path), 1, f"describes {name}, which is gone", "remove it")
            for name, (path, _) in described_seeds().items()
            if name not in there
        ),
    )


def test_no_init_in_dbt():
    report(
        "namespace of dbt",
        (
            Finding(relative(path), 1, "shadows the dbt package", "delete it")
            for path in DBT.rglob("__init__.py")
        ),
    )
