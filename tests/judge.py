"""LibreOffice as an independent judge: it recalculates workbooks and prints documents for the tests.

A default profile copies cached values instead of recalculating, so the judge brings its own, which always does.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

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


def recalculate(paths: list[Path], out_dir: Path, seconds: float = 120) -> list[Path]:
    """Return recalculated copies of workbooks, in the order given."""
    made = _convert(paths, out_dir, "xlsx:Calc MS Excel 2007 XML", seconds)
    for path in made:
        _refuse_errors(path)
    return made


def to_pdf(paths: list[Path], out_dir: Path, seconds: float = 120) -> list[Path]:
    """Return documents and workbooks printed to PDF, in the order given."""
    return _convert(paths, out_dir, "pdf", seconds)


@cache
def _profile() -> Path:
    """Return a fresh profile, shared by every call of this process and removed at its end."""
    home = Path(tempfile.mkdtemp(prefix="judge-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "user").mkdir()
    (home / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return home


def _convert(paths: list[Path], out_dir: Path, kind: str, seconds: float) -> list[Path]:
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
