"""What is written can be opened in a spreadsheet, and only by its owner."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dagster_project.activation.files import check_target, harmless, write_file

ROWS = [
    {"address": "+8613800138001", "reason": "=HYPERLINK(\"http://x\")"},
    {"address": "-a@x.example", "reason": "likes, \"tea\"\nand 家居"},
    {"address": "8613800138002", "reason": "  @SUM(A1)"},
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "  =1", "=cmd|' /C x'!A0"],
)
def test_a_formula_becomes_text(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "家居", "8613800138001", "a@b.example", "'=1"])
def test_other_text_stays(text):
    assert harmless(text) == text


def test_a_spreadsheet_finds_no_formula(tmp_path: Path):
    path = tmp_path / "list.csv"
    write_file(path, ["address", "reason"], ROWS, for_people=True)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        read = list(csv.reader(stream))
    assert read == [
        ["address", "reason"],
        ["8613800138001", "'=HYPERLINK(\"http://x\")"],
        ["'-a@x.example", "likes, \"tea\"\nand 家居"],
        ["8613800138002", "'  @SUM(A1)"],
    ]  # fmt: skip
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_parquet_keeps_values_as_they_are(tmp_path: Path):
    path = tmp_path / "list.parquet"
    write_file(path, ["address", "reason"], ROWS, for_people=True)
    assert pq.read_table(path).to_pylist() == ROWS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["list.parquet"]


def test_match_keys_are_plain(tmp_path: Path):
    write_file(tmp_path / "k.csv", ["email"], [{"email": "ab"}], for_people=False)
    write_file(tmp_path / "k.txt", ["email"], [{"email": "ab"}], for_people=False)
    assert (tmp_path / "k.csv").read_bytes() == b"email\r\nab\r\n"
    assert (tmp_path / "k.txt").read_bytes() == b"ab\n"


def test_a_target_is_checked_before_anything_is_read(tmp_path: Path):
    (tmp_path / "there.csv").write_text("")
    for name, told in (
        ("there.csv", "there already"), ("x.xlsx", "end the name"), ("no/x.csv", "does not exist")
    ):  # fmt: skip
        with pytest.raises(ValueError, match=told):
            check_target(tmp_path / name)
    check_target(tmp_path / "new.csv")
