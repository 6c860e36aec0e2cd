"""Heads, feet and titles of official documents (版头, 版记, 标题): titles are broken into lines, words are not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations, pairwise

from qtool.model import Facts
from qtool.office.word.page_form import text_width
from qtool.official.profile import Head, Profile
from qtool.text import day_text

REQUEST, CIRCULAR, LETTER, NOTICE = "请示", "通报", "函", "通知"
"""Kinds of documents (文种), by which their numbers are known."""


def head_names(profile: Profile, facts: Facts, kind: str, made: date) -> dict[str, str | bool]:
    """Return what stands behind the names of head and foot in a template; what nobody said is left blank to be written.

    A number that is not known keeps its place (GB/T 9704-2012, 7.2.5).
    """
    return {
        "套红": profile.head is Head.PRINTED,
        "预印": profile.head is Head.LEFT_BLANK,
        "发文机关标志": profile.mark or f"{facts.office_title}文件",
        "发文机关": facts.office_title,
        "发文字号": profile.numbers.get(kind) or f"　　　　〔{made.year}〕　号",
        "签发人": profile.signer or "　　　",
        "有抄送": bool(profile.copied),
        "抄送": profile.copied,
        "印发机关": profile.printed_by or facts.office_title,
        "印发日期": day_text(made),
        "日期": day_text(made),
        "组织单位": facts.office,
        "组织单位全称": facts.office_title,
        "市名": facts.city,
        "年度": str(facts.year),
        "方案名称": facts.name,
        "考核依据": facts.basis,
    }


WIDEST = 20
"""Signs of 22 points in a line of 156 mm."""
_MOST_LINES = 4

_WORDS = re.compile(
    "高新技术产业开发区|风景名胜区|管理委员会|人民政府|领导小组|质量强[市县区国]|高新技术|印证材料|自评报告|办公室|管委会|委员会|"
    "开发区|名胜区|县市区|进一步|关于|年度|质量|工作|考核|结果|情况|建议|请示|通报|通知|反馈|报告|自评|印发|开展|评分|评价|部门|"
    "报送|材料|做好|加强|产业|各县|市区|县级|政府|方案|检查|整改|意见|批复|复函|提供|征求|等级|评定|有关|事项|组织|实施|市场|"
    "监督|管理"
)
"""Words of official titles that are never broken."""
_FIGURE = re.compile(r"[0-9A-Za-z.]+(?:年度|年|月|日|号|次|项|个)?")
_NOT_FIRST = set("的了和与及、，。；：？！”’》）〕】等")
_NOT_LAST = set("“‘《（〔【第")
_KEEPS_ON = ("关于",)
"""Words that never end a line."""


def shaped(title: str, kept: Sequence[str] = (), widest: float = WIDEST) -> str:
    """Return a title with line breaks; `kept` are names that are never broken (GB/T 9704-2012, 7.3.1).

    Among as few lines as hold it, the ones that break no word and come nearest to a trapezoid or a diamond are chosen.
    A name wider than a line is broken where its own words end.
    """
    title = title.strip()
    ends = _word_ends(title, [name for name in kept if name and text_width(name) <= widest])
    fewest = max(1, -int(-text_width(title) // widest))
    for count in range(fewest, max(fewest, _MOST_LINES) + 1):
        ways = [lines for lines in _ways(title, ends, count) if all(text_width(line) <= widest for line in lines)]
        if ways:
            return "\n".join(min(ways, key=lambda way: _ugliness(tuple(map(text_width, way)), widest)))
    return "\n".join(_filled(title, widest))


def _word_ends(title: str, kept: Sequence[str]) -> tuple[int, ...]:
    """Return after how many signs a line may end."""
    ends, at = [], 0
    while at < len(title):
        matches = (pattern.match(title, at) for pattern in (_FIGURE, _WORDS))
        words = [name for name in kept if title.startswith(name, at)] + [match[0] for match in matches if match]
        step = max(map(len, words), default=1)
        last = title[at : at + step]
        at += step
        follows = title[at : at + 1]
        if follows and follows not in _NOT_FIRST and last[-1] not in _NOT_LAST and last not in _KEEPS_ON:
            ends.append(at)
    return tuple(ends)


def _ways(title: str, ends: Sequence[int], count: int) -> Iterator[tuple[str, ...]]:
    """Yield every way to break a title into so many lines."""
    for chosen in combinations(ends, count - 1):
        places = (0, *chosen, len(title))
        yield tuple(title[start:end] for start, end in pairwise(places))


@lru_cache(maxsize=4096)
def _ugliness(widths: tuple[float, ...], widest: float) -> float:
    """Return how far lines of such widths are from a trapezoid or a diamond; the lower, the better."""
    if len(widths) == 1:
        return 0
    steps = [after - before for before, after in pairwise(widths)]
    falling, rising = all(step < 0 for step in steps), all(step > 0 for step in steps)
    turns = [index for index in range(len(steps) - 1) if steps[index] <= 0 <= steps[index + 1]]
    shape = 0.0 if falling or rising else 30.0 * len(turns)
    equal = sum(8.0 for step in steps if abs(step) < 1)
    ideal = max(widths) * 0.75
    uneven = sum(abs(width - ideal) for width in widths) / widest
    # Of two trapezoids the one that stands on its shorter side is what most offices print.
    return shape + equal + uneven + (0.2 if rising else 0)


def _filled(title: str, widest: float) -> Iterator[str]:
    """Yield lines as full as can be, for a title that no way of breaking fits."""
    line = ""
    for sign in title:
        if line and text_width(line + sign) > widest:
            yield line
            line = ""
        line += sign
    yield line
