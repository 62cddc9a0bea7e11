"""Names: forms by table; likeness against a slow comparison written out by hand."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from dagster_project.identity.names import LIKENESS_SQL, Likeness, read_name

FORMS = {
    "张伟国": ("weiguo zhang", "zhang", True),
    "zhang weiguo": ("weiguo zhang", "", True),
    "weiguo zhang": ("weiguo zhang", "", True),
    "张**": ("zhang", "zhang", False),
    "张": ("zhang", "zhang", False),
    "欧阳娜娜": ("nana ouyang", "ouyang", True),
    "尉迟恭": ("gong yuchi", "yuchi", True),
    "单田芳": ("shan tianfang", "shan", True),
    "曾丽": ("li zeng", "zeng", True),
    "jack": ("jack", "jack", False),
    "o'neil shaun": ("o'neil shaun", "", True),
}

PAIRS = [
    ("张伟国", "weiguo zhang", Likeness.EQUAL),
    ("张伟", "张炜", Likeness.EQUAL),
    ("张伟国", "张建国", Likeness.NEAR),
    ("陈佳慧", "王佳慧", Likeness.NEAR),
    ("张伟", "张强", Likeness.DIFFERENT),
    ("张伟国", "李芳", Likeness.DIFFERENT),
    ("张**", "张伟国", Likeness.PARTIAL),
    ("张", "李芳", Likeness.DIFFERENT),
    ("jack stanfield", "stanfield jack", Likeness.EQUAL),
    ("jack stanfield", "jack stanfeild", Likeness.NEAR),
    ("jack", "jack stanfield", Likeness.PARTIAL),
    ("lily ho", "noah weller", Likeness.DIFFERENT),
]


@pytest.mark.parametrize("text", FORMS)
def test_forms(text: str) -> None:
    form = read_name(text)
    assert form is not None
    assert (form.canonical, form.surname, form.is_full) == FORMS[text]


@pytest.mark.parametrize("text", ["", None, "123", "***"])
def test_no_name(text: str | None) -> None:
    assert read_name(text) is None


def test_likeness_either_way_round() -> None:
    rows = [
        (a, b, level) for left, right, level in PAIRS for a, b in ((left, right), (right, left))
    ]
    forms = {text: read_name(text) for pair in PAIRS for text in pair[:2]}
    columns = ("text", "canonical", "surname", "is_full", "is_han")
    table = {
        "token": list(forms),
        **{c: [getattr(f, c) for f in forms.values()] for c in columns},
    }
    with duckdb.connect() as con:
        con.register("forms", pa.table(table))
        con.register("asked", pa.table({"a": [r[0] for r in rows], "b": [r[1] for r in rows]}))
        found = con.execute(
            f"""
            select p.a, p.b, {LIKENESS_SQL} from asked as p
            cross join (select 0.92 as near_name) as rules
            inner join forms as a on p.a = a.token
            inner join forms as b on p.b = b.token
            """
        ).fetchall()
    assert sorted(found) == sorted((a, b, int(level)) for a, b, level in rows)
