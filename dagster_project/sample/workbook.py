"""The smallest workbook Excel opens: sheets, text inline, numbers as numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

NAMESPACE = "http://schemas.openxmlformats.org"
MAIN = f"{NAMESPACE}/spreadsheetml/2006/main"
PACKAGE = f"{NAMESPACE}/package/2006"
LINKS = f"{NAMESPACE}/officeDocument/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Rows = Sequence[Sequence[object]]


def workbook_bytes(rows: Rows) -> bytes:
    """One sheet with the rows (at most 26 columns); the same rows give the same bytes."""
    return sheets_bytes({"Sheet1": rows})


def sheets_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of named sheets (at most 26 columns each), the first of them first."""
    parts = _parts(list(sheets))
    for number, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), DECLARATION + text)
    return buffer.getvalue()


def write_book(path: Path, sheets: Mapping[str, Iterable[str]]) -> None:
    """Write a workbook of named sheets whose rows come as pieces of XML (see ``row_xml``)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(list(sheets)).items():
            archive.writestr(_entry(name), DECLARATION + text)
        for number, pieces in enumerate(sheets.values(), start=1):
            place = _entry(f"xl/worksheets/sheet{number}.xml")
            with archive.open(place, "w") as stream:
                stream.write(f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
                stream.writelines(piece.encode() for piece in pieces)
                stream.write(b"</sheetData></worksheet>")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parts(names: list[str]) -> dict[str, str]:
    numbers = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{SHEET_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{LINKS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" '
            f'ContentType="{SHEET_TYPE}.sheet.main+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
        ),
    }


def _sheet(rows: Rows) -> str:
    body = "".join(row_xml(number, row) for number, row in enumerate(rows, start=1))
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def row_xml(number: int, row: Sequence[object]) -> str:
    """A row of a sheet, numbered from 1."""
    cells = "".join(_cell(f"{chr(65 + place)}{number}", value) for place, value in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _cell(reference: str, value: object) -> str:
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
