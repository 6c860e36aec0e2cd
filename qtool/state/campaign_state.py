"""What is known of a campaign: plan, journal, returns, letters, results; nothing is written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qtool.collect.choose import Accepted, Collection, Decisions, accepted_of, read_decisions, sort_with_kept, states
from qtool.collect.expected import Expected
from qtool.collect.intake import files_in
from qtool.collect.read import Carried, read_carried
from qtool.faults import Fault, QtoolError, fault
from qtool.model import Plan
from qtool.outcome import Adjustment, DepartmentState, Return, Tally
from qtool.plan.read import Reading
from qtool.progress import Report, silent
from qtool.sheets.issued import Issued, issued_in, issued_sheet
from qtool.state.file_cache import FileCache
from qtool.tally.build import build
from qtool.tally.record import Approval, Record, read_record, record, same_result, standing_approval
from qtool.workspace import (
    ACCEPTED,
    ADJUSTMENTS,
    INBOX,
    PROPOSALS,
    RECORDS,
    SETTINGS,
    SHEETS,
    TALLY,
    TALLY_WORKBOOK,
    Campaign,
    locked,
    open_campaign,
    sheet_name,
)

if TYPE_CHECKING:
    from qtool.mail.account import Account
    from qtool.mail.ledger import Ledger

_T = TypeVar("_T")
_RECORDED = {"made", "plan", "missing", "standings", "adjustments", "returns"}
"""What a record must tell, so that it can be shown."""


class _Fact(Generic[_T]):
    """A property of a state that is found out once, and once more after the journal has grown.

    Whatever changes a campaign is entered into the journal, so nobody has to say what has become old.
    """

    def __init__(self, find: Callable[[CampaignState], _T]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __get__(self, state: CampaignState, _owner: type) -> _T:
        return state.remembered(self._find)


class CampaignState:
    """All that is known of one campaign, each thing found out when it is first asked for.

    The plan is read once. All else is looked at anew after an entry into the journal; a file that was read is read
    again only where it has changed since, also by another state with the same `files`. Its properties raise QtoolError
    where the folder is no campaign, or settings or journal cannot be read.
    """

    def __init__(
        self, root: Path, files: FileCache | None = None, report: Report = silent, readers: int | str = 1
    ) -> None:
        """Know nothing yet; `report` and `readers` are for reading many returned files."""
        self.root = root
        self.files = files or FileCache()
        self.today: date = datetime.now().astimezone().date()
        self._report, self._readers = report, readers
        self._facts: dict[Callable[[CampaignState], Any], Any] = {}
        self._entries = 0
        self._built: tuple[object, Tally] | None = None

    def remembered(self, find: Callable[[CampaignState], _T]) -> _T:
        """Return what was found out already, unless the journal has grown since."""
        if self._entries != self.campaign.entries:
            self._entries = self.campaign.entries
            self._facts.clear()
        if find not in self._facts:
            self._facts[find] = find(self)
        value: _T = self._facts[find]
        return value

    @contextlib.contextmanager
    def locked(self) -> Iterator[Campaign]:
        """Hold the campaign for this process alone; what another one did before is looked at."""
        with locked(self.campaign):
            self._facts.clear()
            yield self.campaign

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign's folder and settings."""
        return open_campaign(self.root)

    # --- the plan ---

    @cached_property
    def _plan_read(self) -> tuple[Reading | None, list[Fault]]:
        try:
            return self.files.plan(self.campaign.plan)
        except QtoolError as error:
            return None, list(error.faults)

    @property
    def reading(self) -> Reading | None:
        """The plan as it was read, also with errors; None where it is no plan at all."""
        return self._plan_read[0]

    @property
    def plan_faults(self) -> list[Fault]:
        """All that is wrong with the plan."""
        return self._plan_read[1]

    @property
    def plan(self) -> Plan | None:
        """The plan, where it has no errors."""
        reading, faults = self._plan_read
        return None if reading is None or any(fault.is_error for fault in faults) else reading.plan

    def sound_plan(self) -> Plan:
        """Return the plan; raises QtoolError with all faults when it has errors."""
        reading, faults = self._plan_read
        if reading is None:
            raise QtoolError(*faults)
        errors = [fault for fault in faults if fault.is_error]
        if errors:
            raise QtoolError(fault("C10", file=self.campaign.plan.name, count=len(errors)), *errors)
        return reading.plan

    @property
    def departments(self) -> list[str]:
        """The departments that score; none without a sound plan."""
        return [department.name for department in self.plan.scoring_departments] if self.plan else []

    @property
    def expected(self) -> Expected:
        """What was sent out, so that what comes back can be compared with it; needs a sound plan."""
        return self.files.expected(self.campaign, self.sound_plan())

    # --- what the journal tells ---

    @_Fact
    def history(self) -> list[Mapping[str, Any]]:
        """The journal's entries, the oldest first."""
        return list(self.campaign.history())

    @_Fact
    def issued(self) -> dict[str, Mapping[str, Any]]:
        """The last sheet made for every department."""
        return issued_in(self.history)

    @_Fact
    def decisions(self) -> Decisions:
        """What the office decided."""
        return read_decisions(self.history)

    @_Fact
    def ledger(self) -> Ledger:
        """Which letters were sent."""
        from qtool.mail.ledger import read_ledger  # noqa: PLC0415 - most commands need no mail

        return read_ledger(self.history)

    # --- sheets and letters ---

    def sheet(self, department: str) -> Issued:
        """Return how a department's sheet stands to the plan as it is now."""
        digest = self.files.digest(self.root / SHEETS / sheet_name(department))
        return issued_sheet(self.issued.get(department), self.sound_plan().sheet_fingerprint(department), digest)

    def account(self) -> Account:
        """Return the mail account of the settings; raises QtoolError with every fault."""
        from qtool.mail.account import account_of  # noqa: PLC0415 - as above

        office = self.plan.facts.office_title if self.plan else ""
        return account_of(self.campaign.settings.mail, office, self.root / SETTINGS)

    @cached_property
    def account_faults(self) -> tuple[Fault, ...]:
        """What is wrong with the mail account, where there is one."""
        if self.campaign.settings.mail.get("地址"):
            try:
                self.account()
            except QtoolError as error:
                return error.faults
        return ()

    @property
    def mail(self) -> bool:
        """Whether letters can be sent and fetched."""
        return bool(self.campaign.settings.mail.get("地址")) and not self.account_faults

    # --- returns ---

    @_Fact
    def returns(self) -> list[Return]:
        """Every file in the inbox, read and judged."""
        return self.files.returns(self.root / INBOX, self.expected, self._report, self._readers)

    @_Fact
    def accepted_files(self) -> list[Return]:
        """Every file that was accepted once, read and judged by the plan as it is now."""
        return self.files.returns(self.root / ACCEPTED, self.expected, self._report, self._readers, copies=True)

    @_Fact
    def collection(self) -> Collection:
        """The inbox sorted; what was accepted before and is gone from it still counts."""
        return sort_with_kept(self.returns, self.departments, self.decisions, lambda: self.accepted_files)

    @_Fact
    def board(self) -> list[DepartmentState]:
        """How far every department is."""
        versions = {name: int(entry["version"]) for name, entry in self.issued.items()}
        return states(self.sound_plan(), self.collection, self.decisions, versions)

    @_Fact
    def accepted(self) -> Accepted:
        """What counts of the files that were accepted."""
        return accepted_of(self.accepted_files, self.decisions)

    def returns_of(self, department: str) -> list[Return]:
        """Return what a department sent, the oldest first."""
        return sorted((r for r in self.returns if r.department == department), key=lambda r: r.received)

    def carried(self) -> dict[str, Carried]:
        """Return the answers of the newest genuine file of every department: accepted ones before those in the inbox.

        They are what can be carried into a new version of its sheet, also where the file itself is not acceptable.
        """
        carried = {}
        for folder in (INBOX, ACCEPTED):
            for path in sorted(files_in(self.root / folder), key=lambda path: path.stat().st_mtime):
                if answers := read_carried(path, self.expected):
                    carried[answers[0]] = answers[1]
        return carried

    # --- the result ---

    @_Fact
    def records(self) -> list[Path]:
        """The files of the records of all tallies, the oldest first."""
        folder = self.root / TALLY / RECORDS
        return sorted(path for path in folder.glob("汇总-*.json") if path.stem.rpartition("-")[2].isdecimal())

    @_Fact
    def _last_record(self) -> tuple[Record | None, tuple[Fault, ...]]:
        if not self.records:
            return None, ()
        path = self.records[-1]
        try:
            content = self.record_named(path.name)
        except QtoolError as error:
            return None, error.faults
        if _RECORDED - content.keys():
            return None, (fault("C07", file=path.name, reason="不是汇总记录"),)
        return content, ()

    @property
    def record(self) -> Record | None:
        """The record of the last tally; None without one that can be read."""
        return self._last_record[0]

    @property
    def record_faults(self) -> tuple[Fault, ...]:
        """Why the record of the last tally cannot be read."""
        return self._last_record[1]

    def sound_record(self) -> Record | None:
        """Return the record of the last tally, None before one; raises QtoolError where it cannot be read."""
        if self.record_faults:
            raise QtoolError(*self.record_faults)
        return self.record

    def record_named(self, name: str) -> Record:
        """Return a record by its name or path; raises QtoolError when there is none."""
        folder = self.root / TALLY / RECORDS
        for path in (Path(name), folder / name, folder / f"{name}.json"):
            if path.is_file():
                return self.files.content(path, lambda path=path: read_record(path))  # type: ignore[misc]
        raise QtoolError(fault("T04", name=name))

    @property
    def workbook(self) -> Path | None:
        """The workbook of the last tally."""
        path = self.root / TALLY / TALLY_WORKBOOK
        return path if path.is_file() else None

    @_Fact
    def adjustments(self) -> tuple[tuple[Adjustment, ...], tuple[Fault, ...]]:
        """The adjustments and the deductions adopted as they stand now, and what is wrong with them."""
        from qtool.tally.adjust import read_adjustments  # noqa: PLC0415 - with what writes workbooks, slow to import
        from qtool.tally.proposals import read_proposals  # noqa: PLC0415 - as above

        plan = self.sound_plan()
        adjustments: list[Adjustment] = []
        faults: list[Fault] = []
        for name, read in ((ADJUSTMENTS, read_adjustments), (PROPOSALS, read_proposals)):
            path = self.root / TALLY / name
            if path.is_file():
                try:
                    some, own_faults = self.files.content(path, lambda read=read, path=path: read(path, plan))  # type: ignore[misc]
                except QtoolError as error:
                    some, own_faults = (), error.faults
                adjustments += some
                faults += own_faults
        return tuple(adjustments), tuple(faults)

    @_Fact
    def tally(self) -> Tally:
        """What is accepted now comes to; raises QtoolError when nothing is, or an adjustment has errors."""
        plan, (returns, waivers, faults) = self.sound_plan(), self.accepted
        if not returns:
            raise QtoolError(fault("C09"), *faults)
        adjustments, errors = self.adjustments[0], [fault for fault in self.adjustments[1] if fault.is_error]
        if errors:
            raise QtoolError(*errors)  # a total without one of its corrections must not look final
        basis = (returns, waivers, adjustments)
        if self._built is None or self._built[0] != basis:
            now = datetime.now().astimezone().replace(microsecond=0)
            self._built = basis, build(plan, returns, adjustments, now, waivers)
        return self._built[1]

    @_Fact
    def tally_faults(self) -> list[Fault]:
        """What to tell of the tally: files that no longer count, adjustments in doubt, departments that are missing."""
        faults = [*self.accepted.faults, *(fault for fault in self.adjustments[1] if not fault.is_error)]
        missing = self.tally.missing
        return [*faults, fault("T01", count=len(missing), names="、".join(missing))] if missing else faults

    @_Fact
    def tally_record(self) -> Record:
        """The record of what is accepted now comes to; raises QtoolError as `tally` does."""
        return record(self.tally)

    @_Fact
    def tally_is_current(self) -> bool:
        """Whether a tally now would say what the last one said; the one place that tells it."""
        if self.record is None or self.plan is None:
            return False
        try:
            return same_result(self.record, self.tally_record)
        except QtoolError:
            return False

    @_Fact
    def standing_approval(self) -> Approval | None:
        """The approval that stands, of whatever result."""
        return standing_approval(self.history)

    def approval_of(self, result: Record | None) -> Approval | None:
        """Return the approval of this very result, None where it is not approved or another one was."""
        approval = self.standing_approval
        return approval if approval and result and approval.is_of(result) else None
