"""What is made quicker in dbt answers as before."""

from __future__ import annotations

import pytest

from dagster_project.build.lean_dbt import make_lean


@pytest.fixture
def namespace():
    from dbt.context.macros import MacroNamespace

    make_lean()
    return MacroNamespace(
        local_namespace={"a": "local"},
        global_namespace={"a": "root", "b": "root"},
        packages={"ours": {"b": "ours"}},
        global_project_namespace={"a": "engine", "b": "engine", "c": "engine"},
    )


def test_the_first_place_that_knows_a_name_wins(namespace):
    engine = {"a": "engine", "b": "engine", "c": "engine"}
    expected = {"a": "local", "b": "root", "c": "engine", "ours": {"b": "ours"}, "dbt": engine}
    assert dict(namespace) == expected
    assert set(namespace) == set(expected)
    assert namespace["a"] == "local"
    assert "d" not in namespace
    with pytest.raises(KeyError):
        namespace["d"]


def test_a_package_is_asked_by_its_name(namespace):
    assert namespace.get_from_package(None, "c") == "engine"
    assert namespace.get_from_package("ours", "b") == "ours"
    assert namespace.get_from_package("dbt", "a") == "engine"
    assert namespace.get_from_package(None, "d") is None
