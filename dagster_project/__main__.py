"""``python -m dagster_project``: the command."""

from dagster_project.cli import app

app()
