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

from qtool.actions.spec import Listing, Outcome
from qtool.faults import Fault
from qtool.progress import Event, Report

_PLAIN_WIDTH = 120
"""Columns of an output that is no terminal."""
_SHOWN = 60
"""Faults that are listed on a terminal; files made for that purpose hold them all."""


def show(outcome: Outcome) -> None:
    """Print an outcome: what was said, tables, faults with the errors first, what to do next."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
    for line in outcome.said:
        console.print(escape(line))
    for listing in outcome.tables:
        console.print(_table(listing))
    errors = [found for found in outcome.faults if found.is_error]
    hints = [found for found in outcome.faults if not found.is_error]
    _faults(console, "错误", "red", errors)
    _faults(console, "提示", "yellow", hints)
    if outcome.next:
        console.print(f"[bold]{escape(outcome.next)}[/bold]")


def _faults(console: Console, title: str, colour: str, faults: list[Fault]) -> None:
    if not faults:
        return
    console.print(f"[{colour}]{title}（{len(faults)}）[/{colour}]")
    for found in faults[:_SHOWN]:
        console.print(f"  [{colour}]·[/{colour}] {escape(str(found))}")
    if len(faults) > _SHOWN:
        console.print(f"  ……还有{len(faults) - _SHOWN}条，加 --json 可以看到全部")


def _table(listing: Listing) -> Table:
    table = Table(title=listing.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for index, head in enumerate(listing.heads):
        figures = all(_is_figure(row[index]) for row in listing.rows)
        table.add_column(head, justify="right" if figures and listing.rows else "left", overflow="fold")
    for row in listing.rows:
        table.add_row(*(escape(cell) for cell in row))
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
