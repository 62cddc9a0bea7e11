"""A dashboard as Superset imports it, from the rows of ``dashboards.yml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Row = dict[str, Any]
ROOT = ["ROOT_ID", "GRID_ID"]


def _node(kind: str, name: str, children: list[str], parents: list[str], meta: Row) -> Row:
    return {"type": kind, "id": name, "children": children, "parents": parents, "meta": meta}


def _position(spec: Mapping[str, Any], charts: Mapping[str, Any]) -> Row:
    """Superset's tree of the page: rows of charts in a grid of twelve columns."""
    rows = [f"ROW-{number}" for number in range(1, len(spec["rows"]) + 1)]
    nodes: Row = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ROOT[:1]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": spec["title"]}},
    }
    for row, (height, cells) in zip(rows, spec["rows"], strict=True):
        names = [f"CHART-{chart}" for chart in cells]
        nodes[row] = _node("ROW", row, names, ROOT, {"background": "BACKGROUND_TRANSPARENT"})
        for chart, width in cells.items():
            name = f"CHART-{chart}"
            meta = {"uuid": charts[chart]["uuid"], "sliceName": charts[chart]["slice_name"]}
            size = {"width": width, "height": height}
            # Superset writes its own number of the chart here when it imports.
            nodes[name] = _node("CHART", name, [], [*ROOT, row], {"chartId": 0, **meta, **size})
    return nodes


def _filter(name: str, spec: Mapping[str, Any], identifier: Callable[[str], str]) -> Row:
    """A filter of the bar at the left: the values of one column of one dataset."""
    target = {"column": {"name": spec["column"]}, "datasetUuid": identifier(spec["dataset"])}
    return {
        "id": f"NATIVE_FILTER-{name}",
        "name": spec["title"],
        "filterType": "filter_select",
        "targets": [target],
        "controlValues": {"multiSelect": True, "enableEmptyFilter": False},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "type": "NATIVE_FILTER",
    }


def dashboard(
    name: str,
    spec: Mapping[str, Any],
    charts: Mapping[str, Any],
    identifier: Callable[[str], str],
) -> Row:
    """A dashboard with its rows and filters.

    Raises:
        KeyError: a row names a chart that is not in ``assets/charts/``.
    """
    return {
        "dashboard_title": spec["title"],
        "description": spec["description"],
        "slug": name,
        "uuid": identifier(f"dashboards/{name}"),
        "published": True,
        "position": _position(spec, charts),
        "metadata": {
            "color_scheme": "memberWarehouse",
            "cross_filters_enabled": True,
            "native_filter_configuration": [
                _filter(f"{name}-{key}", found, identifier)
                for key, found in spec.get("filters", {}).items()
            ],
        },
        "version": "1.0.0",
    }
