"""A campaign as a window shows it: what to do now, how far every department is, what is wrong, what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from qtool.collect.accept import COPY_END, NOTE_END
from qtool.model import Plan, marks_text
from qtool.outcome import PRESENT, DepartmentState, State
from qtool.state.board import count_sentence, path_of, problems, reply_to
from qtool.state.campaign_state import CampaignState
from qtool.state.file_cache import token
from qtool.state.steps import steps
from qtool.state.view import Line, Overview, Results, Row, Stage
from qtool.workspace import SHEETS

_RECENT = 12
_WHO, _MORE = ("department", "recipient", "assessee"), ("note", "reason")
_BRIEF = 40
"""Letters of a detail of the journal."""
EXPECTED, OVERDUE = "应收", "逾期"
"""What is counted besides the states."""


def overview(state: CampaignState) -> Overview:
    """Return a campaign as it stands; nothing is written, and no lock is taken.

    A plan that is missing or broken is a state like any other. Raises QtoolError where the folder is no campaign, or
    its settings or journal cannot be read, and lets through what the state's report raises to break it off.
    """
    stamp = token(state.root)  # first: what changes meanwhile is seen the next time
    recently = recent(state.history)
    board, year = rows(state), steps(state)
    counts = {word.value: sum(1 for row in board if row.state.state is word) for word in State}
    counts |= {EXPECTED: len(board), OVERDUE: sum(1 for row in board if row.missing)}
    facts = state.reading.plan.facts if state.reading else None
    deadline = state.plan.facts.deadline if state.plan else None
    return Overview(
        root=state.root,
        title=(facts.name if facts else "") or state.root.absolute().name,
        office=facts.office if facts else "",
        deadline=deadline,
        days_left=(deadline - state.today).days if deadline else 0,
        steps=year,
        next=next((step.name for step in year if step.stage is Stage.DUE), None),
        rows=board,
        counts=counts,
        counted=count_sentence(state.collection) if state.plan else "",
        problems=problems(state),
        results=results(state),
        recent=recently,
        mail=state.mail,
        token=stamp,
    )


def rows(state: CampaignState) -> tuple[Row, ...]:
    """Return a row of the window's board for each department that scores; none without a sound plan."""
    plan = state.plan
    return tuple(_row(state, plan, department) for department in state.board) if plan else ()


def _row(state: CampaignState, plan: Plan, department: DepartmentState) -> Row:
    name, collection, decisions = department.department, state.collection, state.decisions
    usable = [returned for returned in state.returns_of(name) if returned.scores is not None]
    rejected = sorted((r for r in collection.rejected if r.department == name), key=lambda r: r.received)
    newest = rejected[-1] if rejected else None
    path = path_of(state, collection.accepted.get(name) or newest, name)
    return Row(
        state=department,
        missing=0 if department.state in PRESENT else max(0, (state.today - plan.facts.deadline).days),
        opens=path,
        folder=path.parent if path else state.root / SHEETS,
        mending=reply_to(state, newest, COPY_END),
        list=reply_to(state, newest, NOTE_END),
        can_waive=bool(usable) and not usable[-1].acceptable and not decisions.waiver(usable[-1].sha256),
        can_send_back=bool(usable) and not decisions.sent_back(usable[-1].sha256),
        can_undo=name in decisions.chosen or any(d.department == name for d in decisions.by_file.values()),
        address=next((d.address for d in plan.departments if d.name == name), ""),
    )


def results(state: CampaignState) -> Results | None:
    """Return the last tally from its record; None before one."""
    record = state.record
    if record is None:
        return None
    standings: list[Mapping[str, Any]] = sorted(record["standings"], key=lambda standing: standing["rank"])
    heads = tuple(standings[0]["areas"]) if standings else ()
    most = max((Fraction(standing["total"]) for standing in standings), default=Fraction(0))
    full = state.plan.facts.full_marks if state.plan else most
    return Results(
        title=f"{record['plan']['name'].removesuffix('方案')}结果",
        heads=heads,
        lines=tuple(_line(standing, heads, full) for standing in standings),
        provisional=bool(record["missing"]),
        approved=str(state.approval_of(record) or ""),
        made=datetime.fromisoformat(record["made"]),
        outdated=state.plan is not None and not state.tally_is_current,
        workbook=state.workbook,
    )


def _line(standing: Mapping[str, Any], heads: Sequence[str], full: Fraction) -> Line:
    def marks(text: str) -> str:
        return marks_text(Fraction(text))

    total = Fraction(standing["total"])
    return Line(
        rank=int(standing["rank"]),
        assessee=str(standing["assessee"]),
        total=marks(standing["total"]),
        part=float(min(Fraction(1), max(Fraction(0), total / full))) if full else 0.0,
        grade=str(standing["grade"]),
        areas=tuple(marks(standing["areas"].get(name, "0")) for name in heads),
        deductions=marks(standing["deductions"]),
        adjustment=marks(standing["adjustment"]),
    )


def recent(history: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the last things done as sentences, the newest first; the same done for many in a row is one."""
    sentences: list[str] = []
    at = len(history) - 1
    while at >= 0 and len(sentences) < _RECENT:
        entry, first = history[at], at
        about = {_about(entry)}
        while first and history[first - 1]["what"] == entry["what"] and _about(history[first - 1]) not in about:
            first -= 1
            about.add(_about(history[first]))
        sentences.append(_sentence(history[first], entry["when"], len(about)))
        at = first - 1
    return tuple(sentences)


def _about(entry: Mapping[str, Any]) -> str:
    """Return whom an entry of the journal is about, or which file."""
    who = next((str(entry[name]) for name in _WHO if entry.get(name)), "")
    return who or PurePath(str(entry.get("file", "")).replace("\\", "/")).name


def _sentence(entry: Mapping[str, Any], until: str, count: int) -> str:
    about, when = _about(entry), until[5:16].replace("T", " ")
    version = f"第{entry['version']}版" if isinstance(entry.get("version"), int) and count == 1 else ""
    more = next((str(entry[name]) for name in _MORE if entry.get(name)), "") if count == 1 else ""
    about += f"等{count}个" if count > 1 else ""
    parts = (when, str(entry["what"]), about, version, more)
    return " ".join(part if len(part) <= _BRIEF else f"{part[:_BRIEF]}…" for part in parts if part)
