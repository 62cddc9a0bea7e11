"""Python modules keep the house's rules: size, texts, and who reads what."""

import ast

import pytest

from tests.structure.repository import PACKAGE, Finding, files, relative, report

LONGEST_MODULE = 200
LONGEST_FUNCTION = 40
LONGEST_DEFINITIONS = 50
# Small things for people may use pandas; nothing of the size of orders or events may.
PANDAS_FOLDERS = {"reports"}


def parsed():
    """Every module of the package with its syntax tree."""
    for path in files(PACKAGE, "*.py"):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def reads_environment(node):
    """Whether a piece of code looks at (or changes) the environment."""
    if isinstance(node, ast.Attribute):
        return node.attr in {"environ", "getenv", "putenv", "environb"} and (
            isinstance(node.value, ast.Name) and node.value.id == "os"
        )
    names = [name.name for name in node.names] if isinstance(node, ast.ImportFrom) else []
    return bool({"environ", "getenv"} & {*names})


def imported(node):
    """The packages a statement imports."""
    if isinstance(node, ast.Import):
        return {name.name.split(".")[0] for name in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.split(".")[0]}
    return set()


@pytest.mark.parametrize(
    "code", ["os.environ['X']", "x = os.getenv('X')", "from os import environ", "os.environ.get(1)"]
)
def test_environment_rule_can_fail(code):
    assert any(reads_environment(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("code", ["import pandas as pd", "from pandas.api import types"])
def test_pandas_rule_can_fail(code):
    assert any("pandas" in imported(node) for node in ast.walk(ast.parse(code)))


def test_modules_and_functions_are_short():
    findings = []
    for path, tree in parsed():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_MODULE:
            findings.append(
                Finding(relative(path), lines, f"{lines} lines", f"at most {LONGEST_MODULE}")
            )
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    findings.append(
                        Finding(
                            relative(path),
                            node.lineno,
                            f"{node.name} has {length} lines",
                            f"at most {LONGEST_FUNCTION}: split it",
                        )
                    )
    report("size", findings)


def test_definitions_only_list():
    path = PACKAGE / "definitions.py"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_DEFINITIONS, f"definitions.py has {lines} lines: move code to defs/"


def test_only_settings_read_the_environment():
    report(
        "environment",
        (
            Finding(relative(path), node.lineno, "uses the environment", "let settings.py do it")
            for path, tree in parsed()
            if path != PACKAGE / "settings.py"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute | ast.ImportFrom) and reads_environment(node)
        ),
    )


def test_no_pandas_outside_reports():
    report(
        "pandas",
        (
            Finding(relative(path), node.lineno, "imports pandas", "let SQL do it, or use pyarrow")
            for path, tree in parsed()
            if not PANDAS_FOLDERS & {*path.relative_to(PACKAGE).parts}
            for node in ast.walk(tree)
            if "pandas" in imported(node)
        ),
    )


def test_every_module_says_what_it_is_for():
    report(
        "docstrings",
        (
            Finding(relative(path), 1, "no docstring", "say in a line what the module is for")
            for path, tree in parsed()
            if not ast.get_docstring(tree)
        ),
    )


def test_great_expectations_is_imported_lazily():
    """It takes seconds to import: only inside functions, once a run."""
    report(
        "lazy imports",
        (
            Finding(relative(path), node.lineno, "imports it at the top", "import in the function")
            for path, tree in parsed()
            if "quality" not in path.relative_to(PACKAGE).parts
            for node in tree.body
            if "great_expectations" in imported(node)
        ),
    )
