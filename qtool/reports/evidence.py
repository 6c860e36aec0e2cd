"""Which evidence (印证材料) the plan asks for: per item, from what its measures and its criterion say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qtool.model import Criterion, Item, Measure, Plan
from qtool.text import plain

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
