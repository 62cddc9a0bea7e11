"""Connectors: databases and services become files of landing, which ingest reads like any other."""

from dagster_project.connectors.config import ConnectorError, Feed, Source, read_sources
from dagster_project.connectors.pull import FeedReport, pull_source

__all__ = ["ConnectorError", "Feed", "FeedReport", "Source", "pull_source", "read_sources"]
