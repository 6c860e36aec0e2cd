"""What is known of a campaign when it is looked at: plan, returns, letters, results; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from qtool.actions.action import Request
from qtool.actions.collect import sorted_with_kept
from qtool.actions.tally import WORKBOOK, kept_records
from qtool.collect.choose import Collection, states
from qtool.collect.decisions import Decisions, read_decisions
from qtool.faults import Fault, QtoolError, fault
from qtool.mail.account import account_of
from qtool.mail.ledger import Ledger, read_ledger
from qtool.model import Plan
from qtool.outcome import Adjustment, DepartmentState, Return
from qtool.plan.read import Reading
from qtool.sheets.make import issued_in, sheet_name
from qtool.state.memory import Memory
from qtool.tally.adjust import FILE as ADJUSTMENTS
from qtool.tally.adjust import read_adjustments
from qtool.tally.approval import Approval, fingerprint, standing_approval
from qtool.tally.proposals import FILE as PROPOSALS
from qtool.tally.proposals import read_proposals
from qtool.tally.record import read_record
from qtool.workspace import ACCEPTED, INBOX, SETTINGS, SHEETS, TALLY, Campaign

_RECORDED = {"made", "plan", "missing", "standings", "adjustments", "returns"}
"""What a record must tell, so that it can be shown."""


@dataclass(frozen=True)
class Found:
    """Returned files as they stand: sorted, how far every department is, the files by department, the oldest first."""

    returns: tuple[Return, ...]
    collection: Collection
    board: tuple[DepartmentState, ...]

    def of(self, department: str) -> list[Return]:
        """Return what a department sent, the oldest first."""
        return sorted((r for r in self.returns if r.department == department), key=lambda r: r.received)


class Facts:
    """All that is known of a campaign, each thing found out when it is first asked for."""

    def __init__(self, campaign: Campaign, request: Request, memory: Memory) -> None:
        """Read the journal and the plan; raises QtoolError for a journal that cannot be read."""
        self.campaign = campaign
        self.memory = memory
        self.today: date = datetime.now().astimezone().date()
        self.history: list[Mapping[str, Any]] = list(campaign.history())
        self._request = request
        self.plan_faults: list[Fault] = []
        self.reading: Reading | None = None
        try:
            self.reading, self.plan_faults = memory.plan(campaign)
        except QtoolError as error:
            self.plan_faults = list(error.faults)

    @property
    def plan(self) -> Plan | None:
        """The plan, where it has no errors."""
        sound = self.reading is not None and not any(found.is_error for found in self.plan_faults)
        return self.reading.plan if sound and self.reading else None

    @cached_property
    def issued(self) -> dict[str, Mapping[str, Any]]:
        """The last sheet made for every department, as the journal tells it."""
        return issued_in(self.history)

    @cached_property
    def decisions(self) -> Decisions:
        """What the office decided."""
        return read_decisions(self.history)

    @cached_property
    def ledger(self) -> Ledger:
        """Which letters were sent."""
        return read_ledger(self.history)

    @cached_property
    def account_faults(self) -> tuple[Fault, ...]:
        """What is wrong with the mail account, where there is one."""
        if not self.campaign.settings.mail.get("地址"):
            return ()
        try:
            account_of(self.campaign.settings.mail, "", self.campaign.root / SETTINGS)
        except QtoolError as error:
            return error.faults
        return ()

    @property
    def mail(self) -> bool:
        """Whether letters can be sent and fetched."""
        return bool(self.campaign.settings.mail.get("地址")) and not self.account_faults

    @cached_property
    def found(self) -> Found | None:
        """What came back; None without a plan."""
        plan = self.plan
        if plan is None:
            return None
        expected, memory, request = self.memory.expected(self.campaign, plan), self.memory, self._request
        root = self.campaign.root
        returns = memory.returns(root / INBOX, expected, request.report, request.readers)

        def kept() -> Sequence[Return]:
            return memory.returns(root / ACCEPTED, expected, request.report, request.readers)

        collection = sorted_with_kept(plan, returns, self.decisions, kept)
        versions = {name: int(entry["version"]) for name, entry in self.issued.items()}
        return Found(tuple(returns), collection, tuple(states(plan, collection, self.decisions, versions)))

    def current(self, department: str) -> bool:
        """Return whether a department's sheet is there and as the plan now says."""
        entry = self.issued.get(department)
        if entry is None or self.plan is None or entry.get("plan") != self.plan.sheet_fingerprint(department):
            return False
        path = self.campaign.root / SHEETS / sheet_name(department)
        return self.memory.digest(path) == entry.get("sha256")

    @cached_property
    def records(self) -> list[Path]:
        """The records of all tallies, the oldest first."""
        return kept_records(self.campaign)

    @cached_property
    def _last_record(self) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
        if not self.records:
            return None, ()
        path = self.records[-1]
        try:
            found = self.memory.of(path, lambda: read_record(path))
        except QtoolError as error:
            return None, error.faults
        if _RECORDED - found.keys():
            return None, (fault("C07", file=path.name, reason="不是汇总记录"),)
        return found, ()

    @property
    def record(self) -> dict[str, Any] | None:
        """The record of the last tally; None without one that can be read."""
        return self._last_record[0]

    @property
    def record_faults(self) -> tuple[Fault, ...]:
        """Why the record of the last tally cannot be read."""
        return self._last_record[1]

    @cached_property
    def standing(self) -> Approval | None:
        """The approval that stands, of whatever result."""
        return standing_approval(self.history)

    @property
    def approval(self) -> Approval | None:
        """The approval of the last tally."""
        record, standing = self.record, self.standing
        return standing if record and standing and standing.fingerprint == fingerprint(record) else None

    @property
    def workbook(self) -> Path | None:
        """The workbook of the last tally."""
        path = self.campaign.root / TALLY / WORKBOOK
        return path if path.is_file() else None

    @cached_property
    def adjusted(self) -> tuple[tuple[Adjustment, ...], tuple[Fault, ...]]:
        """The adjustments as they stand now, and what is wrong with them."""
        plan = self.plan
        if plan is None:
            return (), ()
        adjustments: list[Adjustment] = []
        faults: list[Fault] = []
        for name, read in ((ADJUSTMENTS, read_adjustments), (PROPOSALS, read_proposals)):
            path = self.campaign.root / TALLY / name
            if path.is_file():
                try:
                    some, wrong = self.memory.of(path, lambda read=read, path=path: read(path, plan))  # type: ignore[misc]
                except QtoolError as error:
                    some, wrong = (), error.faults
                adjustments += some
                faults += wrong
        return tuple(adjustments), tuple(faults)

    @property
    def outdated(self) -> bool:
        """Whether a tally now would say something else than the last one."""
        record, found, plan = self.record, self.found, self.plan
        if record is None or found is None or plan is None:
            return False
        accepted, waived = found.collection.accepted, found.collection.waived
        now = (
            plan.fingerprint,
            plan.facts.name,
            {name: returned.sha256 for name, returned in accepted.items()},
            sorted(waived),
            [(a.assessee, a.marks, a.grade, a.reason, a.who) for a in self.adjusted[0]],
        )
        then = (
            record["plan"]["fingerprint"],
            record["plan"]["name"],
            {name: back["sha256"] for name, back in record["returns"].items()},
            sorted(record.get("waivers", {})),
            [(a["assessee"], Fraction(a["marks"]), a["grade"], a["reason"], a["who"]) for a in record["adjustments"]],
        )
        return now != then or any(fault.is_error for fault in self.adjusted[1])
