"""The data dictionary is the one the project would write today."""

import re

from docs.data_dictionary import FOLDER, pages
from tests.structure.repository import Finding, report


def test_the_data_dictionary_is_up_to_date(manifest):
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(manifest), "run: python docs/data_dictionary.py"


def test_every_published_column_is_described_in_both_languages(manifest):
    lacking = [
        Finding(f"docs/data-dictionary/{page}", number, line, "write label_zh and description")
        for page, text in pages(manifest).items()
        if page != "README.md"
        for number, line in enumerate(text.splitlines(), 1)
        if line.startswith("| `")
        and not re.fullmatch(r"\| `\w+` \| [^|]*[\u4e00-\u9fff][^|]* \| [^|]+ \| \S.* \|", line)
    ]
    report("data dictionary", lacking)
