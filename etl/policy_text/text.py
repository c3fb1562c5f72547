"""A policy text as lines, and as one flow in which soft line ends are gone."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from etl.policy_text.heads import CONTENTS_END, HEAD, PAGE

_LINE_END = re.compile(r"\r\n|\n|\r")
_SENTENCE_END = tuple("。!?;:")
_INSIDE_NUMBER = re.compile(r"[^\s\d-]\d[\d.-]*$|(?:19|20)\d\d-[\d-]*$")
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0xFE6A: 0x25}
_WIDTHS |= {ord(a): ord(b) for a, b in ("≧≥", "⩾≥", "≦≤", "⩽≤")}
_CELLS = re.compile(r"\S\s*\t")
"""Between two cells of a table: its rows are never one sentence."""
HARD_END = "\n"


class UnreadableTextError(ValueError):
    """The bytes are neither UTF-8 nor GB18030 nor UTF-16 with a mark; the message says so in Chinese."""


def decode_text(data: bytes) -> str:
    """Bytes of an office's copy as text: byte order mark, then strict UTF-8, then strict GB18030.

    Raises:
        UnreadableTextError: nothing of these fits; nothing is guessed.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableTextError("这不是纯文本：请另存为 UTF-8 或 GB18030 编码的 .txt 后重试")


def narrow(text: str) -> str:
    """Full-width letters, digits and punctuation as half-width ones; the length stays."""
    return text.translate(_WIDTHS)


@dataclass(frozen=True)
class PolicyText:
    """Lines as people count them (from 1, without their ends), and the checksum of the bytes they came from."""

    lines: tuple[str, ...]
    sha256: str = ""

    @classmethod
    def from_string(cls, text: str) -> PolicyText:
        return cls(tuple(_LINE_END.split(text)), hashlib.sha256(text.encode()).hexdigest())

    @classmethod
    def read(cls, path: Path) -> PolicyText:
        """The text of a file.

        Raises:
            UnreadableTextError: the encoding is none of those of `decode_text`.
            OSError: the file cannot be read.
        """
        data = path.read_bytes()
        return cls(tuple(_LINE_END.split(decode_text(data))), hashlib.sha256(data).hexdigest())

    @cached_property
    def flow(self) -> Flow:
        """The whole text in which a sentence that was wrapped over lines is whole again."""
        parts: list[str] = []
        places: list[tuple[int, int]] = []
        for number, line in enumerate(self.lines, start=1):
            parts.append(line)
            places += [(number, offset) for offset in range(len(line))]
            following = self.lines[number] if number < len(self.lines) else ""
            if not _is_wrapped(line, following):
                parts.append(HARD_END)
                places.append((number, len(line)))
        return Flow("".join(parts), tuple(places))


@dataclass(frozen=True)
class Flow:
    """One string, and for each of its characters the line (from 1) and the offset (from 0) where it stands."""

    text: str
    places: tuple[tuple[int, int], ...]

    @cached_property
    def narrow(self) -> str:
        return narrow(self.text)


def _is_wrapped(line: str, following: str) -> bool:
    """Whether a line goes on in the next one: no end of a sentence, no indent, no head, no row of a table."""
    if not line.strip() or not following.strip() or following[0].isspace():
        return False
    here, there = narrow(line).rstrip(), narrow(following)
    if _INSIDE_NUMBER.search(here) and there[0].isdecimal():
        return True
    if _CELLS.search(here) or PAGE.match(here) or PAGE.match(there) or HEAD.match(there):
        return False
    return not here.endswith(_SENTENCE_END) and not re.search(CONTENTS_END, here)
