"""From a problem to the cell that it is about: its file is opened there, beside whatever is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtool.desktop.wording import for_window
from qtool.state.view import Problem

if TYPE_CHECKING:
    from qtool.actions.open_problem import Looking
    from qtool.desktop.window import Window


def go_to(window: Window, problem: Problem) -> None:
    """Open the file of a problem at its cell; where that cannot be, the cell's address is there to be pasted."""
    folder = window.campaign
    if folder is None or problem.path is None:
        return

    def look(_report: object) -> Looking:
        from qtool.actions.open_problem import place_of  # noqa: PLC0415 - what is heavy is imported by the thread

        return place_of(folder, problem)

    def failed(error: Exception) -> None:
        from qtool.actions.action import faults_of  # noqa: PLC0415 - not before something fails

        window.asking.tell("打不开", "\n".join(for_window(str(found)) for found in faults_of(error, folder)))

    window.jobs.run(look, lambda found: _opened(window, found), failed)


def _opened(window: Window, found: Looking) -> None:
    window.open_path(found.path)
    where = " ".join(part for part in (found.sheet and f"“{found.sheet}”", found.cell) if part)
    if found.shown:
        window.note(f"已打开《{found.path.name}》，光标在{where}")
    elif found.cell:
        window.copy(f"'{found.sheet}'!{found.cell}" if found.sheet else found.cell)
        pasting = "位置已复制：粘贴到表格左上角的名称框，按回车就到"
        window.note(f"已打开《{found.path.name}》，问题在{where}。{pasting}")
