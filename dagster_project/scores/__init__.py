"""What is fitted to the data: a folder a fit, listed in ``registry.py``; docs/add-a-score.md."""

from dagster_project.scores.fit import Fit, FitResult, Inputs, run_fit
from dagster_project.scores.registry import FITS

__all__ = ["FITS", "Fit", "FitResult", "Inputs", "run_fit"]
