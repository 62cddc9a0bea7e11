"""The homes that faults happen to."""

from tests.pipeline.conftest import demo, eve

__all__ = ["demo", "eve"]
