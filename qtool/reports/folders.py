"""The folder tree of the evidence: 印证材料/部门/编号 短名, with names that Windows takes and paths that fit."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import Criterion, Plan
from qtool.reports.evidence import evidence_criteria
from qtool.workspace import write_file, writing

EVIDENCE = "印证材料"
LONGEST_PATH = 240
"""Characters of a whole path that every Windows program can open."""
_TITLE, _SHORTEST, _DEPARTMENT = 30, 8, 30
_FILE = 60
"""Characters that the longest name of a file in a folder is expected to have."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FOLDER = 0x10
"""MS-DOS's mark of a folder in a zip archive."""


def safe_name(text: str, longest: int) -> str:
    """Return a text as a file's or a folder's name that Windows takes, never empty."""
    name = " ".join(_FORBIDDEN.sub(" ", text).split())[:longest].strip(" .")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "_"


def criterion_folder(criterion: Criterion, longest: int = _TITLE) -> str:
    """Return the name of a criterion's folder: its code and the beginning of its title."""
    title = re.sub(r"[（(][^（）()]*[）)]|[。；;]", "", criterion.title)
    return safe_name(f"{criterion.code} {title[:longest]}", len(criterion.code) + 1 + longest)


def tree(plan: Plan, room: int = LONGEST_PATH) -> dict[str, str]:
    """Return the folder of each criterion that asks for evidence, by its code, as 部门/编号 短名.

    `room` is how many characters a path may have from 印证材料 on; titles are cut further where it is little.
    """
    departments = {one.name: safe_name(one.name, _DEPARTMENT) for one in plan.scoring_departments}
    longest = max(map(len, departments.values()), default=0)
    most = max((len(criterion.code) for criterion in plan.criteria), default=0)
    title = max(_SHORTEST, min(_TITLE, room - len(EVIDENCE) - longest - most - _FILE - 4))
    return {
        criterion.code: f"{departments[criterion.department]}/{criterion_folder(criterion, title)}"
        for criterion in evidence_criteria(plan)
    }


def make_tree(root: Path, folders: dict[str, str]) -> Iterator[Fault]:
    """Make the empty folders below `root`/印证材料, and yield a fault for each that could not be made.

    Folders that an earlier plan asked for are taken away while they are empty.
    """
    wanted = {root / EVIDENCE / folder for folder in folders.values()}
    for path in sorted(wanted):
        try:
            with writing(path):
                path.mkdir(parents=True, exist_ok=True)
        except QtoolError as error:
            yield from error.faults
    kept = wanted | {path.parent for path in wanted}
    with writing(root / EVIDENCE):
        for path in sorted((root / EVIDENCE).rglob("*"), key=lambda one: -len(one.parts)):
            if path.is_dir() and path not in kept and not any(path.iterdir()):
                path.rmdir()
    if any(len(str(path.absolute())) + _FILE > LONGEST_PATH for path in wanted):
        yield fault("R01", file=str(root / EVIDENCE), limit=LONGEST_PATH)


def zip_tree(path: Path, folders: dict[str, str]) -> Path:
    """Write the empty folders as a zip archive with UTF-8 names, the same for the same folders."""

    def write(temporary: Path) -> None:
        departments = sorted({folder.partition("/")[0] for folder in folders.values()})
        names = [EVIDENCE, *(f"{EVIDENCE}/{name}" for name in departments)]
        names += [f"{EVIDENCE}/{folder}" for folder in folders.values()]
        with zipfile.ZipFile(temporary, "w") as archive:
            for name in sorted(names):
                entry = zipfile.ZipInfo(f"{name}/", _ZIP_TIME)
                entry.create_system, entry.external_attr = 0, _FOLDER
                archive.writestr(entry, b"")

    return write_file(path, write)
