"""The demo brand Qinghe 青禾: channels with planted dirt, and a known truth."""

from dagster_project.sample.generate import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]
