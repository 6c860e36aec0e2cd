"""What the window asks its user: files, folders, texts, consent. The self-test answers in the user's place."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from tkinter import filedialog, ttk

from qtool.actions.action import Listing, Outcome
from qtool.desktop.dialog import Dialog
from qtool.desktop.lines import lines
from qtool.desktop.look import Look
from qtool.desktop.table import Column, Table
from qtool.desktop.wording import for_window

_WIDEST = 420
"""Pixels of a column at 100 %."""
Kinds = Sequence[tuple[str, str | tuple[str, ...]]]
"""Kinds of files to choose from, as Tk takes them: a name and patterns."""

SHEETS: Kinds = (
    ("评分表、压缩包、邮件", ("*.xlsx", "*.xlsm", "*.xls", "*.xlsb", "*.ods", "*.et", "*.zip", "*.eml", "*.msg")),
    ("全部文件", "*"),
)
WORKBOOKS: Kinds = (("Excel 工作簿", ("*.xlsx", "*.xlsm")), ("全部文件", "*"))
WORD: Kinds = (("Word 文档", ("*.docx",)), ("全部文件", "*"))
_TAKEN = {"CON", "PRN", "AUX", "NUL", *(f"{name}{number}" for name in ("COM", "LPT") for number in range(1, 10))}
"""Names that Windows keeps for itself, whatever follows after a dot."""
_LONGEST = 60
"""Letters of a folder's name: with what lies inside, Windows allows 260 in all."""


class Asking:
    """Questions to the user, each in a modal dialog; None or False when the user gives up."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self._root, self._look = root, look

    def folder(self, title: str, start: Path) -> Path | None:
        """Return a folder that is there."""
        found = filedialog.askdirectory(parent=self._root, title=title, initialdir=start, mustexist=True)
        return Path(found) if found else None

    def files(self, title: str, start: Path, kinds: Kinds) -> list[Path]:
        """Return files that are there."""
        found = filedialog.askopenfilenames(parent=self._root, title=title, initialdir=start, filetypes=kinds)
        return [Path(name) for name in found]

    def file(self, title: str, start: Path, kinds: Kinds) -> Path | None:
        """Return a file that is there."""
        found = filedialog.askopenfilename(parent=self._root, title=title, initialdir=start, filetypes=kinds)
        return Path(found) if found else None

    def confirm(self, title: str, text: str, *, yes: str = "确定") -> bool:
        """Return whether the user wants something done."""
        dialog = Dialog(self._root, self._look, title, yes=yes)
        _words(dialog, text)
        return dialog.wait()

    def tell(self, title: str, text: str) -> None:
        """Tell something that the user must see."""
        dialog = Dialog(self._root, self._look, title, yes="知道了", no="")
        _words(dialog, text)
        dialog.wait()

    def text(self, title: str, question: str, *, hint: str = "", start: str = "") -> str | None:
        """Return a text of one line, never an empty one."""
        return _TextDialog(self._root, self._look, title, question, (hint, start)).found()

    def secret(self, question: str) -> str:
        """Return something that is not shown; nothing when the user gives up."""
        return _TextDialog(self._root, self._look, "授权码", question, ("", ""), hidden=True).found() or ""

    def new_folder(self, title: str, name: str, start: Path) -> Path | None:
        """Return where a new campaign is to lie; what is there already is refused beside the field."""
        return _FolderDialog(self._root, self._look, title, (name, start), self).found()

    def consent(self, outcome: Outcome) -> bool:
        """Show letters that are about to go, and return whether they may."""
        dialog = Dialog(self._root, self._look, "请看过再发", yes="发出", no="不发")
        letters = next((listing for listing in outcome.tables if "信" in listing.title), None)
        due = sum(1 for letter in outcome.data.get("letters", ()) if letter.get("due"))
        _words(dialog, f"下面的信，{due}封要发出。发出以后不能收回，请看清收件单位、邮箱和附件。")
        for listing in [letters, *(table for table in outcome.tables if table is not letters)]:
            if listing is not None:
                ttk.Label(dialog.body, text=listing.title, font=self._look.bold).pack(anchor="w")
                listing_table(dialog.body, self._look, listing, 5).pack(fill="both", expand=True, pady=(0, 8))
        for found in [found for found in outcome.faults if found.is_error][:3]:
            _words(dialog, for_window(str(found)), bad=True)
        return dialog.wait(dialog.no, enter=False)


def listing_table(parent: tk.Misc, look: Look, listing: Listing, high: int) -> Table:
    """Return a table of a result, its columns as wide as what they hold; the widest takes what is left over."""
    widths = []
    for number, head in enumerate(listing.heads):
        texts = [head, *(str(row[number]) for row in listing.rows[:60])]
        wide = max(look.font.measure(text) for text in texts) / look.factor + 24
        widths.append(round(min(max(wide, 50), _WIDEST)))
    columns = [
        Column(head, wide, grows=number == widths.index(max(widths)))
        for number, (head, wide) in enumerate(zip(listing.heads, widths, strict=True))
    ]
    table = Table(parent, look, columns)
    table.tree.configure(height=max(2, min(high, len(listing.rows))))
    rows = [(str(number), [for_window(str(cell)) for cell in row], "") for number, row in enumerate(listing.rows)]
    table.show(rows, {key: "　".join(texts) for key, texts, _tag in rows}, {})
    return table


def _words(dialog: Dialog, text: str, *, bad: bool = False) -> None:
    look = dialog.look
    label = ttk.Label(dialog.body, text=lines(text, look.font.measure, look.px(560)), justify="left")
    label.configure(style="Bad.TLabel" if bad else "TLabel")
    label.pack(anchor="w", pady=(0, look.px(8)))


class _TextDialog(Dialog):
    """One line of text."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        title: str,
        question: str,
        texts: tuple[str, str],
        *,
        hidden: bool = False,
    ) -> None:
        super().__init__(parent, look, title)
        hint, start = texts
        _words(self, question)
        self._text = tk.StringVar(self, start)
        self._entry = ttk.Entry(self.body, textvariable=self._text, width=52, show="●" if hidden else "")
        self._entry.pack(fill="x")
        look.tip(self._entry, hint or question)
        self._wrong = ttk.Label(self.body, text=hint, style="Quiet.TLabel", wraplength=look.px(520))
        self._wrong.pack(anchor="w", pady=(look.px(4), 0))

    def found(self) -> str | None:
        """Return what was typed, None when the user gave up."""
        self._entry.selection_range(0, "end")
        return self._text.get().strip() if self.wait(self._entry) else None

    def agree(self) -> None:
        """End it where something was typed."""
        if self._text.get().strip():
            super().agree()
        else:
            self._wrong.configure(text="请先填写，不能空着", style="Bad.TLabel")
            self._entry.focus_set()


class _FolderDialog(Dialog):
    """Name and place of a folder to be made."""

    def __init__(self, parent: tk.Misc, look: Look, title: str, start: tuple[str, Path], asking: Asking) -> None:
        super().__init__(parent, look, title, yes="新建")
        name, place = start
        self._asking = asking
        self._folder, self._within = tk.StringVar(self, name), tk.StringVar(self, str(place))
        px = look.px
        _words(self, "一年的考核放在一个文件夹里：方案、评分表、收到的文件、汇总和公文都在里面。")
        for row, (label, letter, variable) in enumerate(
            (("文件夹名称", "M", self._folder), ("放在哪里", "P", self._within))
        ):
            line = ttk.Frame(self.body)
            line.pack(fill="x", pady=px(3))
            ttk.Label(line, text=f"{label}({letter})", underline=len(label) + 1, width=13).pack(side="left")
            entry = ttk.Entry(line, textvariable=variable, width=44)
            entry.pack(side="left", fill="x", expand=True)
            look.tip(entry, "新文件夹叫什么，可以改" if not row else "新文件夹建在这个文件夹里")
            self.bind(f"<Alt-{letter.lower()}>", lambda _event, entry=entry: entry.focus_set())  # type: ignore[misc]
            if row:
                browse = ttk.Button(line, text="选择(B)…", underline=3, command=self._browse)
                browse.pack(side="left", padx=(px(6), 0))
                look.tip(browse, "选一个文件夹")
                self.bind("<Alt-b>", lambda _event: self._browse())
            else:
                self._first = entry
        self._wrong = ttk.Label(self.body, style="Bad.TLabel", wraplength=px(520))
        self._wrong.pack(anchor="w", pady=(px(4), 0))

    def found(self) -> Path | None:
        """Return the folder, None when the user gave up."""
        self._first.selection_range(0, "end")
        return self._chosen() if self.wait(self._first) else None

    def agree(self) -> None:
        """End it where a folder can be made."""
        wrong = self._fault()
        if wrong:
            self._wrong.configure(text=wrong)
        else:
            super().agree()

    def _chosen(self) -> Path:
        return Path(self._within.get().strip()) / self._folder.get().strip()

    def _fault(self) -> str:
        name, place = self._folder.get().strip(), Path(self._within.get().strip())
        if not name:
            return "请写文件夹的名称"
        if found := [sign for sign in name if sign in '\\/:*?"<>|' or not sign.isprintable()]:
            return f"名称里不能有 {' '.join(found)}"
        if name.endswith(".") or name.partition(".")[0].upper() in _TAKEN:
            return f"“{name}”不能作文件夹的名称，请换一个"
        if len(name) > _LONGEST:
            return f"名称太长，请不超过{_LONGEST}个字"
        if not place.is_dir():
            return f"没有文件夹“{place}”，请点“选择”另选一个"
        target = place / name
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            return f"“{target.name}”已经有了，而且不是空的，请换一个名称"
        return ""

    def _browse(self) -> None:
        found = self._asking.folder("放在哪个文件夹里", Path(self._within.get()))
        if found:
            self._within.set(str(found))
