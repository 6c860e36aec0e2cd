"""A tally as a plain record that is kept on disk, what changed between two of them, and which was approved (批准)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from qtool.faults import QtoolError, fault
from qtool.model import marks_text
from qtool.outcome import Standing, Tally
from qtool.text import day_text

FORMAT = 1
NONE = "无"
UNSCORED = "未评"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two tallies, in Chinese; `assessee` is empty for what concerns all."""

    what: str
    assessee: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return it as one sentence."""
        return f"{self.assessee}{'　' if self.assessee else ''}{self.what}：{self.before} → {self.after}"


def record(tally: Tally) -> dict[str, Any]:
    """Return what a tally says as plain data for JSON; figures are exact, as texts like 81/4."""
    files = {source.department: source for source in tally.sources}
    return {
        "format": FORMAT,
        "made": tally.made.isoformat(),
        "plan": {"name": tally.plan.facts.name, "fingerprint": tally.plan.fingerprint},
        "missing": list(tally.missing),
        "standings": [_standing(standing) for standing in tally.standings],
        "criteria": {criterion.code: criterion.title for criterion in tally.plan.criteria},
        "points": {
            criterion.code: {
                assessee.short: None if (value := tally.points[criterion.code, assessee.short]) is None else str(value)
                for assessee in tally.plan.assessees
            }
            for criterion in tally.plan.criteria
        },
        "adjustments": [
            {"assessee": a.assessee, "marks": str(a.marks), "grade": a.grade, "reason": a.reason, "who": a.who}
            for a in tally.adjustments
        ],
        "waivers": {waiver.department: [waiver.sha256, waiver.who, waiver.reason] for waiver in tally.waivers},
        "returns": {
            department: {"file": source.file, "sha256": source.sha256, "received": source.received.isoformat()}
            for department, source in files.items()
        },
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "assessee": standing.assessee,
        "areas": {name: str(marks) for name, marks in standing.areas.items()},
        "deductions": str(standing.deductions),
        "adjustment": str(standing.adjustment),
        "total": str(standing.total),
        "rank": standing.rank,
        "grade": standing.grade,
    }


def read_record(path: Path) -> dict[str, Any]:
    """Return the record in a file; raises QtoolError when there is none or it is none."""
    if not path.is_file():
        raise QtoolError(fault("T04", file=path.name, name=path.stem))
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise QtoolError(fault("C07", file=path.name, reason="不是汇总记录")) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise QtoolError(fault("C07", file=path.name, reason="不是本版本的汇总记录"))
    return content


def changes(old: Record, new: Record) -> list[Change]:
    """Return what differs: the plan, who is missing, every assessee's result, every criterion; nothing when equal."""
    return [*_of_all(old, new), *_of_standings(old, new), *_of_adjustments(old, new), *_of_criteria(old, new)]


def _of_all(old: Record, new: Record) -> Iterator[Change]:
    if old["plan"]["name"] != new["plan"]["name"]:
        yield Change("方案名称", "", old["plan"]["name"], new["plan"]["name"])
    elif old["plan"]["fingerprint"] != new["plan"]["fingerprint"]:
        yield Change("考核方案", "", "改动以前的方案", "改动以后的方案")
    if old["missing"] != new["missing"]:
        yield Change("还缺评分的部门", "", _listed(old["missing"]), _listed(new["missing"]))
    if (was := old.get("waivers", {})) != (now := new.get("waivers", {})):
        yield Change("带说明采用的评分表", "", _listed(list(was)), _listed(list(now)))
    for department, now in new["returns"].items():
        was = old["returns"].get(department)
        if was and was["sha256"] != now["sha256"]:
            yield Change(f"{department}的评分表", "", _received(was), _received(now))


def _of_standings(old: Record, new: Record) -> Iterator[Change]:
    before = {standing["assessee"]: standing for standing in old["standings"]}
    after = {standing["assessee"]: standing for standing in new["standings"]}
    for name in _union(after, before):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield Change("考核对象", name, "有" if was else NONE, "有" if now else NONE)
            continue
        yield from _differ("总分", name, _marks(was["total"]), _marks(now["total"]))
        yield from _differ("名次", name, f"第{was['rank']}名", f"第{now['rank']}名")
        yield from _differ("等级", name, was["grade"] or NONE, now["grade"] or NONE)
        yield from _differ("事件扣分", name, _marks(was["deductions"]), _marks(now["deductions"]))
        yield from _differ("人工调整", name, _marks(was["adjustment"]), _marks(now["adjustment"]))
        for area in _union(now["areas"], was["areas"]):
            yield from _differ(area, name, _marks(was["areas"].get(area)), _marks(now["areas"].get(area)))


def _of_adjustments(old: Record, new: Record) -> Iterator[Change]:
    """Yield adjustments that came or went; a changed one is one of each."""
    before, after = list(old["adjustments"]), list(new["adjustments"])
    for adjustment in before:
        if adjustment not in after:
            yield Change("人工调整的理由", adjustment["assessee"], _adjusted(adjustment), "已删去")
    for adjustment in after:
        if adjustment not in before:
            yield Change("人工调整的理由", adjustment["assessee"], NONE, _adjusted(adjustment))


def _of_criteria(old: Record, new: Record) -> Iterator[Change]:
    for code in _union(new["points"], old["points"]):
        title = new["criteria"].get(code) or old["criteria"].get(code, "")
        was, now = old["points"].get(code, {}), new["points"].get(code, {})
        for name in _union(now, was):
            yield from _differ(f"{code} {title}", name, _marks(was.get(name)), _marks(now.get(name)))


def _differ(what: str, assessee: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(what, assessee, before, after)


def _union(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _marks(text: str | None) -> str:
    return UNSCORED if text is None else marks_text(Fraction(text))


def _listed(names: Sequence[str]) -> str:
    return "、".join(names) or NONE


def _received(back: Mapping[str, str]) -> str:
    return f"{back['file']}（{back['received'][:16].replace('T', ' ')}收到）"


def _adjusted(adjustment: Mapping[str, str]) -> str:
    marks = Fraction(adjustment["marks"])
    parts = [f"{'加' if marks > 0 else '减'}{marks_text(abs(marks))}分"] if marks else []
    parts += [f"直接定为{adjustment['grade']}"] if adjustment["grade"] else []
    return f"{'，'.join(parts)}：{adjustment['reason']}"


APPROVED, REVISED = "批准考核结果", "修订已批准的结果"
"""What the journal calls it."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that stands: the tally's fingerprint, its record's name, when, who entered it, and the note."""

    fingerprint: str
    record: str
    when: datetime
    who: str
    note: str

    def is_of(self, record: Record) -> bool:
        """Return whether this very result was approved."""
        return self.fingerprint == fingerprint(record)

    def __str__(self) -> str:
        """Return it as users read it."""
        return f"{day_text(self.when)}，{self.note}（登记人：{self.who}）"


def fingerprint(record: Record) -> str:
    """Return 64 hex digits that change when anything of a result does.

    When it was tallied, what the returned files are called and when they came changes no result: a campaign that was
    copied to another computer is still approved.
    """
    content: dict[str, Any] = {name: value for name, value in record.items() if name != "made"}
    content["returns"] = {department: back["sha256"] for department, back in record["returns"].items()}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def same_result(one: Record, other: Record) -> bool:
    """Return whether two tallies say the same."""
    return fingerprint(one) == fingerprint(other)


def standing_approval(history: Iterable[Mapping[str, Any]]) -> Approval | None:
    """Return the approval that stands, None where there is none or the result was revised since."""
    standing: Approval | None = None
    for entry in history:
        if entry["what"] == REVISED:
            standing = None
        elif entry["what"] == APPROVED:
            texts = {name: str(entry.get(name, "")) for name in ("fingerprint", "record", "who", "note")}
            standing = Approval(when=datetime.fromisoformat(entry["when"]), **texts)
    return standing
