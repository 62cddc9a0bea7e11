"""The demo brand delivered as its platforms write: every preset's own format, dirt and truth."""

from dagster_project.sample.native.delivery import NativeDelivery
from dagster_project.sample.native.names import FOLDERS

__all__ = ["FOLDERS", "NativeDelivery"]
