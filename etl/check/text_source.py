"""Text tables (CSV, TSV and their relatives) as grids, read in blocks so that memory stays flat."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from etl.check.ahead import read_ahead
from etl.check.arrow import clean, clean_text, is_filled, match, pc
from etl.check.grid import BLOCK_BYTES, BLOCK_LINES, FIRST_BLOCK_LINES, HEAD_LINES, Block, BrokenFileError

DELIMITERS = (",", "\t", ";", "|")

_READ_BYTES = 4 << 20
_UNBALANCED = "引号不成对或某一行过长，文件无法按表格读取"


class TextGrid:
    """One text file under one delimiter. The sheet of a text file has no name."""

    name = ""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = delimiter
        self._head: list[list[str]] = []
        self._ends: list[int] = []

    def head(self) -> list[list[str]]:
        if not self._head:
            self._read_head()
        return self._head

    def _read_head(self) -> None:
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            try:
                for cells in islice(reader, HEAD_LINES):
                    self._head.append([clean_text(cell) for cell in cells])
                    self._ends.append(reader.line_num)
            except csv.Error as error:
                raise BrokenFileError(_UNBALANCED) from error

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def blocks(self, first_line: int, width: int) -> Iterator[Block]:
        return read_ahead(self._blocks(first_line, width))

    def _blocks(self, first_line: int, width: int) -> Iterator[Block]:
        head = self.head()
        skip = self._ends[first_line - 2] if first_line > 1 else 0
        usual = _find_usual_width(head[first_line - 1 :], width)
        with self._open() as file:
            for _ in range(skip):
                file.readline()
            stream = _Utf8Stream(file)
            if stream.at_end():
                return
            reader = _BodyReader(stream, self.delimiter, usual, first_line)
            for lines, texts in reader.read():
                yield _make_block(lines, texts, width)


def _find_usual_width(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many cells most rows have: exports often end every row with one delimiter too many."""
    lengths = [len(row) for row in rows if any(row)]
    common = max(set(lengths), key=lengths.count) if lengths else width
    return max(common, width)


class _Utf8Stream(io.RawIOBase):
    """The rest of a decoded file as UTF-8 bytes, for the Arrow reader."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._buffer = b""
        self.quotes = 0
        """How many quotation marks went through."""

    def readable(self) -> bool:
        return True

    def at_end(self) -> bool:
        self._fill(1)
        return not self._buffer

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size and (text := self._file.read(_READ_BYTES)):
            self._buffer += text.encode()
            self.quotes += text.count('"')

    def read(self, size: int = -1) -> bytes:
        size = _READ_BYTES if size < 0 else size
        self._fill(size)
        part, self._buffer = self._buffer[:size], self._buffer[size:]
        return part


class _BodyReader:
    """Arrow reads the rows of the usual width; the others it hands to us as text with their number."""

    def __init__(self, stream: _Utf8Stream, delimiter: str, width: int, first_line: int) -> None:
        self.stream = stream
        self.delimiter = delimiter
        self.width = width
        self.first_line = first_line
        self.odd: list[tuple[int, list[str]]] = []
        self._usual_seen = 0
        self._odd_seen = 0

    def _keep_odd(self, row: pa_csv.InvalidRow) -> str:
        cells = next(csv.reader([row.text], delimiter=self.delimiter), [])
        self.odd.append((int(row.number or 0), cells))
        return "skip"

    def _open(self) -> pa_csv.CSVStreamingReader:
        names = [f"c{i}" for i in range(self.width)]
        return pa_csv.open_csv(
            self.stream,
            # Row numbers are only known to a single-threaded reader.
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=_READ_BYTES),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=self._keep_odd,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )

    def read(self) -> Iterator[tuple[np.ndarray, list[pa.Array]]]:
        """Line numbers and columns, in blocks; the first one is small."""
        waiting: list[pa.RecordBatch] = []
        wanted = FIRST_BLOCK_LINES
        try:
            for batch in self._open():
                waiting.append(batch)
                if sum(b.num_rows for b in waiting) >= wanted or sum(b.nbytes for b in waiting) >= BLOCK_BYTES:
                    yield self._join(waiting)
                    waiting, wanted = [], BLOCK_LINES
        except (pa.ArrowInvalid, csv.Error) as error:
            raise BrokenFileError(_UNBALANCED) from error
        lines, texts = self._join(waiting, last=True)
        if len(lines):
            self._refuse_open_quote(texts)
            yield lines, texts

    def _refuse_open_quote(self, texts: Sequence[pa.Array]) -> None:
        """A quotation mark that nobody closed takes all lines behind it into one cell, the last of the file."""
        cells = [text[len(text) - 1].as_py() or "" for text in texts]
        last = next((cell for cell in reversed(cells) if cell), "")
        if self.stream.quotes % 2 and re.search(r"[\r\n]\s*\S", last):
            raise BrokenFileError(_UNBALANCED)

    def _join(self, batches: list[pa.RecordBatch], *, last: bool = False) -> tuple[np.ndarray, list[pa.Array]]:
        count = sum(b.num_rows for b in batches)
        places = np.array([number for number, _ in self.odd], dtype=np.int64)
        usual = np.arange(self._usual_seen, self._usual_seen + count)
        self._usual_seen += count
        # An odd row with k odd ones before it stands in front of the usual row number (its own number - 1 - k).
        numbers = usual + 1 + np.searchsorted(places - 1 - np.arange(len(places)), usual, side="right")
        stop = len(self.odd) if last or not count else int(np.searchsorted(places, numbers[-1]))
        odd = self.odd[self._odd_seen : stop]
        self._odd_seen = stop
        columns = [_join_column(batches, i) for i in range(self.width)]
        if odd:
            numbers, columns = self._merge(numbers, columns, odd)
        return (numbers + self.first_line - 1).astype(np.int32), columns

    def _merge(
        self, numbers: np.ndarray, columns: list[pa.Array], odd: list[tuple[int, list[str]]]
    ) -> tuple[np.ndarray, list[pa.Array]]:
        lines = np.concatenate([numbers, np.array([n for n, _ in odd])])
        order = np.argsort(lines, kind="stable")
        width = max(self.width, *(len(cells) for _, cells in odd))
        merged = []
        for i in range(width):
            usual = columns[i] if i < self.width else pa.nulls(len(numbers), pa.string())
            more = pa.array([cells[i] if i < len(cells) and cells[i] else None for _, cells in odd], pa.string())
            merged.append(pa.concat_arrays([usual, more]).take(pa.array(order)))
        return lines[order], merged


def _join_column(batches: list[pa.RecordBatch], index: int) -> pa.Array:
    return pa.concat_arrays([b.column(index) for b in batches]) if batches else pa.nulls(0, pa.string())


def _make_block(lines: np.ndarray, columns: list[pa.Array], width: int) -> Block:
    texts = [_unwrap_formula(clean(column)) for column in columns]
    ragged = np.zeros(len(lines), dtype=bool)
    for beyond in texts[width:]:
        ragged |= is_filled(beyond)
    return Block(lines, texts[:width], [None] * width, ragged)


def _unwrap_formula(texts: pa.Array) -> pa.Array:
    """`="00123"` is how exporters keep Excel from eating zeros: the text is meant."""
    if not match(texts, '^="', needs=('="',)).any():
        return texts
    return pc.replace_substring_regex(texts, '^="(.*)"$', r"\1")
