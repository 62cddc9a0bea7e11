"""Homes that the oracles look at."""

from tests.pipeline.conftest import bulk

__all__ = ["bulk"]
