"""Relations become files: cells as text, records as JSON, with wrong rows planted among them.

A relation to be written has, beside its cells, ``sort`` (even numbers, its order in the file) and
``bad`` (NULL, or ``reason:field`` of a planted row).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.formats.quoting import sql_path
from dagster_project.sample.native.cells import Wrong, escaped
from dagster_project.sample.workbook import row_xml, write_book

ROWS_PER_BAD_ROW = 700
BATCH = 20_000
CUT = 60  # bytes that are left of a cut line


class Writer:
    """Writes one landing folder from the store's engine; ``told`` is the truth about it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, scratch: Path) -> None:
        self.con, self.folder, self.scratch = con, folder, scratch
        self.told: list[dict[str, Any]] = []

    def make(self, name: str, cells: Mapping[str, str], source: str, order: str) -> None:
        """Create a relation: cells (name -> SQL) of the rows of ``source``, in an order."""
        listed = ", ".join(f'{sql} as "{cell}"' for cell, sql in cells.items())
        self.con.execute(
            f"create or replace table {name} as select {listed}, "
            f"2 * row_number() over (order by {order}) as sort, cast(null as varchar) as bad "
            f"from {source}"
        )

    def plant(self, name: str, wrong: Sequence[Wrong], own: Mapping[str, str]) -> None:
        """Copies of some rows become wrong rows, each right behind its original.

        Args:
            own: cells that get another value, so that no sound row is named by a wrong one.
        """
        rows = self.con.execute(f"select count(*) from {name}").fetchall()[0][0]
        period = min(ROWS_PER_BAD_ROW * len(wrong), rows)
        for number, one in enumerate(wrong, start=1):
            place = number * period // (len(wrong) + 1)
            changed = {**own, one.cell: one.says}
            listed = ", ".join(f'{sql} as "{cell}"' for cell, sql in changed.items())
            self.con.execute(
                f"insert into {name} select * replace ({listed}, sort + 1 as sort, "
                f"'{one.reason}:{one.field}' as bad) from {name} "
                f"where bad is null and sort // 2 % {period} = {place}"
            )

    def csv(self, file: str, entity: str, name: str, encoding: str = "utf-8") -> None:
        """Write a relation as a CSV text with the relation's cells as header."""
        whole, target = self.scratch / "whole.csv", self._target(file)
        self.con.execute(
            f"copy (select * exclude (sort, bad) from {name} order by sort) "
            f"to {sql_path(whole)} (format csv, header true)"
        )
        with (
            whole.open(encoding="utf-8", newline="") as source,
            target.open("w", encoding=encoding, newline="") as stream,
        ):
            while text := source.read(1 << 20):
                stream.write(text)
        whole.unlink()
        self.tell(file, {entity: self.wrong_rows(name)})

    def json_lines(
        self, file: str, record: str, source: str, told: dict[str, Any], cut: str | None = None
    ) -> None:
        """Write one JSON record a line.

        Args:
            record, source: SQL of a record, and of the rows it is made of, in order.
            told: entity -> (rows, wrong rows), as ``wrong_rows`` gives them.
            cut: the entity of the records; the first one is written again at the end, cut short.
        """
        with self._target(file).open("w", encoding="utf-8", newline="\n") as stream:
            first = ""
            for lines in self.texts(f"select {record} from {source}"):
                first = first or lines[0]
                stream.write("\n".join(lines) + "\n")
            if cut:
                stream.write(first[:CUT])
        if cut:
            rows, wrong = told[cut]
            told = {**told, cut: (rows + 1, [*wrong, (rows + 1, "malformed_json", None)])}
        self.tell(file, told)

    def json_page(
        self, file: str, record: str, source: str, told: dict[str, Any], around: tuple[str, str]
    ) -> None:
        """Write records as one page of an API: ``around`` is the text before and after them."""
        with self._target(file).open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(around[0])
            separator = ""
            for lines in self.texts(f"select {record} from {source}"):
                stream.write(separator + ",\n".join(lines))
                separator = ",\n"
            stream.write(around[1])
        self.tell(file, told)

    def workbook(self, file: str, sheets: Mapping[str, str], told: dict[str, Any]) -> None:
        """Write relations as the sheets of a workbook, all cells as text."""
        written = {sheet: self._sheet(name) for sheet, name in sheets.items()}
        write_book(self._target(file), written)
        self.tell(file, told)

    def _sheet(self, name: str) -> Iterator[str]:
        """The rows of a sheet as XML."""
        columns = [one for (one, *_) in self.con.execute(f"describe {name}").fetchall()][:-2]
        yield row_xml(1, columns)
        cells = ", ".join(
            f"coalesce('<c r=\"{chr(65 + place)}' || line || '\" t=\"inlineStr\"><is><t>' || "
            f"{escaped(column)} || '</t></is></c>', '')"
            for place, column in enumerate(columns)
        )
        # a row of a sheet has its number; the header is the first
        query = (
            f"select concat('<row r=\"', line, '\">', {cells}, '</row>') from (select *, "
            f"1 + row_number() over (order by sort) as line from {name}) order by line"
        )
        for rows in self.texts(query):
            yield "".join(rows)

    def nested(
        self, name: str, entity: str, parts: Mapping[str, tuple[str, str, str]]
    ) -> tuple[str, dict[str, tuple[int, list]]]:
        """Records with arrays in them: the rows to make them of, in order, and the truth.

        Args:
            name, entity: the outer records' relation, whose ``parent`` the inner ones name.
            parts: inner entity -> its relation, SQL of its record, the array's name.
        """
        told = {entity: self.wrong_rows(name)}
        arrays, joins = "", ""
        for inner, (relation, record, array) in parts.items():
            place = f"(select i.*, o.sort as outer_sort from {relation} as i join {name} as o "
            told[inner] = self.wrong_rows(f"{place} using (parent))", "outer_sort, sort")
            arrays += f", {array}.list as {array}"
            joins += (
                f" left join (select parent, to_json(list({record} order by sort)) as list "
                f"from {relation} group by parent) as {array} on {array}.parent = o.parent"
            )
        return f"(select o.*{arrays} from {name} as o{joins} order by o.sort)", told

    def texts(self, query: str) -> Iterator[list[str]]:
        """The one column of a query, some thousand rows at a time."""
        cursor = self.con.execute(query)
        while rows := cursor.fetchmany(BATCH):
            yield [text for (text,) in rows]

    def wrong_rows(
        self, name: str, order: str = "sort"
    ) -> tuple[int, list[tuple[int, str, str | None]]]:
        """How many rows a relation has, and its planted ones as (row from 1, reason, field)."""
        rows = self.con.execute(f"select count(*) from {name}").fetchall()[0][0]
        found = self.con.execute(
            f"select * from (select row_number() over (order by {order}), "
            "split_part(bad, ':', 1) as reason, split_part(bad, ':', 2) "
            f"from {name}) where reason is not null order by 1"
        ).fetchall()
        return rows, found

    def tell(self, file: str, told: Mapping[str, tuple[int, list]]) -> None:
        """Add a file to the truth."""
        planted = [(entity, *one) for entity, (_, wrong) in told.items() for one in wrong]
        rows = {entity: count for entity, (count, _) in told.items()}
        self.told.append({"file": file, "rows": rows, "planted": planted})

    def write(self, file: str, data: bytes) -> None:
        """Write a finished file; its rows are told apart."""
        self._target(file).write_bytes(data)

    def _target(self, file: str) -> Path:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
