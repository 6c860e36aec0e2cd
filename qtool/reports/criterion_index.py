"""Which criterion a returned file is for, told from the folders that it lies in and, at need, from its own name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qtool.model import Criterion, Plan
from qtool.reports.evidence import criterion_folder
from qtool.reports.files import Piece
from qtool.text import plain

_CODE = re.compile(r"(?<!\d)0?(\d{1,2})\s*[-_.—–－、~]\s*0?(\d{1,2})(?!\d)")
_MARKS = re.compile(r"[\s“”\"'‘’（）()《》、，,。.：:；;\-_—]+")
_ALIKE_TITLE, _ALIKE_DEPARTMENT = 0.75, 0.8
_LONG = 6
"""Letters from which on a title is known by a part of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a file is for; `department` is known alone where it lies loose in the folder of a department."""

    criterion: Criterion | None = None
    department: str = ""
    elsewhere: str = ""
    """The department in whose folder it lies, where its criterion is another department's."""


class CriterionIndex:
    """The plan's criteria and departments, to be found by what people name folders."""

    def __init__(self, plan: Plan) -> None:
        """Arrange the names; of equal titles the first one's criterion counts."""
        self._codes = {key: one for one in plan.criteria if (key := _code_key(one.code))}
        self._titles: dict[str, Criterion] = {}
        for one in plan.criteria:
            short = criterion_folder(one).partition(" ")[2]
            self._titles = {_flat(one.title): one, _flat(short): one} | self._titles
        self._departments = {_flat(one.name): one.name for one in plan.departments}
        self._places: dict[tuple[str, ...], Place] = {}

    def place(self, piece: Piece) -> Place:
        """Return what a file is for; its own name counts only where its folders do not tell."""
        if piece.folders not in self._places:
            self._places[piece.folders] = self.of_folders(piece.folders)
        place = self._places[piece.folders]
        if place.criterion is None:
            criterion = self._criterion(piece.name.rpartition(".")[0] or piece.name, by_title=False)
            if criterion is not None and place.department in ("", criterion.department):
                return Place(criterion, criterion.department)
        return place

    def of_folders(self, folders: Sequence[str]) -> Place:
        """Return what the files of a folder are for, by its name and those of the folders around it."""
        department, criterion = "", None
        for folder in folders:
            name = folder.removesuffix(".zip").removesuffix(".ZIP")
            if one := self._criterion(name, by_title=True):
                criterion = one
            elif criterion is None:
                department = self._department(name) or department
        if criterion is None:
            return Place(None, department)
        elsewhere = department if department not in ("", criterion.department) else ""
        return Place(criterion, criterion.department, elsewhere)

    def _criterion(self, name: str, *, by_title: bool) -> Criterion | None:
        """Return the criterion that a name means: by its code at the beginning, or by its title or most of it."""
        code = _CODE.match(plain(name).lstrip("(（[【第"))
        if code and (one := self._codes.get((int(code[1]), int(code[2])))):
            return one
        exact = self._codes.get(_code_key(plain(name))) if by_title else None
        if exact is not None or not by_title:
            return exact
        return self._by_title(_without_number(name))

    def _by_title(self, name: str) -> Criterion | None:
        if one := self._titles.get(name):
            return one
        if len(name) < _LONG:
            return None
        inside = {self._titles[title].code: self._titles[title] for title in self._titles if name in title}
        if len(inside) == 1:
            return next(iter(inside.values()))
        near = difflib.get_close_matches(name, list(self._titles), 2, _ALIKE_TITLE)
        codes = {self._titles[title].code for title in near}
        return self._titles[near[0]] if len(codes) == 1 else None

    def _department(self, name: str) -> str:
        flat = _without_number(name)
        if flat in self._departments:
            return self._departments[flat]
        inside = {
            self._departments[one] for one in self._departments if len(one) >= 3 and (one in flat or one[1:] == flat)
        }
        if len(inside) == 1:
            return inside.pop()
        near = difflib.get_close_matches(flat, list(self._departments), 2, _ALIKE_DEPARTMENT)
        return self._departments[near[0]] if len(near) == 1 else ""


def _without_number(name: str) -> str:
    return _flat(re.sub(r"^[\d.\-_、\s]+", "", name))


def _code_key(code: str) -> tuple[int, ...]:
    parts = re.split(r"\D+", code)
    return tuple(int(part) for part in parts) if all(parts) and len(parts) < 5 else ()


@lru_cache(maxsize=4096)
def _flat(text: str) -> str:
    """Return a name without what people leave out or write otherwise."""
    return _MARKS.sub("", plain(text))
