"""What a campaign has around it: its folders and what lies in them, the log, and what this computer has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from qtool.office.libreoffice import libreoffice
from qtool.progress import Event, Report, silent
from qtool.state.campaign_state import CampaignState
from qtool.workspace import FOLDERS, JOURNAL, UNFINISHED, log_in

_MOST = 100_000
"""Files of one folder that are counted; evidence may be more than anybody wants to wait for."""
_EACH = 500
"""Files between two looks whether the user wants to stop."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the campaign; `files` is how many lie in it, None where it is not there."""

    name: str
    files: int | None
    more: bool = False
    """Whether there are more than were counted."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a campaign; paths are None where there is nothing."""

    office: str
    """The office's full title, nothing where the plan cannot be read."""
    folders: tuple[Folder, ...]
    libreoffice: Path | None
    log: Path | None
    journal: Path | None


def surroundings(root: Path, report: Report = silent) -> Surroundings:
    """Return what stands around a campaign; raises QtoolError when it is none."""
    reading = CampaignState(root).reading
    office = reading.plan.facts.office_title if reading else ""
    folders = []
    for number, name in enumerate(FOLDERS):
        report(Event(number, len(FOLDERS), name))
        folders.append(_counted(root / name, report))
    journal = root / JOURNAL
    return Surroundings(office, tuple(folders), libreoffice(), log_in(root), journal if journal.is_file() else None)


def _counted(path: Path, report: Report) -> Folder:
    """Return a folder with the number of files in it, however deep; what cannot be looked into counts nothing."""
    if not path.is_dir():
        return Folder(path.name, None)
    count = 0
    for _folder, _inside, names in os.walk(path):
        for name in names:
            count += not name.startswith((UNFINISHED, "~$", "."))
            if count and count % _EACH == 0:
                report(Event(0, 0, path.name))
            if count >= _MOST:
                return Folder(path.name, count, more=True)
    return Folder(path.name, count)
