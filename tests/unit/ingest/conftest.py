"""The warehouse of delivered files that the tests of this folder share."""

from tests.unit.ingest.delivery import warehouse

__all__ = ["warehouse"]
