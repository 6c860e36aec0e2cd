"""The settings of a campaign in one dialog: the mail account, how official documents look, the folders."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from tkinter import ttk

from qtool.actions.action import Outcome, faults_of
from qtool.actions.preferences import MAIL, OFFICIAL, Preferences, check, defaults, keep, preferences
from qtool.desktop.jobs import Jobs
from qtool.desktop.look import Look
from qtool.desktop.settings_fields import Around, Field, Form
from qtool.desktop.settings_folders import FoldersPage
from qtool.desktop.settings_mail import MailPage, sentences
from qtool.desktop.settings_official import OfficialPage
from qtool.faults import Fault
from qtool.official.profile import FACES
from qtool.state.folders import Surroundings, lacking_typefaces, surroundings

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

    def __init__(self, parent: tk.Misc, root: Path, look: Look, jobs: Jobs) -> None:
        self._since = preferences(root)
        super().__init__(parent)
        self.withdraw()
        self.title("设置")
        self.saved = False
        self._campaign, self._look, self._jobs = root, look, jobs
        self._office = ""
        self._warned = self._fitting = False
        self._due, self._tall = "", 0
        self._faces: tuple[str, ...] = ()
        self.configure(background=look.colour.ground)
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
        self._jobs.run(lambda _report: keep(root, entered, since), self._kept, self._not_kept)

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
        look, px = self._look, self._look.px
        self._book = ttk.Notebook(self)
        self._book.pack(fill="both", expand=True, padx=px(12), pady=(px(12), 0))
        around = Around(self._changed, self._fit)
        self.mail = MailPage(self._book, look, around, self._campaign, self._jobs, self.entered)
        self.mail.complain = self.complain
        self.official = OfficialPage(self._book, look, around)
        self.folders = FoldersPage(self._book, look, around, self._campaign)
        self._forms: tuple[Form, ...] = (self.mail, self.official, self.folders)
        for form, title in zip(self._forms, ("邮箱(E)", "公文版式(F)", "文件夹(D)"), strict=True):
            self._book.add(form, text=title, underline=len(title) - 2)
        self._book.enable_traversal()

    def _buttons(self) -> None:
        px = self._look.px
        row = ttk.Frame(self, padding=(px(12), px(10)))
        row.pack(side="bottom", fill="x", before=self._book)
        self._save = ttk.Button(row, text="保存(S)", underline=3, style="Accent.TButton", command=self.save)
        self._look.tip(self._save, "保存到考核工程的 qtool.toml，关上（回车）")
        cancel = ttk.Button(row, text="取消", command=self.destroy)
        self._look.tip(cancel, "不保存，关上（Esc）")
        cancel.pack(side="right")
        self._save.pack(side="right", padx=px(8))
        self._said = ttk.Label(row, foreground=self._look.colour.bad, wraplength=px(420), justify="left")
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
        self._jobs.run(lambda report: surroundings(root, report), self._seen, self._not_seen)

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

        self._jobs.run(lambda _report: lacking_typefaces(entered), show, lambda error: show(faults_of(error, root)))

    def _secret_would_be_lost(self) -> bool:
        """Say once that a secret is only kept when servers took it; return whether to wait for an answer."""
        if not self.mail.untried or self._warned:
            return False
        self._warned = True
        self._book.select(self.mail)  # type: ignore[no-untyped-call]
        text = "授权码还没有测试，不会存下。请点“测试邮箱”，或者再按一次“保存”，不存它"
        self.mail.secret.say(text, self._look.colour.warn)
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
        px = self._look.px
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
        low = max(0, self.winfo_screenheight() - self.winfo_reqheight() - self._look.px(_BELOW))
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
        top = max(0, min(top, self.winfo_screenheight() - tall - self._look.px(_BELOW)))
        self.geometry(f"+{left}+{top}")
        self.bind("<Map>", self._mapped)
        self.deiconify()
        self.mail.fields[f"{MAIL}.地址"].focus()

    def _mapped(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self.grab_set()
