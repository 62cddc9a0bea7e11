"""Audiences out of the warehouse: who may be contacted, with addresses at that moment only."""

from dagster_project.activation.export import Request, Summary, export_audience
from dagster_project.activation.history import verified_log
from dagster_project.activation.rule import AudienceRule, UnknownAudience, read_rule

__all__ = [
    "AudienceRule",
    "Request",
    "Summary",
    "UnknownAudience",
    "export_audience",
    "read_rule",
    "verified_log",
]
