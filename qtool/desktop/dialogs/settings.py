"""The settings of a campaign in one dialog: the mail account, how official documents theme, the folders."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from tkinter import font as tkfont
from tkinter import ttk

from qtool.actions.action import Outcome, faults_of
from qtool.actions.preferences import (
    MAIL,
    OFFICIAL,
    PAPERS,
    Preferences,
    check,
    defaults,
    keep,
    lacking_typefaces,
    preferences,
)
from qtool.desktop.dialogs.settings_mail import MailPage, sentences
from qtool.desktop.files import CannotOpen, open_path
from qtool.desktop.jobs import Jobs
from qtool.desktop.widgets.form import Around, ChoiceField, Field, Form, Spot, TextField, TickField
from qtool.desktop.widgets.theme import Theme
from qtool.faults import Fault
from qtool.official.profile import FACES
from qtool.state.folders import Folder, Surroundings, surroundings

_WIDTH, _SPARE = 640, 150
"""Pixels at 100 %: how wide a page is, and what the screen keeps for all that is around it."""
_BELOW = 48
"""Pixels at 100 % that the system's own bar may take at the foot of the screen, with the dialog's frame."""
_PAUSE = 400
"""Milliseconds without a change after which typefaces are looked for."""


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
        self._show()
        self._look_around()
        self._fit()
        self._appear(parent)

    def entered(self) -> Preferences:
        """Return what stands in the dialog."""
        return Preferences({key: field.text for key, field in self.fields.items()})

    @property
    def message(self) -> str:
        """What is said beside the buttons."""
        return str(self._said.cget("text"))

    @property
    def fields(self) -> dict[str, Field]:
        """All fields, by the keys of the settings."""
        return {**self.mail.fields, **self.official.fields}

    def save(self) -> None:
        """Keep what was entered and close; where something is wrong, say so at the fields that it is about."""
        entered = self.entered()
        faults = check(entered)
        self.complain(faults)
        if faults or self._secret_would_be_lost():
            return
        root, since = self._campaign, self._since
        self._save.state(["disabled"])
        self._jobs.run(lambda _job: keep(root, entered, since), self._kept, self._not_kept)

    def destroy(self) -> None:
        """Close, and leave the settings as they are."""
        self.update_idletasks()  # which ends what is still due
        self.mail.leave()
        if self._due:
            self.after_cancel(self._due)
        super().destroy()

    def complain(self, faults: Sequence[Fault]) -> Sequence[Fault]:
        """Show faults at their fields, all at once, and go to the first; return those that belong to none."""
        at: dict[str, list[str]] = {}
        rest = []
        for found in faults:
            key = f"{found.sheet}.{found.cell}"
            if key in self.fields:
                at.setdefault(key, []).append(sentences([found]).removesuffix("。"))
            else:
                rest.append(found)
        for key, field in self.fields.items():
            field.fault("\n".join(at.get(key, ())))
        self._say("")
        self._fit()
        if at:
            self._go_to([key for key in self.fields if key in at])
        return rest

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
        around = Around(self._changed, self._fit)
        self.mail = MailPage(self._book, theme, around, self._campaign, self._jobs, self.entered)
        self.mail.complain = self.complain
        self.official = OfficialPage(self._book, theme, around)
        self.folders = FoldersPage(self._book, theme, around, self._campaign)
        self._forms: tuple[Form, ...] = (self.mail, self.official, self.folders)
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
        self._said = ttk.Label(row, foreground=self._theme.colour.bad, wraplength=px(420), justify="left")
        self._said.pack(side="left")

    def _keys(self) -> None:
        self.bind("<Return>", self._enter)
        self.bind("<KP_Enter>", self._enter)
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<Alt-Key>", self._letter, add="+")
        self.bind("<MouseWheel>", lambda event: self._form.scroll(-1 if event.delta > 0 else 1))
        self.bind("<Button-4>", lambda _event: self._form.scroll(-1))
        self.bind("<Button-5>", lambda _event: self._form.scroll(1))
        self.protocol("WM_DELETE_WINDOW", self.destroy)

    @property
    def _form(self) -> Form:
        """The page that is shown."""
        number: int = self._book.index("current")  # type: ignore[no-untyped-call]
        return self._forms[number]

    def _enter(self, event: tk.Event[tk.Misc]) -> str | None:
        """Save on Enter, but press the button that has the focus."""
        if isinstance(event.widget, ttk.Button):
            event.widget.invoke()
            return "break"
        self.save()
        return "break"

    def _letter(self, event: tk.Event[tk.Misc]) -> str | None:
        letter = event.keysym.lower()
        do = self.save if letter == "s" else self._form.letters.get(letter)
        if do is None:
            return None
        do()
        return "break"

    def _show(self) -> None:
        self.mail.show(self._since)
        self.official.show(self._since)
        self._changed()

    def _changed(self) -> None:
        """Show the defaults that go with what is entered now; look for typefaces when nothing changes for a moment."""
        found = defaults(self.entered(), self._office)
        self.mail.usual(found | {f"{MAIL}.发件人": self._office or "方案里的组织单位全称"})
        self.official.usual(found)
        self._fit()
        faces = tuple(self.fields[f"{OFFICIAL}.{name}"].text for name in FACES)
        if faces == self._faces:
            return
        self._faces = faces
        if self._due:
            self.after_cancel(self._due)
        self._due = self.after(_PAUSE, self._look_for_typefaces)

    def _look_around(self) -> None:
        root = self._campaign
        self._jobs.run(lambda job: surroundings(root, job.report), self._seen, self._not_seen)

    def _seen(self, found: Surroundings) -> None:
        if self.winfo_exists():
            self._office = found.office
            self.folders.show(found)
            self._changed()

    def _not_seen(self, error: Exception) -> None:
        if self.winfo_exists():
            self.folders.fail(sentences(faults_of(error, self._campaign)))

    def _look_for_typefaces(self) -> None:
        self._due = ""
        entered, root = self.entered(), self._campaign

        def show(found: Sequence[Fault]) -> None:
            if self.winfo_exists():
                self.official.lacking(sentences(found))
                self._fit()

        self._jobs.run(lambda _job: lacking_typefaces(entered), show, lambda error: show(faults_of(error, root)))

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

    def _kept(self, outcome: Outcome) -> None:
        if not self.winfo_exists():
            return
        self._save.state(["!disabled"])
        if rest := self.complain(outcome.faults):
            self._say(sentences(rest))
        if not outcome.failed:
            self.saved = bool(outcome.files)
            self.destroy()

    def _not_kept(self, error: Exception) -> None:
        if self.winfo_exists():
            self._save.state(["!disabled"])
            self._say(sentences(faults_of(error, self._campaign)))

    def _say(self, text: str) -> None:
        self._said.configure(text=text)

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

    def _appear(self, parent: tk.Misc) -> None:
        """Come up in the middle of the parent, on the screen, and take all input once it is seen."""
        self.update_idletasks()
        wide, tall = self.winfo_reqwidth(), self.winfo_reqheight()
        over = parent.winfo_toplevel()
        left = over.winfo_rootx() + (over.winfo_width() - wide) // 2
        top = over.winfo_rooty() + (over.winfo_height() - tall) // 3
        left = max(0, min(left, self.winfo_screenwidth() - wide))
        top = max(0, min(top, self.winfo_screenheight() - tall - self._theme.px(_BELOW)))
        self.geometry(f"+{left}+{top}")
        self.bind("<Map>", self._mapped)
        self.deiconify()
        self.mail.fields[f"{MAIL}.地址"].focus()

    def _mapped(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self.grab_set()


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

    def __init__(self, parent: tk.Misc, theme: Theme, around: Around, root: Path) -> None:
        super().__init__(parent, theme, around)
        self.body.columnconfigure(1, weight=1)
        self.counts: dict[str, ttk.Label] = {}
        self._place(0, "考核工程", str(root.absolute()), root)
        for number, (name, what) in enumerate(_WHAT.items(), 1):
            self.counts[name] = self._place(number, name, what, root / name)
        row = len(_WHAT) + 1
        ttk.Separator(self.body).grid(row=row, column=0, columnspan=4, sticky="ew", pady=theme.px(10))
        self._row = row + 1
        self.said = ttk.Label(self.body, text="正在查看…", foreground=theme.colour.quiet)
        self.said.grid(row=self._row, column=0, columnspan=4, sticky="w")
        self.trouble = ttk.Label(self.body, foreground=theme.colour.bad, wraplength=theme.px(560))

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
        self.said.configure(text=text, foreground=self.theme.colour.bad)

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
        try:
            open_path(path)
        except CannotOpen as error:
            self.trouble.configure(text=f"{error}。")
            self.trouble.grid(row=self._row + 3, column=0, columnspan=4, sticky="w", pady=(self.theme.px(8), 0))
            self.fit()


def _count(folder: Folder) -> str:
    if folder.files is None:
        return "不在了"
    return f"{folder.files}个文件{'以上' if folder.more else ''}" if folder.files else "空的"


_STANDARDS = (("", "GB/T 9704-2012（国家标准）"), ("GB/T 33476.2-2016", "GB/T 33476.2-2016（电子公文）"))
_HEADS = (("", "套红（印出红色版头）"), ("预印", "预印（用印好版头的纸）"), ("无", "无（不要版头）"))
_LETTERS = "QNJT"
"""Letters of the documents' numbers."""
_LENGTHS = {
    "上边距": "毫米",
    "下边距": "毫米",
    "左边距": "毫米",
    "右边距": "毫米",
    "页码距下边": "毫米",
    "行距": "磅",
}
_FACES = {
    "标题字体": "公文标题用的字体",
    "正文字体": "正文用的字体",
    "楷体字体": "二级标题等用楷体的地方",
    "黑体字体": "一级标题等用黑体的地方",
    "宋体字体": "页码、表格等用宋体的地方",
}


class OfficialPage(Form):
    """How official documents theme."""

    def __init__(self, parent: tk.Misc, theme: Theme, around: Around) -> None:
        super().__init__(parent, theme, around)
        self._families: tuple[str, ...] = ()
        self._columns(self.body)
        self._plain()
        self._more_button = ttk.Button(self.body, command=self.more, width=14, style="Small.TButton")
        self._more_button.grid(row=20, column=0, columnspan=4, sticky="w", pady=(theme.px(12), 0))
        theme.tip(self._more_button, "页边距、行距和字体；一般不用改")
        self._more = ttk.Frame(self.body)
        self._columns(self._more)
        self._lengths()
        self._typefaces()
        self._open = False
        self.letter("更多(M)", self.more)
        self._put()

    def more(self) -> None:
        """Show lengths and typefaces, or put them away."""
        self._open = not self._open
        self._put()
        self.fit()

    def _columns(self, frame: ttk.Frame) -> None:
        """Give a frame two columns of labels and two of fields, the same as the other frame's."""
        frame.columnconfigure(0, minsize=self.theme.px(130))
        frame.columnconfigure(2, minsize=self.theme.px(142))
        frame.columnconfigure((1, 3), weight=1, uniform="fields")

    def _put(self) -> None:
        text = "更少(M) ▴" if self._open else "更多(M) ▾"
        self._more_button.configure(text=text, underline=3)
        if self._open:
            self._more.grid(row=21, column=0, columnspan=4, sticky="ew", pady=(self.theme.px(6), 0))
        else:
            self._more.grid_remove()

    def open_for(self, field: Field) -> None:
        """Make sure that a field can be seen."""
        if field.parent is self._more and not self._open:
            self.more()

    def lacking(self, text: str) -> None:
        """Say which typefaces this computer lacks."""
        self._lacking.configure(text=text)
        if text:
            self._lacking.grid()
        else:
            self._lacking.grid_remove()

    def usual(self, found: dict[str, str]) -> None:
        """Show what holds where nothing is entered."""
        for key, field in self.fields.items():
            field.usual(found[key])

    @property
    def missing(self) -> str:
        """What is said of typefaces that this computer lacks."""
        return str(self._lacking.cget("text"))

    def show(self, preferences: Preferences) -> None:
        """Show what the settings say."""
        for key, field in self.fields.items():
            field.show(preferences[key])
        if any(preferences[key] for key, field in self.fields.items() if field.parent is self._more) and not self._open:
            self.more()

    def _plain(self) -> None:
        body = self.body
        self._add("版式", ChoiceField(self, body, "版式(L)", Spot(0, 0, 3), "照哪一个标准排版", _STANDARDS))
        self._add("版头", ChoiceField(self, body, "版头(H)", Spot(2, 0, 3), "第一页上方的红色版头怎么办", _HEADS))
        tip = "第一页上方的红色大字"
        self._add("发文机关标志", TextField(self, body, "发文机关标志(B)", Spot(4, 0, 3), tip))
        for number, (name, letter) in enumerate(zip(PAPERS, _LETTERS, strict=True)):
            spot = Spot(6 + 2 * (number // 2), 2 * (number % 2))
            tip = f"印在{name}上的发文字号，如 随质强办〔2023〕1号；不填就留空，手工填写"
            label = f"{name}的发文字号({letter})"
            self._add(f"发文字号.{name}", TextField(self, body, label, spot, tip))
        self._add("签发人", TextField(self, body, "签发人(R)", Spot(10), "印在请示的版头；不填就留空"))
        tip = "不盖章的公文，落款的位置不一样"
        self._add("加盖印章", TickField(self, body, "加盖印章(G)", Spot(10, 2), tip))
        self._add("印发机关", TextField(self, body, "印发机关(P)", Spot(12, 0, 3), "印在最后一页下方的版记里"))
        tip = "印在最后一页下方的版记里；几个单位用顿号或逗号隔开"
        self._add("抄送", TextField(self, body, "抄送(C)", Spot(14, 0, 3), tip))

    def _lengths(self) -> None:
        for number, (name, unit) in enumerate(_LENGTHS.items()):
            spot = Spot(2 * (number // 2), 2 * (number % 2))
            tip = f"{name}，单位{unit}；不填就照标准"
            self._add(name, TextField(self, self._more, f"{name}（{unit}）", spot, tip, width=8))

    def _typefaces(self) -> None:
        for number, (name, what) in enumerate(_FACES.items()):
            spot = Spot(6 + 2 * (number // 2), 2 * (number % 2))
            tip = f"{what}；可以选，也可以自己写"
            self._add(name, TextField(self, self._more, name, spot, tip, offered=self._installed))
        wrap = self.theme.px(560)
        self._lacking = ttk.Label(
            self._more, font=self.theme.small, foreground=self.theme.colour.warn, wraplength=wrap, justify="left"
        )
        self._lacking.grid(row=12, column=0, columnspan=4, sticky="w", pady=(self.theme.px(6), 0))
        self._lacking.grid_remove()

    def _add(self, name: str, field: Field) -> None:
        self.fields[f"公文.{name}"] = field

    def _installed(self) -> tuple[str, ...]:
        if not self._families:
            names = {name for name in tkfont.families(self) if not name.startswith("@")}
            chinese = {name for name in names if not name.isascii()}
            self._families = (*sorted(chinese), *sorted(names - chinese))
        return self._families
