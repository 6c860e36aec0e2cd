"""The page of the settings about the mail account: address, servers, and the trial that shows whether they work."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping, Sequence
from pathlib import Path
from tkinter import ttk

from qtool.actions.action import Face, Outcome, Request, faults_of
from qtool.actions.preferences import MAIL, Entry, check, known_provider, mail_of
from qtool.desktop.jobs import Job, Jobs
from qtool.desktop.widgets.form import ChoiceField, Form, FormHost, SecretField, Spot, Tick
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.wording import for_window
from qtool.faults import Fault
from qtool.mail.account import OWN
from qtool.progress import Event

_SERVERS = (("发信服务器", "发信端口", "发信加密"), ("收信服务器", "收信端口"))
_STEPS = (
    "连接发信服务器",
    "登录发信服务器",
    "给自己发一封试发邮件",
    "连接、登录收信服务器",
    "打开收件箱",
    "读回试发邮件",
)
_WAITING, _NOW, _GOOD, _BAD = "○", "●", "✓", "✗"


class MailPage(Form):
    """The mail account."""

    def __init__(self, parent: tk.Misc, theme: Theme, host: FormHost, root: Path, jobs: Jobs) -> None:
        super().__init__(parent, theme, host)
        self._campaign, self._jobs = root, jobs
        self._job: Job | None = None
        self._tried_secret = self._accepted_secret = ""
        self.body.columnconfigure(1, weight=1)
        self.add(MAIL, (("地址",), ("发件人",), ("服务商",), *_SERVERS, ("用户名",)), self.body)
        self._secret_row()
        self._trial()

    def show_defaults(self, texts: Mapping[str, str]) -> None:
        """Show what holds where nothing is entered, and what is known of the address."""
        super().show_defaults(texts)
        entered, colour = self.host.entered(), self.theme.colour
        provider = known_provider(entered["邮箱.地址"], entered["邮箱.服务商"])
        if provider.sentence:
            self.fields["邮箱.地址"].hint(provider.sentence, colour.good if provider.servers else colour.warn)
            self.secret.hint(f"{provider.advice}。")
        else:
            self.fields["邮箱.地址"].hint("QQ、163、126 等邮箱，程序按地址认得出来")
            self.secret.hint("在网页版邮箱的设置里生成的授权码，不是登录密码。")
        by_address = texts["邮箱.服务商"]
        names = {
            "邮箱.发信加密": f"默认（{texts['邮箱.发信加密']}）",
            "邮箱.服务商": "按地址认" if by_address == OWN else f"按地址认（{by_address}）",
        }
        for key, name in names.items():
            if isinstance(choice := self.fields[key], ChoiceField):
                choice.name_default(name)

    @property
    def untried(self) -> bool:
        """Whether a secret stands there that no server has taken yet."""
        return self.secret.text not in ("", self._accepted_secret)

    @property
    def trying(self) -> bool:
        """Whether a trial is under way."""
        return self._job is not None

    def leave(self) -> None:
        """Stop a trial before the page goes, and forget the secret."""
        if self._job:
            self._job.cancel()
        self.secret.show("")

    def _secret_row(self) -> None:
        px = self.theme.px
        ttk.Separator(self.body).grid(row=15, column=0, columnspan=6, sticky="ew", pady=(px(12), px(4)))
        tip = "测试时用它登录。登录成功后存进这台电脑的密码库，不写进任何文件；以前存过的，可以不填"
        self.secret = SecretField(self, self.body, Entry("授权码", "授权码(K)", tip), Spot(16, 0, 3, 17))
        text = "显示(W)"
        show = Tick(self.body, text, lambda: self.secret.reveal(visible=show.ticked))
        show.configure(underline=self.letter(text, show.invoke))
        show.grid(row=16, column=4, columnspan=2, sticky="w", padx=(px(18), 0), pady=(px(4), 0))
        self.theme.tip(show, "看一看授权码输得对不对")
        self.secret.show_default("存过的不用再填")

    def _trial(self) -> None:
        px = self.theme.px
        row = ttk.Frame(self.body)
        row.grid(row=18, column=0, columnspan=6, sticky="ew", pady=(px(10), px(4)))
        text = "测试邮箱(T)"
        self.test = ttk.Button(row, text=text, underline=self.letter(text, self.try_out), command=self.try_out)
        self.test.pack(side="left")
        self.theme.tip(self.test, "用上面填的内容连接、登录、给自己发一封信、再读回来；不会保存设置")
        self.stop = ttk.Button(row, text="停下", command=self._stop, state="disabled")
        self.stop.pack(side="left", padx=px(8))
        self.theme.tip(self.stop, "停止测试")
        self._state = ttk.Label(row, foreground=self.theme.colour.quiet)
        self._state.pack(side="left", padx=px(4))
        table = ttk.Frame(self.body)
        table.grid(row=19, column=0, columnspan=6, sticky="ew")
        table.columnconfigure(2, weight=1)
        self.steps = [self._step(table, number, name) for number, name in enumerate(_STEPS)]
        self.remedy = ttk.Label(self.body, wraplength=px(590), justify="left")
        self.remedy.grid(row=20, column=0, columnspan=6, sticky="w", pady=(px(6), 0))

    def _step(self, table: tk.Misc, number: int, name: str) -> tuple[ttk.Label, ttk.Label, ttk.Label]:
        px, quiet = self.theme.px, self.theme.colour.quiet
        mark = ttk.Label(table, text=_WAITING, foreground=quiet, width=2, anchor="center")
        title = ttk.Label(table, text=name, foreground=quiet)
        result = ttk.Label(table, foreground=quiet, wraplength=px(360))
        for column, label in enumerate((mark, title, result)):
            label.grid(row=number, column=column, sticky="w", padx=(0, px(10)))
        return mark, title, result

    def try_out(self) -> None:
        """Try the account out as it is entered."""
        entered = self.host.entered()
        if self._job:
            return
        faults = [fault for fault in check(entered, mail=True) if fault.sheet == MAIL]
        self.host.complain(faults)
        if faults:
            return
        self._tried_secret = secret = self.secret.text
        root = self._campaign
        self._begin()

        def work(job: Job) -> Outcome:
            from qtool.actions.mail_test import mail_trial  # noqa: PLC0415 - mail is slow to import

            face = Face(secret=lambda _question: secret)
            request = Request(root, {"renew": bool(secret)}, job.report, face=face)
            return mail_trial(request, mail_of(root, entered))

        self._job = self._jobs.run(work, self._done, self._failed, self._stopped, self._show_progress)

    def _begin(self) -> None:
        self._show_steps(0, _WAITING)
        self._tell("", self.theme.colour.ink)
        self._state.configure(text="正在测试…")
        self.test.state(["disabled"])
        self.stop.state(["!disabled"])

    def _stop(self) -> None:
        if self._job:
            self._job.cancel()
            self._state.configure(text="正在停下，等服务器回答…")
            self.stop.state(["disabled"])

    def _end(self, state: str) -> bool:
        """Take note that the trial ended; return whether the page is still there."""
        self._job = None
        if not self.winfo_exists():
            return False
        self._state.configure(text=state)
        self.test.state(["!disabled"])
        self.stop.state(["disabled"])
        for mark, _title, _result in self.steps:
            if mark.cget("text") == _NOW:
                mark.configure(text=_WAITING, foreground=self.theme.colour.quiet)
        return True

    def _show_steps(self, passed: int, sign: str, results: Sequence[str] = ()) -> None:
        """Show how many steps have passed, the sign of the next one, and what came of each."""
        colour = self.theme.colour
        colours = {_WAITING: colour.quiet, _NOW: colour.accent, _GOOD: colour.good, _BAD: colour.bad}
        for number, (mark, title, result) in enumerate(self.steps):
            here = _GOOD if number < passed else sign if number == passed else _WAITING
            mark.configure(text=here, foreground=colours[here])
            title.configure(foreground=colour.quiet if here == _WAITING else colour.ink)
            text = results[number] if number < len(results) else ""
            result.configure(text=text, foreground=colour.bad if here == _BAD else colour.quiet)

    def _show_progress(self, event: Event) -> None:
        if self.winfo_exists():
            self._show_steps(event.done, _NOW)

    def _done(self, outcome: Outcome) -> None:
        colour = self.theme.colour
        if not self._end("没有通过" if outcome.failed else "全部通过"):
            return
        results = [text for _name, text in outcome.tables[0].rows]
        self._show_steps(len(results) - outcome.failed, _BAD if outcome.failed else _WAITING, results)
        if outcome.failed:
            self._tell(sentences(outcome.faults), colour.bad)
            return
        self._accepted_secret = self._tried_secret
        if outcome.data["kept"]:
            self.secret.show("")
        self._tell("。".join((*outcome.sentences[1:], outcome.next)) + "。", colour.good)

    def _failed(self, error: Exception) -> None:
        if not self._end(""):
            return
        faults = faults_of(error, self._campaign)
        if any(fault.code == "M05" for fault in faults):
            self.secret.fault("请填授权码；里面不能有汉字和全角符号")
            self.secret.focus()
            return
        if rest := self.host.complain(faults):
            self._tell(sentences(rest), self.theme.colour.bad)

    def _stopped(self) -> None:
        self._end("已停下")

    def _tell(self, text: str, colour: str) -> None:
        self.remedy.configure(text=text, foreground=colour)
        self.host.fit()


def sentences(faults: Sequence[Fault]) -> str:
    """Return faults as their readers understand them without a place: what is wrong, what to do."""
    return "\n".join(for_window(f"{fault.message}。{fault.remedy}。".replace("。。", "。")) for fault in faults)
