"""Independent judges of formulas: LibreOffice, which also prints documents, and plain binary arithmetic.

A default profile of LibreOffice copies cached values instead of recalculating, so the judge brings its own, which
always does. LibreOffice hides binary noise where Excel does not, so expressions are also computed in bare doubles.
"""

from __future__ import annotations

import atexit
import math
import operator
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from waiting import LONG

from qtool.model import exact, rounded
from qtool.rules.expr import Binary, Call, Cell, Expr, Number, Range, Text

Typed = float | str | None
"""What stands in a cell: a float as a spreadsheet holds it, a text, or nothing."""

_SETTING = (
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
    '<prop oor:name="{name}" oor:op="fuse"><value>0</value></prop></item>'
)
_SETTINGS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(_SETTING.format(name=name) for name in ("OOXMLRecalcMode", "ODFRecalcMode"))
    + "</oor:items>\n"
)


def office_or_skip() -> None:
    """Skip the running test where LibreOffice is absent; fail it instead where nothing may be left out."""
    if shutil.which("soffice"):
        return
    if os.environ.get("QTOOL_REQUIRE_ALL") == "1":
        pytest.fail("soffice (LibreOffice) is not on PATH, and QTOOL_REQUIRE_ALL=1 allows no skipping")
    pytest.skip("soffice (LibreOffice) is not on PATH")


def recalculate(paths: list[Path], out_dir: Path, seconds: float = LONG) -> list[Path]:
    """Return recalculated copies of workbooks, in the order given."""
    made = convert(paths, out_dir, "xlsx:Calc MS Excel 2007 XML", seconds)
    for path in made:
        _refuse_errors(path)
    return made


def to_pdf(paths: list[Path], out_dir: Path, seconds: float = LONG) -> list[Path]:
    """Return documents and workbooks printed to PDF, in the order given."""
    return convert(paths, out_dir, "pdf", seconds)


@cache
def _profile() -> Path:
    """Return a fresh profile, shared by every call of this process and removed at its end."""
    home = Path(tempfile.mkdtemp(prefix="judge-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "user").mkdir()
    (home / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return home


def convert(paths: list[Path], out_dir: Path, kind: str, seconds: float = LONG) -> list[Path]:
    """Return workbooks or documents saved by LibreOffice as another kind, in the order given."""
    targets = [out_dir / f"{path.stem}.{kind.partition(':')[0]}" for path in paths]
    if len(set(targets)) < len(paths) or any(target in paths for target in targets):
        raise ValueError("the copies would overwrite each other or their originals")
    out_dir.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation={_profile().as_uri()}"
    command = ["soffice", profile, "--headless", "--norestore", "--convert-to", kind, "--outdir", str(out_dir)]
    said = _run([*command, *map(str, paths)], seconds)
    missing = [target.name for target in targets if not target.is_file()]
    if missing:
        raise RuntimeError(f"LibreOffice did not write {missing}: {said}")
    return targets


def _run(command: list[str], seconds: float) -> str:
    """Return what a command printed; one that takes too long is ended with the processes it started."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True, encoding="utf-8"
    ) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _profile.cache_clear()
            raise


def _refuse_errors(path: Path) -> None:
    """Raise when a cell holds an error value, which readers show as a blank."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/") and b't="e"' in package.read(name):
                raise AssertionError(f"{path.name}: {name} holds an error value")


# --- plain binary arithmetic ----------------------------------------------------------------------------------------

_OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def in_binary(expr: Expr, cells: Mapping[str, Typed | tuple[Typed, ...]]) -> float | str | bool | None:  # noqa: C901 - one case a node, as in `excel`
    """Return an expression's value in IEEE doubles; only ROUND works on decimals, as it does in spreadsheets."""

    def figure(part: Expr) -> float:
        value = in_binary(part, cells)
        assert isinstance(value, float)
        return value

    match expr:
        case Number(value):
            return float(value)
        case Text(text):
            return text or None
        case Cell(name):
            content = cells[name]
            assert not isinstance(content, tuple)
            return content
        case Call("IF", (test, then, otherwise)):
            return in_binary(then if in_binary(test, cells) else otherwise, cells)
        case Call("AND" | "OR" as name, of):
            return (all if name == "AND" else any)(in_binary(test, cells) for test in of)
        case Call("ISNUMBER", (of,)):
            return isinstance(in_binary(of, cells), float)
        case Binary("=", left, Text(text)):
            content = in_binary(left, cells)
            return isinstance(content, str) and content.casefold() == text.casefold() if text else content is None
        case Binary(op, left, right):
            result: float | bool = _OPERATORS[op](figure(left), figure(right))
            return result
        case Call(name, (Range(where),)):
            return _of_range(name, cells[where])
        case Call(name, of):
            return _of_figures(name, [figure(part) for part in of])
    raise AssertionError(expr)


def _of_range(name: str, values: Typed | tuple[Typed, ...]) -> float:
    assert isinstance(values, tuple)
    figures = [value for value in values if isinstance(value, float)]
    match name:
        case "AVERAGE":
            return sum(figures) / len(figures)
        case "COUNT":
            return float(len(figures))
    raise AssertionError(name)


def _of_figures(name: str, figures: list[float]) -> float:
    match name:
        case "MIN" | "MAX":
            return (min if name == "MIN" else max)(figures)
        case "TRUNC":
            return float(math.trunc(figures[0]))
        case "ROUND":
            return float(rounded(exact(figures[0]), int(figures[1])))
    raise AssertionError(name)
