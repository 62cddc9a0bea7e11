"""The release report: one self-contained page a release carries, built from its own tables.

What is shown stands in ``dashboards/report`` (a page a file, a chart an entry); this package reads
that, asks the release, hides cells of too few members and writes ``report.html``.
"""

from dagster_project.release.report.catalogue import Catalogue, Chart, Page, load_catalogue
from dagster_project.release.report.content import Panel, read_panels
from dagster_project.release.report.write import REPORT, build_report, write_report

__all__ = [
    "REPORT",
    "Catalogue",
    "Chart",
    "Page",
    "Panel",
    "build_report",
    "load_catalogue",
    "read_panels",
    "write_report",
]
