"""What the truth says is planted stands in the files, counted again from the files alone."""

import re
from collections import Counter

import pyarrow.parquet as pq
import pytest

from tests.unit.sample.reading import cells_of, raw_rows

CHANNELS = ("webshop", "app", "wechat", "tmall", "loyalty", "service")
IMPOSSIBLE = {"2099-01-01 10:00:00", "2025-13-45 10:00:00", "soon"}


def test_bad_rows_are_where_the_truth_says(sample):
    rows = {}
    assert len({bad["reason"] for bad in sample.planted["bad_rows"]}) >= 7
    for bad in sample.planted["bad_rows"]:
        path = sample.landing / bad["file"]
        if path not in rows:
            rows[path] = raw_rows(path)
        row = rows[path][bad["row"] - 1]
        if bad["reason"] == "malformed_json":
            assert isinstance(row, str)
        elif bad["reason"] in ("too_many_cells", "too_few_cells"):
            width = len(cells_of(path)[0])
            assert (len(row) > width) == (bad["reason"] == "too_many_cells")
        elif bad["reason"] == "missing_required":
            assert not row.get(bad["column"])
        elif bad["reason"] in ("bad_timestamp", "impossible_time"):
            assert row[bad["column"]] in IMPOSSIBLE
        else:
            plain = r"-?\d+(\.\d+)?|true|false|是|否|yes|no"
            assert not re.fullmatch(plain, row[bad["column"]])


def test_no_other_row_is_broken(sample):
    planted = {(bad["file"], bad["row"]) for bad in sample.planted["bad_rows"]}
    for path in sample.landing.rglob("*"):
        if path.is_file():
            name = str(path.relative_to(sample.landing))
            broken = {
                (name, number)
                for number, row in enumerate(raw_rows(path), start=1)
                if not isinstance(row, dict)
                or str(next(iter(row.values()))).endswith("-bad")
                or any(value in IMPOSSIBLE for value in row.values() if isinstance(value, str))
            }
            assert broken <= planted


def test_no_file_reaches_the_warning_level(sample):
    bad = Counter(row["file"] for row in sample.planted["bad_rows"])
    assert max(count / sample.planted["rows"][file] for file, count in bad.items()) < 0.002


def test_three_percent_of_customer_rows_are_repeats(sample):
    for channel in CHANNELS:
        rows = [tuple(sorted(row.items())) for row in sample.rows(channel, "customers")]
        if channel == "webshop":
            rows = [row for row in rows if dict(row).get("province")]
        repeats = len(rows) - len(set(rows))
        assert repeats == sample.planted["counts"].get(f"duplicate_customers_{channel}", 0)
        expected = 0.0 if channel == "service" else 0.03
        assert repeats / len(rows) == pytest.approx(expected, abs=0.0015)


def test_cells_written_badly(sample):
    found = {kind: Counter() for kind in ("full_width_phone", "currency_sign", "null_word")}
    planted = {(bad["file"], bad["row"]) for bad in sample.planted["bad_rows"]}
    for path in sample.landing.rglob("*"):
        if not path.is_file() or path.suffix in (".parquet", ".xlsx"):
            continue
        name = str(path.relative_to(sample.landing))
        for number, row in enumerate(raw_rows(path), start=1):
            if (name, number) in planted:
                continue
            for column, value in row.items():
                text = str(value)
                found["full_width_phone"][name] += column == "phone" and bool(
                    re.search("[０-９]", text)
                )
                found["currency_sign"][name] += text.startswith("￥")
                found["null_word"][name] += text in ("NULL", "N/A", "\\N", "null")
    for kind, counts in found.items():
        expected = sample.planted["cells"][kind]
        assert {file: count for file, count in counts.items() if count} == expected
        assert expected
    chengdu = [row for row in sample.rows("pos_chengdu", "orders") if row["gross_amount"]]
    assert any(re.fullmatch(r"￥\d,\d{3}\.\d\d", row["gross_amount"]) for row in chengdu)


def test_time_forms(sample):
    forms = Counter(
        re.sub(r"\d", "9", row["ordered_at"]) for row in sample.rows("pos_shanghai", "orders")
    )
    assert set(forms) == {"9999-99-99 99:99:99", "9999/99/99 99:99:99", "9999-99-99T99:99:99+99:99"}
    births = Counter(
        re.sub(r"\d", "9", row["birth_date"])
        for row in sample.rows("loyalty", "customers")
        if row["birth_date"]
    )
    assert set(births) == {"9999-99-99", "9999/99/99", "99999999"}
    serials = [row["opened_on"] for row in sample.rows("pos_shanghai", "stores")]
    assert all(isinstance(serial, float) and 40_000 < serial < 50_000 for serial in serials)


def test_identity_values_are_shared_only_by_traps(sample):
    """A phone, e-mail, card or unionid of two persons is explained by a planted pair."""
    persons = pq.read_table(sample.truth / "persons.parquet").to_pylist()
    owner = {(p["channel"], p["customer_id"]): p["person_id"] for p in persons}
    traps = pq.read_table(sample.truth / "identity_traps.parquet").to_pylist()
    paired = {(t["trap"], t["person_id"]) for t in traps}
    desks = {
        "13800138000": "default_phone",
        "13600000021": "store_phone",
        "13600000028": "store_phone",
    }
    values = {}
    for channel in CHANNELS:
        for row in sample.rows(channel, "customers"):
            person = owner.get((channel, row["customer_id"]))
            for column in ("phone", "email", "card_no", "wechat_unionid"):
                value = row.get(column)
                if person is None or not value or "*" in str(value):
                    continue
                if value in desks:
                    assert (desks[value], person) in paired
                    continue
                values.setdefault((column, value), set()).add(person)
    shared = {value: people for value, people in values.items() if len(people) > 1}
    assert shared
    for (column, _), people in shared.items():
        first, second = sorted(people)
        assert second == first + 1
        assert first % 2 == 0
        kinds = {"phone": {"family_phone", "reissued_phone"}, "email": {"household_email"}}
        assert any((kind, first) in paired for kind in kinds[column])


def test_every_trap_is_there(sample):
    traps = Counter(pq.read_table(sample.truth / "identity_traps.parquet")["trap"].to_pylist())
    assert set(traps) == {
        "family_phone",
        "household_email",
        "twins",
        "shared_card",
        "reissued_phone",
        "gift_receiver",
        "other_surname",
        "pinyin_name",
        "typo_name",
        "typo_phone",
        "typo_email",
        "default_phone",
        "store_phone",
        "store_tablet",
        "virtual_number",
        "guest_only",
        "guest_later_member",
    }
    phones = [str(row["phone"]) for row in sample.rows("webshop", "customers")]
    assert any(phone.startswith(("1700", "1705")) for phone in phones)
    nicknames = Counter(row["nickname"] for row in sample.rows("wechat", "customers"))
    assert nicknames.most_common(1)[0][0] == "微信用户"
    names = [row["name"] for row in sample.rows("webshop", "customers") if row["name"]]
    assert any(re.fullmatch("[A-Z][a-z]+ [A-Z][a-z]+", name) for name in names)
    tablets = [r["device_id"] for r in sample.rows("loyalty", "customers") if r["device_id"]]
    assert max(Counter(tablets).values()) > 10
