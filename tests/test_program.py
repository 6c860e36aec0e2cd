"""What the programs are built from fits together: lock, version, icons, manifest, papers. Nothing is built here."""

from __future__ import annotations

import ast
import codecs
import re
import runpy
import stat
import struct
import subprocess
import sys
import tomllib
import zipfile
import zlib
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from qtool import __version__

ROOT = Path(__file__).parent.parent
PACKAGING = ROOT / "packaging"
PICTURES = ROOT / "qtool" / "desktop" / "pictures"
WORKFLOW = ROOT / ".github" / "workflows" / "windows-program.yml"
LOCKED = (PACKAGING / "locked.txt").read_text("utf-8")
PINNED = re.compile(r"(?m)^([\w.-]+)==(\S+)( ; sys_platform == \"(?:linux|win32)\")? \\$")
WINE = ("setup", "prefix", "wrun", "wpy", "end", "shot")
SCRIPTS = ["build", "build-windows", "check", *(f"wine/{name}" for name in WINE)]
WRITTEN = sorted(path for path in PACKAGING.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


# --- the lock -------------------------------------------------------------------------------------------------------


def test_the_lock_has_a_version_in_range_for_everything_the_program_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = {_name(name): Version(version) for name, version, _ in PINNED.findall(LOCKED)}
    needed = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["program"])]
    assert needed
    for requirement in needed:
        assert pinned[_name(requirement.name)] in requirement.specifier, (
            f"run tools/make_program_lock.py: {requirement}"
        )


def test_every_locked_package_has_hashes_and_says_no_host() -> None:
    lines = LOCKED.splitlines()
    for number, line in enumerate(lines[1:], 1):
        head = PINNED.match(line)
        assert head or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
        assert not head or lines[number + 1].startswith("    --hash="), line
    assert "://" not in LOCKED


# --- version, icon, manifest ----------------------------------------------------------------------------------------


def test_the_zip_and_windows_are_told_the_programs_version() -> None:
    assert runpy.run_path(str(PACKAGING / "hand_out.py"))["version"]() == __version__
    numbers = __version__.split(".")
    assert len(numbers) <= 4, "Windows holds four numbers"
    assert all(number.isdigit() for number in numbers), "Windows holds numbers only"


def test_the_spec_reads_as_python_and_names_files_that_exist() -> None:
    text = (ROOT / "build.spec").read_text("utf-8")
    ast.parse(text)
    named = re.findall(r'ROOT / "([^"{]+)"', text)
    assert {"templates", "qtool/mail/texts", "qtool/desktop/pictures", "packaging/program.manifest"} <= set(named)
    for name in named:
        assert (ROOT / name).exists(), name
    for script in re.findall(r'"(\w+\.py)"', text):
        assert (PACKAGING / script).is_file(), script
    assert not re.search(r"upx=True|onefile", text)


def _ico() -> dict[int, bytes]:
    """Return the images of the icon, by their side."""
    content = (PICTURES / "qtool.ico").read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", content)
    assert (reserved, kind) == (0, 1)
    found = {}
    for at in range(count):
        width, height, _, _, planes, bits, size, offset = struct.unpack_from("<BBBBHHII", content, 6 + 16 * at)
        assert (width, planes, bits) == (height, 1, 32)
        found[width or 256] = content[offset : offset + size]
        assert len(found[width or 256]) == size
    return found


def test_the_icon_has_the_sizes_that_windows_asks_for() -> None:
    images = _ico()
    assert {16, 20, 24, 32, 40, 48, 64, 256} <= set(images)
    for side, image in images.items():
        if side == 256:
            assert _png(image)[:2] == (256, 256)
        else:
            head, width, height, planes, bits = struct.unpack_from("<IiiHH", image)
            assert (head, width, height, planes, bits) == (40, side, 2 * side, 1, 32)
            assert len(image) == 40 + side * side * 4 + (side + 31) // 32 * 4 * side


def _png(content: bytes) -> tuple[int, int, bytes]:
    """Return width, height and rows of a picture; every chunk's sum is checked."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at, rows, size = 8, b"", (0, 0)
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", content, at + 8 + length)[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack_from(">II", body)
        rows += body if kind == b"IDAT" else b""
        at += 12 + length
    return size[0], size[1], zlib.decompress(rows)


@pytest.mark.parametrize("path", sorted(PICTURES.glob("*.png")), ids=lambda path: path.name)
def test_the_windows_pictures_are_sound_and_not_empty(path: Path) -> None:
    width, height, rows = _png(path.read_bytes())
    assert f"qtool-{width}.png" == path.name
    assert width == height
    assert len(rows) == height * (1 + 4 * width)
    assert len(set(rows)) > 20


def test_the_icon_is_what_the_script_draws() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make_icon.py"))
    for size in (16, 48):
        assert (PICTURES / f"qtool-{size}.png").read_bytes() == made["png"](made["picture"](size)), (
            "run tools/make_icon.py"
        )


def test_the_manifest_asks_for_no_rights_and_leaves_the_code_page_alone() -> None:
    tree = ET.parse(PACKAGING / "program.manifest")  # noqa: S314 - our own
    found = {element.tag.rpartition("}")[2]: element for element in tree.iter()}
    assert found["requestedExecutionLevel"].get("level") == "asInvoker"
    assert found["dpiAwareness"].text == "system"
    assert found["longPathAware"].text == "true"
    assert "activeCodePage" not in found


# --- scripts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["windowed.py", "console.py"])
def test_a_program_lets_worker_processes_go_before_anything_else(name: str) -> None:
    tree = ast.parse((PACKAGING / name).read_text("utf-8"))
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= {"multiprocessing", "sys"}, "what is imported first is imported by every worker process too"
    (guard,) = [node for node in tree.body if isinstance(node, ast.If)]
    assert ast.unparse(guard.test) == "__name__ == '__main__'"
    assert ast.unparse(guard.body[0]) == "multiprocessing.freeze_support()"
    target = {"windowed.py": "qtool.desktop.main", "console.py": "qtool.cli"}[name]
    assert ast.unparse(guard.body[1]) == f"from {target} import main"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_sound_and_may_be_run(name: str) -> None:
    path = PACKAGING / name
    assert path.stat().st_mode & stat.S_IXUSR
    ended = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    for called in re.findall(r"(?:packaging|bench|tools)/[\w./-]+[\w]", path.read_text("utf-8")):
        assert (ROOT / called).exists(), f"{name} names {called}"


def test_nothing_here_names_a_place_of_one_machine_or_a_host() -> None:
    for path in [*WRITTEN, WORKFLOW, ROOT / "build.spec", ROOT / ".ci" / "run"]:
        if path.suffix == ".manifest":
            continue  # its names of schemas look like addresses
        text = path.read_text("utf-8-sig")
        assert not re.search(r"https?://|--index-url", text), path.name
        absolute = re.findall(r"(?<![\w.}\"'$*:>)/\\-])/[a-z]+/[\w./-]+", text)
        assert set(absolute) <= {"/dev/null", "/usr/bin/env", "/usr/lib/wine/wineserver64"}, path.name


def test_the_workflow_names_files_that_exist() -> None:
    text = WORKFLOW.read_text("utf-8")
    assert "\t" not in text
    for name in re.findall(r"(?:packaging/[\w.]+|build\.spec)", text):
        assert (ROOT / name).is_file(), name
    read = yaml.safe_load(text)
    (job,) = read["jobs"].values()
    assert job["runs-on"] == "windows-latest"
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
    assert job["steps"][1]["with"]["python-version"] == "3.11", "a text: as a number 3.10 would be 3.1"


# --- papers ---------------------------------------------------------------------------------------------------------


def test_what_to_read_first_says_how_to_start_and_is_told_the_version(tmp_path: Path) -> None:
    made = runpy.run_path(str(PACKAGING / "hand_out.py"))
    made["write_read_first"](tmp_path, "windows")
    content = (tmp_path / "先读我.txt").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    assert content.count(b"\n") == content.count(b"\r\n") > 10
    text = content.decode("utf-8-sig")
    assert f"质量考核工具 {__version__}" in text
    for said in ("解压", "双击", "仍要运行", "不用安装", "使用手册.html"):
        assert said in text
    assert "{" not in text


def test_the_packing_script_refuses_a_folder_without_programs(tmp_path: Path) -> None:
    command = [sys.executable, str(PACKAGING / "hand_out.py"), str(tmp_path), "windows"]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ended.returncode == 1
    assert "质量考核工具.exe、qtool.exe" in ended.stderr


def test_the_zip_holds_one_folder_and_programs_that_may_be_run(tmp_path: Path) -> None:
    folder = tmp_path / "linux" / "质量考核工具"
    (folder / "_internal").mkdir(parents=True)
    for name in ("质量考核工具", "qtool", "_internal/数据"):
        (folder / name).write_text("x")
    made = runpy.run_path(str(PACKAGING / "hand_out.py"))
    made["pack"](folder, tmp_path / "a.zip")
    made["pack"](folder, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes == {
        "质量考核工具/_internal/数据": 0o644,
        "质量考核工具/qtool": 0o755,
        "质量考核工具/质量考核工具": 0o755,
    }


def test_the_manuals_pages_hold_their_pictures_and_no_link_leads_nowhere(tmp_path: Path) -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make_manual_page.py"))
    for name in made["PAGES"]:
        source = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
        page = made["page"](name)
        (tmp_path / f"{name}.html").write_text(page, "utf-8")
        assert page.count('src="data:image/png;base64,') == len(re.findall(r"!\[[^\]]*\]\(pictures/", source))
        assert page.count("src=") == page.count('src="data:')
        tables = len(re.findall(r"(?m)^\|[-: |]+\|$", source))
        assert page.count("<table>") == tables
        assert page.count("<pre>") * 2 == len(re.findall(r"(?m)^```", source))
        anchors = set(re.findall(r' id="([^"]+)"', page))
        for target in re.findall(r'href="([^"]+)"', page):
            file, _, anchor = unquote(target).partition("#")
            assert not file or file.removesuffix(".html") in made["PAGES"], target
            assert file or anchor in anchors, target
        assert not re.search(r"<p>(?:[-*]|\d+\.) |<p>\|", page), "a list or a table that was not seen as one"
