"""The page of the settings about official documents: the standard, heads and feet, lengths and typefaces."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk

from qtool.actions.preferences import PAPERS, Preferences
from qtool.desktop.look import Look
from qtool.desktop.settings_fields import Around, ChoiceField, Field, Form, Spot, TextField, TickField

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
    """How official documents look."""

    def __init__(self, parent: tk.Misc, look: Look, around: Around) -> None:
        super().__init__(parent, look, around)
        self._families: tuple[str, ...] = ()
        self._columns(self.body)
        self._plain()
        self._more_button = ttk.Button(self.body, command=self.more, width=14, style="Small.TButton")
        self._more_button.grid(row=20, column=0, columnspan=4, sticky="w", pady=(look.px(12), 0))
        look.tip(self._more_button, "页边距、行距和字体；一般不用改")
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
        frame.columnconfigure(0, minsize=self.look.px(130))
        frame.columnconfigure(2, minsize=self.look.px(142))
        frame.columnconfigure((1, 3), weight=1, uniform="fields")

    def _put(self) -> None:
        text = "更少(M) ▴" if self._open else "更多(M) ▾"
        self._more_button.configure(text=text, underline=3)
        if self._open:
            self._more.grid(row=21, column=0, columnspan=4, sticky="ew", pady=(self.look.px(6), 0))
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
        wrap = self.look.px(560)
        self._lacking = ttk.Label(
            self._more, font=self.look.small, foreground=self.look.colour.warn, wraplength=wrap, justify="left"
        )
        self._lacking.grid(row=12, column=0, columnspan=4, sticky="w", pady=(self.look.px(6), 0))
        self._lacking.grid_remove()

    def _add(self, name: str, field: Field) -> None:
        self.fields[f"公文.{name}"] = field

    def _installed(self) -> tuple[str, ...]:
        if not self._families:
            names = {name for name in tkfont.families(self) if not name.startswith("@")}
            chinese = {name for name in names if not name.isascii()}
            self._families = (*sorted(chinese), *sorted(names - chinese))
        return self._families
