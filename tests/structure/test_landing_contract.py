"""The landing contract people read is the one ingest follows."""

from dagster_project.formats.document import TARGET, contract_text


def test_the_written_contract_is_up_to_date():
    assert TARGET.read_text(encoding="utf-8") == contract_text(), (
        "run: python -m dagster_project.formats.document"
    )
