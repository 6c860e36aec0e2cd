"""The steps of a year: how far each is, why, and what its button does now."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from qtool.collect.choose import LISTED
from qtool.documents.journal import COMPLETE
from qtool.mail.ledger import FAILED, PREPARED, SENT
from qtool.mail.letters import Kind
from qtool.model import Plan
from qtool.outcome import PRESENT, State
from qtool.sheets.issued import Standing
from qtool.state.campaign_state import CampaignState
from qtool.state.view import Stage, Step, StepButton, StepName
from qtool.tally.record import fingerprint
from qtool.text import day_text
from qtool.workspace import ACCEPTED, DOCUMENTS, NOTICES, OUTBOX, sheet_name

_TITLES = {
    StepName.PLAN: "方案",
    StepName.SHEETS: "评分表",
    StepName.SEND: "发送",
    StepName.COLLECT: "回收",
    StepName.TALLY: "汇总",
    StepName.DOCUMENTS: "公文",
}
_REMIND_AGAIN = timedelta(days=3)
"""How long the office waits after a reminder before the next is due."""
_NAMED = 3
"""Departments that a sentence names."""


def steps(state: CampaignState) -> tuple[Step, ...]:
    """Return the six steps of the year in order."""
    plan, first = state.plan, _plan(state)
    if plan is None:
        why = "方案改正以后才能继续"
        return (first, *(_blocked(name, why) for name in list(_TITLES)[1:]))
    later = _Steps(state, plan)
    return (first, later.sheets(), later.send(), later.collect(), later.tally(), later.documents())


_BUTTONS = {
    StepName.SHEETS: (StepButton.SHEETS, "生成评分表"),
    StepName.SEND: (StepButton.SEND, "发送评分表"),
    StepName.COLLECT: (StepButton.IMPORT, "导入评分表"),
    StepName.TALLY: (StepButton.TALLY, "汇总排名"),
    StepName.DOCUMENTS: (StepButton.DOCUMENTS, "生成公文"),
}


def _blocked(name: StepName, why: str, progress: str = "") -> Step:
    return Step(name, _TITLES[name], Stage.BLOCKED, progress or "—", why, *_BUTTONS[name])


def _step(name: StepName, stage: Stage, progress: str, why: str, button: tuple[StepButton, str]) -> Step:
    return Step(name, _TITLES[name], stage, progress, why, *button)


def _plan(state: CampaignState) -> Step:
    if not state.campaign.plan.is_file():
        why = f"请把考核方案放进工程文件夹，文件名是“{state.campaign.plan.name}”"
        return _step(StepName.PLAN, Stage.DUE, "找不到考核方案", why, (StepButton.OPEN_FOLDER, "打开文件夹"))
    opening = (StepButton.OPEN_PLAN, "打开方案")
    errors = sum(1 for fault in state.plan_faults if fault.is_error)
    if state.plan is None:
        why = "请打开方案，按下面列出的问题改正，保存后会重新检查"
        progress = f"有{errors}处错误" if state.reading else "读不了"
        return _step(StepName.PLAN, Stage.DUE, progress, why, opening)
    deadline = state.plan.facts.deadline
    if deadline < state.today and not state.issued:
        why = f"截止日期{day_text(deadline)}已经过了：请打开方案，在“方案”表里改年度和日期，保存后会重新检查"
        return _step(StepName.PLAN, Stage.DUE, f"还是{state.plan.facts.year}年的日期", why, opening)
    hints = len(state.plan_faults)
    progress = f"{len(state.plan.criteria)}项考核内容，" + (f"{hints}处提示" if hints else "没有错误")
    return _step(StepName.PLAN, Stage.DONE, progress, "提示不影响使用，请核对" if hints else "", opening)


def _listed(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等{len(names)}个部门" if len(names) > _NAMED else "")


class _Steps:
    """What the steps after the plan are told from; the plan is sound."""

    def __init__(self, state: CampaignState, plan: Plan) -> None:
        self._state, self._plan = state, plan
        self._names = state.departments
        self._accepted = state.collection.accepted
        self._missing = list(state.collection.missing)
        self._late = (state.today - plan.facts.deadline).days
        self._standings = {name: state.sheet(name).standing for name in self._names}
        old = [name for name, standing in self._standings.items() if standing is not Standing.CURRENT]
        self._unsound = [name for name in old if not self._settled(name)]

    def _settled(self, name: str) -> bool:
        """Return whether what a department gave counts, and answers what the plan asks now."""
        returned, expected = self._accepted.get(name), self._state.expected
        return bool(returned and returned.identity and returned.identity.plan == expected.scoring_fingerprint(name))

    # --- 评分表 ---

    def sheets(self) -> Step:
        """Return how far the sheets are."""
        names, lacking = self._names, self._unsound
        existing = [name for name in lacking if self._standings[name] is not Standing.NOT_MADE]
        changed = [name for name in lacking if self._standings[name] is Standing.OUTDATED]
        make, again = (StepButton.SHEETS, "生成评分表"), (StepButton.SHEETS, "重新生成")
        if lacking and not existing and len(lacking) == len(names):
            why = "方案核对无误后，给每个评价部门生成一份评分表"
            return _step(StepName.SHEETS, Stage.DUE, f"{len(names)}份还没有生成", why, make)
        if changed:
            progress = f"方案改了，{len(lacking)}份要重新生成"
            why = f"方案改了，{_listed(changed)}的评分表要重新生成"
            return _step(StepName.SHEETS, Stage.DUE, progress, why, again)
        if lacking:
            why = f"{_listed(lacking)}的评分表还没有生成，或者不见了、被改动过"
            return _step(StepName.SHEETS, Stage.DUE, f"{len(lacking)}份要生成", why, make)
        if any(standing is not Standing.CURRENT for standing in self._standings.values()):
            why = "方案后来的改动不影响已采用的评分，不用重发；要按新方案另做一份，可以再生成"
            return _step(StepName.SHEETS, Stage.DONE, f"{len(names)}份，已采用的仍有效", why, again)
        opening = (StepButton.OPEN_SHEETS, "打开评分表")
        return _step(StepName.SHEETS, Stage.DONE, f"{len(names)}份，全部最新", "", opening)

    # --- 发送 ---

    def send(self) -> Step:
        """Return how far the letters with the sheets are."""
        state, names = self._state, self._names
        out = [name for name in names if self._is_out(name)]
        without = [name for name in names if name not in out]
        if not without:
            return _step(StepName.SEND, Stage.DONE, f"{len(out)}份都已发出", "", (StepButton.OPEN_OUTBOX, "打开发件箱"))
        progress = f"已发{len(out)}/{len(names)}"
        if stale := [name for name in without if name in self._unsound]:
            existing = any(name in state.issued for name in stale)
            why = f"要先{'重新生成' if existing else '生成'}{_listed(stale)}的评分表"
            return _blocked(StepName.SEND, why, progress)
        reachable = [name for name in without if self._address(name)]
        if state.mail and reachable:
            unsure = [n for n in without if (e := state.ledger.get((Kind.SHEET, n))) and e.what in (PREPARED, FAILED)]
            why = f"上次给{_listed(unsure)}的没有发成，或不能确定" if unsure else f"还没有发给{_listed(without)}"
            return _step(StepName.SEND, Stage.DUE, progress, why, (StepButton.SEND, "发送评分表"))
        lacking = "没有设邮箱" if not state.mail else f"{_listed(without)}没有邮箱地址"
        if all(self._is_drafted(name) for name in without):
            why = f"{lacking}：请把“{OUTBOX}”里的信和压缩包转给部门，再标记为已发出"
            return _step(StepName.SEND, Stage.DUE, progress, why, (StepButton.MARK_SENT, "标记已发出"))
        why = f"{lacking}：可以只做草稿自己转交，再标记为已发出"
        return _step(StepName.SEND, Stage.DUE, progress, why, (StepButton.DRAFTS, "写信的草稿"))

    def _is_out(self, name: str) -> bool:
        """Return whether a department has its sheet: the last version was sent, or something came back for it."""
        if name in self._accepted and name not in self._unsound:
            return True
        version = self._state.issued.get(name, {}).get("version")
        entry = self._state.ledger.get((Kind.SHEET, name))
        if entry and entry.what == SENT and entry.version == version:
            return name not in self._unsound
        return any(r.identity is not None and r.identity.version == version for r in self._state.returns_of(name))

    def _address(self, name: str) -> str:
        return next((d.address for d in self._plan.departments if d.name == name), "")

    def _is_drafted(self, name: str) -> bool:
        path = self._state.root / OUTBOX / name / sheet_name(name)
        return bool(self._state.files.digest(path) == self._state.issued.get(name, {}).get("sha256", "-"))

    # --- 回收 ---

    def collect(self) -> Step:
        """Return how far the returns are."""
        state, names, missing = self._state, self._names, self._missing
        if not state.issued and not self._state.returns:
            return _blocked(StepName.COLLECT, "要先生成并发出评分表")
        got = len(names) - len(missing)
        mend = [row.department for row in self._state.board if row.state is State.RETURNED]
        progress = f"已采用{got}/{len(names)}" + (f"，需改正{len(mend)}" if mend else "")
        if new := self._unhandled():
            why = "收件箱里有还没有检查处理的评分表"
            return _step(
                StepName.COLLECT, Stage.DUE, f"{progress}，新到{new}份", why, (StepButton.COLLECT, "检查收件箱")
            )
        if not missing:
            waived = len(self._state.collection.waived)
            progress = f"{got}份全部采用" + (f"，带说明{waived}份" if waived else "")
            return _step(StepName.COLLECT, Stage.DONE, progress, "", (StepButton.OPEN_ACCEPTED, "打开已采用"))
        if not any(self._is_out(name) for name in names):
            why = "评分表发出以后，等各部门交回"
            return _step(StepName.COLLECT, Stage.WAITING, progress, why, (StepButton.IMPORT, "导入评分表"))
        coming = (StepButton.FETCH, "收信") if state.mail else (StepButton.IMPORT, "导入评分表")
        if untold := [name for name in mend if not self._told_since_listed(name)]:
            why = f"{_listed(untold)}交的要改正，请催报：信里会附上问题清单和改正件"
            return _step(StepName.COLLECT, Stage.DUE, progress, why, (StepButton.REMIND, "催报"))
        late = [r.department for r in self._state.board if r.state not in PRESENT and self._is_out(r.department)]
        if self._late > 0 and late and (unasked := [name for name in late if not self._reminded_lately(name)]):
            why = f"截止日期已过{self._late}天，还缺{_listed(unasked)}，请催报"
            return _step(
                StepName.COLLECT, Stage.DUE, f"{progress}，逾期{self._late}天", why, (StepButton.REMIND, "催报")
            )
        why = f"等{_listed(missing)}交回；收到后" + ("点收信" if state.mail else "把文件拖进窗口或点导入")
        return _step(StepName.COLLECT, Stage.WAITING, progress, why, coming)

    def _unhandled(self) -> int:
        """Return how many files a collection would do something about."""
        decisions, root = self._state.decisions, self._state.root
        new = {r.sha256 for name, r in self._accepted.items() if decisions.accepted.get(name) != r.sha256}
        for name, returned in self._accepted.items():
            copies = (root / ACCEPTED).glob(sheet_name(name, ".*"))
            if returned.sha256 not in {self._state.files.digest(path) for path in copies}:
                new.add(returned.sha256)
        listed = decisions.listed
        return len(new) + sum(
            1 for r in self._state.collection.rejected if r.sha256 not in listed.get(r.department, frozenset())
        )

    def _told_since_listed(self, name: str) -> bool:
        """Return whether a department was reminded of its faults after they were listed."""
        rejected = {r.sha256 for r in self._state.collection.rejected if r.department == name}
        listed = [e["when"] for e in self._state.history if e["what"] == LISTED and e.get("sha256") in rejected]
        reminded = self._reminded(name)
        return reminded is not None and reminded >= max(map(datetime.fromisoformat, listed), default=reminded)

    def _reminded_lately(self, name: str) -> bool:
        reminded = self._reminded(name)
        return reminded is not None and datetime.now().astimezone() - reminded < _REMIND_AGAIN

    def _reminded(self, name: str) -> datetime | None:
        """Return when a department was last reminded; where nothing can be sent, when the letter was last written."""
        entry = self._state.ledger.get((Kind.REMINDER, name))
        if entry and entry.what == SENT:
            return datetime.fromisoformat(entry.when)
        if self._state.mail and self._address(name):
            return None
        letter = self._state.root / OUTBOX / name / f"信-{Kind.REMINDER.value}.eml"
        return _time(letter)

    # --- 汇总 ---

    def tally(self) -> Step:
        """Return how far the result is."""
        return self._no_result() or self._result()

    def _no_result(self) -> Step | None:
        """Return why there is no result, or none that could be made anew; None where there is."""
        state, missing, again = self._state, self._missing, (StepButton.TALLY, "汇总排名")
        if any(fault.is_error for fault in state.adjustments[1]):
            why = "人工调整或建议扣分的表里有错误，请按下面列出的问题改正，保存后再汇总"
            return _step(StepName.TALLY, Stage.DUE, "调整表有错误", why, (StepButton.OPEN_ADJUSTMENTS, "打开调整表"))
        if state.record_faults:
            why = "上一次的汇总记录读不了，请从备份恢复，或把它移出“5-汇总/记录”以后再汇总"
            return _step(StepName.TALLY, Stage.DUE, "汇总记录读不了", why, (StepButton.OPEN_TALLY, "打开汇总表"))
        if not self._accepted:
            return _blocked(StepName.TALLY, "还没有采用的评分表")
        if state.record is not None:
            return None
        if missing:
            why = f"还缺{_listed(missing)}；现在汇总只是暂定的"
            return _step(StepName.TALLY, Stage.WAITING, "还没有汇总", why, again)
        return _step(StepName.TALLY, Stage.DUE, "收齐了，还没有汇总", "评分表已收齐，可以汇总排名", again)

    def _result(self) -> Step:
        """Return how far the result is that there is."""
        state, missing, sound = self._state, self._missing, self._result_stands()
        again, opening = (StepButton.TALLY, "汇总排名"), (StepButton.OPEN_TALLY, "打开汇总表")
        if state.standing_approval and not sound:
            why = "批准以后评分、方案或调整又有变化；确实要改的，修订后重新批准，否则请恢复原样"
            why = f"还缺{_listed(missing)}，收齐后再看要不要修订" if missing else why
            stage = Stage.WAITING if missing else Stage.DUE
            return _step(StepName.TALLY, stage, "与批准的结果不同", why, (StepButton.REVISE, "修订结果"))
        if missing:
            progress = "暂定结果" if sound else "暂定结果已过时"
            return _step(StepName.TALLY, Stage.WAITING, progress, f"还缺{_listed(missing)}，收齐后再汇总", again)
        if not sound:
            why = "上次汇总以后，评分、方案或调整又有变化"
            return _step(StepName.TALLY, Stage.DUE, "有变化，要重新汇总", why, again)
        if self._approved:
            return _step(StepName.TALLY, Stage.DONE, "已汇总，已批准", "", opening)
        if not self._papers_stand():
            return _step(StepName.TALLY, Stage.DONE, "已汇总，还没有批准", "", opening)
        why = "请示批准以后，在这里登记批准文号和批准人"
        return _step(StepName.TALLY, Stage.DUE, "已汇总，等待批准", why, (StepButton.APPROVE, "登记批准"))

    @property
    def _approved(self) -> bool:
        return self._state.approval_of(self._state.record) is not None

    def _result_stands(self) -> bool:
        state = self._state
        approved = state.standing_approval is None or self._approved
        return state.tally_is_current and state.workbook is not None and approved

    # --- 公文 ---

    def documents(self) -> Step:
        """Return how far the documents are."""
        state, stands = self._state, self._papers_stand()
        opening, making = (StepButton.OPEN_DOCUMENTS, "打开公文"), (StepButton.DOCUMENTS, "生成公文")
        if state.record is None or self._missing or not self._result_stands():
            noticed = any((state.root / DOCUMENTS / NOTICES).glob("*.docx"))
            notice = (StepButton.DOCUMENTS, "生成通知")
            progress, button = ("通知已生成", opening) if noticed else ("可以先生成通知", notice)
            return _step(StepName.DOCUMENTS, Stage.WAITING, progress, "有了正式的汇总结果，再生成请示", button)
        if self._approved:
            if stands:
                return _step(StepName.DOCUMENTS, Stage.DONE, "请示、通报、反馈函已生成", "", opening)
            why = "结果已经批准，可以生成通报和反馈函"
            return _step(StepName.DOCUMENTS, Stage.DUE, "要生成通报和反馈函", why, making)
        if stands:
            why = "批准以后，再生成通报和反馈函"
            return _step(StepName.DOCUMENTS, Stage.WAITING, "请示已生成", why, opening)
        return _step(StepName.DOCUMENTS, Stage.DUE, "要生成请示", "结果已经汇总，请生成请示报批", making)

    def _papers_stand(self) -> bool:
        """Return whether the documents were last made of this very result, as it is approved or not, and are there."""
        state = self._state
        entry = next((e for e in reversed(state.history) if e["what"] == COMPLETE), None)
        if entry is None or state.record is None:
            return False
        same = entry.get("result") == fingerprint(state.record) and entry.get("approved") == self._approved
        return bool(same) and all((state.root / DOCUMENTS / str(f)).is_file() for f in entry.get("files", ()))


def _time(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError:
        return None
