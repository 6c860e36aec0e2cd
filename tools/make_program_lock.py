"""Write packaging/locked.txt: every package that the program is built from, with version and hashes.

`python tools/make_program_lock.py python3 "packaging/wine/wpy build/wine"`: each argument is the command of a Python
3.11, one for each platform. Their pips agree on versions, and the hashes of the wheels that they chose are kept.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCKED = ROOT / "packaging" / "locked.txt"
_HEAD = """\
# What the program is built from, for CPython 3.11 on 64-bit Linux and Windows: tools/make_program_lock.py writes it.
"""


def wanted() -> list[str]:
    """Return what pyproject.toml asks for, the program's own build tools among it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["program"]]


def chosen(python: str) -> list[dict[str, Any]]:
    """Return pip's report on what a Python would install."""
    command = [*shlex.split(python), "-X", "utf8", "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    command += ["--only-binary", ":all:", "--report", "-", *wanted()]
    said = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout.decode("utf-8")
    found: list[dict[str, Any]] = json.loads(said[said.index("{") : said.rindex("}") + 1])["install"]
    return found


def locked(reports: list[list[dict[str, Any]]]) -> str:
    """Return the lock's text; a package that only one platform needs says which."""
    hashes: dict[tuple[str, str], set[str]] = defaultdict(set)
    platforms: dict[tuple[str, str], set[str]] = defaultdict(set)
    for report in reports:
        files = [package["download_info"]["url"].rpartition("/")[2] for package in report]
        platform = "win32" if any("win_amd64" in name for name in files) else "linux"
        for package in report:
            key = (package["metadata"]["name"].lower().replace("_", "-"), package["metadata"]["version"])
            hashes[key].add(package["download_info"]["archive_info"]["hashes"]["sha256"])
            platforms[key].add(platform)
    lines = []
    for (name, version), found in sorted(hashes.items()):
        there = platforms[name, version]
        marker = f' ; sys_platform == "{next(iter(there))}"' if len(there) < len(reports) else ""
        lines.append(
            " \\\n    ".join([f"{name}=={version}{marker}", *(f"--hash=sha256:{sum_}" for sum_ in sorted(found))])
        )
    return _HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Ask each Python and write the lock."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    text = locked([chosen(python) for python in sys.argv[1:]])
    LOCKED.write_text(text, encoding="utf-8", newline="\n")
    print(f"{LOCKED.relative_to(ROOT)}: {text.count('==')} packages")


if __name__ == "__main__":
    main()
