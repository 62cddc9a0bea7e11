"""The command, without dbt's data tests."""

from dagster_project.cli import app
from tests.pipeline.support import without_data_tests

if __name__ == "__main__":
    with without_data_tests():
        app()
