"""The reviewed suites of ``expectations/``, read and checked.

One suite is one YAML file::

    relation: core.fct_order          # what is checked; also the place people are told
    input: conformed.cfm_orders       # rows here ask for rows there; or a query of one number
    view: published_text              # optional: a view laid for this suite instead of `relation`
    include: _every_fact              # optional: the entries of another file of the folder too
    with: {key: order_key}            # optional: $names for queries
    expectations:
      - name: members_resolve         # unique in the file, [a-z0-9_]
        type: expect_query_value_to_be_between   # of Great Expectations, or one of our two
        kwargs: {query: select ... from $rows ...}
        rule: orphan_share            # a row of quality_rules.csv: its levels become two checks,
                                      # `members_resolve` and `members_resolve_warn`
        severity: critical            # without a rule: critical or warning
        baseline: previous            # what it is compared with; without that: "no baseline"
        baseline_query: select ...    # one number for rules that multiply a baseline
        sample: select count(*) ...   # how many rows it speaks of, for the rule's from_rows
        places: select place, rows    # asked only after a failure: where to look
        each: vocabulary              # gate arrival: one check per field that has a vocabulary
        needs: [key]                  # gate arrival: only where the entity has such fields
        notes: what must hold, in English
        notes_zh: the same in Chinese
        remedy: what to do about a failure

Numbers do not stand in a suite, except 0, 1 and 100: a threshold is a row of the rules.
``expectations/raw/_every_feed.yml`` holds for every raw relation of every format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dagster_project.quality.report import CRITICAL, WARNING
from dagster_project.quality.rules import load_rules
from dagster_project.quality.suites import (
    WARN_SUFFIX,
    Entry,
    Suite,
    SuiteError,
    combine,
    row_count,
)
from dagster_project.settings import EXPECTATIONS_DIR

EVERY_FEED = "_every_feed"
NAME = re.compile(r"[a-z][a-z0-9_]*")
PLAIN_NUMBERS = (0, 1, 100)
SUITE_KEYS = frozenset(("relation", "input", "view", "include", "with", "expectations"))
REQUIRED = ("name", "type", "notes", "notes_zh", "remedy")
OPTIONAL = (
    "kwargs", "rule", "severity", "baseline", "baseline_query", "sample", "places", "each", "needs",
)  # fmt: skip
ENTRY_KEYS = frozenset(REQUIRED + OPTIONAL)


@cache
def load_suites(folder: str, root: Path = EXPECTATIONS_DIR) -> dict[str, Suite]:
    """The suites of ``expectations/<folder>`` by file name; ``_*.yml`` are parts of others.

    Raises:
        SuiteError: a file or an entry is wrong.
    """
    paths = sorted((root / folder).glob("[!_]*.yml"))
    return {path.stem: _suite(path, folder) for path in paths}


def load_entries(path: Path, place: str) -> tuple[Mapping[str, Any], tuple[Entry, ...]]:
    """The mapping of a suite's file, and its entries checked.

    Raises:
        SuiteError: the file or an entry is wrong.
    """
    try:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SuiteError(f"{place}: cannot be read as YAML: {error}") from error
    if not isinstance(text, dict):
        raise SuiteError(f"{place}: must be a mapping with `expectations`")
    _known(text, SUITE_KEYS, place)
    entries = text.get("expectations", [] if text.get("include") else None)
    if not isinstance(entries, list) or not (entries or text.get("include")):
        raise SuiteError(f"{place}: an empty suite checks nothing: give `expectations`")
    read = tuple(_entry(entry, f"{place}, entry {n}") for n, entry in enumerate(entries, start=1))
    names = [entry.name for entry in read]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SuiteError(f"{place}: the names {twice} stand twice")
    return text, read


def _suite(path: Path, folder: str) -> Suite:
    place = f"expectations/{folder}/{path.name}"
    text, own = load_entries(path, place)
    if not all(text.get(key) for key in ("relation", "input")):
        raise SuiteError(f"{place}: needs `relation` and `input`")
    included: tuple[Entry, ...] = ()
    if name := text.get("include"):
        _, included = load_entries(path.with_name(f"{name}.yml"), f"{place}, include {name}")
    entries = (row_count(text["input"]), *combine(included, own))
    return Suite(
        f"{folder}/{path.stem}", text["relation"], text["input"], entries,
        text.get("view"), text.get("with") or {},
    )  # fmt: skip


def _entry(raw: Any, place: str) -> Entry:
    if not isinstance(raw, dict):
        raise SuiteError(f"{place}: must be a mapping")
    place = f"{place} ({raw.get('name', 'without a name')})"
    _known(raw, ENTRY_KEYS, place)
    if missing := [key for key in REQUIRED if not raw.get(key)]:
        raise SuiteError(f"{place}: {missing} missing")
    if not NAME.fullmatch(str(raw["name"])) or raw["name"].endswith(WARN_SUFFIX):
        raise SuiteError(f"{place}: a name is [a-z0-9_] and does not end in {WARN_SUFFIX}")
    if bool(raw.get("rule")) == bool(raw.get("severity")):
        raise SuiteError(f"{place}: give either `rule` or `severity`")
    if raw.get("rule") and raw["rule"] not in load_rules():
        raise SuiteError(f"{place}: no rule {raw['rule']!r} in quality_rules.csv")
    if raw.get("severity") not in (None, CRITICAL, WARNING):
        raise SuiteError(f"{place}: severity {raw['severity']!r} is neither critical nor warning")
    _without_numbers(raw.get("kwargs", {}), place)
    return Entry(**{**raw, "needs": tuple(raw.get("needs", ()))})


def _known(raw: Mapping[str, Any], keys: frozenset[str], place: str) -> None:
    if unknown := sorted(set(raw) - keys):
        raise SuiteError(f"{place}: {unknown} not known; known: {sorted(keys)}")


def _without_numbers(value: Any, place: str) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _without_numbers(item, place)
    elif isinstance(value, int | float) and value not in PLAIN_NUMBERS:
        raise SuiteError(f"{place}: {value} is a threshold: make it a row of quality_rules.csv")
