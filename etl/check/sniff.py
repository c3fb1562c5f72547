"""What a file is, told by its bytes. The ending of its name is never believed."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from etl.check.checked import Refusal
from etl.core.zip_faults import ZIP_FAULTS

MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_RATIO = 200
"""A workbook that declares to be this many times larger than its file (and large) is an attack or a mistake."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_CHUNK = 1 << 20
_FOREIGN = {
    b"%PDF": " PDF 文件",
    b"MIME-Version:": "单个文件网页（MHT）",
    b"{\\rtf": "文字文档（RTF）",
    b"Rar!": " RAR 压缩包",
    b"7z\xbc\xaf": " 7z 压缩包",
    b"\x1f\x8b": " gz 压缩包",
    b"\xff\xd8\xff": "图片",
    b"\x89PNG": "图片",
}
_NO_SCANS = "请从业务系统重新导出 Excel 或 CSV 表格后报送；PDF、扫描件里的数不能读取"
_SAVE_AS = "请用 WPS 或 Excel 打开后另存为 xlsx 格式，再重新报送"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_XML = re.compile(r"\s*<\?xml(?!.{0,400}<(?:!doctype\s+)?html)", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|style|table|body|div|\?xml)", re.IGNORECASE | re.DOTALL
)
_WORKBOOK_XML = "urn:schemas-microsoft-com:office:spreadsheet"


@dataclass(frozen=True)
class Sniffed:
    """`format`: xlsx, xls, xlsb, ods, html, xml or text; `encoding` only for text and html."""

    format: str
    encoding: str | None = None


def sniff(path: Path, *, file_name: str = "") -> Sniffed | Refusal:
    """Tell the format of a file; text also by the one encoding that decodes all of it.

    Args:
        path: the bytes.
        file_name: the name under which it was sent: a refusal may name the program that wrote it.
    """
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    if not head:
        return Refusal("FILE.EMPTY", "文件是空的（0 字节）", "请重新导出后报送")
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(path)
    if head.startswith(_OLE):
        return _sniff_ole(path, file_name)
    return _sniff_text(path, head)


def refuse_unreadable(what: str, todo: str = _SAVE_AS) -> Refusal:
    return Refusal("FILE.UNREADABLE", what, todo)


def refuse_password() -> Refusal:
    return Refusal("FILE.PASSWORD", "文件设有打开密码，无法读取", "请取消密码（文件—文档加密）后重新报送")


def _sniff_zip(path: Path) -> Sniffed | Refusal:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            kind = archive.read("mimetype")[:100] if "mimetype" in archive.namelist() else b""
    except ZIP_FAULTS:
        return refuse_unreadable("文件已损坏，打不开")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > max(MAX_RATIO * path.stat().st_size, 100 * _CHUNK):
        return Refusal("FILE.TOO_LARGE", "文件展开后过大，未予读取", "请删去多余的工作表和空行，或分成几个文件报送")
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.bin" in names:
        return Sniffed("xlsb")
    if any(name.startswith("xl/") and name.endswith("workbook.xml") for name in names):
        return Sniffed("xlsx")
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return Sniffed("ods")
    return refuse_unreadable("这不是电子表格文件（可能是压缩包或文字文档）")


def _sniff_ole(path: Path, file_name: str) -> Sniffed | Refusal:
    if file_name.lower().endswith((".et", ".ett")):
        # WPS keeps a copy in the old form of Excel beside its own; it may be of another state of the table.
        return refuse_unreadable("这是 WPS 表格的 et 格式")
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return refuse_password()
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return Sniffed("xls")
    return refuse_unreadable("这不是电子表格文件（可能是文字文档）")


def _sniff_text(path: Path, head: bytes) -> Sniffed | Refusal:
    for begin, what in _FOREIGN.items():
        if head.startswith(begin):
            advice = [_NO_SCANS] if begin == b"%PDF" else []
            return refuse_unreadable(f"这是{what}，不是电子表格", *advice)
    encoding = _find_encoding(path, head)
    if encoding is None:
        if _looks_binary(head):
            return refuse_unreadable("文件内容无法识别，不是电子表格，也不是文本表格")
        return Refusal("FILE.ENCODING", "文件的文字编码无法识别（既不是 UTF-8，也不是 GBK/GB18030）", _SAVE_AS)
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    if _CONTROL.search(text):
        return refuse_unreadable("文件内容无法识别，不是电子表格，也不是文本表格")
    if _XML.match(text):
        if _WORKBOOK_XML in text:
            return Sniffed("xml")
        return refuse_unreadable("这是 XML 格式的文件，不是电子表格")
    if _HTML.match(text):
        return Sniffed("html", encoding)
    return Sniffed("text", encoding)


def _looks_binary(head: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 26 for byte in head)


def _find_encoding(path: Path, head: bytes) -> str | None:
    """Byte order mark, then strict UTF-8, then strict GB18030. No statistics: they misread short Chinese files."""
    if head.startswith(codecs.BOM_UTF8):
        ladder = ["utf-8-sig"]
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        ladder = ["utf-16"]
    else:
        ladder = ["utf-8", "gb18030"]
    return next((encoding for encoding in ladder if _decodes(path, encoding)), None)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
