"""Who got which letter when, as the journal tells it: a letter is noted before it is handed over, and again after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from qtool.mail.letters import Kind, Post

PREPARED, SENT, FAILED, TRIED = "准备发送", "发出", "没有发出", "试发"
"""Words of the journal. 发出 alone, without a kind, is the scoring sheet: the board of returns reads it."""


class Standing(Enum):
    """How a letter stands to what went before; the value is what users read."""

    NEW = "新"
    CHANGED = "有改动，作为新的一版发"
    MOVED = "邮箱改了，重新发"
    DONE = "已发过"
    UNCERTAIN = "不能确定上次发出没有"
    REFUSED = "上次没有发出"
    NOWHERE = "没有邮箱，只做草稿"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal last told of a letter of one kind to one recipient."""

    what: str
    digest: str
    number: str
    address: str
    version: int | None
    when: str
    times: int
    """How often exactly this letter was sent before."""


Ledger = Mapping[tuple[Kind, str], Entry]


def read_ledger(history: Iterable[Mapping[str, Any]]) -> Ledger:
    """Return the last entry for every kind and recipient after a campaign's history."""
    ledger: dict[tuple[Kind, str], Entry] = {}
    kinds = {f"{SENT}{kind.value}": kind for kind in Kind} | {SENT: Kind.SHEET}
    for entry in history:
        what = entry["what"]
        kind = kinds.get(what) or _kind(entry.get("kind"))
        name = entry.get("department") or entry.get("recipient")
        if kind is None or not isinstance(name, str) or not (what in kinds or what in (PREPARED, FAILED)):
            continue
        before = ledger.get((kind, name))
        ledger[kind, name] = _entry(entry, SENT if what in kinds else what, before)
    return ledger


def _entry(entry: Mapping[str, Any], what: str, before: Entry | None) -> Entry:
    """Return an entry as one of the ledger; one made by hand knows the version of a sheet alone."""
    digest, version = str(entry.get("digest", "")), entry.get("version")
    times = before.times if before and before.digest == digest else 0
    return Entry(
        what=what,
        digest=digest,
        number=str(entry.get("message_id", "")),
        address=str(entry.get("address", "")),
        version=version if isinstance(version, int) else None,
        when=str(entry["when"]),
        times=times + (what == SENT),
    )


def _kind(value: object) -> Kind | None:
    return next((kind for kind in Kind if kind.value == value), None)


def standing(post: Post, ledger: Ledger) -> Standing:
    """Return how a letter stands to what was sent before."""
    last = ledger.get((post.kind, post.name))
    if not post.address:
        return Standing.NOWHERE
    if last is None:
        return Standing.NEW
    same = last.digest == post.digest if last.digest else last.version == post.version
    if last.what == PREPARED:
        return Standing.UNCERTAIN if same else Standing.CHANGED
    if last.what == FAILED:
        return Standing.REFUSED
    if not same:
        return Standing.NEW if post.kind is Kind.REMINDER else Standing.CHANGED
    return Standing.MOVED if last.address and last.address != post.address else Standing.DONE


def earlier_version(post: Post, ledger: Ledger) -> int | None:
    """Return the version of a sheet that was sent before this one, if it was another."""
    last = ledger.get((post.kind, post.name))
    return last.version if last and last.version != post.version else None


def message_id(post: Post, ledger: Ledger, campaign: str, domain: str) -> str:
    """Return a letter's Message-ID: the same for the same letter until it was surely sent."""
    last = ledger.get((post.kind, post.name))
    times = last.times if last and last.digest == post.digest else 0
    return f"<{post.digest[:32]}.{times + 1}.{campaign}@{domain}>"
