"""Letters before they are mail: to whom, in which words, with which files; and as drafts in the outbox folder."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from pathlib import Path

from qtool.faults import Fault, QtoolError, fault
from qtool.model import Facts, Plan, marks_text
from qtool.office.archive.zip_archive import ZipTime, zip_content
from qtool.office.mail.letter import Attachment, Letter, Party, draft
from qtool.text import day_text, near
from qtool.workspace import OUTBOX, Campaign, refusal, sha256, write_bytes, writing

ALL = "全部"
"""Whose archive holds the letters of all."""

_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_SUBJECT = re.compile(r"主题[：:][ \t]*\S.*(\n|$)")
_LARGEST = 1 << 20
_FIRST_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that an archive can tell of a file."""


class Kind(Enum):
    """What a letter is for; the value is what users read."""

    SHEET = "评分表"
    MATERIAL = "自评材料"
    REMINDER = "催报"

    @property
    def template(self) -> str:
        """The name of the template's file."""
        return f"信-{self.value}.txt"


@dataclass(frozen=True)
class Post:
    """One letter to one recipient; `version` is that of the sheet in it, `day` sets reminders of other days apart."""

    kind: Kind
    name: str
    address: str
    subject: str
    text: str
    files: tuple[Path, ...]
    version: int | None = None
    day: str = ""

    @cached_property
    def digest(self) -> str:
        """Forty hex digits that change when something else would be sent; its words alone do not count."""
        parts = [self.kind.value, self.name, self.day, *(f"{path.name} {sha256(path)}" for path in self.files)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]

    def letter(self) -> Letter:
        """Return the letter with its files read; raises OSError."""
        attachments = tuple(Attachment(path.name, path.read_bytes()) for path in self.files)
        return Letter(Party(self.name, self.address), self.subject, self.text, attachments)


def template_values(plan: Plan, today: date) -> dict[str, str]:
    """Return what stands behind the names that every template may use; four are added for each letter."""
    return {name: value(plan.facts, today) for name, value in _VALUES.items()} | dict.fromkeys(_OF_LETTER, "")


def days_left(deadline: date, today: date) -> str:
    """Return in words how much time is left."""
    days = (deadline - today).days
    if days > 0:
        return f"还有{days}天"
    return "今天截止" if days == 0 else f"已过{-days}天"


_VALUES: Mapping[str, Callable[[Facts, date], str]] = {
    "年度": lambda facts, _: str(facts.year),
    "市名": lambda facts, _: facts.city,
    "方案名称": lambda facts, _: facts.name,
    "组织单位": lambda facts, _: facts.office,
    "组织单位全称": lambda facts, _: facts.office_title,
    "评分表交回": lambda facts, _: facts.returns_to.rstrip("。"),
    "截止日期": lambda facts, _: day_text(facts.deadline),
    "剩余天数": lambda facts, today: days_left(facts.deadline, today),
    "报告字数上限": lambda facts, _: str(facts.report_limit),
    "材料上限": lambda facts, _: marks_text(facts.evidence_limit_gb),
}
_OF_LETTER = ("收件单位", "附件", "版本说明", "进展")
TEMPLATE_NAMES = (*_VALUES, *_OF_LETTER)
"""What a template may use."""


def version_note(version: int | None, before: int | None) -> str:
    """Return what a letter says of a sheet that replaces one sent earlier, or nothing."""
    if before is None or version is None or version <= before:
        return ""
    return f"这是第{version}版，请用它代替以前发给你们的第{before}版；已经填好交回的，没有改动的内容仍然有效。"


def shipped_template(kind: Kind) -> Path:
    """Return where the template of a letter lies that travels with the program."""
    return Path(__file__).parent / "texts" / kind.template


def read_template(kind: Kind, folder: Path) -> tuple[str, list[Fault]]:
    """Return the text of a letter's template, the campaign's own where there is one, and what is wrong with it."""
    own = folder / kind.template
    path = own if own.is_file() else shipped_template(kind)
    try:
        raw = path.read_bytes()[:_LARGEST]
    except OSError as error:
        raise QtoolError(fault("C14", file=path.name, reason=refusal(error))) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")  # as Notepad saved it for many years
    return text.replace("\r\n", "\n"), _template_faults(path.name, text)


def _template_faults(file: str, text: str) -> list[Fault]:
    faults = []
    for place in dict.fromkeys(_PLACE.findall(text)):
        name = place.strip()
        if name not in TEMPLATE_NAMES:
            hint = near(name, TEMPLATE_NAMES) or f"可以写的有：{'、'.join(TEMPLATE_NAMES)}"
            faults.append(fault("M19", file=file, name=name, hint=hint))
    rest = _PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        faults.append(fault("M20", file=file, reason="花括号不成对", remedy="请写成 {{ 名称 }}，半角的，成对"))
    if not _SUBJECT.match(text.strip()):
        faults.append(
            fault("M20", file=file, reason="第一行不是主题", remedy="请在第一行写“主题：……”，空一行，再写正文")
        )
    return faults


def fill_template(text: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and body of a sound template with its names filled in."""
    filled = _PLACE.sub(lambda place: values[place[1].strip()], text.strip())
    first, _, rest = filled.partition("\n")
    return first[len("主题：") :].strip(), f"{rest.strip()}\n"


def file_names(files: Sequence[Path]) -> str:
    """Return the names of a letter's files as its text tells them."""
    return "；".join(path.name for path in files)


def write_drafts(campaign: Campaign, posts: Sequence[Post], *, whole: bool) -> list[Path]:
    """Write every letter's folder and archive, and with `whole` the archive of all; return what was not there already.

    Reminders get no archives: there is nothing new in them to forward.
    """
    outbox = campaign.folder(OUTBOX)
    paths: list[Path] = []
    archived: list[tuple[str, bytes, ZipTime]] = []
    for post in posts:
        with writing(outbox / post.name):
            letter = post.letter()
            times = [max(time.localtime(path.stat().st_mtime)[:6], _FIRST_TIME) for path in post.files]
        folder, stem = outbox / post.name, f"信-{post.kind.value}"
        text = _plain(letter)
        paths += _write(folder / f"{stem}.eml", draft(letter))
        paths += _write(folder / f"{stem}.txt", text)
        for attachment in letter.attachments:
            paths += _write(folder / attachment.name, attachment.content)
        if post.kind is Kind.REMINDER:
            continue
        own = [(a.name, a.content, at) for a, at in zip(letter.attachments, times, strict=True)]
        own.append((f"{stem}.txt", text, max(times, default=(2020, 1, 1, 0, 0, 0))))
        paths += _write(outbox / f"{post.kind.value}-{post.name}.zip", zip_content(own))
        archived += [(f"{post.name}/{name}", content, at) for name, content, at in own]
    if whole and archived:
        paths += _write(outbox / f"{posts[0].kind.value}-{ALL}.zip", zip_content(archived))
    return paths


def _write(path: Path, content: bytes) -> list[Path]:
    """Write a file unless it is there already, and return it if it was written."""
    with writing(path):
        if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
            return []
    return [write_bytes(path, content)]


def _plain(letter: Letter) -> bytes:
    """Return a letter as a text to be copied, as Notepad shows it."""
    to = f"{letter.recipient.name} {letter.recipient.address or '（没有邮箱）'}"
    lines = [f"收件人：{to}", f"主题：{letter.subject}", "", *letter.text.splitlines()]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig", errors="replace")
