"""Dagster's view of the warehouse: assets, checks, jobs and resources; no logic of their own."""
