"""The assessees' part of a rehearsal: a report written into each one's own template, and evidence in its folders."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from enum import Enum
from pathlib import Path

from qtool.model import Assessee, Criterion, Plan
from qtool.office.word_fill import rewritten
from qtool.progress import Event, Report
from qtool.reports import folders, template
from qtool.reports.evidence import asking
from qtool.reports.expected import PROBLEMS, core
from qtool.reports.play_text import evidence_text, report_text
from qtool.workspace import write_bytes, write_file

_BODY = "正文公文"


class Return(Enum):
    """How an assessee returns its material; the value says it in Chinese."""

    WHOLE = "按期交齐"
    ZIPPED = "印证材料打成压缩包"
    LATE = "晚了两天"
    SHORT = "存在问题写得太短，有的项没有材料"
    HINTS = "没有删填写提示，有空文件，用错了字号"


def ways(plan: Plan, *, broken: bool) -> dict[Assessee, Return]:
    """Return how each assessee returns its material; with troubles, two of them have something to mend."""
    order = [Return.WHOLE, Return.ZIPPED, Return.LATE]
    order += [Return.SHORT, Return.HINTS] if broken else [Return.WHOLE, Return.WHOLE]
    return {assessee: order[number % len(order)] for number, assessee in enumerate(plan.assessees)}


def play(plan: Plan, given: Path, returned: Path, seed: int, report: Report, *, broken: bool) -> dict[Assessee, Return]:
    """Let every assessee fill in what it was given and return it; return how each did.

    The same seed gives the same files. Their times are days before the deadline, or two days after it.
    """
    how = ways(plan, broken=broken)
    tree = folders.tree(plan)
    for done, (assessee, way) in enumerate(how.items()):
        report(Event(done, len(how), f"{assessee.short} 自评材料"))
        chance = random.Random(f"{seed}/{assessee.short}/material")
        days = -2 if way is Return.LATE else 1 + done
        came = datetime.combine(plan.facts.deadline - timedelta(days=days), time(15, 10 + done)).timestamp()
        source = given / assessee.short / template.file_name(assessee)
        home = returned / assessee.short
        content = written_report(plan, assessee, source, way, chance)
        _written(home / f"{assessee.short}{plan.facts.year}年自评报告.docx", content, came)
        _evidence(plan, assessee, home, (tree, way, came), source)
    return how


def written_report(plan: Plan, assessee: Assessee, source: Path, way: Return, chance: random.Random) -> bytes:
    """Return an assessee's template written over: a text under each heading, the guidance gone, the cover dated."""
    texts = report_text(plan, assessee, chance, short=way is Return.SHORT)
    return rewritten(source, _author(plan, texts, way))


def _author(plan: Plan, texts: dict[str, list[str]], way: Return) -> Callable[[str, str], list[tuple[str, str]] | None]:
    waiting: list[str] = []
    hints_kept = 1 if way is Return.HINTS else 0

    def write(text: str, style: str) -> list[tuple[str, str]] | None:
        nonlocal hints_kept
        if style == "封面日期":
            day = plan.facts.deadline - timedelta(days=3)
            return [(f"{day.year}年{day.month}月{day.day}日", style)]
        if style == template.HINT_STYLE:
            hints_kept -= 1
            return None if hints_kept >= 0 else []
        if not text.strip() and style == _BODY and waiting:
            written = [(line, _BODY) for line in waiting]
            waiting.clear()
            return written
        for heading, lines in texts.items():
            if core(heading) in core(text) and style.endswith("级标题"):
                style_of = "表格文字" if way is Return.HINTS and PROBLEMS in heading else _BODY
                if style_of != _BODY:
                    return [(text, style), *((line, style_of) for line in lines)]
                waiting.extend(lines)
        return None

    return write


def _evidence(
    plan: Plan, assessee: Assessee, home: Path, how: tuple[dict[str, str], Return, float], source: Path
) -> None:
    """Write an assessee's evidence into the folders, or into an archive of them."""
    tree, way, came = how
    files = dict(_documents(plan, assessee, (tree, way), source))
    if way is Return.ZIPPED:
        path = home / f"{assessee.short}印证材料.zip"

        def write(temporary: Path) -> None:
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in files.items():
                    archive.writestr(zipfile.ZipInfo(name, (2023, 1, 6, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)

        write_file(path, write)
        os.utime(path, (came, came))
        return
    for name, content in files.items():
        _written(home / name, content, came)


def _documents(
    plan: Plan, assessee: Assessee, how: tuple[dict[str, str], Return], source: Path
) -> Iterator[tuple[str, bytes]]:
    """Yield the way to each file of evidence and its content."""
    tree, way = how
    for number, criterion in enumerate(asking(plan)):
        if way is Return.SHORT and number % 9 == 4:
            continue
        name = folders.safe_name(f"{assessee.short}{_title(criterion)}工作情况", 40)
        empty = way is Return.HINTS and number == 7
        content = b"" if empty else _proof(plan, assessee, criterion, source)
        yield f"{folders.EVIDENCE}/{tree[criterion.code]}/{name}.docx", content


def _title(criterion: Criterion) -> str:
    return folders.criterion_folder(criterion, 20).partition(" ")[2]


def _proof(plan: Plan, assessee: Assessee, criterion: Criterion, source: Path) -> bytes:
    """Return a document of one page that tells of what was done for a criterion."""
    lines = evidence_text(plan, assessee, criterion)

    def write(_text: str, _style: str) -> list[tuple[str, str]]:
        written = [(lines[0], "公文标题"), *((line, _BODY) for line in lines[1:])] if lines else []
        lines.clear()
        return written

    return rewritten(source, write)


def _written(path: Path, content: bytes, came: float) -> None:
    write_bytes(path, content)
    os.utime(path, (came, came))
