"""Make the returned files that the tests read: tests/returns/should_pass and should_fail, and what is expected of them.

python tools/make_returns.py [folder]        (tests/returns, unless told otherwise)

Needs soffice (LibreOffice) on PATH. Every file is what some habit makes of a genuine sheet of the tests' campaign; the
habits stand in tools/*_returns.py, each with its story and with the faults that a person would find, which are written
down before the program is asked. Two runs give the same bytes, but for the times in what LibreOffice saved.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))  # the campaign of the tests, and their writer of OLE files

from bad_returns import bad  # noqa: E402 - needs the tests' folder on the path
from good_returns import good  # noqa: E402 - as above
from return_cases import Case, Filled, filled, written  # noqa: E402 - as above
from saved_returns import Office  # noqa: E402 - as above
from scoring_cases import plan_2022  # noqa: E402 - as above

OUT = ROOT / "tests" / "returns"
DEPARTMENTS = ("市公安局", "市卫健委", "市教育局", "市经信局", "市文旅局", "市农业农村局")


def main(out: Path) -> None:
    """Make every file, and write what is expected of each."""
    sheets = {name: filled(plan_2022(), name) for name in DEPARTMENTS}
    listed: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        for name, cases in (("should_pass", good(sheets, office)), ("should_fail", bad(sheets, office))):
            listed |= {f"{name}/{case.name}": _told(case) for case in _written(out / name, cases)}
    _dump(out / "expected.json", {"filled": {name: _filled(sheet) for name, sheet in sheets.items()}, "files": listed})
    print(f"{len(listed)} files in {out}")


def _written(folder: Path, cases: Iterable[Case]) -> Iterable[Case]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for case in cases:
        path = folder / case.name
        if path.exists():
            raise SystemExit(f"two cases are called {case.name}")
        path.write_bytes(case.content)
        yield case


def _told(case: Case) -> Mapping[str, object]:
    """Return what expected.json says of a file."""
    found: dict[str, object] = {"story": case.story, "faults": sorted(case.faults.split())}
    if case.department:
        answers = {"/".join(key): written(value) for key, value in case.answers.items()}
        found |= {"department": case.department, "answers": answers or "same"}
    if case.reasons:
        found["reasons"] = {"/".join(key): text for key, text in case.reasons.items()}
    return found


def _filled(sheet: Filled) -> Mapping[str, object]:
    """Return what was filled into a department's sheet before anything became of it."""
    answers = {"/".join(key): written(value) for key, value in sheet.answers.items()}
    return {"answers": answers, "reasons": {"/".join(key): text for key, text in sheet.reasons.items()}}


def _dump(path: Path, content: Mapping[str, Mapping[str, object]]) -> None:
    """Write what is told, one line for each file and department."""
    parts = []
    for title, entries in content.items():
        lines = [
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(told, ensure_ascii=False)}"
            for name, told in entries.items()
        ]
        parts.append(f'"{title}": {{\n' + ",\n".join(lines) + "\n}")
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
