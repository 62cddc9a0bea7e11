"""Texts, keys and segments are read from dbt's manifest."""

from dagster_project.release import describe


def test_node(name, kwargs, model="model.mw.member_rfm"):
    return {
        "resource_type": "test",
        "attached_node": model,
        "test_metadata": {"name": name, "kwargs": kwargs},
    }


test_node.__test__ = False

MODEL = {
    "resource_type": "model",
    "schema": "marts",
    "name": "member_rfm",
    "description": "One row per buyer.\nMore text.",
    "config": {"meta": {"label_zh": "会员价值"}},
    "columns": {
        "member_id": {"description": "The member.", "config": {"meta": {"label_zh": "会员"}}},
        "segment": {"description": "", "meta": {"label_zh": "分群", "segment": True}},
    },
}


def test_reads_comments_and_segments():
    found = describe({"nodes": {"model.mw.member_rfm": MODEL}})
    assert found.comments == {
        "marts.member_rfm": "会员价值 — One row per buyer. More text.",
        "marts.member_rfm.member_id": "会员 — The member.",
        "marts.member_rfm.segment": "分群",
    }
    assert found.segments == {"marts.member_rfm": ["segment"]}
    assert found.keys == {}


def test_reads_the_shortest_key():
    pair = {"columns": ["member_id", "as_of"]}
    found = describe(
        {
            "nodes": {
                "model.mw.member_rfm": MODEL,
                "test.1": test_node("unique_combination", pair),
                "test.2": test_node("unique", {"column_name": "member_id"}),
                "test.3": test_node("not_null", {"column_name": "segment"}),
                "test.4": test_node("unique", {"column_name": "x"}, model=None),
            }
        }
    )
    assert found.keys == {"marts.member_rfm": ["member_id"]}
