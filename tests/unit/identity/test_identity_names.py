"""Names: forms by table; likeness against a slow comparison written out by hand."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.identity.names import LIKENESS_SQL, Likeness, name_forms

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


def forms_of(texts: list[str | None]) -> pa.Table:
    """The forms of texts, each its own token (that of NULL: "None")."""
    table = pa.table({"token": [str(text) for text in texts], "text": pa.array(texts, pa.string())})
    with duckdb.connect() as con:
        return name_forms(con, table)


def test_forms() -> None:
    found = {row["token"]: row for row in forms_of([*FORMS, *FORMS]).to_pylist()}
    assert {
        text: (row["canonical"], row["surname"], row["is_full"]) for text, row in found.items()
    } == FORMS
    assert all(row["words"] == row["canonical"].split() for row in found.values())
    assert {text for text, row in found.items() if row["is_han"]} == {
        text for text in FORMS if not text.isascii()
    }


def test_what_is_hidden_or_no_letter_is_no_part_of_the_text() -> None:
    found = {
        row["token"]: row["text"] for row in forms_of(["张**国", "张3伟", "张·伟"]).to_pylist()
    }
    assert found == {"张**国": "张", "张3伟": "张伟", "张·伟": "张伟"}


def test_no_name() -> None:
    assert forms_of(["", None, "123", "***"]).num_rows == 0


def test_likeness_either_way_round() -> None:
    rows = [
        (a, b, level) for left, right, level in PAIRS for a, b in ((left, right), (right, left))
    ]
    table = forms_of([text for pair in PAIRS for text in pair[:2]])
    with duckdb.connect() as con:
        con.register("forms", table)
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
