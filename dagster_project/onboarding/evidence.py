"""What the cells of a column say about what it may be: read by the macros the door reads with."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from dagster_project.formats import Field
from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.ingest.field_sql import BAD_REASON, typed_value

# Forms of a time beyond those the landing contract knows.
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%b %d %Y", "%B %d, %Y")
OTHER = ("%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日", "%d-%b-%Y", "%Y.%m.%d")
_PHONE = re.compile(r"(\+?\d{1,3})?1[3-9]\d{9}|\+\d{8,15}|1[3-9]\d\*{4}\d{4}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Evidence:
    """Reads cells as the door would; one engine for all columns of all files."""

    def __init__(self, time_zone: str):
        self._con = duckdb.connect()
        install_cell_macros(self._con, time_zone)

    def readable(self, field: Field, cells: Sequence[str], is_sheet: bool = False) -> float:
        """Share of cells that are a value of the field, 0 to 1; 1 where any text is one."""
        if not cells:
            return 1.0
        if field.personal == "phone":
            plain = (re.sub(r"[\s()-]", "", one) for one in cells)
            return sum(bool(_PHONE.fullmatch(one)) for one in plain) / len(cells)
        if field.personal == "email":
            return sum(bool(_EMAIL.fullmatch(one.strip())) for one in cells) / len(cells)
        if field.type not in BAD_REASON:
            return 1.0
        return self._share(typed_value(field, "c", is_sheet), cells)

    def time_forms(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The further forms under which every cell is a time; more than one: the order is open."""
        forms = []
        for family in (DAY_FIRST, MONTH_FIRST, OTHER):
            fits = (one for one in family if self._share(f"try_strptime(c, '{one}')", cells) == 1)
            forms += [one for one in [next(fits, None)] if one]
        return tuple(forms)

    def _share(self, value: str, cells: Sequence[str]) -> float:
        table = pa.table({"cell": pa.array(list(cells), pa.string())})
        self._con.register("cells", table)
        found = self._con.execute(f"""
            select count(value) / count(*) from (
                select {value} as value
                from (select mw_null(mw_trim(mw_fold_all(cell))) as c from cells))""").fetchall()
        return float(found[0][0] or 0)
