"""Fields of a form: a label with its letter, what is typed, the default in grey, and below it what is wrong."""

from __future__ import annotations

import tkinter as tk
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tkinter import font as tkfont
from tkinter import ttk

from qtool.actions.preferences import CHOICE, ENTRIES, FACE, NO, NUMBER, TEXT, TICK, YES, Entry, Preferences
from qtool.desktop.widgets.theme import Theme
from qtool.faults import Fault

_PALE = "#8A94A1"
"""Defaults, lighter than anything that was typed."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a field stands in its page's grid: row, column of the label, how many columns what is typed takes.

    `note` is the row of its note, which then takes all columns; 0 for the next row, below the field alone.
    """

    row: int
    column: int
    span: int
    note: int


@dataclass(frozen=True, slots=True)
class FormHost:
    """The dialog that a page stands in: what it is told, and what it gives and does.

    It is told that something was entered, and that the page's height is another one. It gives what stands on all pages,
    and shows faults at the fields that they are about, of which it returns the rest.
    """

    changed: Callable[[], object]
    fit: Callable[[], object]
    entered: Callable[[], Preferences]
    complain: Callable[[Sequence[Fault]], Sequence[Fault]]


class Form(ttk.Frame):
    """A page of fields in a grid, which scrolls where the screen is too low for it."""

    def __init__(self, parent: tk.Misc, theme: Theme, host: FormHost) -> None:
        super().__init__(parent)
        self.theme, self.host = theme, host
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

    def add(self, section: str, rows: Sequence[Sequence[str]], parent: tk.Misc, *, pairs: bool = False) -> None:
        """Add rows of fields by the names of a section's entries; a field that is alone takes the whole row.

        In rows of `pairs` a note stands below its own field; otherwise each note has a row for itself. An empty name
        leaves its place free.
        """
        row = 0
        for names in rows:
            alone = len(names) == 1
            span = (3 if pairs else 5) if alone else 1
            for number, name in enumerate(filter(None, names)):
                entry = ENTRIES[f"{section}.{name}"]
                spot = Spot(row, 2 * number, span, note=0 if pairs and not alone else row + 1 + number)
                self.fields[entry.key] = FIELDS[entry.kind](self, parent, entry, spot)
            row += 1 + (1 if pairs else len(names))

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

    def __init__(self, form: Form, parent: tk.Misc, entry: Entry, spot: Spot) -> None:
        self.form, self.theme, self.entry, self.parent = form, form.theme, entry, parent
        self._hint = ("", "")
        self._faulty: str | None = None
        """What was entered when something was wrong with it."""
        px = self.theme.px
        self.label = ttk.Label(parent, text=entry.label, underline=form.letter(entry.label, self.focus))
        self._gap = px(18) if spot.column else 0, px(8)
        self.label.grid(row=spot.row, column=spot.column, sticky="w", padx=self._gap, pady=(px(4), 0))
        self.widget = self._widget()
        self.widget.grid(
            row=spot.row, column=spot.column + 1, columnspan=spot.span, sticky="ew", pady=(px(4), 0), ipady=px(1)
        )
        self.note = ttk.Label(parent, font=self.theme.small, wraplength=px(518 if spot.note else 290))
        self._spot = spot
        self.theme.tip(self.widget, entry.help)
        self.theme.tip(self.label, entry.help)
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
            if spot.note:
                self.note.grid(row=spot.note, column=1, columnspan=5, sticky="w")
            else:
                self.note.grid(row=spot.row + 1, column=spot.column, columnspan=2, sticky="w", padx=self._gap)
        else:
            self.note.grid_remove()

    def fault(self, text: str) -> None:
        """Say below the field what is wrong with it, until something else is entered; nothing brings the hint back."""
        self._faulty = self.text if text else None
        self.say(*((text, self.theme.colour.bad) if text else self._hint))

    def hint(self, text: str, colour: str = "") -> None:
        """Change what stands below the field when nothing is wrong."""
        self._hint = text, colour
        if self._faulty is None:
            self.say(*self._hint)

    def edited(self) -> None:
        """Take note that something else may be entered now."""
        if self._faulty not in (None, self.text):
            self.fault("")
        self.form.host.changed()

    @abstractmethod
    def _widget(self) -> ttk.Widget:
        """Return what is entered into."""


class TextField(Field):
    """A line of text, with the default in grey while it is empty."""

    def __init__(self, form: Form, parent: tk.Misc, entry: Entry, spot: Spot) -> None:
        super().__init__(form, parent, entry, spot)
        self._default = tk.Label(self._line, font=self.theme.font, foreground=_PALE, background=self.theme.colour.paper)
        self._default.configure(anchor="w", borderwidth=0, padx=0, pady=0)
        self._default.bind("<Button-1>", lambda _event: self.widget.focus_set())
        self.theme.tip(self._default, entry.help)

    def _widget(self) -> ttk.Widget:
        self._line = self._empty_line()
        self._line.configure(validate="key", validatecommand=(self._line.register(self._edited), "%P"))
        return self._line

    def _empty_line(self) -> ttk.Entry:
        return ttk.Entry(self.parent, width=6 if self.entry.kind == NUMBER else 12)

    @property
    def text(self) -> str:
        """What is entered."""
        return self._line.get()

    def show(self, text: str) -> None:
        """Show a text as entered."""
        self._line.delete(0, "end")
        self._line.insert(0, text)
        self._place_default(text)

    def show_default(self, text: str) -> None:
        """Show what holds while nothing is entered."""
        self._default.configure(text=text)
        self._place_default(self.text)

    def _edited(self, text: str) -> bool:
        """Take note that this is about to be the text."""
        self._place_default(text)
        self._line.after_idle(lambda: self.edited() if self._line.winfo_exists() else None)
        return True

    def _place_default(self, text: str) -> None:
        if text or not self._default.cget("text"):
            self._default.place_forget()
        else:
            self._default.place(x=self.theme.px(7), rely=0.5, anchor="w")


class FaceField(TextField):
    """A typeface, of those that are installed or any other; Chinese names come first."""

    def _empty_line(self) -> ttk.Entry:
        box = ttk.Combobox(self.parent, width=10)
        box.configure(postcommand=lambda: box.configure(values=self._families()))
        box.bind("<<ComboboxSelected>>", lambda _event: self._edited(self.text))
        return box

    def _families(self) -> list[str]:
        names = {name for name in tkfont.families(self._line) if not name.startswith("@")}
        return sorted(names, key=lambda name: (name.isascii(), name))


class SecretField(TextField):
    """A line that nobody may read over a shoulder."""

    def _empty_line(self) -> ttk.Entry:
        return ttk.Entry(self.parent, show="●")

    def reveal(self, *, visible: bool) -> None:
        """Show what is typed, or hide it."""
        self._line.configure(show="" if visible else "●")


class ChoiceField(Field):
    """One of the entry's choices."""

    def _widget(self) -> ttk.Widget:
        self._choices = dict(self.entry.choices)
        self._box = ttk.Combobox(self.parent, state="readonly", width=10, values=list(self._choices.values()))
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

    def name_default(self, name: str) -> None:
        """Show the default by this name."""
        text = self.text
        self._choices[""] = name
        self._box.configure(values=list(self._choices.values()))
        self.show(text)

    def _selected(self, _event: object) -> None:
        self._box.selection_clear()
        self.edited()


class Tick(ttk.Checkbutton):
    """A tick box whose state Tk alone keeps, so that no other thread ever clears away something of Tk."""

    def __init__(self, parent: tk.Misc, text: str, command: Callable[[], object]) -> None:
        super().__init__(parent, text=text, command=command)
        self.tick(on=False)

    @property
    def ticked(self) -> bool:
        """Whether it is ticked."""
        return self.instate(["selected"])

    def tick(self, *, on: bool) -> None:
        """Tick it, or take the tick away; without a variable of Python's, Tk's own has the name of the widget."""
        self.tk.call("set", f"::{self}", int(on))


class TickField(Field):
    """A tick, which is there unless something else is entered."""

    def _widget(self) -> ttk.Widget:
        self._tick = Tick(self.parent, "", self.edited)
        return self._tick

    @property
    def text(self) -> str:
        """What is entered."""
        return YES if self._tick.ticked else NO

    def show(self, text: str) -> None:
        """Show a text as entered; nothing is a yes."""
        self._tick.tick(on=text != NO)


FIELDS: dict[str, type[Field]] = {TEXT: TextField, NUMBER: TextField, TICK: TickField}
FIELDS |= {CHOICE: ChoiceField, FACE: FaceField}
"""The field for each kind of entry."""
