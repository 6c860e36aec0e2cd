"""Outcomes drawn on a terminal with rich."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from qtool.actions.action import Listing, Outcome
from qtool.faults import Fault
from qtool.progress import Event, Report

_PLAIN_WIDTH = 120
"""Columns of an output that is no terminal."""
_MOST_FAULTS = 60
"""Faults that are listed on a terminal; files made for that purpose hold them all."""
_COLOURS = {"已采用": "green", "需改正": "red", "未交回": "yellow", "未生成": "yellow"}
_MOST_ROWS = 40
"""Rows of a table that a terminal shows."""
_PIECES = re.compile(r"(?:[!-\[\]-~]+|[“‘（《[]*.)[。，、；：？！）》”’…]*")
"""What must not be broken: words, figures, and signs with what opens before or closes after them."""
_WHOLE = {"状态", "收到时间", "版本", "名次", "总分"}
"""Columns that stay on one line when the terminal is narrow."""


def show(outcome: Outcome) -> None:
    """Print an outcome: what was said, tables, faults with the errors first, what to do next."""
    live = sys.stdout.isatty()
    console = Console(highlight=False, soft_wrap=True, width=None if live else _PLAIN_WIDTH)
    width = console.width if live else None
    for line in outcome.sentences:
        console.print(escape(wrapped(line, width)))
    for listing in outcome.tables:
        console.print(f"\n[bold]{escape(listing.title)}[/bold]")
        console.print(_table(listing, _MOST_ROWS if live else len(listing.rows)), soft_wrap=False)
        if live and len(listing.rows) > _MOST_ROWS:
            console.print(f"……还有{len(listing.rows) - _MOST_ROWS}行，加 --json 可以看到全部")
    for title, colour, errors in (("错误", "red", True), ("提示", "yellow", False)):
        _faults(console, title, colour, [fault for fault in outcome.faults if fault.is_error is errors], width)
    if outcome.next:
        console.print(f"\n[bold]{escape(wrapped(outcome.next, width))}[/bold]")


def _faults(console: Console, title: str, colour: str, faults: list[Fault], width: int | None) -> None:
    if not faults:
        return
    console.print(f"\n[bold {colour}]{title}（{len(faults)}）[/bold {colour}]")
    listed = faults[:_MOST_FAULTS] if width else faults
    for fault in listed:
        console.print(f"  [{colour}]·[/{colour}] {escape(wrapped(str(fault), width, indent=4))}")
    if len(faults) > len(listed):
        console.print(f"  ……还有{len(faults) - len(listed)}条，加 --json 可以看到全部")


def wrapped(text: str, width: int | None, indent: int = 0) -> str:
    """Return a text in lines of so many columns, all but the first indented; without a width it stays one line.

    Chinese may break anywhere, but no line begins with what closes a clause, and a word or figure stays whole. Rich
    would take a clause for a word and leave half of the line empty.
    """
    if width is None:
        return text
    lines, used = [""], indent
    for piece in _PIECES.findall(text):
        wide = cell_len(piece)
        if used + wide > width and used > indent:
            lines.append("")
            used = indent
        if lines[-1] or piece != " ":
            lines[-1] += piece
            used += wide
    return f"\n{' ' * indent}".join(line.rstrip() for line in lines)


def _table(listing: Listing, most: int) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    rows = [list(row) for row in listing.rows[:most]]
    for index, head in enumerate(listing.heads):
        figures = bool(rows) and all(_is_figure(row[index]) for row in rows)
        if figures:
            _align(rows, index)
        table.add_column(head, justify="right" if figures else "left", overflow="fold", no_wrap=head in _WHOLE)
    for row in rows:
        table.add_row(*(Text(cell, _COLOURS.get(cell, "")) for cell in row))
    return table


def _align(rows: list[list[str]], index: int) -> None:
    """Put the decimal points of a column under one another."""
    decimals = [len(row[index].partition(".")[2]) + ("." in row[index]) for row in rows]
    for row, places in zip(rows, decimals, strict=True):
        row[index] += "\u00a0" * (max(decimals) - places)


def _is_figure(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()


@contextlib.contextmanager
def progress() -> Iterator[tuple[Report, Callable[[], None]]]:
    """Show a progress bar while the block runs; yields what reports to it, and what takes it away for a question."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)

    def report(event: Event) -> None:
        bar.start()  # not before something is reported: a quick command shows no bar at all
        bar.update(task, completed=event.done, total=event.total, description=escape(event.what))

    try:
        yield report, bar.stop
    finally:
        bar.stop()
