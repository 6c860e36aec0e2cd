"""How the window looks: sharp at every scaling, in the system's own theme and typeface, with a tooltip everywhere."""

from __future__ import annotations

import contextlib
import math
import sys
import tkinter as tk
from collections.abc import Callable
from itertools import pairwise
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any, NamedTuple

_FACES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei")
"""Typefaces for a desktop whose own one may lack Chinese signs, the best first."""
_HOOK = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.32))
"""The hook's corners, in parts of the box."""
_THICK = 0.075
"""Half the thickness of its strokes."""


class Colours(NamedTuple):
    """The few colours of the window; those with `soft` are grounds under text."""

    paper: str = "#FFFFFF"
    ground: str = "#F2F4F7"
    ink: str = "#1F2A37"
    quiet: str = "#5B6573"
    line: str = "#D3D9E1"
    accent: str = "#1F5FA8"
    accent_soft: str = "#E6EFFA"
    good: str = "#2E7D32"
    good_soft: str = "#E2F1E4"
    warn: str = "#9A5B00"
    warn_soft: str = "#FFF2D9"
    bad: str = "#B3261E"
    bad_soft: str = "#FBE5E3"


def sharpen() -> None:
    """Tell Windows, before Tk starts, that this program scales itself; otherwise it would be blown up and blurred."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - nothing of it is needed elsewhere

        with contextlib.suppress(AttributeError, OSError):  # before Windows 8.1 there is no such call
            ctypes.windll.shcore.SetProcessDpiAwareness(1)


class Theme:
    """Fonts, sizes, colours and styles of one window."""

    def __init__(self, root: tk.Misc) -> None:
        self.colour = Colours()
        dots = root.winfo_fpixels("1i")
        root.tk.call("tk", "scaling", dots / 72)
        self.factor = dots / 96
        self._fonts(root)
        self._styles(root)

    def px(self, pixels: float) -> int:
        """Return a length that is so many pixels at 100 %."""
        return round(pixels * self.factor)

    def tip(self, widget: tk.Widget, text: str | Callable[[], str]) -> None:
        """Give a widget its tooltip; the tooltip's own window is made when the mouse first comes by."""

        def make(_event: object) -> None:
            from qtool.desktop.widgets.tooltip import tooltip  # noqa: PLC0415 - not before one is needed

            widget.unbind("<Enter>", binding)
            colours = (self.colour.quiet, "#FFFDF5", self.colour.ink)
            tooltip(widget, text, self.small, self.px, colours)

        binding = widget.bind("<Enter>", make, add="+")

    def button(
        self, parent: tk.Misc, text: str, letter: str, command: Callable[[], object], tip: str, **options: Any
    ) -> ttk.Button:
        """Return a button with a tooltip; Alt and the letter that stands behind its text press it while it is seen.

        Of several buttons with a letter the last one counts.
        """
        button = ttk.Button(parent, text=f"{text}({letter})", underline=len(text) + 1, command=command, **options)
        self.tip(button, tip)

        def press(_event: object) -> None:
            with contextlib.suppress(tk.TclError):  # the button is gone, with its page
                if button.winfo_viewable():
                    button.invoke()

        button.winfo_toplevel().bind(f"<Alt-{letter.lower()}>", press)
        return button

    def _fonts(self, root: tk.Misc) -> None:
        self.font = tkfont.nametofont("TkDefaultFont", root)
        if sys.platform != "win32":
            families = set(tkfont.families(root))
            face = next((name for name in _FACES if name in families), "")
            for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont", "TkTooltipFont"):
                one = tkfont.nametofont(name, root)
                one.configure(size=10, weight="normal", family=face or str(one.actual("family")))
        family, size = self.font.actual("family"), abs(int(self.font.actual("size")))
        self.bold = tkfont.Font(root, family=family, size=size, weight="bold")
        self.small = tkfont.Font(root, family=family, size=max(size - 1, 8))
        self.title = tkfont.Font(root, family=family, size=size + 5, weight="bold")
        self.figure = tkfont.Font(root, family=family, size=size + 3, weight="bold")
        self.line_height = self.font.metrics("linespace")

    def _styles(self, root: tk.Misc) -> None:
        style, colour = ttk.Style(root), self.colour
        if sys.platform == "win32":
            style.configure("Accent.TButton", font=self.bold)
        else:
            self._clam_styles(root, style)
        pad = self.px(9), self.px(3)
        style.configure("TButton", padding=pad)
        style.configure("Accent.TButton", padding=pad)
        style.configure("Small.TButton", padding=(self.px(6), self.px(1)), font=self.small)
        style.configure("Tool.TButton", padding=(self.px(3), self.px(3)), width=2)
        style.configure("TNotebook.Tab", padding=(self.px(12), self.px(4)))
        style.configure("Treeview", rowheight=self.line_height + self.px(9))
        style.configure("Treeview.Heading", font=self.small, padding=(self.px(4), self.px(3)))
        style.configure("Quiet.TLabel", foreground=colour.quiet)
        style.configure("Bad.TLabel", foreground=colour.bad)
        style.configure("Title.TLabel", font=self.title)
        style.configure("TProgressbar", thickness=self.px(12), background=colour.accent, troughcolor=colour.line)
        root.option_add("*Menu.font", "TkMenuFont")
        root.option_add("*Frame.highlightColor", colour.line)
        root.option_add("*TCombobox*Listbox.font", "TkDefaultFont")

    def _clam_styles(self, root: tk.Misc, style: ttk.Style) -> None:
        """Make the theme clam look like the system's own on a desktop that has none for Tk."""
        colour = self.colour
        style.theme_use("clam")
        style.configure(
            ".",
            background=colour.ground,
            foreground=colour.ink,
            bordercolor=colour.line,
            lightcolor=colour.paper,
            darkcolor=colour.line,
            focuscolor=colour.accent,
            selectbackground=colour.accent,
        )
        style.configure("TButton", background=colour.paper, darkcolor=colour.paper)
        style.map(
            "TButton",
            background=[("disabled", colour.ground), ("pressed", colour.line), ("active", colour.accent_soft)],
            foreground=[("disabled", "#9AA3AE")],
        )
        style.configure("Accent.TButton", background=colour.accent, foreground=colour.paper, font=self.bold)
        style.configure("Accent.TButton", darkcolor=colour.accent, lightcolor=colour.accent)
        style.map(
            "Accent.TButton",
            background=[("disabled", colour.line), ("pressed", "#174A85"), ("active", "#2B70BF")],
            foreground=[("disabled", colour.quiet)],
        )
        style.map("TEntry", bordercolor=[("focus", colour.accent)])
        style.configure("TCombobox", fieldbackground=colour.paper, arrowsize=self.px(12))
        style.map("TCombobox", fieldbackground=[("readonly", colour.paper)], bordercolor=[("focus", colour.accent)])
        style.configure("Treeview", bordercolor=colour.line, fieldbackground=colour.paper, background=colour.paper)
        style.map("Treeview", background=[("selected", colour.accent)], foreground=[("selected", colour.paper)])
        style.configure("Treeview.Heading", background=colour.ground, relief="flat")
        style.configure("TNotebook", background=colour.ground, bordercolor=colour.line)
        style.configure("TNotebook.Tab", background=colour.ground, bordercolor=colour.line)
        style.map("TNotebook.Tab", background=[("selected", colour.paper)])
        self._draw_checkboxes(root, style)
        size = self.px(14)
        style.configure("TRadiobutton", indicatorsize=size, indicatormargin=self.px(3))
        style.configure("TScrollbar", arrowsize=self.px(13), background=colour.line, troughcolor=colour.ground)
        style.map("TScrollbar", background=[("disabled", colour.ground), ("active", "#B9C2CD")])
        for name, value in (
            ("background", colour.paper),
            ("foreground", colour.ink),
            ("relief", "flat"),
            ("activeBackground", colour.accent_soft),
            ("activeForeground", colour.ink),
        ):
            root.option_add(f"*Menu.{name}", value)

    def _draw_checkboxes(self, root: tk.Misc, style: ttk.Style) -> None:
        colour, size = self.colour, self.px(15)
        off = checkbox_image(root, size, ticked=False, colours=(colour.quiet, colour.paper, colour.paper))
        on = checkbox_image(root, size, ticked=True, colours=(colour.accent, colour.accent, colour.paper))
        self._checkboxes = off, on  # Tk forgets a picture that nothing in Python holds
        style.element_create("tick.box", "image", off, ("selected", on), sticky="w", width=size + self.px(6))
        label = ("Checkbutton.label", {"side": "left", "sticky": "nswe"})
        focus = ("Checkbutton.focus", {"side": "left", "sticky": "w", "children": [label]})
        inside = [("tick.box", {"side": "left", "sticky": ""}), focus]
        layout: Any = [("Checkbutton.padding", {"sticky": "nswe", "children": inside})]
        style.layout("TCheckbutton", layout)


def checkbox_image(root: tk.Misc, size: int, *, ticked: bool, colours: tuple[str, str, str]) -> tk.PhotoImage:
    """Return a box of so many pixels; `colours` are those of its edge, its ground, and the hook.

    Clam's own box is crossed out, which reads as a no, and others do not grow with the scaling.
    """
    edge, ground, hook = colours
    rows = []
    for y in range(size):
        row = []
        for x in range(size):
            outside = min(x, y) < 1 or max(x, y) >= size - 1
            away = _from_hook((x + 0.5) / size, (y + 0.5) / size)
            part = max(0.0, min(1.0, 0.5 + (_THICK - away) * size)) if ticked else 0.0
            row.append(edge if outside else _mixed(ground, hook, part))
        rows.append("{" + " ".join(row) + "}")
    picture = tk.PhotoImage(master=root, width=size, height=size)
    picture.put(" ".join(rows))
    return picture


def _from_hook(x: float, y: float) -> float:
    """Return how far a point is from the hook's two strokes."""
    distances = []
    for (ax, ay), (bx, by) in pairwise(_HOOK):
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        along = max(0.0, min(1.0, along))
        distances.append(math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
    return min(distances)


def _mixed(first: str, second: str, part: float) -> str:
    """Return a colour so far on the way from one to another."""
    pairs = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def bind_wheel(widget: tk.Misc, scroll: Callable[[int], object]) -> None:
    """Let the mouse's wheel scroll, as Windows and as X11 tell of it; `scroll` gets -1 for up and 1 for down."""
    widget.bind("<MouseWheel>", lambda event: scroll(-1 if event.delta > 0 else 1))
    widget.bind("<Button-4>", lambda _event: scroll(-1))
    widget.bind("<Button-5>", lambda _event: scroll(1))
