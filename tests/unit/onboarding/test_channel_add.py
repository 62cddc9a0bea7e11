"""Three files nobody has described: what they hold is found, written, and their rows load."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.formats import load_formats
from dagster_project.ingest import ingest_landing
from dagster_project.onboarding import look_at, propose, write_channel
from dagster_project.onboarding.explain import left_to_do
from dagster_project.settings import PROJECT_ROOT, Settings
from tests.unit.ingest.delivery import NOW, Warehouse, warehouse  # noqa: F401

SETTINGS = Settings(settle_seconds=0)
SALES = (
    "销售单号,会员编号,会员手机号,下单时间,订单状态,实付金额,门店编号,导购备注\n"
    "00012,M1,13800138001,2024年3月1日 10:05,交易成功,99.50,S1,rang twice\n"
    "00013,M2,13900139002,2024年3月2日 11:00,已取消,￥0.00,S1,\n"
    "00014,,,2024年3月3日 12:30,试穿中,5.00,S2,\n"
)
MEMBERS = [
    ["Member No.", "Full Name", "Mobile", "E-Mail", "Date of Birth", "Sex", "Join Date", "Shoe"],
    ["M1", "Li Na", "13800138001", "li@example.com", "31/12/1990", "F", "15/01/2023", "38"],
    ["M2", "Wang Wei", "13900139002", None, "01/02/1985", "M", "20/06/2023", "43"],
]
ITEMS = [
    {"order": {"number": "00012"}, "seq": 1, "sku": "P-1", "qty": 2, "price": 40, "lineTotal": 80},
    {"order": {"number": "00012"}, "seq": 2, "sku": "P-2", "qty": 1, "price": 19.5,
     "lineTotal": 19.5, "tags": ["a"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("unseen")
    (folder / "销售订单_20240301.csv").write_bytes(SALES.encode("gbk"))
    book = openpyxl.Workbook()
    for row in MEMBERS:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    (folder / "Member export.xlsx").write_bytes(out.getvalue())
    (folder / "sold_items.jsonl").write_text("\n".join(map(json.dumps, ITEMS)))
    return [folder / name for name in ("销售订单_20240301.csv", "Member export.xlsx",
                                       "sold_items.jsonl")]  # fmt: skip


@pytest.fixture(scope="module")
def proposals(files):
    return [propose(look_at(path), SETTINGS) for path in files]


@pytest.fixture(scope="module")
def project(proposals, tmp_path_factory) -> Path:
    """A project with the channel added, and one edit made."""
    root = tmp_path_factory.mktemp("project")
    for part in ("dagster_project/formats", "dbt/models/staging", "expectations/raw"):
        shutil.copytree(PROJECT_ROOT / part, root / part, ignore=shutil.ignore_patterns("*.py*"))
    for part in ("dbt/macros/formats_of.sql", "dbt/seeds/rules/order_status_rules.csv"):
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT_ROOT / part, root / part)
    write_channel("hangzhou", proposals, root)
    # the one edit that is left: a header no list of words has
    path = root / "dagster_project" / "formats" / "hangzhou.yml"
    text, given = path.read_text(encoding="utf-8"), "order_id: {type: id, key: true, required: true"
    assert given in text
    path.write_text(text.replace(given, f"{given}, aliases: [销售单号]", 1), encoding="utf-8")
    return root


def test_what_the_files_hold_is_found(proposals):
    found = [(one.entity.name, {m.column: m.field for m in one.matches}) for one in proposals]
    assert found == [
        ("orders", {
            "会员编号": "customer_id",
            "会员手机号": "phone",
            "下单时间": "ordered_at",
            "订单状态": "status",
            "实付金额": "net_paid_amount",
            "门店编号": "store_id",
        }),
        ("customers", {
            "Member No.": "customer_id", "Full Name": "name", "Mobile": "phone",
            "E-Mail": "email", "Date of Birth": "birth_date", "Sex": "gender",
            "Join Date": "registered_at",
        }),
        ("order_lines", {
            "order.number": "order_id", "seq": "line_no", "sku": "product_id",
            "qty": "quantity", "price": "unit_price", "lineTotal": "line_amount",
        }),
    ]  # fmt: skip
    assert [one.missing for one in proposals] == [["order_id"], [], []]
    assert [one.unknown for one in proposals] == [["销售单号", "导购备注"], ["Shoe"], ["tags"]]
    assert all(0.5 < match.sure <= 1 for one in proposals for match in one.matches)


def test_what_is_left_to_do_is_said(proposals):
    todo = [left_to_do("hangzhou", one) for one in proposals]
    assert any("status `试穿中`: say what it means" in one for one in todo[0])
    assert not any("交易成功" in one for one in todo[0])
    assert todo[0][0].startswith(
        "no column is `order_id`, which every row needs (perhaps `销售单号`)"
    )
    assert todo[0][-1].startswith("no field: `销售单号`, `导购备注`")
    text = "".join(one for each in todo for one in each)
    assert "13800138001" not in text
    assert "li@example.com" not in text


def test_the_rows_load(project, files, warehouse: Warehouse, monkeypatch):  # noqa: F811
    formats = load_formats(project / "dagster_project" / "formats")
    for place in ("formats.binding", "ingest.relations"):
        monkeypatch.setattr(f"dagster_project.{place}.load_formats", lambda: formats)
    for path in files:
        warehouse.deliver(f"hangzhou/{path.name}", path.read_bytes())
    report = ingest_landing(warehouse.home, SETTINGS, NOW)
    assert report.held == []
    assert sum(one.rows_quarantined for one in report.loaded) == 0
    assert warehouse.query(
        "select order_id, customer_id, cast(ordered_at as varchar), status, "
        "cast(net_paid_amount as varchar), phone_status from raw.hangzhou__orders order by 1"
    ) == [
        ("00012", "M1", "2024-03-01 02:05:00", "交易成功", "99.50", "valid"),
        ("00013", "M2", "2024-03-02 03:00:00", "已取消", "0.00", "valid"),
        ("00014", None, "2024-03-03 04:30:00", "试穿中", "5.00", None),
    ]
    assert warehouse.query(
        "select customer_id, birth_year, birth_month, gender, cast(registered_at as varchar) "
        "from raw.hangzhou__customers order by 1"
    ) == [
        ("M1", 1990, 12, "F", "2023-01-14 16:00:00"), ("M2", 1985, 2, "M", "2023-06-19 16:00:00"),
    ]  # fmt: skip
    assert warehouse.query(
        "select order_id, line_no, product_id, cast(quantity as double), "
        "cast(line_amount as double) from raw.hangzhou__order_lines order by line_no"
    ) == [("00012", "1", "P-1", 2.0, 80.0), ("00012", "2", "P-2", 1.0, 19.5)]


def test_the_models_are_the_contracts(project):
    """Same columns in raw, same text but for names: what holds for the contract's holds here."""
    formats = load_formats(project / "dagster_project" / "formats")
    for name, entity in formats["hangzhou"].entities.items():
        assert entity.raw_columns() == formats["contract"].entities[name].raw_columns()
        folder = project / "dbt" / "models" / "staging"
        made = (folder / "hangzhou" / f"stg_hangzhou__{name}.sql").read_text(encoding="utf-8")
        origin = (folder / "contract" / f"stg_contract__{name}.sql").read_text(encoding="utf-8")
        assert f"source('raw', 'hangzhou__{name}')" in made
        assert made.replace("hangzhou", "contract") == origin
        twin = yaml.safe_load((folder / "hangzhou" / f"stg_hangzhou__{name}.yml").read_text())
        assert [one["name"] for one in twin["models"]] == [f"stg_hangzhou__{name}"]
        assert twin["models"][0]["description"].startswith("One row is")


def test_the_project_knows_the_channel(project):
    macro = (project / "dbt/macros/formats_of.sql").read_text(encoding="utf-8")
    assert "'hangzhou': ['orders', 'customers', 'order_lines'],\n    } -%}" in macro
    sources = yaml.safe_load((project / "dbt/models/staging/_sources.yml").read_text())
    tables = {one["name"] for one in sources["sources"][0]["tables"]}
    assert {"hangzhou__orders", "hangzhou__customers", "hangzhou__order_lines"} <= tables
    suite = (project / "expectations/raw/hangzhou_orders.yml").read_text(encoding="utf-8")
    assert suite.startswith("relation: raw.hangzhou__orders\n")
    rules = (project / "dbt/seeds/rules/order_status_rules.csv").read_text(encoding="utf-8")
    assert rules.endswith("hangzhou,交易成功,completed,true\nhangzhou,已取消,cancelled,false\n")


def test_what_cannot_be_is_refused(project, proposals, files, tmp_path):
    with pytest.raises(ValueError, match="is there already"):
        write_channel("hangzhou", proposals, project)
    with pytest.raises(ValueError, match="no name of a format"):
        write_channel("Hang Zhou", proposals, project)
    with pytest.raises(ValueError, match="one entity"):
        write_channel("x", [proposals[0], proposals[0]], project)
    with pytest.raises(ValueError, match="no entity 'order'"):
        propose(look_at(files[0]), SETTINGS, "order")
    (tmp_path / "odd.csv").write_text("zzz,qqq\n1,2\n")
    with pytest.raises(ValueError, match="no column looks like"):
        propose(look_at(tmp_path / "odd.csv"), SETTINGS)
    (tmp_path / "odd.docx").write_text("x")
    with pytest.raises(ValueError, match="no kind of file"):
        look_at(tmp_path / "odd.docx")


def test_a_day_that_may_be_a_month_is_asked_about(tmp_path):
    (tmp_path / "refunds.csv").write_text(
        "refund no,order no,refund date,refund amount\n1,2,03/04/2024,5\n2,3,05/06/2024,6\n"
    )
    proposal = propose(look_at(tmp_path / "refunds.csv"), SETTINGS)
    assert proposal.entity.name == "refunds"
    [asked] = [one for one in left_to_do("x", proposal) if "day or month first" in one]
    assert "%d/%m/%Y and %m/%d/%Y both fit" in asked


def test_the_verb_looks_without_writing(files):
    words = ["channel", "add", "hangzhou", "--look-only"]
    done = CliRunner().invoke(app, [*words, *(w for one in files for w in ("--from", str(one)))])
    assert done.exit_code == 0, done.output
    assert "order_lines" in done.output
    assert "Left to do" in done.output
    assert not (PROJECT_ROOT / "dagster_project" / "formats" / "hangzhou.yml").exists()
