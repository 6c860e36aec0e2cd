"""What an official document's wording must keep: numbers, dates, punctuation, the shape of its title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qtool.office.word.document import Paragraph, Place, WordDocument
from qtool.office.word.list_numbers import chinese_number
from qtool.office.word.page_form import text_width
from qtool.official.check_list import Measurement, Verdict, judgement, places, quoted
from qtool.official.parts import DATE, NUMBER, WORDED_DATE, Parts

_HALF = re.compile(r"[一-鿿]\s*([,;:!?()]|\.(?!\d))|([(),;:!?])\s*[一-鿿]")
"""A half-width mark beside a Chinese character; a full stop before a digit may be a decimal point."""
_CHINESE = re.compile("[一-鿿]")
_STRAIGHT = re.compile(r'["\']')
_VALUES = {chinese_number(value): value for value in range(1, 100)}
_ENDS = "。，；：、,.;:"


def wording(document: WordDocument, parts: Parts) -> Iterator[Measurement]:
    """Yield what was found about the wording of the parts (7.2 to 7.4), and of punctuation and numbers (9)."""
    if parts.number is not None:
        yield from _number(parts.number)
    if parts.title:
        yield from _title(parts)
    if parts.addressed is not None:
        full = parts.addressed.text.rstrip().endswith("：")
        yield judgement("7.3.2", "主送机关后的冒号", "全角" if full else "半角", "全角冒号", full)
    yield from _order(parts)
    yield from _attached(parts)
    yield from _date(parts)
    for paragraph in parts.imprint:
        text = paragraph.text.strip()
        if text.startswith("抄"):
            right = text.endswith("。")
            yield judgement("7.4.2", "抄送机关", text[-1], "最后一个抄送机关后标句号", right, quoted(paragraph))
    yield _punctuation(document)


def _number(paragraph: Paragraph) -> Iterator[Measurement]:
    match = NUMBER.match(paragraph.text)
    if match is None:
        return
    _, opened, year, closed, ordinal, zeros, figure = match.groups()
    text = f"{opened}{year}{closed}{ordinal}{zeros}{figure}号"
    right = (opened, closed) == ("〔", "〕")
    yield judgement("7.2.5", "发文字号的括号", f"{opened}{closed}", "六角括号〔〕", right, text)
    yield judgement("7.2.5", "发文字号的年份", year, "四位数字", len(year) == 4, text)
    plain = not ordinal and not zeros
    yield judgement("7.2.5", "发文顺序号", f"{ordinal}{zeros}{figure}号", "不加“第”，不编虚位", plain, text)
    if not figure:
        yield Measurement("7.2.5", "发文顺序号", "还没有填", "如“1号”", Verdict.BY_EYE, text)


def _title(parts: Parts) -> Iterator[Measurement]:
    text = parts.title_text
    bare = text[-1] not in _ENDS
    yield judgement("7.3.1", "标题末尾", text[-1], "不加标点", bare)
    lines = [line for paragraph in parts.title for line in paragraph.text.split("\n") if line.strip()]
    widths = [text_width("".join(line.split())) for line in lines]
    if len(widths) > 1:
        steps = [after - before for before, after in pairwise(widths)]
        hourglass = any(first < 0 < then for first, then in pairwise(steps))
        equal = all(abs(step) < 1 for step in steps)
        listed = "、".join(f"{width:g}字" for width in widths)
        wanted = "各行排成梯形或菱形"
        yield judgement("7.3.1", "标题排列", listed, wanted, not hourglass and not equal)
        clumsy = [line for line in lines[1:] if line.strip()[0] in "的了和与及、，。）》”"]
        yield judgement("7.3.1", "标题回行", clumsy[0] if clumsy else "词意完整", "词意完整，不把词拆开", not clumsy)


def _order(parts: Parts) -> Iterator[Measurement]:
    """Yield whether the headings are numbered one after the other."""
    if not parts.headings:
        return
    expected, wrong = [0, 0], list[str]()
    for heading in parts.headings:
        expected[heading.level] += 1
        expected[heading.level + 1 :] = [0] * (1 - heading.level)
        if heading.number != chinese_number(expected[heading.level]):
            wrong.append(quoted(heading.paragraph))
            number = _VALUES.get(heading.number)
            expected[heading.level] = number or expected[heading.level]
    text = f"{wrong[0]}接不上" if wrong else "依次编号"
    yield judgement("7.3.3", "标题序号", text, "一、（一）依次编号", not wrong, "、".join(wrong[:3]))


def _attached(parts: Parts) -> Iterator[Measurement]:
    if not parts.attached and not parts.annexes:
        return
    count, annexes = len(parts.attached), len(parts.annexes)
    yield judgement("7.3.4", "附件说明与附件", f"说明{count}个，附件{annexes}个", "一致", count == annexes)
    for number, paragraph in enumerate(parts.attached, 1):
        text = paragraph.text.strip()
        ended = text[-1] in _ENDS
        yield judgement("7.3.4", "附件名称末尾", text[-1], "不加标点", not ended, quoted(paragraph))
        if count > 1:
            numbered = re.search(rf"(?:^|：)\s*{number}\.", text) is not None
            yield judgement("7.3.4", "附件顺序号", text[:8], f"“{number}.”，阿拉伯数字", numbered, quoted(paragraph))


def _date(parts: Parts) -> Iterator[Measurement]:
    if parts.cover:
        dated = any(DATE.match("".join(paragraph.text.split())) for paragraph in parts.cover)
        verdict = Verdict.RIGHT if dated else Verdict.BY_EYE
        yield Measurement("7.3.5", "封面日期", "已填" if dated else "没有找到", "年、月、日写全", verdict)
        return
    if parts.date is None:
        wanted = "阿拉伯数字写全年、月、日"
        yield Measurement("7.3.5", "成文日期", "没有找到", wanted, Verdict.WRONG)
        return
    text = "".join(parts.date.text.split())
    match = DATE.match(text)
    arabic = match is not None and not WORDED_DATE.match(text)
    yield judgement("7.3.5", "成文日期的数字", text, "阿拉伯数字", arabic)
    if match:
        plain = len(match[1]) == 4 and not match[2].startswith("0") and not match[3].startswith("0")
        yield judgement("7.3.5", "成文日期的写法", text, "四位年份，月、日不编虚位", plain)
    placed = parts.date.alignment in ("right", "end") or parts.date.left > 100
    yield judgement("7.3.5", "成文日期的位置", "靠右" if placed else "不靠右", "右空四字（加盖印章）", placed)
    if parts.signature is None:
        yield Measurement("7.3.5", "发文机关署名", "没有找到", "在成文日期之上", Verdict.WRONG)


def _punctuation(document: WordDocument) -> Measurement:
    wrong = [
        paragraph
        for paragraph in document.paragraphs
        if paragraph.place in (Place.BODY, Place.TABLE)
        and (_HALF.search(paragraph.text) or (_STRAIGHT.search(paragraph.text) and _CHINESE.search(paragraph.text)))
    ]
    text = f"{len(wrong)}段有半角标点" if wrong else "全角"
    return judgement("9", "标点符号", text, "中文里用全角标点", not wrong, places(wrong))
