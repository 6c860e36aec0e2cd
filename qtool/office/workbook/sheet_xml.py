"""One worksheet's XML, gone through once: the values of its cells, and the signs of what else it holds."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from qtool.addresses import address as address_of
from qtool.office.archive.members import DAMAGED, SWOLLEN, Unreadable
from qtool.office.archive.xml_reader import Events
from qtool.office.workbook.rows import MOST_ROWS, Cell, DateKind, SheetRows, SheetValues, dated, text_size
from qtool.office.workbook.signs import COLUMNS, LAST_COL, block_of, place_of

_WHITE = " \t\r\n"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A letter that XML may not hold, or that would look like such a one, as workbooks write it."""


def unescaped(text: str) -> str:
    """Return a text with the letters that a workbook writes as _x000D_."""
    return _ESCAPE.sub(_letter, text) if "_x" in text else text


def _letter(written: re.Match[str]) -> str:
    code = int(written[1], 16)
    return written[0] if 0xD800 <= code < 0xE000 else chr(code)


class RichText(Events):
    """What reads a text run by run; the pronunciation that may stand beside Chinese and Japanese is left out."""

    wanted: Collection[str] = ("t", "rPh")

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[str] = []
        self._preserved = self._phonetic = False

    def start_run(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element inside a text."""
        if name == "t":
            self.texts.clear()
            self._preserved = attributes.get("xml:space") == "preserve"
        elif name == "rPh":
            self._phonetic = True

    def end_run(self, name: str) -> None:
        """Take the end of an element inside a text."""
        if name == "t" and not self._phonetic:
            run = "".join(self.texts)
            self._runs.append(run if self._preserved else run.strip(_WHITE))
        elif name == "rPh":
            self._phonetic = False

    def whole(self) -> str:
        """Return the text of all runs, and begin another."""
        text = unescaped("".join(self._runs))
        self._runs.clear()
        return text


TRUE, _FALSE = ("1", "true", "on"), ("0", "false", "off")
_IN_DATA = ("row", "c", "f", "v", "is")
_AROUND = ("sheetData", "cols", "col", "dataValidation", "mergeCell", "sheetProtection", "sqref")
_CONTENT = {"v": "<v>", "f": "<f>"}
"""Under which name the text of an element is kept beside its cell's attributes."""
_BESIDE_TEXT = 60
"""Bytes that a formula or an error takes besides its text."""
_MOST_STYLED, _MOST_DOUBLED, _MOST_SPANS, _MOST_COVERED = 200_000, 1_000, 20_000, 100_000
"""Cells whose formats and whose doubles are kept, spans of columns, and cells that array formulas may cover."""
_MOST_WAITING, _MOST_IN_ROW, _MOST_BEYOND = 4_000, 100_000, 100_000
"""Cells of a row that are taken together, cells of a row at all, and rows counted although a sheet is too long."""
_DIGITS = 8
"""Digits of a column's number that are read; there are not so many columns."""
_EMPTY: Cell = ""
_MOST_AROUND = 8 << 20
"""Letters in which the areas of a sheet may be named."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the cells of a workbook refer to: its shared texts, and its cell formats by their numbers.

    `dates` are the formats that show dates or times, `noted` those whose cells are noted.
    """

    texts: list[str]
    dates: Mapping[str, DateKind]
    date_1904: bool
    noted: Collection[str | None]


class SheetEvents(RichText):
    """What reads a worksheet: the values go into `values`, everything else into attributes of its own.

    Rows and columns count from 1 here: `height` and `width` are those of the last cell with a value or a formula,
    `all_height` and `all_width` those of the last one that is at least formatted.
    """

    wanted = (*_IN_DATA, *_AROUND, *RichText.wanted)

    def __init__(self, values: SheetRows, book: SheetValues, shared: Shared) -> None:
        super().__init__()
        self.values = values
        self.height = self.width = self.all_height = self.all_width = 0
        self.formulas: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.rich_errors: set[str] = set()
        self.doubled: dict[str, None] = {}
        self.styles: dict[str, str] = {}
        self.validated: list[str] = []
        self.merged: list[str] = []
        self.protected = False
        self.hidden_rows: set[int] = set()
        self.hidden_cols: list[tuple[int, int]] = []
        self._book = book
        self._shared = shared
        self._readers = _readers(shared)
        self._section = ""
        self._has_data = self._in_row = False
        self._row = self._col = self._waited = self._around = self._beyond = 0
        self._cell: dict[str, str] | None = None
        self._cells: list[dict[str, str]] = []
        self._masters: dict[str, str] = {}
        self._arrays: list[tuple[str, str]] = []

    # --- tags among the cells; what stands in a cell is kept with its attributes until its row is taken

    def _begin_in_data(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag as it is written; most are of cells and their values, which need not be looked at twice."""
        cell = self._cell
        if cell is None:
            if name == "c":
                self._cell = attributes
                self._cells.append(attributes)
                return
            if name == "row" and not self._in_row:
                self._start_row(attributes)
                return
        elif name in ("v", "f"):
            if attributes and name == "f":
                cell.update((f"<f {key}>", value) for key, value in attributes.items() if key in ("t", "si", "ref"))
            if self.texts:
                self.texts.clear()
            return
        own = self.names[name]
        if own not in ("", name):
            self._begin_in_data(own, attributes)
        elif name in ("row", "c", "f", "v"):
            raise Unreadable(DAMAGED)
        else:
            self.begin(name, attributes)

    def _finish_in_data(self, name: str) -> None:
        """Take an end tag as it is written."""
        cell = self._cell
        if cell is None:
            if name == "row":
                self._end_row()
                return
        elif name == "c":
            self._cell = None
            return
        elif name in _CONTENT:
            content = _CONTENT[name]
            if content in cell:
                raise Unreadable(DAMAGED)
            cell[content] = "".join(self.texts)
            return
        own = self.names[name]
        if own not in ("", name):
            self._finish_in_data(own)
        else:
            self.finish(name)

    def pause(self) -> None:
        """Take what has come of a row, so that no more waits than a piece of a part holds."""
        if len(self._cells) > _MOST_WAITING:
            whole = len(self._cells) - (self._cell is not None)
            cells, self._cells = self._cells[:whole], self._cells[whole:]
            self._waited += whole
            if self._waited > _MOST_IN_ROW:
                raise Unreadable(SWOLLEN)
            self._take_cells(cells)

    # --- cells

    def _take_cells(self, cells: list[dict[str, str]]) -> None:
        """Take the cells of a row, or of a part of a long one."""
        row, row_text, line = self._row, str(self._row), list[Cell]()
        cut, size, last, filled = -len(row_text), 0, 0, 0
        in_order, noted, shared = not self.values.has_row(row - 1), self._shared.noted, self._shared.texts
        for cell in cells:
            address = cell.get("r", "")
            col = COLUMNS.get(address[:cut]) if in_order and address.endswith(row_text) else None
            if col is None or col <= last:
                self.values.put_row(row - 1, line)
                line, in_order = [], False
                self._take_elsewhere(address, cell)
                continue
            last = self._col = col
            if cell.get("s") in noted:
                self._note(address, cell["s"])
            if "<f>" in cell:
                size += self._take_formula(address, cell)
                filled = col
            text, value = cell.get("<v>"), _EMPTY
            if text and cell.get("t") == "s" and text.isdecimal() and int(text) < len(shared):
                value = shared[int(text)]  # as most are
            elif text or "<is>" in cell:
                value = self._content(address, cell)
                filled = col if address in self.errors else filled
            if value != "":
                line += [""] * (col - 1 - len(line))
                line.append(value)
                filled = col
                if isinstance(value, str):
                    size += text_size(value)
        self.all_width = max(self.all_width, last)
        if filled:
            self._reach(row, filled)
            self._book.grow(text=size)
            self.values.put_row(row - 1, line)

    def _take_elsewhere(self, address: str, cell: dict[str, str]) -> None:
        """Take a cell that is not written where it belongs: out of order, twice, in another row, or without address."""
        row, col, address = self._place(address)
        self._col = col
        self.all_height, self.all_width = max(self.all_height, row), max(self.all_width, col)
        if cell.get("s") in self._shared.noted:
            self._note(address, cell["s"])
        if cell.get("<v>") or "<f>" in cell or cell.get("<is>"):
            before = self.values.at(row - 1, col - 1)
            if before != "" or address in self.formulas or address in self.errors:
                if len(self.doubled) < _MOST_DOUBLED:
                    self.doubled[address] = None
                self.formulas.pop(address, None)
                self.errors.pop(address, None)
            self._reach(row, col)
            if "<f>" in cell:
                self._book.grow(text=self._take_formula(address, cell))
            self.values.put(row - 1, col - 1, self._content(address, cell))

    def _note(self, address: str, style: str) -> None:
        if len(self.styles) < _MOST_STYLED:
            self.styles[address] = style

    def _reach(self, row: int, col: int) -> None:
        """Note that something stands so far out; raises Unreadable where very much does."""
        if row > max(self.height, MOST_ROWS):
            self._beyond += 1
            if self._beyond > _MOST_BEYOND:
                raise Unreadable(SWOLLEN)
        self.height, self.width = max(self.height, row), max(self.width, col)

    def _content(self, address: str, cell: dict[str, str]) -> Cell:
        """Return the value of a cell that is not empty; raises Unreadable."""
        if "<is>" in cell:
            return cell["<is>"]
        text, kind = cell.get("<v>"), cell.get("t", "")
        if not text:
            return ""
        if kind == "e":
            self._take_error(address, cell)
            return ""
        try:
            if kind == "s" and text.isdecimal():
                return self._shared.texts[int(text)]
            return self._readers[kind](text, cell)
        except (KeyError, ValueError, IndexError) as error:
            raise Unreadable(DAMAGED) from error

    def _place(self, address: str) -> tuple[int, int, str]:
        """Return row, column and address of a cell; one without an address stands behind the one before."""
        try:
            row, col = place_of(address) if address else (max(self._row, 1), self._col + 1)
        except ValueError as error:
            raise Unreadable(DAMAGED) from error
        return row, col, address_of(row - 1, col - 1)

    def _take_error(self, address: str, cell: dict[str, str]) -> None:
        self._book.grow(text=_BESIDE_TEXT + len(cell["<v>"]))
        self.errors[address] = cell["<v>"]
        if "vm" in cell:
            self.rich_errors.add(address)

    def _take_formula(self, address: str, cell: dict[str, str]) -> int:
        """Take a formula, and return its bytes; one that is shared, or that fills a table, need not have a text."""
        text = cell["<f>"]
        if "<f t>" in cell:
            kind, shared = cell["<f t>"], cell.get("<f si>", "")
            if kind != "shared" and "<f ref>" in cell:
                self._arrays.append((cell["<f ref>"], text))
            elif kind == "shared" and text:
                self._masters[shared] = text
            elif kind == "shared":
                text = self._masters.get(shared, "")
        self.formulas[address] = text
        return _BESIDE_TEXT + len(text)

    def complete(self) -> None:
        """Add the formulas of cells that the formula of another one fills; raises Unreadable."""
        if not self._has_data:
            raise Unreadable(DAMAGED)
        left = _MOST_COVERED
        for reference, text in self._arrays:
            first_col, top, last_col, bottom = block_of(reference) or (1, 1, 0, 0)
            for row in range(top, min(bottom, self.height) + 1):
                for col in range(first_col, min(last_col, self.width) + 1):
                    left -= 1
                    if left < 0:
                        raise Unreadable(SWOLLEN)
                    if self.values.at(row - 1, col - 1) != "":
                        self.formulas.setdefault(address_of(row - 1, col - 1), text)

    # --- what stands around the cells

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element other than a row, a cell, and its value or formula."""
        if self._cell is not None:
            self.start_run(name, attributes)
        elif name == "col" and self._section == "cols":
            self._take_col(attributes)
        elif name in ("sheetData", "cols"):
            self._section = name
            if name == "sheetData":
                self._has_data = True
                self.handle(self._begin_in_data, self._finish_in_data)
        elif name == "dataValidation":
            self._section = name
            self._take_area(self.validated, attributes.get("sqref", ""))
        elif name == "mergeCell":
            self._take_area(self.merged, attributes.get("ref", ""))
        elif name == "sheetProtection":
            self.protected = self.protected or attributes.get("sheet") in TRUE
        elif name == "sqref":
            self.texts.clear()

    def end(self, name: str) -> None:
        """Take the end of such an element."""
        if self._cell is not None:
            self._end_in_cell(self._cell, name)
        elif name == "sqref" and self._section == "dataValidation":  # a validation in an extension names its cells so
            self._take_area(self.validated, "".join(self.texts))
        elif name == self._section:
            self._end_row()
            self._section = ""
            self.handle(self.begin, self.finish)

    def _end_in_cell(self, cell: dict[str, str], name: str) -> None:
        if name == "is":
            cell["<is>"] = self.whole()
        else:
            self.end_run(name)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._take_waiting()
        number = attributes.get("r")
        if number is not None and not (number.isdecimal() and len(number) < _DIGITS and number[0] != "0"):
            raise Unreadable(DAMAGED)
        self._row = row = self._row + 1 if number is None else int(number)
        self._col = self._waited = 0
        self._in_row = True
        self.all_height = max(self.all_height, row)
        if ("hidden" in attributes or "ht" in attributes) and row <= MOST_ROWS and _is_hidden(attributes, "ht"):
            self.hidden_rows.add(row)

    def _end_row(self) -> None:
        self._in_row = False
        self._take_waiting()
        self.texts.clear()

    def _take_waiting(self) -> None:
        if self._cells:
            cells, self._cells = self._cells, []
            self._take_cells(cells)

    def _take_col(self, attributes: dict[str, str]) -> None:
        """Take the format of columns that stand side by side; only those that are hidden matter."""
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if not (_is_hidden(attributes, "width") and first.isdecimal() and last.isdecimal()):
            return
        first_col, last_col = max(int(first[:_DIGITS]), 1), min(int(last[:_DIGITS]), LAST_COL)
        if first_col <= last_col:
            self.hidden_cols.append((first_col, last_col))
        if len(self.hidden_cols) > _MOST_SPANS:
            self.hidden_cols = merged_spans(self.hidden_cols)

    def _take_area(self, areas: list[str], reference: str) -> None:
        self._around += len(reference)
        if self._around > _MOST_AROUND:
            raise Unreadable(SWOLLEN)
        areas.append(reference)


def merged_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch each other as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Return whether a row or column is hidden, or so low or narrow that nothing is seen of it."""
    measure = attributes.get(size, "")
    return attributes.get("hidden") in TRUE or (measure != "" and not measure.strip("0."))


def _readers(shared: Shared) -> dict[str, Callable[[str, dict[str, str]], Cell]]:
    """Return what reads the text of a cell's value, by the type of the cell; '' is the one that need not be told."""
    dates, date_1904 = shared.dates, shared.date_1904

    def number(text: str, cell: dict[str, str]) -> Cell:
        figure = float(text) if text else math.nan
        if "_" in text or not text.isascii():
            raise ValueError(text)
        kind = dates.get(cell.get("s", "0")) if dates else None
        return dated(figure, kind, date_1904=date_1904) if kind and math.isfinite(figure) else figure

    def number_or_text(text: str, cell: dict[str, str]) -> Cell:
        try:
            return number(text, cell)
        except ValueError:
            return text

    return _READERS | {"": number_or_text, "n": number}


def _truth(text: str, _cell: dict[str, str]) -> Cell:
    word = text.lower()
    if word not in TRUE and word not in _FALSE:
        raise ValueError(text)
    return word in TRUE


def _moment(text: str, _cell: dict[str, str]) -> Cell:
    """Return a date or a time written as ISO 8601 has it, and the text itself where it is none."""
    readers: tuple[Callable[[str], Cell], ...] = (
        dt.date.fromisoformat,
        lambda written: dt.time.fromisoformat(written).replace(tzinfo=None),
        lambda written: dt.datetime.fromisoformat(written).replace(tzinfo=None),
    )
    for read in readers:
        with contextlib.suppress(ValueError):
            return read(text)
    return text


def _nothing(_text: str, _cell: dict[str, str]) -> Cell:
    return ""


_READERS: dict[str, Callable[[str, dict[str, str]], Cell]] = {
    "b": _truth,
    "d": _moment,
    "str": lambda text, _cell: unescaped(text),
    "e": _nothing,
    "is": _nothing,
    "inlineStr": _nothing,
}
