"""Writes the deliveries of all presets and the truth about them."""

from __future__ import annotations

import json
from pathlib import Path

from dagster_project.sample.presets import (
    app_events,
    pos,
    shopify,
    tmall,
    wechat,
    woocommerce,
    youzan,
)
from dagster_project.sample.presets.files import PresetFile

TRUTH = "presets.json"
_PRESETS = (shopify, tmall, youzan, wechat, pos, app_events, woocommerce)


def preset_files() -> list[PresetFile]:
    """All files of all presets."""
    return [file for preset in _PRESETS for file in preset.files()]


def planted() -> dict[tuple[str, str], list[tuple[int, str, str | None]]]:
    """(file, entity) -> the wrong records as (row, reason, column), by row; clean ones: []."""
    truth: dict[tuple[str, str], list[tuple[int, str, str | None]]] = {}
    for file in preset_files():
        for entity in file.rows:
            wrong = [one[1:] for one in file.planted if one[0] == entity]
            truth[file.name, entity] = sorted(wrong, key=lambda one: one[0])
    return truth


def write_presets(directory: Path) -> list[PresetFile]:
    """Writes a delivery of every preset into a landing folder.

    Args:
        directory: the landing folder; ``presets.json`` goes to the folder ``truth`` beside it.
    """
    files = preset_files()
    for file in files:
        path = directory / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    truth = directory.resolve().parent / "truth" / TRUTH
    truth.parent.mkdir(parents=True, exist_ok=True)
    told = [{"file": one.name, "rows": one.rows, "planted": one.planted} for one in files]
    truth.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return files
