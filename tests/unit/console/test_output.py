"""What the command says where, and how it ends."""

import sqlite3

import pytest
import typer

from dagster_project.console.output import errors, print_table, progress


@pytest.mark.parametrize("code", [1, 3, 4])
def test_an_exit_code_passes(code, capsys):
    with pytest.raises(typer.Exit) as ended, errors():
        raise typer.Exit(code)
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [ValueError("why"), RuntimeError("why"), OSError("why")])
def test_an_error_is_a_line_and_code_1(error, capsys):
    with pytest.raises(typer.Exit) as ended, errors():
        raise error
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "error: why\n"


def test_a_disk_found_full_by_the_event_log_is_a_line(capsys, tmp_path):
    with sqlite3.connect(tmp_path / "log.db") as con, pytest.raises(typer.Exit), errors():
        con.execute("pragma max_page_count = 2")
        con.execute("create table event (text)")
        con.execute("insert into event values (zeroblob(100000))")
    assert "disk is full: make room" in capsys.readouterr().err


def test_another_error_is_not_hidden():
    with pytest.raises(sqlite3.OperationalError), errors():
        raise sqlite3.OperationalError("no such table: event")


def test_wrong_usage_is_left_to_typer():
    with pytest.raises(typer.BadParameter), errors():
        raise typer.BadParameter("x")


def test_where_nobody_looks_tables_are_plain_lines(capsys):
    print_table(("name", "members"), [("金卡", 12), ("silver [x]", None)])
    assert capsys.readouterr().out == "name        members\n金卡        12\nsilver [x]\n"


def test_progress_is_lines_or_nothing(capsys):
    with progress() as say:
        say("one")
    with progress(quiet=True) as say:
        say("two")
    assert capsys.readouterr().out == "one\n"
