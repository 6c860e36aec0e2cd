"""Make the zip that is handed out: `hand_out.py FOLDER linux|windows` puts it beside FOLDER's parent.

FOLDER is what PyInstaller made. The manual and 先读我.txt are put into it first, and the sizes are printed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAMS = {"linux": ("质量考核工具", "qtool"), "windows": ("质量考核工具.exe", "qtool.exe")}


def version() -> str:
    """Return the program's version, without importing it."""
    found = re.search(r'^__version__ = "(.+)"', (ROOT / "qtool" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    if not found:
        raise SystemExit("qtool/__init__.py holds no __version__")
    return found[1]


def add_papers(folder: Path, platform: str) -> None:
    """Write the manual's pages and 先读我.txt."""
    subprocess.run([sys.executable, ROOT / "tools" / "make_manual_page.py", folder], check=True)
    write_read_first(folder, platform)


def write_read_first(folder: Path, platform: str) -> None:
    """Write 先读我.txt; old editors of Windows know UTF-8 by its mark, and lines by CR LF."""
    name, encoding, newline = ("先读我-linux.txt", "utf-8", "\n")
    if platform == "windows":
        name, encoding, newline = ("先读我.txt", "utf-8-sig", "\r\n")
    text = (ROOT / "packaging" / name).read_text("utf-8").replace("{版本}", version())
    (folder / "先读我.txt").write_text(text, encoding=encoding, newline=newline)


def pack(folder: Path, target: Path) -> None:
    """Write the zip; the same files give the same bytes, and the programs may be run after unpacking on Linux."""
    programs = {folder / name for names in PROGRAMS.values() for name in names}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", (2022, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, where the next line's bits mean who may run it
            entry.external_attr = (0o100755 if path in programs else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def main() -> None:
    """Fill the folder, write the zip, print the sizes."""
    if len(sys.argv) != 3 or sys.argv[2] not in PROGRAMS:
        raise SystemExit(__doc__)
    folder, platform = Path(sys.argv[1]).resolve(), sys.argv[2]
    missing = [name for name in PROGRAMS[platform] if not (folder / name).is_file()]
    if missing:
        raise SystemExit(f"{folder} has no {'、'.join(missing)}")
    add_papers(folder, platform)
    target = folder.parent.parent / f"质量考核工具-{version()}-{platform}.zip"
    pack(folder, target)
    unpacked = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a build machine may speak another code page
    main()
