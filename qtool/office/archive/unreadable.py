"""Why a file cannot be read as the workbook or the document that it should be; the reasons are for users."""

from __future__ import annotations

DAMAGED = "文件已损坏或不完整"
DECLARED = "文件内容异常（含有外部定义）"
LOCKED = "设有打开密码"
SWOLLEN = "文件内容异常（解压后过大）"


class Unreadable(Exception):
    """A file that cannot be read; `encrypted` when it only wants a password."""

    def __init__(self, reason: str, *, encrypted: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.encrypted = encrypted


def locked() -> Unreadable:
    """Return what is raised for a file that wants a password."""
    return Unreadable(LOCKED, encrypted=True)
