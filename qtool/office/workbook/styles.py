"""What a workbook's styles say of its cell formats: number formats, and which leave a cell unlocked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from qtool.office.archive.members import SWOLLEN, Unreadable
from qtool.office.archive.xml_reader import Events, read_xml
from qtool.office.workbook.rows import DateKind, date_kind

_FALSE = ("0", "false", "off")
_COMMON = 32_000
"""Bytes up to which styles are remembered; few workbooks have more."""
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 49: "@"}
_GENERAL = "General"
_MOST_FORMATS = 100_000
"""Cell formats; Excel has up to 65,490."""
_DIGITS = 8
"""Digits that no number of a number format has."""


@dataclass(frozen=True)
class Styles:
    """The cell formats of a workbook by their numbers, written as the cells of the file write them.

    `dates` tells of those that show dates or times; `unlocked` are those that leave a cell unlocked.
    """

    dates: Mapping[str, DateKind] = field(default_factory=dict)
    unlocked: frozenset[str] = frozenset()
    _codes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def noted(self) -> frozenset[str]:
        """The cell formats that leave a cell unlocked or have a number format of their own."""
        return self.unlocked | self._codes.keys()

    def number_format(self, cell_format: str) -> str:
        """Return the number format of a cell format."""
        return self._codes.get(cell_format, _GENERAL)


class _StyleEvents(Events):
    """What reads the styles: the number formats of its own, and the cell formats."""

    wanted = ("numFmts", "numFmt", "cellXfs", "xf", "protection")

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.formats: list[str] = []
        self.unlocked: set[str] = set()
        self._section = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name in ("numFmts", "cellXfs"):
            self._section = name
        elif name == "numFmt" and self._section == "numFmts":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and self._section == "cellXfs":
            self.formats.append(attributes.get("numFmtId", "0"))
            if len(self.formats) > _MOST_FORMATS:
                raise Unreadable(SWOLLEN)
        elif name == "protection" and self._section == "cellXfs" and attributes.get("locked") in _FALSE:
            self.unlocked.add(str(len(self.formats) - 1))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == self._section:
            self._section = ""


def _read(xml: bytes) -> Styles:
    events = _StyleEvents()
    read_xml((xml,), events)
    dates, codes = dict[str, DateKind](), dict[str, str]()
    for index, written in enumerate(events.formats):
        number = int(written) if written.isdecimal() and len(written) < _DIGITS else 0
        code = events.codes.get(written)
        if kind := date_kind(number, code):
            dates[str(index)] = kind
        if code is not None or number in _BUILT_IN:
            codes[str(index)] = _BUILT_IN[number] if code is None else code
    return Styles(dates, frozenset(events.unlocked), codes)


_known = lru_cache(maxsize=64)(_read)


def read_styles(xml: bytes) -> Styles:
    """Return the styles of a workbook; raises Unreadable."""
    return _known(xml) if len(xml) <= _COMMON else _read(xml)
