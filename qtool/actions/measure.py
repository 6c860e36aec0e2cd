"""A document measured against the layout profile, be it one that the office wrote itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from qtool.actions.spec import Listing, Outcome, Request
from qtool.faults import Fault, QtoolError, fault
from qtool.office.unreadable import Unreadable
from qtool.office.word_convert import NoOffice, to_docx
from qtool.office.word_kind import WordKind, content_of, word_kind
from qtool.office.word_reading import read_word
from qtool.official.check import check
from qtool.official.check_list import NAME, write_check_list
from qtool.official.measured import Measured, Verdict
from qtool.official.profile import Profile, profile_of
from qtool.workspace import DOCUMENTS, SETTINGS, Campaign, locked, open_campaign

_NAMED = 6


def measure(request: Request, path: Path) -> Outcome:
    """Measure one document by the campaign's profile, or by the national standard where there is no campaign.

    What was measured is shown, and kept as a workbook in a campaign. Raises QtoolError when it is no document.
    """
    campaign = open_campaign(request.root) if (request.root / SETTINGS).is_file() else None
    profile, faults = profile_of(campaign.settings.official if campaign else {})
    found = measured(path, profile)
    wrong = [one for one in found if one.wrong]
    outcome = Outcome(faults=[*faults, *wrong_of(path.name, found, profile)])
    rows = [(one.verdict.value, one.clause, one.what, one.found, one.wanted, one.where) for one in _ordered(found)]
    outcome.tables.append(
        Listing(f"{NAME}：{path.name}", ("结论", "条款", "检查什么", "文件里是", "应当是", "在哪里"), rows)
    )
    right = sum(one.verdict is Verdict.RIGHT for one in found)
    outcome.said.append(f"按{profile.name}检查了{len(found)}项：符合{right}项，不符合{len(wrong)}项")
    outcome.data = {"standard": profile.name, "measured": [_as_data(one) for one in found]}
    if campaign:
        outcome.files.append(_kept(campaign, path, profile, found))
    return outcome


def measured(path: Path, profile: Profile) -> tuple[Measured, ...]:
    """Return what was measured of a document; raises QtoolError when it is none, or too old for what is installed."""
    try:
        content = content_of(path)
        old = word_kind(content) in (WordKind.DOC, WordKind.ODT, WordKind.RTF)
        return check(read_word(to_docx(content) if old else content), profile)
    except NoOffice as error:
        raise QtoolError(fault("D30", file=path.name)) from error
    except Unreadable as error:
        raise QtoolError(fault("D06", file=path.name, reason=error.reason)) from error


def wrong_of(name: str, found: Sequence[Measured], profile: Profile, *, ours: bool = False) -> list[Fault]:
    """Return the fault that a document does not keep the standard, where it does not.

    A document of `ours` comes from a template that the office may have changed on purpose: there it is a warning.
    """
    wrong = [f"{one.what}（{one.clause}）" for one in found if one.wrong]
    if not wrong:
        return []
    names = "、".join(wrong[:_NAMED]) + ("等" if len(wrong) > _NAMED else "")
    code = "D32" if ours else "D31"
    return [fault(code, file=name, count=len(wrong), standard=profile.name, names=names)]


def _ordered(found: Sequence[Measured]) -> list[Measured]:
    order = (Verdict.WRONG, Verdict.BY_EYE, Verdict.ABSENT, Verdict.RIGHT)
    return sorted(found, key=lambda one: order.index(one.verdict))


def _as_data(one: Measured) -> dict[str, str]:
    names = ("clause", "what", "found", "wanted", "where")
    return {name: getattr(one, name) for name in names} | {"verdict": one.verdict.name.lower()}


def _kept(campaign: Campaign, path: Path, profile: Profile, found: Sequence[Measured]) -> Path:
    now = datetime.now().astimezone()
    with locked(campaign):
        target = campaign.folder(DOCUMENTS) / NAME / f"{NAME}-{path.stem}.xlsx"
        return write_check_list(target, path.name, profile.name, found, now)
