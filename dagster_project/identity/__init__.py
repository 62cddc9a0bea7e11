"""One member across channels: clusters of records, and ids that stay. See docs/identity.md."""

from dagster_project.identity.personal import PersonalValues, VaultValues
from dagster_project.identity.policy import PolicyError
from dagster_project.identity.register import write_register
from dagster_project.identity.report import IdentityReport
from dagster_project.identity.resolve import resolve_identity

__all__ = [
    "IdentityReport",
    "PersonalValues",
    "PolicyError",
    "VaultValues",
    "resolve_identity",
    "write_register",
]
