"""All codes that land and check can give, with their level and what they mean. `docs/check.md` is tested against it.

Codes of a contract's own rules (`rules: code:`) come on top and are documented by the contract.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.models.finding import Level


@dataclass(frozen=True)
class CodeInfo:
    level: Level
    meaning: str


def _refuse(meaning: str) -> CodeInfo:
    return CodeInfo(Level.REFUSE, meaning)


def _hold(meaning: str) -> CodeInfo:
    return CodeInfo(Level.QUARANTINE, meaning)


def _note(meaning: str) -> CodeInfo:
    return CodeInfo(Level.NOTE, meaning)


CODES: dict[str, CodeInfo] = {
    "FILE.NO_CONTRACT": _refuse("The file belongs to no source: neither its folder nor its name says which."),
    "FILE.AMBIGUOUS": _refuse("The name fits several sources."),
    "FILE.EMPTY": _refuse("0 bytes, or not one filled cell."),
    "FILE.ARCHIVE": _refuse("A zip without a usable file: damaged, empty, or with a further archive inside."),
    "FILE.DUPLICATE": _note("The same bytes were handed in before; nothing is done again (an outcome, not a finding)."),
    "FILE.CHANGING": _note("The file is still being written; it stays in the inbox (an outcome, not a finding)."),
    "FILE.SAME_TABLE": _note("The same rows for the same period were handed in before under other bytes."),
    "FILE.UNCHANGED": _note("The figures are, row for row, those of the period before."),
    "FILE.NO_ROWS": _note("A header without a single data row: received, but empty."),
    "FILE.UNREADABLE": _refuse("Not a table file: damaged, PDF, web page, word document, archive."),
    "FILE.ENCODING": _refuse("Text that is neither UTF-8, UTF-16 with a mark, nor GB18030."),
    "FILE.PASSWORD": _refuse("Encrypted with a password."),
    "FILE.TOO_LARGE": _refuse("The archive declares to unpack to an unreasonable size."),
    "FILE.TOO_COSTLY": _refuse("Reading it took more memory or computing time than it may."),
    "FILE.CRASHED_READER": _refuse("It brought the reader down, twice; `counts.reader` of the outcome says how."),
    "FILE.TOO_MANY_BAD": _refuse("More than 10,000 rows break one rule: the file as a whole is wrong."),
    "FILE.PERIOD": _refuse("No period was found where the contract says it stands."),
    "FILE.PERIOD_FUTURE": _refuse("The period has not begun yet."),
    "TABLE.NOT_FOUND": _refuse("No header of this contract in the first 30 lines of any visible sheet."),
    "TABLE.COLUMNS": _refuse("The header lacks columns."),
    "TABLE.COLUMN_TWICE": _refuse("Two columns of the file answer to one column of the contract."),
    "TABLE.UNIT": _refuse("Header or unit line name another unit of measure than the contract."),
    "TABLE.SEVERAL": _refuse("Several sheets hold the table, or one sheet side by side or for several periods."),
    "TABLE.OTHER": _note("Lines above or below the table are of another table; they are not read."),
    "SHEET.HIDDEN": _note("The workbook has hidden sheets; they are not read."),
    "SHEET.OTHER": _note("Other sheets hold the same table for other periods; the one of the file name was read."),
    "ROW.HIDDEN": _note("Lines of the table are hidden or filtered away; they are read like all others."),
    "COLUMN.RENAMED": _note("A header that the contract does not know looks like one of the columns that are missing."),
    "COLUMN.EXTRA": _note("A column that the contract does not know; it is not read."),
    "PERIOD.DISAGREES": _note("Title, name or column speak of different periods; the contract's order decides."),
    "VALUE.MISSING": _hold("A required cell is empty."),
    "VALUE.UNREADABLE": _hold("A cell is not what its column is (number, date, yes or no, period)."),
    "VALUE.ERROR_CELL": _hold("The cell holds an error of the spreadsheet (#N/A, #DIV/0!)."),
    "VALUE.NOT_CALCULATED": _hold("The cell is a formula, and the file does not hold its result."),
    "VALUE.DIGITS_LOST": _hold("An id was stored as a number, and its last digits are already gone."),
    "VALUE.CHECK_DIGIT": _hold("The last digit of an id does not prove the others: it is mistyped."),
    "VALUE.RANGE": _hold("Outside minimum and maximum."),
    "VALUE.NOT_ALLOWED": _hold("Not one of the allowed words."),
    "VALUE.CUMULATIVE_GAP": _note("A sum since January whose predecessor is missing: its own period cannot be known."),
    "VALUE.CUMULATIVE_DROP": _note("A sum since January is smaller than the one before it."),
    "UNIT.UNKNOWN": _hold("Nobody in units.yml is called so."),
    "SECTION.COUNT": _note("A heading between the rows states another number than there are rows below it."),
    "ROW.NOT_FILLED": _note("Lines of a form that nobody has filled in; they are no data."),
    "ROW.OVERLAPS": _note("Lines that look like a total or a part of other lines (`其中：…`); each is read as a row."),
    "ROW.SHIFTED": _hold("More cells than the header has: a delimiter inside a value has moved them."),
    "ROW.DUPLICATE": _hold("The row stands in the file twice; the first one counts."),
    "ROW.CONFLICT": _hold("Rows of one key that differ: none of them counts."),
    "REFERENCE.NOTHING_YET": _note("What a column refers to is not there yet; its cells were not compared."),
    "HISTORY.NOTHING_YET": _note("No row of the file has a row in the period before; nothing was compared with it."),
    "CASE.VANISHED": _note("A full export no longer names cases that are open; they stay, and their clocks go on."),
    "RULE.COULD_NOT_RUN": CodeInfo(Level.SYSTEM, "A rule could not run. Ours to mend; no row is held back by it."),
}
