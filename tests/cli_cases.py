"""The command line for the tests: run in this process or in one of its own, in campaigns that are made once and copied.

`prepared` has its sheets made, `rehearsed` is a whole rehearsed year, `troubled` is one in which much went wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from shared_folders import shared_folder
from waiting import LONG

from qtool.cli import main
from qtool.layout import Layout
from qtool.plan.read import read_plan
from qtool.rehearsal import fill_sheet
from qtool.workspace import INBOX, PLAN, SHEETS

SEED = 7
POLICE, TRADE, HEALTH = "市公安局", "市商务局", "市卫健委"
"""Three departments with short sheets."""


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The output of `--json`."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """The codes of the faults in `--json`."""
        return [fault["code"] for fault in self.data["faults"]]


def qtool(*arguments: object, at: Path | None = None) -> Said:
    """Run a command in this process, in a folder."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(at or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.suppress(SystemExit),
    ):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 99
            raise
    return Said(code, out.getvalue(), err.getvalue())


def shell(
    *arguments: object,
    at: Path | None = None,
    encoding: str = "utf-8",
    env: Mapping[str, str] | None = None,
    given: str | None = None,
) -> Said:
    """Run a command in a process of its own, its output a pipe in some encoding; `given` is its input."""
    command = [sys.executable, "-m", "qtool", *map(str, arguments)]
    chosen = {**os.environ, "PYTHONIOENCODING": encoding, **(env or {})}
    typed = None if given is None else given.encode()
    done = subprocess.run(command, cwd=at, env=chosen, input=typed, capture_output=True, timeout=LONG, check=False)
    return Said(done.returncode, done.stdout.decode(encoding, "replace"), done.stderr.decode(encoding, "replace"))


def _prepare(home: Path) -> None:
    assert qtool("new", home / "campaign", at=home).code == 0
    assert qtool("sheets", "--campaign", home / "campaign").code == 0


def prepared(folder: Path) -> Path:
    """Return a new campaign whose scoring sheets are made."""
    return shutil.copytree(shared_folder("prepared", _prepare) / "campaign", folder / "质量 考核")


def _rehearse(home: Path) -> None:
    assert qtool("demo", home / "campaign", "--seed", SEED, at=home).code == 0


def rehearsed(folder: Path) -> Path:
    """Return a campaign that a whole year was rehearsed in."""
    return shutil.copytree(shared_folder("rehearsed", _rehearse) / "campaign", folder / "演练 一年")


def _rehearse_troubles(home: Path) -> None:
    code = qtool("demo", home / "campaign", "--seed", SEED, "--broken", at=home).code
    assert code == 1  # since there is much to mend


def troubled(folder: Path) -> Path:
    """Return a campaign in which a year was rehearsed, with departments that returned bad sheets or none."""
    return shutil.copytree(shared_folder("troubled", _rehearse_troubles) / "campaign", folder / "演练 有问题")


def fill(root: Path, department: str, target: Path | None = None, seed: int = SEED) -> Path:
    """Fill a department's sheet into the inbox, or elsewhere."""
    target = target or root / INBOX / f"评分表-{department}.xlsx"
    layout = Layout(read_plan(root / PLAN).plan, department)
    fill_sheet(root / SHEETS / f"评分表-{department}.xlsx", target, layout, seed)
    return target


def fill_all(root: Path, *but: str) -> None:
    """Fill every department's sheet into the inbox, but for some."""
    for department in read_plan(root / PLAN).plan.scoring_departments:
        if department.name not in but:
            fill(root, department.name)


def edit(path: Path, sheet: str, cells: Mapping[str, object]) -> None:
    """Change cells of a workbook as its user would."""
    book = load_workbook(path)
    for cell, value in cells.items():
        book[sheet][cell].value = value
    book.save(path)


def until(root: Path, days: int) -> None:
    """Set a campaign's deadline so many days from today."""
    row = row_of(root / PLAN, "方案", 项目="报送截止日期")
    edit(root / PLAN, "方案", {f"B{row}": f"{datetime.now().astimezone() + timedelta(days=days):%Y-%m-%d}"})


def row_of(path: Path, sheet: str, **wanted: str) -> int:
    """Return the first row of a plan's sheet in which some columns hold some texts."""
    rows = list(load_workbook(path)[sheet].iter_rows(values_only=True))
    at = {name: rows[0].index(name) for name in wanted}
    return next(n for n, row in enumerate(rows, 1) if all(row[at[name]] == text for name, text in wanted.items()))


def snapshot(folder: Path) -> dict[str, tuple[str, int]]:
    """Return the sum and the time of every file in a folder but the lock, whose content is who works there."""
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".qtool.lock"
    }
