"""Letters in the outbox folder: drafts for mail programs, and plain files and archives to forward by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from qtool.mail.letters import Kind, Post
from qtool.office.letter import Letter, draft
from qtool.workspace import OUTBOX, Campaign, write_bytes, writing

ALL = "全部"


def write_drafts(campaign: Campaign, posts: Sequence[Post], *, whole: bool) -> list[Path]:
    """Write every letter's folder and archive, and with `whole` the archive of all; return what was not there already.

    Reminders get no archives: there is nothing new in them to forward.
    """
    outbox = campaign.folder(OUTBOX)
    made: list[Path] = []
    archived: list[tuple[str, bytes, datetime]] = []
    for post in posts:
        with writing(outbox / post.name):
            letter, times = (
                post.letter(),
                [
                    datetime.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ006 - as archives have it
                    for path in post.files
                ],
            )
        folder, stem = outbox / post.name, f"信-{post.kind.value}"
        text = _plain(letter)
        made += _write(folder / f"{stem}.eml", draft(letter))
        made += _write(folder / f"{stem}.txt", text)
        for attached in letter.attached:
            made += _write(folder / attached.name, attached.content)
        if post.kind is Kind.REMINDER:
            continue
        own = [(a.name, a.content, time) for a, time in zip(letter.attached, times, strict=True)]
        own.append((f"{stem}.txt", text, max(times, default=datetime(2020, 1, 1))))  # noqa: DTZ001 - an archive's local time
        made += _write(outbox / f"{post.kind.value}-{post.name}.zip", _archive(own))
        archived += [(f"{post.name}/{name}", content, time) for name, content, time in own]
    if whole and archived:
        made += _write(outbox / f"{posts[0].kind.value}-{ALL}.zip", _archive(archived))
    return made


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


def _archive(files: Sequence[tuple[str, bytes, datetime]]) -> bytes:
    """Return a zip archive of some files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, time in files:
            info = zipfile.ZipInfo(name, max(time, datetime(1980, 1, 1)).timetuple()[:6])  # noqa: DTZ001 - as above
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
