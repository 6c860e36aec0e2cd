"""Fields of a form: a label with its letter, what is typed, the default in grey, and below it what is wrong."""

from __future__ import annotations

import tkinter as tk
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Any

from qtool.actions.preferences import NO, YES, Preferences
from qtool.desktop.widgets.theme import Theme

_PALE = "#8A94A1"
"""Defaults, lighter than anything that was typed."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a field stands in its page's grid: row, column of the label, how many columns what is typed takes.

    `note` is the row of its note, the next one where it is not said; it takes the columns of the page where `wide`.
    """

    row: int
    column: int = 0
    span: int = 1
    note: int = 0
    wide: bool = False


@dataclass(frozen=True, slots=True)
class FormHost:
    """What a page tells the dialog that it stands in: that something was entered, that its height is another one."""

    changed: Callable[[], object]
    fit: Callable[[], object]


class Form(ttk.Frame):
    """A page of fields in a grid, which scrolls where the screen is too low for it."""

    def __init__(self, parent: tk.Misc, theme: Theme, host: FormHost) -> None:
        super().__init__(parent)
        self.theme, self.changed, self.fit = theme, host.changed, host.fit
        self.fields: dict[str, Field] = {}
        self.letters: dict[str, Callable[[], object]] = {}
        """What Alt and a letter does while this page is shown."""
        self._canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, background=theme.colour.ground)
        self._bar = ttk.Scrollbar(self, command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._scrolled)
        self._canvas.pack(side="left", fill="both", expand=True)
        self.body = ttk.Frame(self._canvas, padding=(theme.px(18), theme.px(12)))
        self._inner = self._canvas.create_window(0, 0, window=self.body, anchor="nw")
        self.body.bind("<Configure>", lambda _event: self._canvas.configure(scrollregion=self._canvas.bbox("all")))
        self._canvas.bind("<Configure>", lambda event: self._canvas.itemconfigure(self._inner, width=event.width))

    def add_text(
        self, key: str, label: str, spot: Spot, tip: str, parent: tk.Misc | None = None, **options: Any
    ) -> None:
        """Add a line of text; `parent` is another frame than the page's own, options are those of TextField."""
        self.fields[key] = TextField(self, parent or self.body, label, spot, tip, **options)

    def add_choice(self, key: str, label: str, spot: Spot, tip: str, choices: Sequence[tuple[str, str]]) -> ChoiceField:
        """Add a choice and return it."""
        field = self.fields[key] = ChoiceField(self, self.body, label, spot, tip, choices)
        return field

    def show(self, texts: Preferences) -> None:
        """Show what is entered in every field."""
        for key, field in self.fields.items():
            field.show(texts[key])

    def show_defaults(self, texts: Mapping[str, str]) -> None:
        """Show what holds where nothing is entered."""
        for key, field in self.fields.items():
            field.show_default(texts[key])

    def natural(self) -> tuple[int, int]:
        """Return the width and height that show all of the page."""
        self.body.update_idletasks()
        return self.body.winfo_reqwidth(), self.body.winfo_reqheight()

    def resize(self, width: int, height: int) -> None:
        """Ask for this much room."""
        self._canvas.configure(width=width, height=height)

    def scroll(self, steps: int) -> None:
        """Move the page, where it does not fit."""
        if self._bar.winfo_ismapped():
            self._canvas.yview_scroll(steps, "units")

    def reveal(self, widget: tk.Misc) -> None:
        """Scroll until a widget is seen, where the page does not fit."""
        tall = max(self.body.winfo_height(), 1)
        top = widget.winfo_rooty() - self.body.winfo_rooty()
        first, last = self._canvas.yview()
        if top < first * tall or top + widget.winfo_height() > last * tall:
            self._canvas.yview_moveto(max(0, top - self.theme.px(40)) / tall)

    def letter(self, text: str, do: Callable[[], object]) -> int:
        """Let Alt and the letter in a text's brackets do something; return where it is underlined, -1 for nowhere."""
        if not text.endswith(")") or "(" not in text:
            return -1
        self.letters[text[-2].lower()] = do
        return len(text) - 2

    def _scrolled(self, first: float, last: float) -> None:
        self._bar.set(first, last)
        whole = float(first) <= 0 and float(last) >= 1
        if whole:
            self._bar.pack_forget()
        elif not self._bar.winfo_ismapped():
            self._bar.pack(side="right", fill="y")


def show_or_remove(widget: tk.Widget, *, shown: bool) -> None:
    """Show a widget where it was placed in its grid, or take it away from there for a while."""
    if shown:
        widget.grid()
    else:
        widget.grid_remove()


class Field(ABC):
    """One field; `text` is what is entered in it, and empty where the default holds."""

    def __init__(self, form: Form, parent: tk.Misc, label: str, spot: Spot, tip: str) -> None:
        self.form, self.theme = form, form.theme
        self._hint = ("", "")
        self._faulty: str | None = None
        """What was entered when something was wrong with it."""
        self.parent = parent
        px = self.theme.px
        self.label = ttk.Label(parent, text=label, underline=form.letter(label, self.focus))
        gap = px(18) if spot.column else 0
        self.label.grid(row=spot.row, column=spot.column, sticky="w", padx=(gap, px(8)), pady=(px(4), 0))
        self.widget = self._widget(parent)
        self.widget.grid(
            row=spot.row, column=spot.column + 1, columnspan=spot.span, sticky="ew", pady=(px(4), 0), ipady=px(1)
        )
        self.note = ttk.Label(parent, font=self.theme.small, wraplength=px(518 if spot.span > 1 or spot.wide else 290))
        self._spot = spot
        self.theme.tip(self.widget, tip)
        self.theme.tip(self.label, tip)
        self.widget.bind("<FocusIn>", lambda _event: form.reveal(self.widget), add="+")

    @property
    @abstractmethod
    def text(self) -> str:
        """What is entered."""

    @abstractmethod
    def show(self, text: str) -> None:
        """Show a text as entered."""

    def show_default(self, text: str) -> None:  # noqa: B027 - not every field has something to show
        """Show what holds while nothing is entered; a choice shows that anyway."""

    def focus(self) -> None:
        """Go there."""
        self.widget.focus_set()
        self.form.reveal(self.widget)

    def say(self, text: str, colour: str = "") -> None:
        """Put a note below the field, or take it away."""
        self.note.configure(text=text, foreground=colour or self.theme.colour.quiet)
        if text:
            spot = self._spot
            column, span = (1, 5) if spot.wide or spot.span > 1 else (spot.column, 2)
            left = self.label.grid_info()["padx"] if span == 2 else 0
            self.note.grid(row=spot.note or spot.row + 1, column=column, columnspan=span, sticky="w", padx=left)
        else:
            self.note.grid_remove()

    def fault(self, text: str) -> None:
        """Say below the field what is wrong with it, until something else is entered; nothing brings the hint back."""
        self._faulty = self.text if text else None
        if text:
            self.say(text, self.theme.colour.bad)
        else:
            self.say(*self._hint)

    def hint(self, text: str, colour: str = "") -> None:
        """Change what stands below the field when nothing is wrong."""
        self._hint = text, colour
        if self._faulty is None:
            self.say(*self._hint)

    def edited(self) -> None:
        """Take note that something else may be entered now."""
        if self._faulty not in (None, self.text):
            self.fault("")
        self.form.changed()

    @abstractmethod
    def _widget(self, parent: tk.Misc) -> ttk.Widget:
        """Return what is entered into."""


class TextField(Field):
    """A line of text, with the default in grey while it is empty; `offered` are texts to choose from."""

    def __init__(
        self,
        form: Form,
        parent: tk.Misc,
        label: str,
        spot: Spot,
        tip: str,
        *,
        width: int = 12,
        offered: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        self._width, self._offered = width, offered
        super().__init__(form, parent, label, spot, tip)
        colour = self.theme.colour
        self._default = tk.Label(
            self._entry, font=self.theme.font, foreground=_PALE, background=colour.paper, anchor="w"
        )
        self._default.configure(borderwidth=0, padx=0, pady=0)
        self._default.bind("<Button-1>", lambda _event: self.widget.focus_set())
        self.theme.tip(self._default, tip)

    def _widget(self, parent: tk.Misc) -> ttk.Widget:
        entry = ttk.Entry(parent, width=self._width) if self._offered is None else ttk.Combobox(parent, width=10)
        if isinstance(entry, ttk.Combobox):
            entry.configure(postcommand=lambda: entry.configure(values=list(self._offered() if self._offered else ())))
            entry.bind("<<ComboboxSelected>>", lambda _event: self._edited())
        entry.configure(validate="key", validatecommand=(entry.register(self._edited), "%P"))
        self._entry = entry
        return entry

    @property
    def text(self) -> str:
        """What is entered."""
        return self._entry.get()

    def show(self, text: str) -> None:
        """Show a text as entered."""
        self._entry.delete(0, "end")
        self._entry.insert(0, text)
        self._place_default(text)

    def show_default(self, text: str) -> None:
        """Show what holds while nothing is entered; a choice shows that anyway."""
        self._default.configure(text=text)
        self._place_default(self.text)

    def _edited(self, now: str | None = None) -> bool:
        """Take note that the text is about to be another one."""
        self._place_default(self.text if now is None else now)
        self._entry.after_idle(self._changed)
        return True

    def _changed(self) -> None:
        if self._entry.winfo_exists():
            self.edited()

    def _place_default(self, text: str) -> None:
        if text or not self._default.cget("text"):
            self._default.place_forget()
        else:
            self._default.place(x=self.theme.px(7), rely=0.5, anchor="w")


class ChoiceField(Field):
    """One of a few texts; `choices` are pairs of what is entered, empty for the default, and what is shown."""

    def __init__(
        self, form: Form, parent: tk.Misc, label: str, spot: Spot, tip: str, choices: Sequence[tuple[str, str]]
    ) -> None:
        self._choices = dict(choices)
        super().__init__(form, parent, label, spot, tip)

    def _widget(self, parent: tk.Misc) -> ttk.Widget:
        self._box = ttk.Combobox(parent, state="readonly", width=10, values=list(self._choices.values()))
        self._box.bind("<<ComboboxSelected>>", self._selected)
        self._box.bind("<MouseWheel>", lambda _event: "break")  # scrolling the page must not change a choice
        return self._box

    @property
    def text(self) -> str:
        """What is entered."""
        choice = self._box.get()
        return next((text for text, name in self._choices.items() if name == choice), choice)

    def show(self, text: str) -> None:
        """Show a text as entered; one that is no choice is shown as it is."""
        self._box.set(self._choices.get(text, text))

    def rename(self, text: str, name: str) -> None:
        """Show a choice by another name."""
        now = self.text
        self._choices[text] = name
        self._box.configure(values=list(self._choices.values()))
        self.show(now)

    def _selected(self, _event: object) -> None:
        self._box.selection_clear()
        self.edited()


class Tick(ttk.Checkbutton):
    """A tick box whose state Tk alone keeps, so that no other thread ever clears away something of Tk."""

    def __init__(self, parent: tk.Misc, text: str, command: Callable[[], object]) -> None:
        super().__init__(parent, text=text, command=command)
        self._variable = f"{self}.on"
        self.tick(on=False)
        self.tk.call(self, "configure", "-variable", self._variable)

    @property
    def ticked(self) -> bool:
        """Whether it is ticked."""
        return str(self.tk.call("set", f"::{self._variable}")) == "1"

    def tick(self, *, on: bool) -> None:
        """Tick it, or take the tick away."""
        self.tk.call("set", f"::{self._variable}", int(on))


class TickField(Field):
    """A tick, which is there unless something else is entered."""

    def _widget(self, parent: tk.Misc) -> ttk.Widget:
        self._tick = Tick(parent, "", self.edited)
        return self._tick

    @property
    def text(self) -> str:
        """What is entered."""
        return YES if self._tick.ticked else NO

    def show(self, text: str) -> None:
        """Show a text as entered; nothing is a yes."""
        self._tick.tick(on=text != NO)
