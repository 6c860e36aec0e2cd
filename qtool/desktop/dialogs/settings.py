"""The settings of a campaign in one dialog: the mail account, how official documents look, the folders."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import ttk

from qtool.actions.action import Outcome, faults_of
from qtool.actions.preferences import (
    OFFICIAL,
    Preferences,
    check,
    defaults,
    keep,
    lacking_typefaces,
    preferences,
)
from qtool.desktop.dialogs.questions import place_over
from qtool.desktop.dialogs.settings_mail import MailPage, sentences
from qtool.desktop.files import open_path
from qtool.desktop.jobs import Job, Jobs, Result
from qtool.desktop.widgets.form import Field, Form, FormHost, show_or_remove
from qtool.desktop.widgets.theme import Theme, bind_wheel
from qtool.faults import Fault
from qtool.official.profile import FACES
from qtool.state.folders import Folder, Surroundings, surroundings

_WIDTH, _SPARE = 640, 150
"""Pixels at 100 %: how wide a page is, and what the screen keeps for all that is around it."""
_BELOW = 48
"""Pixels at 100 % that the system's own bar may take at the foot of the screen, with the dialog's frame."""
_PAUSE = 400
"""Milliseconds without a change after which typefaces are looked for."""
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
_NUMBERS = (("发文字号.请示", "发文字号.通报"), ("发文字号.函", "发文字号.通知"))
_ROWS = (("版式",), ("版头",), ("发文机关标志",), *_NUMBERS, ("签发人", "加盖印章"), ("印发机关",), ("抄送",))
_LENGTHS = (("上边距", "下边距"), ("左边距", "右边距"), ("页码距下边", "行距"))
_FACES = (("标题字体", "正文字体"), ("楷体字体", "黑体字体"), ("宋体字体", ""))
"""Rows of fields; lengths and typefaces are seldom needed."""


class SettingsDialog(tk.Toplevel):
    """The settings; `saved` tells whether something was saved.

    It returns at once: wait with `parent.wait_window(dialog)`. Raises QtoolError, before anything is shown, when the
    settings cannot be read.
    """

    def __init__(self, parent: tk.Misc, root: Path, theme: Theme, jobs: Jobs) -> None:
        self._since = preferences(root)
        super().__init__(parent)
        self.withdraw()
        self.title("设置")
        self.saved = False
        self._campaign, self._theme, self._jobs = root, theme, jobs
        self._office = ""
        self._warned = self._fitting = False
        self._due, self._tall = "", 0
        self._faces: tuple[str, ...] = ()
        self.configure(background=theme.colour.ground)
        self.transient(parent.winfo_toplevel())
        self.resizable(width=False, height=False)
        self._pages()
        self._buttons()
        self._keys()
        self.mail.show(self._since)
        self.official.show(self._since)
        self._changed()
        self._look_around()
        self._fit()
        self._appear()

    def entered(self) -> Preferences:
        """Return what stands in the dialog."""
        return Preferences({key: field.text for key, field in self.fields.items()})

    @property
    def message(self) -> str:
        """What is said beside the buttons."""
        return str(self._message.cget("text"))

    def save(self) -> None:
        """Keep what was entered and close; where something is wrong, say so at the fields that it is about."""
        entered = self.entered()
        faults = check(entered)
        self.complain(faults)
        if faults or self._secret_would_be_lost():
            return
        root, since = self._campaign, self._since
        self._save.state(["disabled"])
        self._run(lambda _job: keep(root, entered, since), self._finish, self._fail)

    def destroy(self) -> None:
        """Close, and leave the settings as they are."""
        self.update_idletasks()  # which ends what is still due
        self.mail.leave()
        if self._due:
            self.after_cancel(self._due)
        super().destroy()

    def complain(self, faults: Sequence[Fault]) -> Sequence[Fault]:
        """Show faults at their fields, all at once, and go to the first; return those that belong to none."""
        keyed = [(f"{fault.sheet}.{fault.cell}", fault) for fault in faults]
        for key, field in self.fields.items():
            field.fault("\n".join(sentences([fault]).removesuffix("。") for place, fault in keyed if place == key))
        self._say("")
        self._fit()
        places = [place for place, _fault in keyed]
        if keys := [key for key in self.fields if key in places]:
            self._go_to(keys)
        return [fault for place, fault in keyed if place not in self.fields]

    def _go_to(self, keys: Sequence[str]) -> None:
        """Go to the first of some fields, make sure that all can be seen, and say how many there are on which page."""
        mail = [key for key in keys if key in self.mail.fields]
        official = [key for key in keys if key in self.official.fields]
        for key in official:
            self.official.open_for(self.fields[key])
        self._book.select(self.mail if mail else self.official)  # type: ignore[no-untyped-call]
        self.fields[keys[0]].focus()
        named = (("邮箱", mail), ("公文版式", official))
        self._say(f"要改正：{'，'.join(f'“{title}”{len(there)}处' for title, there in named if there)}，见红字")

    def _pages(self) -> None:
        theme, px = self._theme, self._theme.px
        self._book = ttk.Notebook(self)
        self._book.pack(fill="both", expand=True, padx=px(12), pady=(px(12), 0))
        host = FormHost(self._changed, self._fit, self.entered, self.complain)
        self.mail = MailPage(self._book, theme, host, self._campaign, self._jobs)
        self.official = OfficialPage(self._book, theme, host)
        self.folders = FoldersPage(self._book, theme, host, self._campaign)
        self._forms: tuple[Form, ...] = (self.mail, self.official, self.folders)
        self.fields = self.mail.fields | self.official.fields
        for form, title in zip(self._forms, ("邮箱(E)", "公文版式(F)", "文件夹(D)"), strict=True):
            self._book.add(form, text=title, underline=len(title) - 2)
        self._book.enable_traversal()

    def _buttons(self) -> None:
        px = self._theme.px
        row = ttk.Frame(self, padding=(px(12), px(10)))
        row.pack(side="bottom", fill="x", before=self._book)
        self._save = ttk.Button(row, text="保存(S)", underline=3, style="Accent.TButton", command=self.save)
        self._theme.tip(self._save, "保存到考核工程的 qtool.toml，关上（回车）")
        cancel = ttk.Button(row, text="取消", command=self.destroy)
        self._theme.tip(cancel, "不保存，关上（Esc）")
        cancel.pack(side="right")
        self._save.pack(side="right", padx=px(8))
        self._message = ttk.Label(row, foreground=self._theme.colour.bad, wraplength=px(420), justify="left")
        self._message.pack(side="left")

    def _keys(self) -> None:
        for key in ("<Return>", "<KP_Enter>"):
            self.bind(key, self._enter)
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<Alt-Key>", self._letter, add="+")
        bind_wheel(self, lambda steps: self._form.scroll(steps))  # noqa: PLW0108 - the page at that time
        self.protocol("WM_DELETE_WINDOW", self.destroy)

    @property
    def _form(self) -> Form:
        """The page that is shown."""
        number: int = self._book.index("current")  # type: ignore[no-untyped-call]
        return self._forms[number]

    def _enter(self, event: tk.Event[tk.Misc]) -> str:
        """Save on Enter, but press the button that has the focus."""
        if isinstance(event.widget, ttk.Button):
            event.widget.invoke()
        else:
            self.save()
        return "break"

    def _letter(self, event: tk.Event[tk.Misc]) -> str | None:
        letter = event.keysym.lower()
        command = self.save if letter == "s" else self._form.letters.get(letter)
        if command is None:
            return None
        command()
        return "break"

    def _changed(self) -> None:
        """Show the defaults that go with what is entered now; look for typefaces when nothing changes for a moment."""
        texts = defaults(self.entered(), self._office)
        self.mail.show_defaults(texts | {"邮箱.发件人": self._office or "方案里的组织单位全称"})
        self.official.show_defaults(texts)
        self._fit()
        faces = tuple(self.fields[f"{OFFICIAL}.{name}"].text for name in FACES)
        if faces == self._faces:
            return
        self._faces = faces
        if self._due:
            self.after_cancel(self._due)
        self._due = self.after(_PAUSE, self._look_for_typefaces)

    def _run(
        self, work: Callable[[Job], Result], done: Callable[[Result], object], failed: Callable[[str], object]
    ) -> None:
        """Do some work beside the dialog; its end is told while the dialog is there, a failure in words."""

        def succeed(result: Result) -> None:
            if self.winfo_exists():
                done(result)

        def fail(error: Exception) -> None:
            text = sentences(faults_of(error, self._campaign))
            if self.winfo_exists():
                failed(text)

        self._jobs.run(work, succeed, fail)

    def _look_around(self) -> None:
        root = self._campaign

        def show(around: Surroundings) -> None:
            self._office = around.office
            self.folders.show_surroundings(around)
            self._changed()

        self._run(lambda job: surroundings(root, job.report), show, self.folders.fail)

    def _look_for_typefaces(self) -> None:
        self._due = ""
        entered = self.entered()

        def show(text: str) -> None:
            self.official.lacking(text)
            self._fit()

        self._run(lambda _job: lacking_typefaces(entered), lambda faults: show(sentences(faults)), show)

    def _secret_would_be_lost(self) -> bool:
        """Say once that a secret is only kept when servers took it; return whether to wait for an answer."""
        if not self.mail.untried or self._warned:
            return False
        self._warned = True
        self._book.select(self.mail)  # type: ignore[no-untyped-call]
        text = "授权码还没有测试，不会存下。请点“测试邮箱”，或者再按一次“保存”，不存它"
        self.mail.secret.say(text, self._theme.colour.warn)
        self.mail.test.focus_set()
        self._fit()
        return True

    def _finish(self, outcome: Outcome) -> None:
        self._save.state(["!disabled"])
        if rest := self.complain(outcome.faults):
            self._say(sentences(rest))
        if not outcome.failed:
            self.saved = bool(outcome.files)
            self.destroy()

    def _fail(self, text: str) -> None:
        self._save.state(["!disabled"])
        self._say(text)

    def _say(self, text: str) -> None:
        self._message.configure(text=text)

    def _fit(self) -> None:
        """Make the pages as high as the highest of them ever needed, or as the screen allows."""
        if self._fitting:
            return
        self._fitting = True
        px = self._theme.px
        natural = [form.natural() for form in self._forms]
        width = max(px(_WIDTH), *(wide for wide, _tall in natural))
        most = self.winfo_screenheight() - px(_SPARE)
        self._tall = max(self._tall, *(tall for _wide, tall in natural))
        height = min(most, self._tall)
        for form in self._forms:
            form.resize(width, height)
        if self.winfo_viewable():
            self._stay_on_screen()
        self._fitting = False

    def _stay_on_screen(self) -> None:
        """Move up when it has grown over the foot of the screen."""
        self.update_idletasks()
        low = max(0, self.winfo_screenheight() - self.winfo_reqheight() - self._theme.px(_BELOW))
        _size, left, top = self.geometry().split("+")
        if int(top) > low:
            self.geometry(f"+{left}+{low}")

    def _appear(self) -> None:
        """Come up in the middle of the parent, on the screen, and take all input once it is seen."""
        self.update_idletasks()
        place_over(self, self.winfo_reqwidth(), self.winfo_reqheight(), below=self._theme.px(_BELOW))
        self.bind("<Map>", lambda event: self.grab_set() if event.widget is self else None)
        self.deiconify()
        self.mail.fields["邮箱.地址"].focus()


class FoldersPage(Form):
    """The campaign's folders; nothing can be changed here."""

    def __init__(self, parent: tk.Misc, theme: Theme, host: FormHost, root: Path) -> None:
        super().__init__(parent, theme, host)
        self.body.columnconfigure(1, weight=1)
        self.counts: dict[str, ttk.Label] = {}
        self._place(0, "考核工程", str(root.absolute()), root)
        for number, (name, what) in enumerate(_WHAT.items(), 1):
            self.counts[name] = self._place(number, name, what, root / name)
        row = len(_WHAT) + 1
        ttk.Separator(self.body).grid(row=row, column=0, columnspan=4, sticky="ew", pady=theme.px(10))
        self._row = row + 1
        self.state_label = ttk.Label(self.body, text="正在查看…", foreground=theme.colour.quiet)
        self.state_label.grid(row=self._row, column=0, columnspan=4, sticky="w")
        self.trouble = ttk.Label(self.body, foreground=theme.colour.bad, wraplength=theme.px(560))

    def show_surroundings(self, around: Surroundings) -> None:
        """Show what there is."""
        for folder in around.folders:
            if folder.name in self.counts:
                self.counts[folder.name].configure(text=_count(folder))
        self.state_label.grid_remove()
        program = "已装 LibreOffice，公文会同时生成 PDF"
        if around.libreoffice is None:
            program = "没有装 LibreOffice，公文不会自动生成 PDF；可以在 Word 或 WPS 里另存为 PDF"
        self._place(self._row, "生成 PDF", program, None)
        if around.journal:
            self._place(self._row + 1, "流水账", "谁在什么时候做了什么，一件一行", around.journal)
        text = f"程序出错的记录：{around.log.name}" if around.log else "没有，程序没有出过内部错误"
        self._place(self._row + 2, "错误日志", text, around.log)
        self.host.fit()

    def fail(self, text: str) -> None:
        """Say why nothing was found."""
        self.state_label.configure(text=text, foreground=self.theme.colour.bad)

    def _place(self, row: int, name: str, what: str, path: Path | None) -> ttk.Label:
        """Make a line for a folder or file; return where its number of files goes."""
        px, colour = self.theme.px, self.theme.colour
        ttk.Label(self.body, text=name).grid(row=row, column=0, sticky="w", padx=(0, px(12)))
        label = ttk.Label(self.body, text=what, foreground=colour.quiet, wraplength=px(340), justify="left")
        label.grid(row=row, column=1, sticky="w", pady=px(5))
        count = ttk.Label(self.body, foreground=colour.ink, anchor="e", width=10)
        count.grid(row=row, column=2, sticky="e", padx=px(10))
        if path is not None:
            button = ttk.Button(self.body, text="打开", style="Small.TButton", command=lambda: self._open(path))
            button.grid(row=row, column=3, sticky="e", pady=px(2))
            button.bind("<FocusIn>", lambda _event: self.reveal(button))
            self.theme.tip(button, f"打开“{name}”")
        return count

    def _open(self, path: Path) -> None:
        if problem := open_path(path):
            self.trouble.configure(text=problem)
            self.trouble.grid(row=self._row + 3, column=0, columnspan=4, sticky="w", pady=(self.theme.px(8), 0))
            self.host.fit()


def _count(folder: Folder) -> str:
    if folder.files is None:
        return "不在了"
    return f"{folder.files}个文件{'以上' if folder.more else ''}" if folder.files else "空的"


class OfficialPage(Form):
    """How official documents look."""

    def __init__(self, parent: tk.Misc, theme: Theme, host: FormHost) -> None:
        super().__init__(parent, theme, host)
        self._columns(self.body)
        self.add(OFFICIAL, _ROWS, self.body, pairs=True)
        self._more_button = ttk.Button(self.body, command=self.more, width=14, style="Small.TButton")
        self._more_button.grid(row=20, column=0, columnspan=4, sticky="w", pady=(theme.px(12), 0))
        theme.tip(self._more_button, "页边距、行距和字体；一般不用改")
        self._more = ttk.Frame(self.body)
        self._more.grid(row=21, column=0, columnspan=4, sticky="ew", pady=(theme.px(6), 0))
        self._columns(self._more)
        self.add(OFFICIAL, (*_LENGTHS, *_FACES), self._more, pairs=True)
        self._lacking = ttk.Label(self._more, font=theme.small, foreground=theme.colour.warn)
        self._lacking.configure(wraplength=theme.px(560), justify="left")
        self._lacking.grid(row=12, column=0, columnspan=4, sticky="w", pady=(theme.px(6), 0))
        self._lacking.grid_remove()
        self._open = False
        self.letter("更多(M)", self.more)
        self._put()

    def more(self) -> None:
        """Show lengths and typefaces, or put them away."""
        self._open = not self._open
        self._put()
        self.host.fit()

    def _columns(self, frame: ttk.Frame) -> None:
        """Give a frame two columns of labels and two of fields, the same as the other frame's."""
        frame.columnconfigure(0, minsize=self.theme.px(130))
        frame.columnconfigure(2, minsize=self.theme.px(142))
        frame.columnconfigure((1, 3), weight=1, uniform="fields")

    def _put(self) -> None:
        self._more_button.configure(text="更少(M) ▴" if self._open else "更多(M) ▾", underline=3)
        show_or_remove(self._more, shown=self._open)

    def open_for(self, field: Field) -> None:
        """Make sure that a field can be seen."""
        if field.parent is self._more and not self._open:
            self.more()

    def lacking(self, text: str) -> None:
        """Say which typefaces this computer lacks."""
        self._lacking.configure(text=text)
        show_or_remove(self._lacking, shown=bool(text))

    @property
    def missing(self) -> str:
        """What is said of typefaces that this computer lacks."""
        return str(self._lacking.cget("text"))

    def show(self, texts: Preferences) -> None:
        """Show what is entered in every field, also in those that are put away."""
        super().show(texts)
        if any(texts[key] for key, field in self.fields.items() if field.parent is self._more) and not self._open:
            self.more()
