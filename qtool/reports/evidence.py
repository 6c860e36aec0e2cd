"""Which evidence (印证材料) the plan asks for, and the folder tree in which it is handed in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import Criterion, Item, Measure, Plan
from qtool.text import plain
from qtool.workspace import write_file, writing

_NO = {"否", "不", "无", "不需要", "不需", "无需", "不用", "不要", "不要求", "-", "—"}
_YES = {"是", "需要", "需", "要", "有", "需印证材料", "需要印证材料"}
_CLAUSE = re.compile(r"[，,；;。]")
_NUMBERED = re.compile(r"(?P<who>\d+(?:[、.\-~～至和及]\d+)*|其余|其他|其它|均|都)(?:项|条)?(?P<what>.*)")
_PROVIDED = re.compile(r"需要?(?:提供|提交|报送)(?P<thing>.+)")


@dataclass(frozen=True, slots=True)
class Ask:
    """Evidence that one item asks for: of which measures, and in which form where the plan says so."""

    criterion: Criterion
    item: Item
    measures: tuple[Measure, ...]
    form: str

    @property
    def labels(self) -> str:
        """The names of the measures that the evidence is for."""
        return "、".join(measure.label for measure in self.measures)


def evidence_asks(plan: Plan) -> tuple[Ask, ...]:
    """Return all that is asked for, department by department in the plan's order."""
    criteria = [
        criterion for department in plan.scoring_departments for criterion in plan.of_department(department.name)
    ]
    return tuple(ask for criterion in criteria for ask in _of_criterion(criterion))


def evidence_criteria(plan: Plan) -> tuple[Criterion, ...]:
    """Return the criteria that ask for any evidence, department by department."""
    return tuple(dict.fromkeys(ask.criterion for ask in evidence_asks(plan)))


def _of_criterion(criterion: Criterion) -> Iterator[Ask]:
    for item in criterion.items:
        needed = [(measure, *need) for measure in item.measures if (need := _need(criterion, item, measure))[0]]
        if needed:
            forms = dict.fromkeys(form for _, _, form in needed if form)
            yield Ask(criterion, item, tuple(measure for measure, _, _ in needed), "；".join(forms))


def _need(criterion: Criterion, item: Item, measure: Measure) -> tuple[bool, str]:
    """Return whether a measure wants evidence, and in which form; a measure that says nothing follows its criterion."""
    own = plain(measure.evidence)
    if own in _NO:
        return False, ""
    whole = _of_item(plain(criterion.evidence), item.number)
    if not own:
        return whole
    if own in _YES:
        return True, whole[1]
    return True, _provided(own) or measure.evidence.strip()


@lru_cache(maxsize=1024)
def _of_item(text: str, number: str) -> tuple[bool, str]:
    """Return what a criterion's words, such as `1、4需提供自查报告，2、3不需要`, say of one item."""
    if text in _YES:
        return True, ""
    if text in _NO or not text:
        return False, ""
    rest: tuple[bool, str] | None = None
    named = False
    for clause in _CLAUSE.split(text):
        match = _NUMBERED.match(clause)
        if not match:
            continue
        need = not re.match(r"(?:均|都)?(?:不|无)", match["what"]), _provided(match["what"])
        if not match["who"][0].isdigit():
            rest = need
            continue
        named = True
        if number in _numbers(match["who"]):
            return need
    # `1、2需要` says nothing of the others, which then need none; words without any number are for all of them.
    return rest or (not named, "" if named else _provided(text) or text)


def _numbers(who: str) -> set[str]:
    numbers: set[str] = set()
    for part in re.split("[、.和及]", who):
        first, _, last = re.sub("[~～至]", "-", part).partition("-")
        numbers |= {str(at) for at in range(int(first), int(last) + 1)} if last else {first}
    return numbers


def _provided(words: str) -> str:
    """Return what is to be provided, where words such as `需提供自查报告` say it."""
    match = _PROVIDED.search(words)
    thing = match["thing"].strip("。 ") if match else ""
    return "" if thing in ("印证材料", "") else thing


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
