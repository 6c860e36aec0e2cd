"""Outcomes drawn on a terminal with rich."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from qtool.actions.spec import Listing, Outcome
from qtool.faults import Fault
from qtool.progress import Event, Report

_PLAIN_WIDTH = 120
"""Columns of an output that is no terminal."""
_SHOWN = 60
"""Faults that are listed on a terminal; files made for that purpose hold them all."""


_COLOURS = {"已采用": "green", "需改正": "red", "未交回": "yellow", "未生成": "yellow"}
_WHOLE = {"状态", "收到时间", "版本", "名次", "总分"}
"""Columns that stay on one line when the terminal is narrow."""


def show(outcome: Outcome) -> None:
    """Print an outcome: what was said, tables, faults with the errors first, what to do next."""
    live = sys.stdout.isatty()
    console = Console(highlight=False, soft_wrap=not live, width=None if live else _PLAIN_WIDTH)
    for line in outcome.said:
        console.print(escape(line))
    for listing in outcome.tables:
        console.print()
        console.print(f"[bold]{escape(listing.title)}[/bold]")
        console.print(_table(listing), soft_wrap=False)
    for title, colour, errors in (("错误", "red", True), ("提示", "yellow", False)):
        _faults(console, title, colour, [found for found in outcome.faults if found.is_error is errors], live=live)
    if outcome.next:
        console.print()
        console.print(f"[bold]{escape(outcome.next)}[/bold]")


def _faults(console: Console, title: str, colour: str, faults: list[Fault], *, live: bool) -> None:
    """List faults; on a terminal their further lines are indented, in a file each stays one line to search for."""
    if not faults:
        return
    console.print()
    console.print(f"[bold {colour}]{title}（{len(faults)}）[/bold {colour}]")
    shown = faults[:_SHOWN] if live else faults
    if live:
        grid = Table.grid(padding=(0, 1), pad_edge=False)
        grid.add_column(style=colour, width=2, justify="right")
        grid.add_column(overflow="fold")
        for found in shown:
            grid.add_row("·", escape(str(found)))
        console.print(grid)
    else:
        for found in shown:
            console.print(f"  · {escape(str(found))}")
    if len(faults) > len(shown):
        console.print(f"  ……还有{len(faults) - len(shown)}条，加 --json 可以看到全部")


def _table(listing: Listing) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    for index, head in enumerate(listing.heads):
        figures = bool(listing.rows) and all(_is_figure(row[index]) for row in listing.rows)
        table.add_column(head, justify="right" if figures else "left", overflow="fold", no_wrap=head in _WHOLE)
    for row in listing.rows:
        table.add_row(*(Text(cell, _COLOURS.get(cell, "")) for cell in row))
    return table


def _is_figure(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()


@contextlib.contextmanager
def progress() -> Iterator[Report]:
    """Show a progress bar while the block runs; yields what reports to it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(event: Event) -> None:
            bar.update(task, completed=event.done, total=event.total, description=escape(event.what))

        yield report
