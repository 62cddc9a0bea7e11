"""axe-core in a tab: what keeps people from reading or working a page (WCAG 2.1, A and AA)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from tests.browser.chromium import Tab

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
GRAVE = ("serious", "critical")
# The shapes of a drawing are read by nobody: it has one text instead.
EMPTY = "document.querySelectorAll('svg[aria-hidden=true]').forEach(one => one.replaceChildren())"
RUN = """axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: %s}}).then(
    found => found.violations.filter(one => %s.includes(one.impact)).flatMap(one =>
        one.nodes.map(node => `${one.id} (${one.impact}): ${node.target.join(' ')}: `
            + node.failureSummary.replaceAll('\\n', ' '))))"""


@cache
def _script() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def barriers(tab: Tab) -> list[str]:
    """Each place of the page that is a serious or critical barrier, and why; it must be empty."""
    if not tab.evaluate("'axe' in window"):
        # Over the tools' socket: the page itself may load no script.
        tab.evaluate(f"{_script()}; void 0")
    tab.evaluate(EMPTY)
    return tab.evaluate(RUN % (json.dumps(TAGS), json.dumps(GRAVE)))
