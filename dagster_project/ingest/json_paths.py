"""Where the fields of a format stand in JSON: the columns of its records, however deep.

A name is compared segment by segment, folded, in small letters and with ``orderInfo`` as
``order_info``. A relation of records has the columns ``line`` (the record), ``outer_line`` (what it
was inside of) and ``is_object``.
"""

from __future__ import annotations

import re
from collections import defaultdict

from dagster_project.formats import Entity, Format
from dagster_project.formats.quoting import sql_text
from dagster_project.ingest.cells import Desk, run_reader
from dagster_project.ingest.dialect import plain

OUTER = "^"
_SNAKE = re.compile(r"_([a-z0-9])")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Path = tuple[str, ...]


def records_of(lines: str, entity: Entity) -> str:
    """The entity's records in a relation of lines, as SQL."""
    current = f"(select line, cast(null as varchar) as outer_line from {lines})"
    for step in entity.record:
        inside = f"case when {_is_object('line')} then json_type(line, {_pointer((step,))}) end"
        current = f"""(
            select unnest(case {inside}
                when 'ARRAY' then {_elements("line", (step,))}
                when 'OBJECT' then [cast(json_extract(line, {_pointer((step,))}) as varchar)]
                else [line] end) as line, outer_line from {current})"""
    if entity.rows is not None:
        path = tuple(entity.rows.split("."))
        current = f"""(
            select unnest({_elements("line", path)}) as line, line as outer_line
            from {current} where {_is_object("line")})"""
    return f"(select line, outer_line, {_is_object('line')} as is_object from {current})"


def columns_of(desk: Desk, records: str, form: Format, entity: Entity) -> list[tuple[str, str]]:
    """(name, SQL of its text) of every field and every unknown key that some record has.

    A field that stands at several paths is taken from the first that has a value.
    """
    wanted = _wanted(entity)
    deeper = {path[:size] for path in wanted for size in range(1, len(path))}
    inside = [one.rows for one in form.entities.values() if one.within == entity.name and one.rows]
    elsewhere = set(map(_normal, inside))
    found: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    unknown: list[Path] = []
    for path in _keys(desk, records, "line", deeper):
        for rank, field in wanted.get(_same(path), ()):
            found[field].append((rank, path))
        if _same(path) not in {*wanted, *elsewhere}:
            unknown.append(path)
    if entity.rows is not None:
        outer = {path[1:] for path in deeper if path[0] == OUTER} - {()}
        for path in _keys(desk, records, "outer_line", outer):
            for rank, field in wanted.get((OUTER, *_same(path)), ()):
                found[field].append((rank, (OUTER, *path)))
    return _merged(found) + [(".".join(path), _text(path)) for path in unknown]


def _merged(found: dict[str, list[tuple[int, Path]]]) -> list[tuple[str, str]]:
    """One column a field; a key that is there twice stays two columns, which refuses the file."""
    columns = []
    for field, ranked in found.items():
        paths = [path for _, path in sorted(ranked)]
        spelled = [tuple(map(plain, path)) for path in paths]
        if len(spelled) > len(set(spelled)):
            columns += [(field, _text(path)) for path in paths]
        else:
            columns.append((field, f"coalesce({', '.join(map(_text, paths))})"))
    return columns


def _wanted(entity: Entity) -> dict[Path, list[tuple[int, str]]]:
    """Which fields a normal path is a name of, with its rank among the field's names."""
    wanted: dict[Path, list[tuple[int, str]]] = defaultdict(list)
    for one in entity.fields:
        for rank, name in enumerate(dict.fromkeys(map(_normal, (*one.aliases, one.name)))):
            wanted[name].append((rank, one.name))
    return wanted


def _keys(desk: Desk, records: str, column: str, deeper: set[Path]) -> list[Path]:
    """The paths of every key that some record has; objects on the way to a field are opened."""
    todo: list[Path] = [()]
    leaves: list[Path] = []
    while todo:
        path = todo.pop()
        at = f", {_pointer(path)}" if path else ""
        names = run_reader(
            desk, f"select distinct unnest(json_keys({column}{at})) from {records} "
            f"where is_object and json_type({column}{at}) = 'OBJECT'"
        ).fetchall()  # fmt: skip
        other = f"json_type({column}{at}) not in ('OBJECT', 'NULL')"
        if path and run_reader(
            desk, f"select true from {records} where is_object and {other} limit 1"
        ).fetchall():  # fmt: skip
            leaves.append(path)
        for (name,) in sorted(names):
            longer = (*path, name)
            (todo if _same(longer) in deeper else leaves).append(longer)
    return sorted(leaves)


def _normal(name: str) -> Path:
    """A name of a format as a path."""
    if name.startswith(OUTER):
        return (OUTER, *_normal(name[1:]))
    return _same(tuple(name.split(".")))


def _same(path: Path) -> Path:
    """A path as it is compared."""
    return tuple(plain(_HUMP.sub("_", one)) for one in path)


def _text(path: Path) -> str:
    if path[0] == OUTER:
        return f"json_extract_string(outer_line, {_pointer(path[1:])})"
    return f"case when is_object then json_extract_string(line, {_pointer(path)}) end"


def _pointer(path: Path) -> str:
    return sql_text("".join("/" + one.replace("~", "~0").replace("/", "~1") for one in path))


def _elements(column: str, path: Path) -> str:
    spellings = dict.fromkeys((path, tuple(_SNAKE.sub(_hump, one) for one in path)))
    quoted = ["".join(f'."{one}"' for one in spelling) for spelling in spellings]
    lists = [f"json_extract({column}, {sql_text(f'${one}[*]')})" for one in quoted]
    return f"cast({' || '.join(lists)} as varchar[])"


def _hump(match: re.Match[str]) -> str:
    return match[1].upper()


def _is_object(column: str) -> str:
    return f"(case when json_valid({column}) then json_type({column}) = 'OBJECT' else false end)"
