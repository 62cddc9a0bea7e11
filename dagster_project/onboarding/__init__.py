"""A channel nobody has described yet: look at its files, propose a format, write it."""

from dagster_project.onboarding.look import Look, look_at
from dagster_project.onboarding.propose import Match, Proposal, propose
from dagster_project.onboarding.write import write_channel

__all__ = ["Look", "Match", "Proposal", "look_at", "propose", "write_channel"]
