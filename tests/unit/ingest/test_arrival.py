"""Wrappings, encodings, and files that have not wholly arrived: read right, held, or left alone."""

from __future__ import annotations

import gzip
import io
import itertools
import os
import zipfile
from dataclasses import replace

import pytest

from dagster_project.ingest import archive, arrival
from dagster_project.ingest import load as load_module
from tests.unit.ingest.delivery import NOW

STORES = "store_id,name\n1,上海\n2,b\n"
COUNT = itertools.count(5)
ROWS = [("1", "上海"), ("2", "b")]
SEEN = "select store_id, name from raw.contract__stores order by store_id"


def packed(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in files.items():
            book.writestr(name, content)
    return out.getvalue()


ENCODED = {
    "utf-8": STORES.encode(),
    "utf-8-sig": STORES.encode("utf-8-sig"),
    "utf-16": STORES.encode("utf-16"),
    "utf-16-le": STORES.encode("utf-16-le"),
    "utf-16-be": STORES.encode("utf-16-be"),
    "gbk": STORES.encode("gbk"),
    "gb18030": STORES.replace("上海", "㐀上海").encode("gb18030"),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_encodings_are_recognised(warehouse, encoding):
    warehouse.deliver("web/stores.csv", ENCODED[encoding])
    assert warehouse.ingest().held == []
    assert [name.removeprefix("㐀") for _, name in warehouse.query(SEEN)] == ["上海", "b"]


def test_an_encoding_can_be_said(warehouse):
    """Big5 reads as other characters under GB18030: only a person knows."""
    text = "store_id,name\n1,臺北\n".encode("big5")
    warehouse.deliver("web/stores.csv", text)
    warehouse.ingest()
    assert warehouse.query(SEEN) != [("1", "臺北")]
    warehouse.deliver("channels.yml", "channels: {taipei: {encoding: big5}}")
    warehouse.deliver("taipei/stores.csv", text)
    warehouse.ingest()
    assert ("1", "臺北") in warehouse.query(SEEN)


def test_a_zip_is_the_files_in_it(warehouse):
    files = {"stores_1.csv": STORES, "d/products.csv": "product_id\nP\n", "readme.txt": "hello"}
    warehouse.deliver("web/export.zip", packed(files))
    warehouse.deliver("pos/stores.csv.zip", packed({"a.csv": STORES}))
    report = warehouse.ingest()
    assert report.held == []
    assert sorted(one.file for one in report.files) == [
        "pos/stores.csv.zip/a.csv", "web/export.zip/d/products.csv", "web/export.zip/stores_1.csv",
    ]  # fmt: skip
    assert warehouse.query(SEEN) == sorted(ROWS * 2)
    assert [one.status for one in warehouse.ingest().files] == ["known"] * 3


ARCHIVES = {
    "up.zip": (packed({"../stores.csv": STORES}), "unsafe_archive"),
    "root.zip": (packed({"/etc/stores.csv": STORES}), "unsafe_archive"),
    "drive.zip": (packed({"C:\\stores.csv": STORES}), "unsafe_archive"),
    "none.zip": (packed({"a.exe": "MZ"}), "empty"),
    "no.zip": (b"PK nothing of the kind", "unreadable"),
    "stores.zip": (packed({"stores.csv": b"store_id\n" + b"1" * (1 << 20)}), "archive_bomb"),
    "stores.csv.gz": (gzip.compress(b"store_id\n" + b"1" * (1 << 20)), "archive_bomb"),
    "stores.xlsx": (packed({"xl/workbook.xml": b" " * (1 << 20)}), "archive_bomb"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_dangerous_archives_are_held(warehouse, monkeypatch, name):
    monkeypatch.setattr(archive, "LARGE", 64 << 10)
    monkeypatch.setattr(archive, "MOST_TIMES_LARGER", 50)
    content, reason = ARCHIVES[name]
    warehouse.deliver(f"web/{name}", content)
    warehouse.ingest()
    assert list(warehouse.held().values()) == [reason]
    outside = list(warehouse.home.root.parent.rglob("stores.csv"))
    assert outside == []


def test_a_damaged_member_is_held(warehouse):
    content = bytearray(packed({"stores.csv": STORES * 500}))
    content[60] ^= 0xFF
    warehouse.deliver("web/stores.zip", bytes(content))
    warehouse.ingest()
    assert warehouse.held() == {"web/stores.zip/stores.csv": "unreadable"}


def test_a_file_being_written_is_left_alone(warehouse):
    """The look before and the look after the pause differ: somebody is writing."""
    path = warehouse.deliver("web/stores.csv", STORES)
    other = warehouse.deliver("web/products.csv", "product_id\nP\n")
    from dagster_project.ingest.discover import find_delivered

    files, _ = find_delivered(warehouse.home, warehouse.home.landing)
    paused = []

    def write(seconds):
        paused.append(seconds)
        path.write_text(STORES + "3,c\n")

    at = arrival.Arrival(files, 5.0, sleep=write)
    by_path = {one.path: one for one in files}
    at.check(by_path[other])
    with pytest.raises(arrival.FileWaits, match="written"):
        at.check(by_path[path])
    assert paused == [5.0]
    later = path.stat().st_mtime + 6
    at = arrival.Arrival(files, 5.0, sleep=paused.append, clock=lambda: later)
    at.check(by_path[path])
    assert paused == [5.0]


def test_a_marked_folder_waits_for_its_markers(warehouse):
    warehouse.deliver("web/stores.csv", STORES)
    warehouse.deliver("web/stores.csv.done", "")
    warehouse.deliver("web/products.csv", "product_id\nP\n")
    warehouse.deliver("pos/stores.csv", "store_id\n9\n")
    report = warehouse.ingest()
    assert {one.file: one.status for one in report.files} == {
        "pos/stores.csv": "loaded", "web/products.csv": "waiting", "web/stores.csv": "loaded",
    }  # fmt: skip
    assert report.held == []
    assert warehouse.query("select file, notice from raw.file_notice") == [
        ("web/products.csv", "unmarked")
    ]
    warehouse.deliver("web/products.csv.done", "")
    assert [one.file for one in warehouse.ingest().loaded] == ["web/products.csv"]
    assert warehouse.query("select count(*) from raw.file_notice") == [(0,)]


def test_a_channel_can_ask_for_markers(warehouse):
    warehouse.deliver("channels.yml", "channels: {web: {marker: true}}")
    warehouse.deliver("web/stores.csv", STORES)
    assert [one.status for one in warehouse.ingest().files] == ["waiting"]


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [(lambda path: os.utime(path, ns=(5, next(COUNT))), "changing"), (os.unlink, "vanished")],
)
def test_a_file_that_changes_or_goes_while_it_is_read_waits(
    warehouse, monkeypatch, meanwhile, reason
):
    path = warehouse.deliver("web/stores.csv", STORES)
    read = load_module.READERS["csv"]

    class Meddled(archive.Source):
        def open(self):
            meanwhile(path)
            return super().open()

    def reader(desk, delivered):
        return read(desk, replace(delivered, source=Meddled(path)))

    monkeypatch.setitem(load_module.READERS, "csv", reader)
    [one] = warehouse.ingest().files
    assert (one.status, one.reason) == ("waiting", reason)
    assert warehouse.held() == {}


def test_a_file_that_left_landing_is_noticed_once(warehouse):
    path = warehouse.deliver("web/stores.csv", STORES)
    warehouse.ingest()
    path.unlink()
    assert [(one.file, one.notice) for one in warehouse.ingest().notices] == [
        ("web/stores.csv", "vanished")
    ]
    assert warehouse.query(SEEN) == ROWS
    assert warehouse.ingest().notices == []


def test_a_cut_file_is_noticed(warehouse):
    whole = "store_id,name\n" + "".join(f"{n},store\n" for n in range(100))
    warehouse.deliver("web/stores.csv", whole)
    warehouse.ingest()
    warehouse.deliver("web/stores.csv", whole[:300])
    [batch] = warehouse.ingest(NOW).loaded
    assert [one["notice"] for one in batch.notices] == ["shorter"]
