"""Formats: what the files of a channel look like. A preset is one YAML in this folder."""

from dagster_project.formats.binding import Binding, channel_bindings, formats_of
from dagster_project.formats.loader import FormatError, load_formats, personal_time_formats
from dagster_project.formats.model import Entity, Field, Format, raw_columns

__all__ = [
    "Binding",
    "Entity",
    "Field",
    "Format",
    "FormatError",
    "channel_bindings",
    "formats_of",
    "load_formats",
    "personal_time_formats",
    "raw_columns",
]
