"""Try what is handed out: `self_test.py linux|windows [--wine DIR]` unpacks the zip of dist and runs both programs.

The zip is unpacked into a folder with Chinese signs and a space. The Windows programs run under Wine in a prefix of
their own that has no Python, with code page 936. Command line: a year rehearsed, good and broken, letters drafted, and
all files that the tests know as returned ones, in every format, collected by two processes, by one and by the source.
Window: its own self-test, under Xvfb, with a picture in build/pictures. Exit code 0: all is well; 1: it says what is
not; 3: what it needs is not there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from screen import NEEDED, screen

ROOT = Path(__file__).parent.parent
NAME = "质量考核工具"
_PLACE = "办公 软件"
_CORPUS_IDENTITY = 'id = "0123456789abcdef"\nkey = "a key of the tests"\n'
"""The campaign that the tests' returned files belong to."""
_FORMATS = {".xlsx", ".xls", ".xlsb", ".ods", ".et", ".zip", ".eml", ".msg"}


class Failed(Exception):
    """A program did not do what it should."""


@dataclass(frozen=True)
class Place:
    """Where the programs of one platform were unpacked, and how they are started."""

    base: Path
    windows: bool
    wine: Path

    @property
    def programs(self) -> Path:
        """The folder that was in the zip."""
        return self.base / NAME

    def path(self, path: Path) -> str:
        """Return a path as the programs are told it."""
        if not self.windows:
            return str(path)
        return "C:\\" + str(path.relative_to(self.wine / "prefix" / "drive_c")).replace("/", "\\")

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return what starts a program."""
        file = self.programs / (f"{program}.exe" if self.windows else program)
        if self.windows:
            return [str(ROOT / "packaging" / "wine" / "wrun"), str(self.wine), self.path(file), *arguments]
        return [str(file), *arguments]


def said(place: Place, *arguments: str, code: tuple[int, ...] = (0,), seconds: int = 300) -> str:
    """Return what the command line printed; raises Failed on another exit code than those expected."""
    command = place.command("qtool", *arguments)
    env = {**os.environ, "WINE_S": str(seconds - 20)}
    began = time.monotonic()
    try:
        ended = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"qtool {' '.join(arguments)} took more than {seconds} s") from error
    # A program under a Chinese Windows writes GBK into a pipe.
    printed = ended.stdout.decode("gb18030" if place.windows else "utf-8", "replace")
    if ended.returncode not in code:
        wrong = ended.stderr.decode("gb18030" if place.windows else "utf-8", "replace")
        raise Failed(f"qtool {' '.join(arguments)} ended with {ended.returncode}:\n{printed[-800:]}\n{wrong[-800:]}")
    print(f"qtool {' '.join(arguments)}: {time.monotonic() - began:.1f} s", flush=True)
    return printed


def _zips(platform: str) -> list[Path]:
    return sorted((ROOT / "dist").glob(f"{NAME}-*-{platform}.zip"))


def _missing(platform: str, source: Path) -> Iterator[str]:
    """Yield what is not there and how to get it."""
    build = {"linux": "packaging/build", "windows": "packaging/build-windows"}[platform]
    if not _zips(platform):
        yield f"dist/{NAME}-*-{platform}.zip, which {build} makes"
    if not shutil.which(source):
        yield f"a Python that has the program's libraries: {source}; packaging/build makes it, --source names another"
    programs = [*NEEDED, *(["wine"] if platform == "windows" else [])]
    if absent := [name for name in programs if not shutil.which(name)]:
        packages = {"import": "imagemagick", "Xvfb": "xvfb", "wine": "wine wine64"}
        names = " ".join(packages.get(name, name) for name in absent)
        yield f"on PATH: {', '.join(absent)} (Debian: apt-get install {names})"


def _missing_wine(wine: Path) -> Iterator[str]:
    """Make the bare prefix, and yield why it cannot be used."""
    if not shutil.which("wine"):
        return
    try:
        ended = subprocess.run(
            [ROOT / "packaging" / "wine" / "prefix", wine], capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        yield f"a prefix of Wine, which was not ready after ten minutes: remove {wine} and try again"
        return
    if ended.returncode:
        yield f"a prefix of Wine, which packaging/wine/prefix {wine} did not make: {ended.stderr.strip()[-400:]}"
    elif (wine / "prefix" / "drive_c" / "py311").exists():
        yield f"a prefix without a Python, with which it would prove nothing: {wine} has one; --wine names another"


def unpack(platform: str, wine: Path) -> Place:
    """Return where the zip of dist is now unpacked, anew."""
    zips = _zips(platform)
    windows = platform == "windows"
    base = (wine / "prefix" / "drive_c" if windows else ROOT / "build" / "self-test") / _PLACE
    shutil.rmtree(base, ignore_errors=True)
    place = Place(base, windows, wine)
    with zipfile.ZipFile(zips[-1]) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, base))
            path.chmod(entry.external_attr >> 16)
    return place


def rehearse(place: Place) -> None:
    """Go through a year, good and broken, and draft letters."""
    good, broken = place.base / "演练 好", place.base / "演练 坏"
    told = json.loads(said(place, "demo", place.path(good), "--json"))
    if told["exit"] != 0 or not list((good / "6-公文").glob("*通报*.docx")):
        raise Failed(f"the rehearsal made no circular: {told['said']}")
    said(place, "demo", place.path(broken), "--broken", code=(0, 1))
    if not list((broken / "退回").iterdir()):
        raise Failed("the broken rehearsal sent nothing back")
    said(place, "send", "--campaign", place.path(good))
    if not list((good / "2-发件箱").rglob("*.eml")):
        raise Failed("no letter was drafted")


def collect_all(place: Place, source: Path) -> None:
    """Collect every returned file that the tests know: the program with two processes and with one, and the source."""
    found = {}
    for by, workers in (("two processes", "2"), ("one process", "1"), ("source", "1")):
        folder = place.base / f"回收 {by}"
        said(place, "new", place.path(folder))
        _deliver(folder)
        options = ("--workers", workers, "--json", "--campaign")
        if by == "source":
            command = [str(source), "-m", "qtool", "collect", *options, str(folder)]
            env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
            printed = subprocess.run(command, env=env, check=False, capture_output=True, timeout=300).stdout.decode()
        else:
            printed = said(place, "collect", *options, place.path(folder), code=(0, 1))
        told = json.loads(printed)
        found[by] = _comparable(told, folder.name)
        accepted = len(list((folder / "4-已采用").iterdir()))
        print(f"  by {by}: {told['said'][0]}, {len(told['faults'])} faults", flush=True)
        if not accepted:
            raise Failed("nothing was accepted")
    if len(set(found.values())) > 1:
        lines = {by: set(text.splitlines()) for by, text in found.items()}
        shared = set.intersection(*lines.values())
        raise Failed("not the same was found: " + repr({by: sorted(those - shared)[:5] for by, those in lines.items()}))


def _deliver(folder: Path) -> None:
    """Put all returned files that the tests know into a campaign that they belong to."""
    settings = folder / "qtool.toml"
    text = re.sub(r"(?m)^id = .*\nkey = .*\n", _CORPUS_IDENTITY, settings.read_text("utf-8"))
    settings.write_text(text, encoding="utf-8")
    files = [path for path in sorted((ROOT / "tests" / "returns").rglob("*.*")) if path.suffix in _FORMATS]
    if missing := _FORMATS - {path.suffix for path in files}:
        raise Failed(f"tests/returns has no {missing}")
    for number, path in enumerate(files):
        target = folder / "3-收件箱" / path.name  # some names are as long as a name may be
        target = target.with_name(f"2-{path.name}") if target.exists() else target
        shutil.copy(path, target)
        os.utime(target, (1_700_000_000 + number,) * 2)  # the later of two counts


def _comparable(told: dict[str, Any], name: str) -> str:
    """Return what was said, a line for each, as a program under a Chinese Windows can write it."""
    lines = [*told["said"], *sorted(json.dumps(fault, ensure_ascii=False) for fault in told["faults"])]
    text = "\n".join(lines).replace(name, "").replace("›", ">")
    return text.encode("gbk", "replace").decode("gbk")


def open_window(place: Place, picture: Path) -> None:
    """Run the window's own self-test on a screen of its own, and take a picture in its middle."""
    folder, hold = place.base / "自检 结果", place.base / "正在显示"
    command = place.command(NAME, "--self-test", place.path(folder))
    if place.windows:
        command[2:2] = ["start", "/wait"]  # as by a double-click: without a console, and so without sys.stdout
    began = time.monotonic()
    with screen() as env:
        env |= {"QTOOL_SELF_TEST_HOLD": place.path(hold), "WINE_S": "380"}
        with subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            _picture(process, hold, picture, env)
            try:
                printed = process.communicate(timeout=400)[0]
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise Failed("the window's self-test did not end") from error
    report = folder / "自检报告.json"
    if not report.is_file():
        raise Failed(f"no report, exit code {process.returncode}: {printed[-2000:]!r}")
    told = json.loads(report.read_text("utf-8"))
    print(f"{NAME} --self-test: {time.monotonic() - began:.1f} s")
    print(json.dumps(told, ensure_ascii=False, indent=1), flush=True)
    if not told["ok"] or process.returncode:
        raise Failed(f"the window's self-test failed, exit code {process.returncode}")


def _picture(process: subprocess.Popen[bytes], hold: Path, picture: Path, env: dict[str, str]) -> None:
    """Wait until the window says that it shows results, take a picture of the screen and let the window go on."""
    end = time.monotonic() + 300
    while not hold.exists():
        if process.poll() is not None or time.monotonic() > end:
            return
        time.sleep(0.1)
    time.sleep(2)
    picture.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["import", "-window", "root", picture], env=env, check=True, timeout=60)
    hold.unlink()


def _end(wine: Path) -> None:
    subprocess.run([ROOT / "packaging" / "wine" / "end", wine], check=True, timeout=60)


def main() -> int:
    """Run all of it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("platform", choices=["linux", "windows"])
    source = ROOT / "build" / "linux" / "venv" / "bin" / "python"
    parser.add_argument("--source", type=Path, default=source, help="a Python that has the program's libraries")
    parser.add_argument("--wine", type=Path, default=ROOT / "build" / "wine-bare", help="where the bare prefix lies")
    chosen = parser.parse_args()
    wine = chosen.wine.resolve()
    if missing := [
        *_missing(chosen.platform, chosen.source),
        *(_missing_wine(wine) if chosen.platform == "windows" else []),
    ]:
        print(f"The self-test for {chosen.platform} needs:", *missing, sep="\n- ", file=sys.stderr)
        return 3
    if chosen.platform == "windows":
        _end(wine)  # what hangs from an earlier run would hold up this one
    place = unpack(chosen.platform, wine)
    try:
        rehearse(place)
        collect_all(place, chosen.source)
        open_window(place, ROOT / "build" / "pictures" / f"窗口-{chosen.platform}.png")
    except Failed as error:
        print(f"FAILED on {chosen.platform}: {error}", file=sys.stderr)
        return 1
    finally:
        if place.windows:
            _end(wine)
    print(f"{chosen.platform}: both programs passed their self-tests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
