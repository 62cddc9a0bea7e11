"""Browser tests look at whole runs, as those of the pipeline do."""

from tests.pipeline.conftest import no_data_tests

__all__ = ["no_data_tests"]
