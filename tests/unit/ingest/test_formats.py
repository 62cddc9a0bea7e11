"""The formats: the contract's entities, and clear errors for what is wrong in a YAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dagster_project.formats import Binding, FormatError, channel_bindings, formats_of, load_formats
from dagster_project.formats.loader import FOLDER
from dagster_project.settings import Home

SPEC = Path(__file__).resolve().parents[3] / "../shared/spec/landing.md"


def contract_of_spec() -> dict[str, list[tuple[str, bool, bool]]]:
    """(column, is key, is required) of each entity, as the contract's table says."""
    entities = {}
    for line in SPEC.read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| (\w+) \| (.*\*\*[a-z].*) \|$", line)
        if row:
            text = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", row[2]))
            parts = [part.strip() for part in re.split(r",| or ", text)]
            entities[row[1]] = [
                (one.strip("* "), one.startswith("**"), "*" in one.replace("**", ""))
                for one in parts
            ]
    return entities


@pytest.mark.skipif(not SPEC.exists(), reason="the landing contract's text is not here")
def test_contract_is_the_contract():
    expected = contract_of_spec()
    # one of order_id and customer_id: said by require_one_of
    expected["refunds"][2] = ("customer_id", False, False)
    entities = load_formats()["contract"].entities
    found = {
        name: [(one.name, one.key, one.required) for one in entity.fields]
        for name, entity in entities.items()
    }
    assert found == expected


def test_every_personal_field_of_the_contract_is_personal():
    personal = {
        "name", "nickname", "phone", "email", "wechat_unionid", "wechat_openid", "card_no",
        "device_id", "marketplace_id", "birth_date", "address", "comment", "properties",
    }  # fmt: skip
    people = {"customers", "orders", "events", "surveys", "erasure_requests"}
    for entity in load_formats()["contract"].entities.values():
        for one in entity.fields:
            if entity.name in people and one.name in personal:
                assert one.personal, (entity.name, one.name)
            if one.name.endswith("customer_id"):
                assert one.personal == "customer_ref", (entity.name, one.name)


def test_no_raw_column_name_is_used_twice():
    for form in load_formats().values():
        for entity in form.entities.values():
            names = [name for name, _ in entity.raw_columns()]
            assert len(names) == len(set(names))


GOOD = "format: x\nentities: {a: {fields: {b: {}}}}\n"
WRONG = {
    "format: y\nentities: {}\n": "`format` must be 'x'",
    "format: x\nentities: {a: {fields: {b: {type: number}}}}\n": "unknown type 'number'",
    "format: x\nentities: {a: {fields: {b: {personal: secret}}}}\n": "personal class 'secret'",
    "format: x\nentities: {a: {fields: {b: {requird: true}}}}\n": "requird",
    "format: x\nentities: {a: {fields: {b: {required: maybe}}}}\n": "required",
    "format: x\nentities: {a: {fields: {channel: {}}}}\n": "two raw columns",
    "format: x\nentities: {a: {fields: {b: {personal: opaque}}}}\n": "needs a `kind`",
    "format: x\nentities: {a: {require_one_of: [c], fields: {b: {}}}}\n": "'c'",
    "format: x\nencodings: [klingon]\nentities: {}\n": "klingon",
    "format: x\nentities: [a]\n": "expected a mapping",
    "format: [\n": "not readable YAML",
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_yaml_says_what_is_wrong(tmp_path, text):
    (tmp_path / "contract.yml").write_bytes((FOLDER / "contract.yml").read_bytes())
    (tmp_path / "x.yml").write_text(text)
    with pytest.raises(FormatError, match=re.escape(WRONG[text])):
        load_formats(tmp_path)
    (tmp_path / "x.yml").write_text(GOOD)
    load_formats.cache_clear()
    assert list(load_formats(tmp_path)["x"].entities) == ["a"]


def test_bindings(tmp_path):
    home = Home(tmp_path)
    assert formats_of("online_retail", {})[0].name == "online_retail"
    assert formats_of("web", {})[0].name == "contract"
    home.landing.mkdir()
    (home.landing / "channels.yml").write_text("channels: {a: online_retail, b: online_retail}")
    (home.root / "channels.yml").write_text("channels: {b: contract}")
    assert channel_bindings(home) == {"a": Binding("online_retail"), "b": Binding("contract")}
    (home.root / "channels.yml").write_text("channels: {c: {encoding: big5, marker: true}}")
    assert channel_bindings(home)["c"] == Binding(None, "big5", True)
    assert formats_of("c", channel_bindings(home))[0].name == "contract"
    (home.root / "channels.yml").write_text("channels: {b: shopfy}")
    with pytest.raises(FormatError, match="unknown format 'shopfy'; known formats"):
        channel_bindings(home)
    (home.root / "channels.yml").write_text("a: contract")
    with pytest.raises(FormatError, match="expected `channels:"):
        channel_bindings(home)
