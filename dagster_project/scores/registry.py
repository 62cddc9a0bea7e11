"""The fits, in the order they may run: one that reads another's tables stands after it."""

from dagster_project.scores.anomaly import ANOMALY
from dagster_project.scores.campaigns import CAMPAIGNS
from dagster_project.scores.churn import CHURN
from dagster_project.scores.clusters import CLUSTERS
from dagster_project.scores.clv import CLV
from dagster_project.scores.experiments import EXPERIMENTS
from dagster_project.scores.fit import Fit
from dagster_project.scores.strategies import STRATEGIES

FITS: tuple[Fit, ...] = (CLV, ANOMALY, CHURN, CLUSTERS, EXPERIMENTS, CAMPAIGNS, STRATEGIES)
