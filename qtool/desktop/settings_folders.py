"""The page of the settings about the campaign's folders, the log, and the programs that this computer has."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk

from qtool.desktop.look import Look
from qtool.desktop.opening import CannotOpen, open_path
from qtool.desktop.settings_fields import Around, Form
from qtool.state.folders import Folder, Surroundings

_WHAT = {
    "1-评分表": "给各评价部门的评分表",
    "2-发件箱": "写好的信、草稿和压缩包",
    "3-收件箱": "收到的评分表放在这里",
    "4-已采用": "检查合格、已经采用的评分表",
    "5-汇总": "汇总结果和每次汇总的记录",
    "6-公文": "通知、请示、通报、反馈函",
    "退回": "要改正的评分表和问题清单",
    "自评材料": "各地交来的自评报告和印证材料",
}


class FoldersPage(Form):
    """The campaign's folders; nothing can be changed here."""

    def __init__(self, parent: tk.Misc, look: Look, around: Around, root: Path) -> None:
        super().__init__(parent, look, around)
        self.body.columnconfigure(1, weight=1)
        self.counts: dict[str, ttk.Label] = {}
        self._place(0, "考核工程", str(root.absolute()), root)
        for number, (name, what) in enumerate(_WHAT.items(), 1):
            self.counts[name] = self._place(number, name, what, root / name)
        row = len(_WHAT) + 1
        ttk.Separator(self.body).grid(row=row, column=0, columnspan=4, sticky="ew", pady=look.px(10))
        self._row = row + 1
        self.said = ttk.Label(self.body, text="正在查看…", foreground=look.colour.quiet)
        self.said.grid(row=self._row, column=0, columnspan=4, sticky="w")
        self.trouble = ttk.Label(self.body, foreground=look.colour.bad, wraplength=look.px(560))

    def show(self, found: Surroundings) -> None:
        """Show what was found."""
        for folder in found.folders:
            if folder.name in self.counts:
                self.counts[folder.name].configure(text=_count(folder))
        self.said.grid_remove()
        program = "已装 LibreOffice，公文会同时生成 PDF"
        if found.libreoffice is None:
            program = "没有装 LibreOffice，公文不会自动生成 PDF；可以在 Word 或 WPS 里另存为 PDF"
        self._place(self._row, "生成 PDF", program, None)
        if found.journal:
            self._place(self._row + 1, "流水账", "谁在什么时候做了什么，一件一行", found.journal)
        text = f"程序出错的记录：{found.log.name}" if found.log else "没有，程序没有出过内部错误"
        self._place(self._row + 2, "错误日志", text, found.log)
        self.fit()

    def fail(self, text: str) -> None:
        """Say why nothing was found."""
        self.said.configure(text=text, foreground=self.look.colour.bad)

    def _place(self, row: int, name: str, what: str, path: Path | None) -> ttk.Label:
        """Make a line for a folder or file; return where its number of files goes."""
        px, colour = self.look.px, self.look.colour
        ttk.Label(self.body, text=name).grid(row=row, column=0, sticky="w", padx=(0, px(12)))
        label = ttk.Label(self.body, text=what, foreground=colour.quiet, wraplength=px(340), justify="left")
        label.grid(row=row, column=1, sticky="w", pady=px(5))
        count = ttk.Label(self.body, foreground=colour.ink, anchor="e", width=10)
        count.grid(row=row, column=2, sticky="e", padx=px(10))
        if path is not None:
            button = ttk.Button(self.body, text="打开", style="Small.TButton", command=lambda: self._open(path))
            button.grid(row=row, column=3, sticky="e", pady=px(2))
            button.bind("<FocusIn>", lambda _event: self.reveal(button))
            self.look.tip(button, f"打开“{name}”")
        return count

    def _open(self, path: Path) -> None:
        try:
            open_path(path)
        except CannotOpen as error:
            self.trouble.configure(text=f"{error}。")
            self.trouble.grid(row=self._row + 3, column=0, columnspan=4, sticky="w", pady=(self.look.px(8), 0))
            self.fit()


def _count(folder: Folder) -> str:
    if folder.files is None:
        return "不在了"
    return f"{folder.files}个文件{'以上' if folder.more else ''}" if folder.files else "空的"
