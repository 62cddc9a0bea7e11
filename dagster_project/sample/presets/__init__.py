"""Small deliveries in the format of every preset, with planted dirt and the truth about it."""

from dagster_project.sample.presets.delivery import PresetFile, planted, write_presets

__all__ = ["PresetFile", "planted", "write_presets"]
