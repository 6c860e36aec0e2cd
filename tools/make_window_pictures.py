"""Make the window's pictures, docs/pictures/窗口-*.png, on a screen of its own; run it again when its look changes.

python tools/make_window_pictures.py [folder]        (docs/pictures, unless told otherwise)

Needs on PATH: Xvfb, openbox, xdotool, import and convert (ImageMagick); and the font Noto Sans CJK SC.

A year is gone through in a folder that is thrown away; the pictures say 文档 on drive D in its place, and the clock is
set to the days of that year. 窗口-Windows.png is not made here: it shows the finished program under Wine.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import ttk
from typing import NamedTuple

from window_clock import Clock, set_clocks

from qtool.actions.action import Outcome, Request
from qtool.actions.collect import collect
from qtool.actions.decide import decide
from qtool.actions.demo import fill
from qtool.actions.documents import documents
from qtool.actions.new import new
from qtool.actions.preferences import Preferences, keep
from qtool.actions.sheets import sheets
from qtool.actions.tally import tally
from qtool.desktop.main import new_root
from qtool.desktop.pages.campaign_page import CampaignPage
from qtool.desktop.recent import Recent
from qtool.desktop.window import Window
from qtool.office.workbook.fill import fill as fill_cells
from qtool.progress import Event
from qtool.workspace import PLAN

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))  # their screen

from xvfb_cases import screen  # noqa: E402 - needs the tests' folder on the path

OUT = ROOT / "docs" / "pictures"
SHOWN, CURRENT, FINISHED = "D:\\文档", "考核2022", "考核2022（已办结）"
CLERK, ADDRESS, DEPARTMENT = "市质强办", "suizhou_zqb@qq.com", "bumen{:02}@example.gov.cn"
FEWER, WIDEST, LARGEST = ("96", "64", "40", "24"), 1400, 150_000
"""Numbers of colours to try; pixels and bytes that a picture may have."""
ISSUED, CHECKED, ENDED = (
    dt.datetime(2023, 1, 3, 9, 12),  # noqa: DTZ001 - local time, as on the office's clock
    dt.datetime(2023, 1, 14, 9, 40),  # noqa: DTZ001 - as above
    dt.datetime(2023, 1, 18, 15, 5),  # noqa: DTZ001 - as above
)
MENDING, HALF = "市文旅局", 0.5
PATIENCE = 60


class Area(NamedTuple):
    """A part of the screen, in pixels."""

    left: int
    top: int
    wide: int
    tall: int


def main() -> None:
    """Prepare two campaigns, open the window on a screen of its own, and take every picture."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.mkdir(parents=True, exist_ok=True)
    set_clocks()
    with tempfile.TemporaryDirectory() as name:
        os.environ.update(XDG_CONFIG_HOME=name, LOGNAME=CLERK)
        work = Path(name)
        finished_year(work / FINISHED)
        current_year(work / CURRENT)
        with screen("2560x1440", 192) as large, screen("1280x720", 96) as usual:
            os.environ.update(DISPLAY=large)
            Camera(work, out).twice_as_large()
            (work / "qtool" / "窗口.json").unlink()  # which remembers the size
            os.environ.update(DISPLAY=usual)
            Camera(work, out).everything()


def current_year(root: Path) -> None:
    """Make a campaign whose sheets came back, some with faults, and which can send and receive mail."""
    Clock.at = ISSUED
    new(Request(root, {"folder": root}))
    addressed(root / PLAN)
    keep(root, Preferences({"邮箱.地址": ADDRESS}))
    sheets(Request(root))
    issued = sorted((root / "1-评分表").glob("评分表-*.xlsx"))
    decide(Request(root, {"department": [path.stem.removeprefix("评分表-") for path in issued], "sent": True}))
    fill(Request(root), broken=True)
    Clock.at = CHECKED
    collect(Request(root))


def finished_year(root: Path) -> None:
    """Make a campaign that is done, with its approval and all documents."""
    Clock.at = ISSUED
    new(Request(root, {"folder": root}))
    sheets(Request(root))
    fill(Request(root))
    Clock.at = ENDED
    collect(Request(root))
    tally(Request(root))
    tally(Request(root, {"approve": "随政函〔2023〕5号，市政府批准"}))
    documents(Request(root, {"no_pdf": True}))


def addressed(plan: Path) -> None:
    """Give every department of a plan an address, as its office would type it."""
    given = {f"B{row}": DEPARTMENT.format(row - 1) for row in range(2, 15)}
    with tempfile.TemporaryDirectory() as name:
        filled = Path(name) / plan.name
        fill_cells(plan, filled, "评价部门", given)
        plan.write_bytes(filled.read_bytes())


class Camera:
    """The window, what to do with it for each picture, and the pictures."""

    def __init__(self, work: Path, out: Path) -> None:
        self._work, self._out = work, out
        self._root = new_root()
        for campaign in (FINISHED, CURRENT):
            Recent().use(work / campaign)
        self._window = Window(self._root)
        self._root.report_callback_exception = self._raised
        self._raising: list[BaseException] = []
        self._done: set[str] = set()

    def everything(self) -> None:
        """Take all pictures, one after the other."""
        self._until(lambda: self._root.winfo_viewable() == 1)
        self._settle()
        self._root.event_generate("<Motion>", warp=True, x=2, y=self._root.winfo_height() - 2)  # no tooltip is there
        self._take("窗口-开始", self._whole())
        self._open(FINISHED, ENDED)
        self._window.show_results()
        self._take("窗口-结果", self._whole())
        self._open(CURRENT, CHECKED)
        page = self._page()
        page.below.show_problems()
        self._settle()
        page.below.table.choose(page.below.table.row_keys[0])
        self._take("窗口-回收", self._whole())
        self._menu()
        self._dialog("窗口-设置", self._window.commands.settings)
        self._dialog("窗口-请看过再发", self._window.commands.remind)
        self._running()
        self._window.close()
        if self._raising:
            raise self._raising[0]

    def twice_as_large(self) -> None:
        """Take the window of a screen that is scaled to 200 %."""
        self._until(lambda: self._root.winfo_viewable() == 1)
        self._settle()
        self._root.event_generate("<Motion>", warp=True, x=2, y=self._root.winfo_height() - 2)
        self._open(CURRENT, CHECKED)
        self._page().below.show_problems()
        self._settle()
        self._page().below.table.choose(self._page().below.table.row_keys[0])
        self._take("窗口-200", self._whole())
        self._window.close()

    def _menu(self) -> None:
        """Take what can be done about a department, and close it again."""
        board = self._page().board
        board.table.choose(MENDING)
        board.table.tree.yview_moveto(board.table.row_keys.index(MENDING) / len(board.table.row_keys))
        self._settle()
        below = self._page().below
        tall = below.winfo_rooty() + below.winfo_height() - board.winfo_rooty()
        part = Area(board.winfo_rootx(), board.winfo_rooty(), board.winfo_width(), tall)

        def photographed() -> None:
            self._picture("窗口-右键", part)
            board.menu.unpost()

        self._root.after(300, photographed)
        board.table.tree.focus_force()
        board.table.tree.event_generate("<Shift-F10>")
        self._settle()

    def _dialog(self, name: str, show: Callable[[], object]) -> None:
        """Take a dialog that waits for its user, and give it up."""

        def take() -> None:
            dialogs = [child for child in self._root.winfo_children() if isinstance(child, tk.Toplevel)]
            shown = next((child for child in dialogs if child.winfo_viewable() and child.grab_status()), None)
            if shown is None:
                self._root.after(100, take)
                return
            self._root.after(600, lambda: self._take_and_leave(name, shown))

        self._root.after(100, take)
        show()
        self._until(lambda: self._window.session.settled and name in self._done)

    def _take_and_leave(self, name: str, dialog: tk.Toplevel) -> None:
        self._picture(name, outside(dialog))
        dialog.event_generate("<Escape>")
        self._done.add(name)

    def _running(self) -> None:
        """Take the foot of the window while something is being done, and once more at its end."""
        halfway, seen = threading.Event(), threading.Event()

        def held(request: Request) -> Outcome:
            def report(event: Event) -> None:
                request.report(event)
                if event.done >= HALF * event.total and not halfway.is_set():
                    halfway.set()
                    seen.wait(PATIENCE)

            return collect(Request(request.root, {}, report))

        self._window.session.run("检查收件箱", held)
        self._until(halfway.is_set)
        self._settle()
        first = self._grabbed("1", self._foot())
        seen.set()
        self._until(lambda: self._window.session.settled)
        self._settle()
        second = self._grabbed("2", self._foot())
        both = self._work / "both.png"
        subprocess.run(["convert", *map(str, (first, second)), "-append", str(both)], check=True)
        self._reduced(both, "窗口-正在做")

    def _open(self, name: str, at: dt.datetime) -> None:
        Clock.at = at
        self._window.session.open(self._work / name)
        self._until(lambda: self._window.session.settled and isinstance(self._window.page, CampaignPage))
        self._settle()

    def _page(self) -> CampaignPage:
        page = self._window.page
        if not isinstance(page, CampaignPage):
            raise SystemExit(f"the campaign did not open: {self._window.session.message_bar.text}")
        return page

    def _whole(self) -> Area:
        return outside(self._root)

    def _foot(self) -> Area:
        bar = self._window.session.message_bar
        return Area(bar.winfo_rootx(), bar.winfo_rooty(), bar.winfo_width(), bar.winfo_height())

    def _take(self, name: str, area: Area) -> None:
        self._settle()
        self._picture(name, area)

    def _picture(self, name: str, area: Area) -> None:
        for widget in everything_in(self._root):
            disguise(widget, str(self._work), SHOWN)
        self._root.update_idletasks()
        self._root.update()
        self._reduced(self._grabbed("whole", area), name)

    def _grabbed(self, name: str, area: Area) -> Path:
        path = self._work / f"{name}.png"
        shape = f"{area.wide}x{area.tall}+{area.left}+{area.top}"
        subprocess.run(["import", "-window", "root", "-crop", shape, "+repage", str(path)], check=True)
        return path

    def _reduced(self, taken: Path, name: str) -> None:
        """Write a picture with as many colours as its size allows, none mixed from dots: text stays sharp."""
        path = self._out / f"{name}.png"
        for colours in FEWER:
            few = ["-resize", f"{WIDEST}>", "+dither", "-colors", colours, "-strip"]
            subprocess.run(["convert", str(taken), *few, f"PNG8:{path}"], check=True)
            if path.stat().st_size <= LARGEST:
                print(f"{path.name}  {path.stat().st_size // 1000} KB  {colours} colours")
                return
        raise SystemExit(f"{path.name} is larger than {LARGEST} bytes")

    def _settle(self, seconds: float = 0.4) -> None:
        end = time.monotonic() + seconds
        self._until(lambda: time.monotonic() > end)

    def _until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise SystemExit(f"the window did not come so far; it says: {self._window.session.message_bar.text}")
            self._root.update()
            time.sleep(0.01)

    def _raised(self, _kind: object, error: BaseException, _trace: object) -> None:
        self._raising.append(error)


def outside(window: tk.Tk | tk.Toplevel) -> Area:
    """Return where a window is on the screen, with what the window manager drew around it."""
    command = ["xdotool", "getwindowgeometry", "--shell", str(int(window.wm_frame(), 16))]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = dict(line.split("=", 1) for line in said.splitlines())
    return Area(*(int(found[name]) for name in ("X", "Y", "WIDTH", "HEIGHT")))


def everything_in(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Yield a widget and all that is inside it."""
    yield widget
    for child in widget.winfo_children():
        yield from everything_in(child)


def disguise(widget: tk.Misc, folder: str, shown: str) -> None:
    """Let a widget that shows a path in a folder show another folder in its place, as Windows writes paths."""
    if isinstance(widget, tk.Label | ttk.Label) and folder in (text := str(widget.cget("text"))):
        widget.configure(text=text.replace(folder, shown).replace("/", "\\"))


if __name__ == "__main__":
    main()
