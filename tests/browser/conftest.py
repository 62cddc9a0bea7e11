"""Browser tests look at whole runs, as those of the pipeline do."""

from tests.pipeline.conftest import demo, no_data_tests

__all__ = ["demo", "no_data_tests"]
