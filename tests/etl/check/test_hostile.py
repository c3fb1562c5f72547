"""Files that attack their reader: each is refused with a cure, or read for what it is; the caller lives on."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etl.check.checked import Checked
from etl.check.reader import find_limits, read_file
from etl.check.request import CheckRequest
from schemas.settings import Settings
from tests.etl.check.files import (
    AS_OF,
    REPORT_HEADER,
    UNITS,
    make_report,
    report_rows,
    write_csv,
    write_html,
    write_ods,
    write_xls,
    write_xlsx,
    write_xml,
)
from tests.etl.check.fuzzing import fuzz

MIB = 1 << 20
TIGHT = Settings(check_memory_mb=384, check_seconds=30)
ROWS = report_rows(["甲局", 10, 8, "80%"], ["乙局", 5, 5, "100%"])
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def read(path: Path, settings: Settings = TIGHT) -> Checked:
    request = CheckRequest(
        path, make_report(rules=[]), "月报.xlsx", UNITS, AS_OF, path.with_name("accepted.parquet"), "b1"
    )
    return read_file(request, settings)


def rewrite(path: Path, **parts: str | bytes) -> Path:
    """The workbook with parts replaced: `sheet1=` stands for xl/worksheets/sheet1.xml and so on."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    for name in list(kept):
        if Path(name).stem in parts:
            told = parts[Path(name).stem]
            kept[name] = told.encode() if isinstance(told, str) else told
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    return path


def shrink_claims(path: Path, name: str) -> Path:
    """The archive says of one part that it unpacks to 1,000 bytes."""
    data = bytearray(path.read_bytes())
    for signature, field in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(signature)
        while start >= 0:
            head = data[start : start + 200]
            if name.encode() in head:
                data[start + field : start + field + 4] = (1000).to_bytes(4, "little")
            start = data.find(signature, start + 4)
    path.write_bytes(data)
    return path


def strings_bomb(path: Path) -> Path:
    """400 MB of shared strings."""
    strings = b"<sst><si><t>" + b"A" * (400 * MIB) + b"</t></si></sst>"
    return rewrite(write_xlsx(path, ROWS), sharedStrings=strings)


def lying_bomb(path: Path) -> Path:
    return shrink_claims(strings_bomb(path), "sharedStrings.xml")


def nested_bomb(path: Path) -> Path:
    """A part of the workbook is itself a bomb: nobody unpacks it."""
    inner = path.with_name("inner.zip")
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a", b"0" * (20 * MIB))
    write_xlsx(path, ROWS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/embeddings/inner.zip", inner.read_bytes())
    return path


def far_cell(path: Path) -> Path:
    """One cell in the last corner of the sheet: laid out densely that is 17 thousand million cells."""
    cell = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    sheet = f'{HEAD}<worksheet xmlns="{space}"><sheetData>{first}{cell}</sheetData></worksheet>'
    return rewrite(write_xlsx(path, ROWS), sheet1=sheet)


def laughs(path: Path, *, element: str = "&i;") -> Path:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    text = write_xml(path, ROWS).read_text(encoding="utf-8").replace(HEAD, f"{HEAD}<!DOCTYPE x [{entities}]>")
    path.write_text(text.replace("甲局", element), encoding="utf-8")
    return path


def outside(path: Path) -> Path:
    (path.parent / "secret.txt").write_text("TOP-SECRET", encoding="utf-8")
    entity = f'<!ENTITY i SYSTEM "{(path.parent / "secret.txt").as_uri()}">'
    text = write_xml(path, ROWS).read_text(encoding="utf-8").replace(HEAD, f"{HEAD}<!DOCTYPE x [{entity}]>")
    path.write_text(text.replace("甲局", "&i;"), encoding="utf-8")
    return path


def outside_in_ods(path: Path) -> Path:
    (path.parent / "secret.txt").write_text("TOP-SECRET", encoding="utf-8")
    wide = [[*row, *[""] * (4 - len(row))] for row in ROWS]
    with zipfile.ZipFile(write_ods(path, wide)) as archive:
        content = archive.read("content.xml").decode()
    entity = f'<!DOCTYPE x [<!ENTITY i SYSTEM "{(path.parent / "secret.txt").as_uri()}">]>'
    return rewrite(path, content=content.replace(HEAD, HEAD + entity).replace("甲局", "&i;"))


def deep_page(path: Path) -> Path:
    path.write_text("<html><body>" + "<div>" * 200_000 + "<table><tr><td>x</td></tr></table>", encoding="utf-8")
    return path


def wide_spans(path: Path) -> Path:
    """Every cell spans all columns and many lines: each is lawful, all together are not."""
    cell = "<td colspan=16384 rowspan=16384>x</td>"
    path.write_text(f"<html><table>{f'<tr>{cell}</tr>' * 50}</table></html>", encoding="utf-8")
    return path


def one_cell(path: Path) -> Path:
    with path.open("wb") as file:
        file.write((",".join(REPORT_HEADER) + "\n甲局,").encode())
        file.write(b"1" * (100 * MIB))
    return path


def unclosed_quote(path: Path) -> Path:
    write_csv(path, ROWS)
    with path.open("ab") as file:
        file.write(b'"' + "乙局,1,1,\n".encode() * 400_000)
    return path


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (strings_bomb, {"FILE.TOO_LARGE"}),
        (lying_bomb, {"FILE.UNREADABLE", "FILE.TOO_COSTLY"}),
        (far_cell, {"FILE.UNREADABLE", "FILE.TOO_COSTLY", "FILE.CRASHED_READER"}),
        (laughs, {"FILE.UNREADABLE"}),
        (outside, {"FILE.UNREADABLE"}),
        (deep_page, {"FILE.UNREADABLE", "TABLE.NOT_FOUND", "FILE.EMPTY"}),
        (wide_spans, {"FILE.UNREADABLE", "FILE.TOO_COSTLY"}),
        (one_cell, {"FILE.UNREADABLE", "FILE.TOO_COSTLY"}),
        (unclosed_quote, {"FILE.UNREADABLE", "FILE.TOO_COSTLY"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_attacks_are_refused_with_a_cure(make: Callable[[Path], Path], codes: set[str], tmp_path: Path) -> None:
    checked = read(make(tmp_path / "attack"))
    assert (checked.status, checked.code in codes) == ("refused", True), checked.code
    assert checked.message
    assert checked.todo
    assert "TOP-SECRET" not in str(checked)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith((".check", "accepted"))] == []


def test_entities_of_an_ods_are_not_followed(tmp_path: Path) -> None:
    checked = read(outside_in_ods(tmp_path / "attack.ods"))
    assert "TOP-SECRET" not in str(checked)
    assert checked.rows_accepted <= 1  # the row without the entity


def test_a_bomb_inside_a_part_stays_packed(tmp_path: Path) -> None:
    assert read(nested_bomb(tmp_path / "b.xlsx")).rows_accepted == 2


def test_a_million_empty_lines_are_lines(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    with path.open("ab") as file:
        file.write(b"\r\n" * 1_000_000)
    checked = read(path, Settings(check_memory_mb=512))
    assert (checked.rows_accepted, checked.lines["blank"]) == (2, 1_000_000)


def test_columns_of_nothing_but_style_are_no_columns(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "s.xlsx") as book:
        sheet, paint = book.add_worksheet("../../etc/passwd".replace("/", "|")), book.add_format({"bg_color": "red"})
        for line, row in enumerate(ROWS):
            sheet.write_row(line, 0, row)
            for column in range(4, 16_384):
                sheet.write_blank(line, column, None, paint)
    assert read(tmp_path / "s.xlsx").rows_accepted == 2


@pytest.mark.parametrize("text", ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_formulas_in_text_are_text(text: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*ROWS, [text, 1, 1, ""]])
    checked = read(path)
    assert checked.quarantine[0].content["责任单位"] == text
    assert [f.code for f in checked.findings] == ["UNIT.UNKNOWN"]


def test_names_that_would_be_paths_are_words(tmp_path: Path) -> None:
    path = write_xml(tmp_path / "a.xml", [[*row, *[""] * (4 - len(row))] for row in ROWS])
    path.write_text(path.read_text(encoding="utf-8").replace("三月", "../../../tmp/x"), encoding="utf-8")
    request = CheckRequest(path, make_report(rules=[]), "../../2023年3月\0.xlsx", UNITS, AS_OF)
    for name in ("../../2023年3月\0.xlsx", "/etc/passwd", "a" * 5000):
        assert read_file(replace(request, file_name=name), TIGHT).rows_accepted == 2


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_csv, write_html, write_xml, write_ods])
def test_a_file_that_ends_too_early_is_never_a_fault(write: Callable[..., Path], tmp_path: Path) -> None:
    data = write(tmp_path / "whole", [[*row, *[""] * (4 - len(row))] for row in ROWS]).read_bytes()
    for tenth in (1, 5, 9):
        cut = tmp_path / "cut"
        cut.write_bytes(data[: len(data) * tenth // 10])
        checked = read(cut)
        assert checked.status in ("accepted", "refused", "empty")
        assert checked.rows_accepted <= 2


def test_limits_grow_with_text_alone(tmp_path: Path) -> None:
    for name, head, wanted in (("a.csv", b"a,b\n", 60 + 100 * 0.05), ("a.xlsx", b"PK\x03\x04", 60)):
        with (tmp_path / name).open("wb") as file:
            file.write(head)
            file.truncate(50_000_000)
        limits = find_limits(tmp_path / name, Settings())
        assert (limits.memory, limits.seconds) == (1024 * MIB, pytest.approx(wanted))


def test_mutated_files_never_raise_hang_or_load_what_nobody_wrote() -> None:
    done = fuzz(150, seed=3, settings=Settings(check_seconds=20))
    assert done.wrong == []
    assert {form for form, _ in done.seen} == {"xlsx", "xls", "csv", "html", "xml", "ods"}
    assert {status for _, status in done.seen} >= {"accepted", "refused"}


def test_names_that_are_no_text_make_a_broken_file(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", ROWS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("说明.txt", b"")
    path.write_bytes(path.read_bytes().replace("说明".encode(), b"\xff\xdf\xff\xdf\xff\xdf"))
    assert read(path).code == "FILE.UNREADABLE"
