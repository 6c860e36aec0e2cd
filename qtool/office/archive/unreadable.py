"""What cannot be read as a workbook: the exceptions, the limits, and what a file is instead."""

from __future__ import annotations

import codecs

MOST_ROWS, MOST_COLS, MOST_CELLS = 20_000, 1_000, 2_000_000
"""The largest sheet that is read; python-calamine reserves a cell for every place of the rectangle in use."""
MOST_TEXT = 64_000_000
"""Bytes of text that the cells of a workbook may come to; one long text may stand in a million cells."""

DAMAGED = "文件已损坏或不完整"
DECLARED = "文件内容异常（含有外部定义）"
LOCKED = "设有打开密码"
SWOLLEN = "文件内容异常（解压后过大）"

_NO_WORKBOOK = "不是 Excel 工作簿"
_SIGNATURES = (
    (b"Rar!\x1a\x07", "是压缩包（RAR）"),
    (b"7z\xbc\xaf\x27\x1c", "是压缩包（7z）"),
    (b"\x1f\x8b", "是压缩包（gzip）"),
    (b"%PDF", "是 PDF 文件"),
    (b"\x89PNG", "是图片"),
    (b"\xff\xd8\xff", "是图片"),
    (b"GIF8", "是图片"),
    (b"{\\rtf", "是文字处理文件（RTF）"),
)
_KINDS = {"HTML": "是网页文件", "EML": "是网页文件", "TEXT": "是文本文件（如 CSV）"}
_HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""


class Unreadable(Exception):
    """A file that is no readable workbook; `encrypted` when it only wants a password."""

    def __init__(self, reason: str, *, encrypted: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.encrypted = encrypted


class TooLarge(Unreadable):
    """A sheet that uses more rows, columns or cells than are read; `sheet`, `rows` and `cols` say which and how far."""

    def __init__(self, sheet: str, rows: int, cols: int) -> None:
        super().__init__(
            f"工作表“{sheet}”用到了第{rows}行、第{cols}列，太大不能读"
            f"（最多{MOST_ROWS}行、{MOST_COLS}列、{MOST_CELLS // 10_000}万格）"
        )
        self.sheet = sheet
        self.rows = rows
        self.cols = cols


def locked() -> Unreadable:
    """Return what is raised for a file that wants a password."""
    return Unreadable(LOCKED, encrypted=True)


def fits(rows: int, cols: int) -> bool:
    """Return whether a sheet of so many rows and columns is read."""
    return rows <= MOST_ROWS and cols <= MOST_COLS and rows * cols <= MOST_CELLS


def unlike_a_workbook(content: bytes) -> Unreadable:
    """Return what to raise for bytes in no format of a workbook: it names what they are, where that is sure."""
    if not content:
        return Unreadable("文件是空的")
    for signature, what in _SIGNATURES:
        if content.startswith(signature):
            return Unreadable(f"{what}，{_NO_WORKBOOK}")
    from qtool.office.archive.file_kind import kind_of  # noqa: PLC0415 - slow to import, and few files are no workbooks

    head = content[:_HEAD]
    what = _KINDS.get(kind_of(head).name, "")
    if what and head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<?xml"):
        what = "是 XML 文件"
    return Unreadable(f"{what}，{_NO_WORKBOOK}" if what else _NO_WORKBOOK)
