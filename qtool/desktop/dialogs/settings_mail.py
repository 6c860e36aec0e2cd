"""The page of the settings about the mail account: address, servers, and the trial that shows whether they work."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tkinter import ttk

from qtool.actions.action import Face, Outcome, Request, faults_of
from qtool.actions.preferences import MAIL, Preferences, check, known_provider, mail_of
from qtool.desktop.jobs import Job, Jobs
from qtool.desktop.widgets.form import Form, FormHost, Spot, TextField, Tick
from qtool.desktop.widgets.theme import Theme
from qtool.desktop.wording import for_window
from qtool.faults import Fault
from qtool.mail.account import OWN, PROVIDER_NAMES
from qtool.progress import Event

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
    """The mail account; `entered` gives what stands in the whole dialog."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, host: FormHost, root: Path, jobs: Jobs, entered: Callable[[], Preferences]
    ) -> None:
        super().__init__(parent, theme, host)
        self._campaign, self._jobs, self._entered = root, jobs, entered
        self.complain: Callable[[Sequence[Fault]], Sequence[Fault]] = lambda faults: faults
        """Shows what is wrong at the fields that it is about, and returns the rest."""
        self._job: Job | None = None
        self._accepted = ""
        """The secret that servers took last."""
        self.body.columnconfigure(1, weight=1)
        self._account()
        self._secret_row()
        self._trial()

    def show_defaults(self, texts: Mapping[str, str]) -> None:
        """Show what holds where nothing is entered, and what is known of the address."""
        super().show_defaults(texts)
        entered, colour = self._entered(), self.theme.colour
        provider = known_provider(entered[f"{MAIL}.地址"], entered[f"{MAIL}.服务商"])
        if provider.sentence:
            hint = provider.sentence, colour.good if provider.servers else colour.warn
        else:
            hint = "QQ、163、126 等邮箱，程序按地址认得出来", ""
        self.fields[f"{MAIL}.地址"].hint(*hint)
        self.secret.hint(
            f"{provider.advice}。" if provider.sentence else "在网页版邮箱的设置里生成的授权码，不是登录密码。"
        )
        by_address = texts[f"{MAIL}.服务商"]
        self._security.rename("", f"默认（{texts[f'{MAIL}.发信加密']}）")
        self._provider.rename("", "按地址认" if by_address == OWN else f"按地址认（{by_address}）")

    @property
    def untried(self) -> bool:
        """Whether a secret stands there that no server has taken yet."""
        return self.secret.text not in ("", self._accepted)

    @property
    def trying(self) -> bool:
        """Whether a trial is under way."""
        return self._job is not None

    def leave(self) -> None:
        """Stop a trial before the page goes, and forget the secret."""
        if self._job:
            self._job.cancel()
        self.secret.show("")

    def _account(self) -> None:
        """Make the fields of the account, those of the servers below them."""
        choices = [
            ("", "按地址认"),
            *((name, "自建（单位自己的）" if name == OWN else name) for name in PROVIDER_NAMES),
        ]
        securities = [("", "默认（SSL）"), ("SSL", "SSL"), ("STARTTLS", "STARTTLS")]
        tip = "收发评分表用的邮箱。QQ、163、126 邮箱的服务器程序已经知道"
        self.add_text(f"{MAIL}.地址", "邮箱地址(A)", Spot(0, 0, 5), tip)
        self.add_text(
            f"{MAIL}.发件人", "发件人名称(N)", Spot(2, 0, 5), "收信人看到的名称；不填就用方案里的组织单位全称"
        )
        tip = "一般不用选，程序按地址认；单位邮箱由腾讯托管的，选“腾讯企业邮”"
        self._provider = self.add_choice(f"{MAIL}.服务商", "服务商(P)", Spot(4, 0, 5), tip, choices)
        tip = "单位自己的邮箱才要填，问邮箱管理员，如 smtp.example.gov.cn"
        self.add_text(f"{MAIL}.发信服务器", "发信服务器(O)", Spot(6, note=7, wide=True), tip)
        tip = "不填就用灰色的那个；STARTTLS 一般是 587"
        self.add_text(f"{MAIL}.发信端口", "端口", Spot(6, 2, note=8, wide=True), tip, width=6)
        tip = "和发信服务器之间怎样加密；不加密的不能用"
        self._security = self.add_choice(f"{MAIL}.发信加密", "加密", Spot(6, 4, note=9, wide=True), tip, securities)
        tip = "单位自己的邮箱才要填，问邮箱管理员，如 imap.example.gov.cn"
        self.add_text(f"{MAIL}.收信服务器", "收信服务器(I)", Spot(10, note=11, wide=True), tip)
        self.add_text(f"{MAIL}.收信端口", "端口", Spot(10, 2, note=12, wide=True), "不填就用灰色的那个", width=6)
        self.add_text(f"{MAIL}.用户名", "登录用户名(U)", Spot(13, 0, 5), "登录邮箱用的名称，和邮箱地址不一样才要填")

    def _secret_row(self) -> None:
        px = self.theme.px
        ttk.Separator(self.body).grid(row=15, column=0, columnspan=6, sticky="ew", pady=(px(12), px(4)))
        tip = "测试时用它登录。登录成功后存进这台电脑的密码库，不写进任何文件；以前存过的，可以不填"
        self.secret = SecretField(self, self.body, "授权码(K)", Spot(16, 0, 3), tip)
        text = "显示(W)"
        show = Tick(self.body, text, lambda: self.secret.reveal(show.ticked))
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
        entered = self._entered()
        if self._job:
            return
        faults = [fault for fault in check(entered, mail=True) if fault.sheet == MAIL]
        self.complain(faults)
        if faults:
            return
        secret, root = self.secret.text, self._campaign
        self._entered_secret = secret
        self._begin()

        def work(job: Job) -> Outcome:
            from qtool.actions.mail_test import mail_trial  # noqa: PLC0415 - mail is slow to import

            face = Face(secret=lambda _question: secret)
            request = Request(root, {"renew": bool(secret)}, job.report, face=face)
            return mail_trial(request, mail_of(root, entered))

        self._job = self._jobs.run(work, self._done, self._failed, self._stopped, self._show_progress)

    def _begin(self) -> None:
        colour = self.theme.colour
        for (mark, title, result), name in zip(self.steps, _STEPS, strict=True):
            mark.configure(text=_WAITING, foreground=colour.quiet)
            title.configure(text=name, foreground=colour.quiet)
            result.configure(text="")
        self._tell("", colour.ink)
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

    def _show_progress(self, event: Event) -> None:
        if not self.winfo_exists():
            return
        for number, (mark, title, _result) in enumerate(self.steps):
            if number < event.done:
                mark.configure(text=_GOOD, foreground=self.theme.colour.good)
                title.configure(foreground=self.theme.colour.ink)
            elif number == event.done:
                mark.configure(text=_NOW, foreground=self.theme.colour.accent)
                title.configure(foreground=self.theme.colour.ink)

    def _done(self, outcome: Outcome) -> None:
        colour = self.theme.colour
        if not self._end("没有通过" if outcome.failed else "全部通过"):
            return
        rows = outcome.tables[0].rows
        for number, ((_name, text), (mark, title, result)) in enumerate(zip(rows, self.steps, strict=False)):
            bad = outcome.failed and number == len(rows) - 1
            shade = colour.bad if bad else colour.good
            mark.configure(text=_BAD if bad else _GOOD, foreground=shade)
            title.configure(foreground=colour.ink)
            result.configure(text=text, foreground=colour.bad if bad else colour.quiet)
        if outcome.failed:
            self._tell(sentences(outcome.faults), colour.bad)
            return
        self._accepted = self._entered_secret
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
        if rest := self.complain(faults):
            self._tell(sentences(rest), self.theme.colour.bad)

    def _stopped(self) -> None:
        self._end("已停下")

    def _tell(self, text: str, colour: str) -> None:
        self.remedy.configure(text=text, foreground=colour)
        self.fit()


class SecretField(TextField):
    """A line that nobody may read over a shoulder."""

    def _widget(self, parent: tk.Misc) -> ttk.Widget:
        widget = super()._widget(parent)
        self._entry.configure(show="●")
        return widget

    def reveal(self, visible: bool) -> None:
        """Show what is typed, or hide it."""
        self._entry.configure(show="" if visible else "●")


def sentences(faults: Sequence[Fault]) -> str:
    """Return faults as their readers understand them without a place: what is wrong, what to do."""
    return "\n".join(for_window(f"{fault.message}。{fault.remedy}。".replace("。。", "。")) for fault in faults)
