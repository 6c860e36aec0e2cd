"""Dialogs: what all of them have, and what the window asks with them. The self-test answers in the user's place."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Any

from qtool.actions.action import Listing, Outcome
from qtool.desktop.widgets.labels import lines
from qtool.desktop.widgets.table import Column, Table
from qtool.desktop.widgets.theme import Theme
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
_HIGH = 14
"""Rows of a table, and lines of text, in the details."""
_FIELDS = (
    ("since", "从哪一天起(S)", "写成 2023-01-01 的样子；不写就从新建考核工程那天起"),
    ("senders", "还取这些地址(A)", "方案里没有的邮箱，用逗号隔开"),
    ("folder", "邮箱里的文件夹(F)", "不写就是收件箱"),
)
"""What else letters can be chosen by: the option, its label, a hint."""


class Dialog(tk.Toplevel):
    """A modal dialog: fill `body`, then `wait`; `agreed` tells whether the user agreed."""

    def __init__(self, parent: tk.Misc, theme: Theme, title: str, *, yes: str = "确定", no: str = "取消") -> None:
        super().__init__(parent.winfo_toplevel(), bg=theme.colour.ground)
        self.withdraw()
        self.title(title)
        self.transient(parent.winfo_toplevel())
        self.theme, self.agreed = theme, False
        px = theme.px
        foot = ttk.Frame(self, padding=(px(14), px(4), px(14), px(12)))
        foot.pack(side="bottom", fill="x")
        self.no = ttk.Button(foot, text=f"{no}(N)", underline=len(no) + 1, command=self.give_up)
        self.yes = ttk.Button(
            foot, text=f"{yes}(Y)", underline=len(yes) + 1, command=self.agree, style="Accent.TButton"
        )
        if no:
            self.no.pack(side="right")
            theme.tip(self.no, "不做，回到窗口（Esc）")
        if yes:
            self.yes.pack(side="right", padx=(0, px(8)))
            theme.tip(self.yes, f"{yes}（回车）")
        self.foot = foot
        self.body = ttk.Frame(self, padding=(px(16), px(14), px(16), px(8)))
        self.body.pack(fill="both", expand=True)
        self.complaint = ttk.Label(self.body, style="Bad.TLabel", wraplength=px(520))
        """Says what must be put right; those who enter something put it below."""
        self.bind("<Escape>", lambda _event: self.give_up())
        self.bind("<Alt-y>", lambda _event: self.yes.invoke() if yes else None)
        self.bind("<Alt-n>", lambda _event: self.give_up())
        self.protocol("WM_DELETE_WINDOW", self.give_up)

    def wait(self, focus: tk.Misc | None = None, *, enter: bool = True) -> bool:
        """Show the dialog and return at its end whether the user agreed."""
        if enter:
            self.bind("<Return>", lambda _event: self.yes.invoke())
        self._place()
        self.deiconify()
        self.lift()
        self.wait_visibility()
        self.grab_set()
        (focus or self.yes).focus_set()
        self.wait_window()
        return self.agreed

    def fault(self) -> str:
        """Return what must be put right first; overridden where something is entered."""
        return ""

    def agree(self) -> None:
        """End it with a yes, unless something must be put right first."""
        fault = self.fault()
        if fault:
            self.complaint.configure(text=fault, style="Bad.TLabel")
        else:
            self.agreed = True
            self.destroy()

    def give_up(self) -> None:
        """End it with a no."""
        self.destroy()

    def _place(self) -> None:
        """Put it over the middle of its parent, no larger than the screen."""
        self.update_idletasks()
        wide, tall = self.winfo_reqwidth(), self.winfo_reqheight()
        most = self.winfo_screenwidth(), self.winfo_screenheight() - self.theme.px(60)
        if wide > most[0] or tall > most[1]:
            self.geometry(f"{min(wide, most[0])}x{min(tall, most[1])}")
        place_over(self, min(wide, most[0]), min(tall, most[1]), below=self.theme.px(40))


def place_over(dialog: tk.Toplevel, wide: int, tall: int, below: int) -> None:
    """Put a dialog of this size over its parent, on the screen; `below` is kept free at the screen's foot."""
    over = dialog.master.winfo_toplevel()
    left = over.winfo_rootx() + (over.winfo_width() - wide) // 2
    top = over.winfo_rooty() + (over.winfo_height() - tall) // 3
    left = max(0, min(left, dialog.winfo_screenwidth() - wide))
    top = max(0, min(top, dialog.winfo_screenheight() - tall - below))
    dialog.geometry(f"+{left}+{top}")


class Questions:
    """Questions to the user, each in a modal dialog; None or False when the user gives up."""

    def __init__(self, root: tk.Tk, theme: Theme) -> None:
        self._root, self.theme = root, theme

    def folder(self, title: str, start: Path) -> Path | None:
        """Return a folder that is there."""
        name = filedialog.askdirectory(parent=self._root, title=title, initialdir=start, mustexist=True)
        return Path(name) if name else None

    def files(self, title: str, start: Path, kinds: Kinds) -> list[Path]:
        """Return files that are there."""
        names = filedialog.askopenfilenames(parent=self._root, title=title, initialdir=start, filetypes=kinds)
        return [Path(name) for name in names]

    def file(self, title: str, start: Path, kinds: Kinds) -> Path | None:
        """Return a file that is there."""
        name = filedialog.askopenfilename(parent=self._root, title=title, initialdir=start, filetypes=kinds)
        return Path(name) if name else None

    def confirm(self, title: str, text: str, *, yes: str = "确定") -> bool:
        """Return whether the user wants something done."""
        dialog = Dialog(self._root, self.theme, title, yes=yes)
        _words(dialog, text)
        return dialog.wait()

    def tell(self, title: str, text: str) -> None:
        """Tell something that the user must see."""
        dialog = Dialog(self._root, self.theme, title, yes="知道了", no="")
        _words(dialog, text)
        dialog.wait()

    def text(self, title: str, question: str, *, hint: str = "", start: str = "") -> str | None:
        """Return a text of one line, never an empty one."""
        return _TextDialog(self._root, self.theme, title, question, (hint, start)).answer()

    def secret(self, question: str) -> str:
        """Return something that is not shown; nothing when the user gives up."""
        return _TextDialog(self._root, self.theme, "授权码", question, ("", ""), hidden=True).answer() or ""

    def new_folder(self, title: str, name: str, start: Path) -> Path | None:
        """Return where a new campaign is to lie; what is there already is refused beside the field."""
        return _FolderDialog(self._root, self, title, name, start).answer()

    def consent(self, outcome: Outcome) -> bool:
        """Show letters that are about to go, and return whether they may."""
        dialog = Dialog(self._root, self.theme, "请看过再发", yes="发出", no="不发")
        letters = next((listing for listing in outcome.tables if "信" in listing.title), None)
        due = sum(1 for letter in outcome.data.get("letters", ()) if letter.get("due"))
        _words(dialog, f"下面的信，{due}封要发出。发出以后不能收回，请看清收件单位、邮箱和附件。")
        for listing in [letters, *(table for table in outcome.tables if table is not letters)]:
            if listing is not None:
                ttk.Label(dialog.body, text=listing.title, font=self.theme.bold).pack(anchor="w")
                listing_table(dialog.body, self.theme, listing, 5).pack(fill="both", expand=True, pady=(0, 8))
        for fault in [fault for fault in outcome.faults if fault.is_error][:3]:
            _words(dialog, for_window(str(fault)), bad=True)
        return dialog.wait(dialog.no, enter=False)

    def fetch_conditions(self) -> dict[str, Any] | None:
        """Return which letters are to be taken from the mailbox, as options of the action."""
        return FetchDialog(self._root, self.theme).answer()

    def show_details(self, title: str, outcome: Outcome, open_path: Callable[[Path], object]) -> None:
        """Show everything that a job came to."""
        Details(self._root, self.theme, title, outcome, open_path).wait()


def listing_table(parent: tk.Misc, theme: Theme, listing: Listing, high: int) -> Table:
    """Return a table of a result, its columns as wide as what they hold; the widest takes what is left over."""
    widths = []
    for number, head in enumerate(listing.heads):
        texts = [head, *(str(row[number]) for row in listing.rows[:60])]
        wide = max(theme.font.measure(text) for text in texts) / theme.factor + 24
        widths.append(round(min(max(wide, 50), _WIDEST)))
    columns = [
        Column(head, wide, grows=number == widths.index(max(widths)))
        for number, (head, wide) in enumerate(zip(listing.heads, widths, strict=True))
    ]
    table = Table(parent, theme, columns)
    table.tree.configure(height=max(2, min(high, len(listing.rows))))
    rows = [(str(number), [for_window(str(cell)) for cell in row], "") for number, row in enumerate(listing.rows)]
    table.show(rows, {key: "　".join(texts) for key, texts, _tag in rows}, {})
    return table


def _words(dialog: Dialog, text: str, *, bad: bool = False) -> None:
    theme = dialog.theme
    label = ttk.Label(dialog.body, text=lines(text, theme.font.measure, theme.px(560)), justify="left")
    label.configure(style="Bad.TLabel" if bad else "TLabel")
    label.pack(anchor="w", pady=(0, theme.px(8)))


class _TextDialog(Dialog):
    """One line of text."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        title: str,
        question: str,
        texts: tuple[str, str],
        *,
        hidden: bool = False,
    ) -> None:
        super().__init__(parent, theme, title)
        hint, start = texts
        _words(self, question)
        self._text = tk.StringVar(self, start)
        self._entry = ttk.Entry(self.body, textvariable=self._text, width=52, show="●" if hidden else "")
        self._entry.pack(fill="x")
        theme.tip(self._entry, hint or question)
        self.complaint.configure(text=hint, style="Quiet.TLabel")
        self.complaint.pack(anchor="w", pady=(theme.px(4), 0))

    def answer(self) -> str | None:
        """Return what was typed, None when the user gave up."""
        self._entry.selection_range(0, "end")
        return self._text.get().strip() if self.wait(self._entry) else None

    def fault(self) -> str:
        """Return what must be put right: nothing was typed."""
        self._entry.focus_set()
        return "" if self._text.get().strip() else "请先填写，不能空着"


class _FolderDialog(Dialog):
    """Name and place of a new folder."""

    def __init__(self, parent: tk.Misc, questions: Questions, title: str, name: str, place: Path) -> None:
        theme = questions.theme
        super().__init__(parent, theme, title, yes="新建")
        self._questions = questions
        self._folder, self._within = tk.StringVar(self, name), tk.StringVar(self, str(place))
        px = theme.px
        _words(self, "一年的考核放在一个文件夹里：方案、评分表、收到的文件、汇总和公文都在里面。")
        for row, (label, letter, variable) in enumerate(
            (("文件夹名称", "M", self._folder), ("放在哪里", "P", self._within))
        ):
            line = ttk.Frame(self.body)
            line.pack(fill="x", pady=px(3))
            ttk.Label(line, text=f"{label}({letter})", underline=len(label) + 1, width=13).pack(side="left")
            entry = ttk.Entry(line, textvariable=variable, width=44)
            entry.pack(side="left", fill="x", expand=True)
            theme.tip(entry, "新文件夹叫什么，可以改" if not row else "新文件夹建在这个文件夹里")
            self.bind(f"<Alt-{letter.lower()}>", lambda _event, entry=entry: entry.focus_set())  # type: ignore[misc]
            if row:
                browse = ttk.Button(line, text="选择(B)…", underline=3, command=self._browse)
                browse.pack(side="left", padx=(px(6), 0))
                theme.tip(browse, "选一个文件夹")
                self.bind("<Alt-b>", lambda _event: self._browse())
            else:
                self._first = entry
        self.complaint.pack(anchor="w", pady=(px(4), 0))

    def answer(self) -> Path | None:
        """Return the folder, None when the user gave up."""
        self._first.selection_range(0, "end")
        return self._chosen() if self.wait(self._first) else None

    def _chosen(self) -> Path:
        return Path(self._within.get().strip()) / self._folder.get().strip()

    def fault(self) -> str:
        """Return why no such folder can be made."""
        name, place = self._folder.get().strip(), Path(self._within.get().strip())
        if not name:
            return "请写文件夹的名称"
        if signs := [sign for sign in name if sign in '\\/:*?"<>|' or not sign.isprintable()]:
            return f"名称里不能有 {' '.join(signs)}"
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
        if folder := self._questions.folder("放在哪个文件夹里", Path(self._within.get())):
            self._within.set(str(folder))


class FetchDialog(Dialog):
    """Since when, from whom, out of which folder."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, theme, "收信，另定条件", yes="收信")
        self._texts: dict[str, tk.StringVar] = {}
        self._entries: list[ttk.Entry] = []
        for row, (name, label, hint) in enumerate(_FIELDS):
            ttk.Label(self.body, text=label, underline=len(label) - 2).grid(row=2 * row, column=0, sticky="w")
            text = self._texts[name] = tk.StringVar(self)
            entry = ttk.Entry(self.body, textvariable=text, width=40)
            entry.grid(row=2 * row, column=1, sticky="ew", padx=(theme.px(10), 0))
            theme.tip(entry, hint)
            self.bind(f"<Alt-{label[-2].lower()}>", lambda _event, entry=entry: entry.focus_set())  # type: ignore[misc]
            note = ttk.Label(self.body, text=hint, style="Quiet.TLabel", font=theme.small)
            note.grid(row=2 * row + 1, column=1, sticky="w", padx=(theme.px(10), 0), pady=(0, theme.px(6)))
            self._entries.append(entry)
        self._anyone = tk.BooleanVar(self)
        tick = ttk.Checkbutton(self.body, text="不管是谁来的信都取(E)", underline=11, variable=self._anyone)
        tick.grid(row=6, column=1, sticky="w", padx=(theme.px(10), 0))
        theme.tip(tick, "平常只取方案里写了邮箱的部门和考核对象来的信")
        self.bind("<Alt-e>", lambda _event: tick.invoke())
        self.complaint.grid(row=7, column=1, sticky="w", padx=(theme.px(10), 0))

    def answer(self) -> dict[str, Any] | None:
        """Return the options of the action, None when the user gave up."""
        if not self.wait(self._entries[0]):
            return None
        options: dict[str, Any] = {name: text.get().strip() for name, text in self._texts.items()}
        return {name: value for name, value in options.items() if value} | {"anyone": self._anyone.get()}

    def fault(self) -> str:
        """Return what must be put right: the day is none."""
        day = self._texts["since"].get().strip()
        try:
            if day:
                date.fromisoformat(day)
        except ValueError:
            self._entries[0].focus_set()
            return f"“{day}”不是日期，请写成 2023-01-01 的样子"
        return ""


class Details(Dialog):
    """A page for each part of an outcome."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, title: str, outcome: Outcome, open_path: Callable[[Path], object]
    ) -> None:
        super().__init__(parent, theme, title, yes="关闭", no="")
        book = ttk.Notebook(self.body, width=theme.px(860))
        book.pack(fill="both", expand=True)
        book.enable_traversal()
        self._sentences(book, outcome)
        for listing in outcome.tables:
            self._page(book, listing, _title(listing.title))
        if outcome.faults:
            faults = sorted(outcome.faults, key=lambda fault: not fault.is_error)
            rows = [(fault.severity.value, fault.place, fault.message, fault.remedy) for fault in faults]
            self._page(book, Listing("", ("程度", "位置", "问题", "怎样处理"), rows), f"问题（{len(rows)}）")
        if outcome.files:
            self._files(book, outcome.files, open_path)
        self.protocol("WM_DELETE_WINDOW", self.agree)

    def _sentences(self, book: ttk.Notebook, outcome: Outcome) -> None:
        theme = self.theme
        text = tk.Text(
            book, wrap="word", font=theme.font, bg=theme.colour.paper, fg=theme.colour.ink, relief="flat", height=_HIGH
        )
        text.insert("1.0", "\n".join(for_window(line) for line in [*outcome.sentences, "", outcome.next]).strip())
        text.configure(state="disabled", padx=theme.px(12), pady=theme.px(8), spacing1=theme.px(3))
        theme.tip(text, "这一次做了什么，接着该做什么")
        book.add(text, text="经过")

    def _page(self, book: ttk.Notebook, listing: Listing, title: str) -> Table:
        page = ttk.Frame(book, padding=self.theme.px(6))
        table = listing_table(page, self.theme, listing, _HIGH)
        table.pack(fill="both", expand=True)
        book.add(page, text=title)
        return table

    def _files(self, book: ttk.Notebook, files: list[Path], open_path: Callable[[Path], object]) -> None:
        rows = [(path.name, str(path.parent)) for path in files]
        table = self._page(book, Listing("", ("文件", "在哪里"), rows), f"文件（{len(files)}）")
        table.on_open(lambda key: open_path(files[int(key)]))


def _title(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:11]}…"
