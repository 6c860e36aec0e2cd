"""Whether everybody can read and use the window: tooltips, keyboard, letters, Chinese, nothing cut at any scaling."""

from __future__ import annotations

import ast
import contextlib
import re
import tkinter as tk
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tkinter import ttk

import pytest
from cli_cases import prepared, rehearsed, troubled
from window_cases import Desk, OpenWindow, display, every, open_window
from xvfb_cases import screen, until_none

from qtool import desktop

__all__ = ["display", "open_window"]
USED = (
    ttk.Button,
    ttk.Entry,
    ttk.Combobox,
    ttk.Treeview,
    ttk.Menubutton,
    ttk.Checkbutton,
    ttk.Radiobutton,
    ttk.Progressbar,
    tk.Text,
    tk.Canvas,
)
"""Kinds of widgets that say more when the mouse is over them."""
FOREIGN = {"Excel", "WPS", "Word", "PDF", "Ctrl", "Alt", "Tab", "Shift", "Esc", "qtool", "toml", "USB", "OK"}
"""Words that users know from their programs and keyboards; qtool.toml is a file's name."""


def seen(widget: tk.Misc, kind: type[tk.Misc]) -> list[tk.Misc]:
    """Return all widgets of a kind that can be seen."""
    return [one for one in every(widget, kind) if one.winfo_viewable()]


def entries(menu: tk.Menu) -> Iterator[str]:
    """Yield what all entries of a menu and of those inside it say."""
    last = menu.index("end")
    for place in range((-1 if last is None else last) + 1):
        if menu.type(place) in ("command", "cascade"):
            yield str(menu.entrycget(place, "label"))
        if menu.type(place) == "cascade":
            yield from entries(menu.nametowidget(menu.entrycget(place, "menu")))


def texts(desk: Desk) -> Iterator[str]:
    """Yield all that is written in the window, its tables and its menus."""
    for widget in every(desk.root, tk.Misc):
        if "text" in (widget.keys() or ()):
            yield str(widget.cget("text"))
        if isinstance(widget, tk.Text):
            yield widget.get("1.0", "end")
        if isinstance(widget, ttk.Treeview):
            for column in widget["columns"]:
                yield str(widget.heading(column, "text"))
            for row in widget.get_children():
                yield from map(str, widget.item(row, "values"))
        if isinstance(widget, tk.Menu):
            yield from entries(widget)
        if isinstance(widget, ttk.Notebook):
            yield from (str(desk.root.tk.call(widget, "tab", page, "-text")) for page in widget.tabs())  # type: ignore[no-untyped-call]
        if isinstance(widget, tk.Canvas):
            drawn = [item for item in widget.find_all() if str(widget.type(item)) == "text"]
            yield from (str(desk.root.tk.call(widget, "itemcget", item, "-text")) for item in drawn)


@pytest.mark.parametrize("campaign", [None, prepared, troubled, rehearsed])
def test_whatever_can_be_used_has_a_tooltip(open_window: OpenWindow, tmp_path: Path, campaign: object) -> None:
    desk = open_window(campaign(tmp_path) if callable(campaign) else None)
    without = [
        f"{one.winfo_class()} {one.cget('text') if 'text' in (one.keys() or ()) else one}"
        for kind in USED
        for one in every(desk.root, kind)
        if not one.bind("<Enter>")
    ]
    assert without == []


@pytest.mark.parametrize("campaign", [None, prepared, troubled, rehearsed])
def test_all_that_is_said_is_chinese(open_window: OpenWindow, tmp_path: Path, campaign: object) -> None:
    desk = open_window(campaign(tmp_path) if callable(campaign) else None)
    shown = [text.replace(str(tmp_path), "") for text in texts(desk)]
    assert len(shown) > 30
    plain = [re.sub("登记人：[^）]+", "", text) for text in shown]
    plain = [
        re.sub(r"[\w\-（）《》 .]*\.(xlsx|docx|toml|jsonl|zip|txt|json|log)|[SPMTCDE]\d\d", "", text) for text in plain
    ]
    foreign = {word: text for text in plain for word in re.findall(r"[A-Za-z]{3,}", text) if word not in FOREIGN}
    assert foreign == {}


def order_of(desk: Desk) -> list[tk.Misc]:
    """Return what Tab leads to, from one widget to the next, until it begins again."""
    first = desk.root.tk_focusNext()
    found: list[tk.Misc] = []
    widget = first
    while widget is not None and widget not in found and len(found) < 200:
        found.append(widget)
        widget = widget.tk_focusNext()
    return found


@pytest.mark.parametrize("campaign", [None, rehearsed])
def test_tab_leads_to_every_button_in_the_order_of_reading(
    open_window: OpenWindow, tmp_path: Path, campaign: object
) -> None:
    desk = open_window(campaign(tmp_path) if callable(campaign) else None)
    desk.focus()
    found = order_of(desk)
    shown = [one for kind in (ttk.Button, ttk.Entry, ttk.Menubutton) for one in seen(desk.root, kind)]
    missing = [str(one.cget("text")) for one in shown if one not in found and not one.instate(["disabled"])]  # type: ignore[attr-defined]
    assert missing == []
    tops = [one.winfo_rooty() for one in found if isinstance(one, ttk.Button) and one.winfo_rootx() < 330]
    assert tops == sorted(tops), "the left side is gone through from the top down"
    rows: dict[int, list[int]] = {}
    for one in found:
        if isinstance(one, ttk.Button):
            rows.setdefault(one.winfo_rooty(), []).append(one.winfo_rootx())
    assert [left for left in rows.values() if left != sorted(left)] == [], "each line from left to right"


def letters(desk: Desk) -> Counter[str]:
    """Return the letters that can be seen to go with Alt, on buttons and in the menu bar."""
    found = Counter[str]()
    for one in seen(desk.root, ttk.Button):
        if match := re.search(r"\((\w)\)$", str(one.cget("text"))):
            found[match[1]] += 1
    bar = desk.root.nametowidget(str(desk.root.cget("menu")))
    for place in range(bar.index("end") + 1):
        match = re.search(r"\((\w)\)$", str(bar.entrycget(place, "label")))
        assert match
        found[match[1]] += 1
    return found


@pytest.mark.parametrize("campaign", [None, prepared, rehearsed])
def test_no_letter_is_used_twice(open_window: OpenWindow, tmp_path: Path, campaign: object) -> None:
    desk = open_window(campaign(tmp_path) if callable(campaign) else None)
    if campaign is rehearsed:
        desk.window.commands.tally()
        desk.settle()
    for show in (desk.window.show_problems, desk.window.show_results):
        show()
        desk.root.update()
        assert [letter for letter, count in letters(desk).items() if count > 1] == []


def test_every_letter_presses_its_button(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(rehearsed(tmp_path))
    desk.window.commands.tally()
    desk.settle()
    desk.window.show_results()
    desk.root.update()
    pressed: list[str] = []
    wanted: list[str] = []
    for one in seen(desk.root, ttk.Button):
        match = re.search(r"\((\w)\)$", str(one.cget("text")))
        if match and isinstance(one, ttk.Button) and one.instate(["!disabled"]):
            wanted.append(match[1])
            one.configure(command=lambda letter=match[1]: pressed.append(letter))  # type: ignore[misc]
    desk.focus()
    for letter in wanted:
        desk.keys(f"alt+{letter.lower()}")
    assert pressed == wanted
    assert len(wanted) > 9


def menus_down(desk: Desk, bar: tk.Menu) -> list[str]:
    """Return the menus of the menu bar that can be seen, by Tk's names."""
    clones = desk.root.tk.splitlist(desk.root.tk.call("winfo", "children", f".#{bar.winfo_name()}"))
    return [str(name) for name in clones if desk.root.tk.call("winfo", "ismapped", name)]


def test_every_menu_comes_down_by_its_letter(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(prepared(tmp_path))
    bar = desk.root.nametowidget(str(desk.root.cget("menu")))
    desk.focus()
    down: list[str] = []
    for place in range(bar.index("end") + 1):
        label = str(bar.entrycget(place, "label"))
        desk.keys(f"alt+{label[-2].lower()}")
        desk.until(lambda: len(menus_down(desk, bar)) == 1)
        down += menus_down(desk, bar)
        desk.keys("Escape", "Escape")
        desk.until(lambda: not menus_down(desk, bar))
    assert len(set(down)) == bar.index("end") + 1, "a letter is another menu's, too"


def cut(desk: Desk) -> list[str]:
    """Return the labels and buttons whose text does not fit, or that hang over the window's edge."""
    found = []
    root = desk.root
    right, bottom = root.winfo_rootx() + root.winfo_width(), root.winfo_rooty() + root.winfo_height()
    for kind in (tk.Label, ttk.Label, ttk.Button, ttk.Radiobutton, ttk.Menubutton):
        for one in seen(root, kind):
            if not str(one.cget("text")):
                continue
            small = one.winfo_reqwidth() > one.winfo_width() + 1 or one.winfo_reqheight() > one.winfo_height() + 1
            over = (
                one.winfo_rootx() + one.winfo_width() > right + 1 or one.winfo_rooty() + one.winfo_height() > bottom + 1
            )
            if small or over:
                size = f"{one.winfo_reqwidth()}x{one.winfo_reqheight()} in {one.winfo_width()}x{one.winfo_height()}"
                found.append(f"{one.cget('text')}: {size}{' over the edge' if over else ''}")
    return found


Screens = Callable[[str, int], str]


@pytest.fixture(scope="session")
def screens() -> Iterator[Screens]:
    """Give the tests further screens, which stay: Tk keeps its connection, and would end the process without it."""
    with contextlib.ExitStack() as kept:
        yield cache(lambda size, dpi: kept.enter_context(screen(size, dpi)))


SCREENS = [("1280x720", 96), ("1920x1080", 144), ("2560x1440", 192)]


@pytest.mark.parametrize(("size", "dpi"), SCREENS)
def test_nothing_is_cut_at_any_scaling(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screens: Screens, size: str, dpi: int
) -> None:
    monkeypatch.setenv("DISPLAY", screens(size, dpi))
    desk = open_window()
    assert round(desk.window.theme.factor * 96) == dpi
    until_none(desk.root, lambda: cut(desk))
    whole = desk.root.geometry().partition("+")[0]
    least = "{}x{}".format(*desk.root.minsize())
    for kind in (prepared, troubled, rehearsed):
        desk.open(kind(tmp_path))
        for geometry in (least, whole):
            desk.resize(geometry)
            for show in (desk.window.show_problems, desk.window.show_results):
                show()
                until_none(desk.root, lambda: [f"{kind.__name__} {geometry} {line}" for line in cut(desk)])  # noqa: B023 - called at once


def shown_columns(tree: ttk.Treeview) -> list[int]:
    return [int(name) for name in tree["displaycolumns"]] if tree["displaycolumns"] != ("#all",) else []


def hanging_over(desk: Desk) -> list[str]:
    """Return the tables whose columns together are wider than the table."""
    return [
        f"{tree}: {tree.winfo_width()}"
        for tree in seen(desk.root, ttk.Treeview)
        if isinstance(tree, ttk.Treeview)
        and sum(tree.column(str(number), "width") for number in shown_columns(tree)) > tree.winfo_width()
    ]


def test_each_column_of_the_board_is_inside_it(open_window: OpenWindow, tmp_path: Path) -> None:
    desk = open_window(troubled(tmp_path))
    for geometry in ("1280x680", "900x560"):
        desk.resize(geometry)
        assert any(isinstance(tree, ttk.Treeview) and shown_columns(tree) for tree in seen(desk.root, ttk.Treeview))
        until_none(desk.root, lambda: hanging_over(desk))


def bases(name: str, known: dict[str, ast.ClassDef]) -> set[str]:
    """Return the classes of Tk that a class of the window comes from."""
    if name not in known:
        return {name.rpartition(".")[2]}
    return {found for base in known[name].bases for found in bases(ast.unparse(base), known)}


def test_no_name_of_tk_is_taken_by_accident() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(desktop.__file__).parent.rglob("*.py")]
    known = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    wrong = []
    for name, node in known.items():
        above = [getattr(tk, base, None) or getattr(ttk, base, None) for base in bases(name, known)]
        taken = {word for base in above if isinstance(base, type) and issubclass(base, tk.Misc) for word in dir(base)}
        taken -= {"destroy"}  # meant
        taken |= {"_name", "_w", "_root", "_tclCommands", "children", "master", "tk", "widgetName"} if taken else set()
        for part in ast.walk(node):
            if (
                isinstance(part, ast.Attribute)
                and isinstance(part.ctx, ast.Store)
                and ast.unparse(part.value) == "self"
            ):
                wrong += [f"{name}.{part.attr}"] if part.attr in taken else []
            if isinstance(part, ast.FunctionDef) and not part.name.startswith("__") and part.name in taken:
                wrong.append(f"{name}.{part.name}()")
    assert len(known) > 25
    assert wrong == []
