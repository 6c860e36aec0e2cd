"""The assessees' part of a rehearsal: reports of sober sentences and figures by chance, evidence in its folders."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from enum import Enum
from pathlib import Path

from qtool.model import EARNING, Assessee, Criterion, Plan
from qtool.office.archive.zip_archive import zip_content
from qtool.office.word.template import rewrite
from qtool.progress import Event, Report
from qtool.reports import evidence as folders
from qtool.reports import make as template
from qtool.reports.evidence import evidence_criteria
from qtool.reports.report_parts import PROBLEMS, core
from qtool.text import day_text, numbered
from qtool.workspace import write_bytes

_DONE = (
    "围绕“{what}”，制定年度工作方案，明确责任单位和完成时限，全年开展专项检查{a}次，发现问题{b}个，已整改{b}个。",
    "在“{what}”方面，召开专题会议{a}次，印发文件{c}份，建立工作台账，按季度通报进展情况。",
    "推进“{what}”，组织培训{c}场、{d}人次，相关工作按时报送，抽查合格率为9{c}.{a}%。",
    "落实“{what}”要求，部门联合开展行动{c}次，检查单位{d}家次，责令改正{b}家，依法处理{a}起。",
    "对照“{what}”，完善制度{c}项，投入经费{d}万元，服务企业和群众{e}家次，群众反映的问题全部办结。",
)
_CARRIED_OUT = (
    "认真学习贯彻省委、省政府关于质量工作的决策部署，{who}主要负责同志{a}次专题研究质量工作，把质量强市目标任务分解到{c}个部门。",
    "按照市委、市政府工作要求，建立月调度、季通报、年考核的工作机制，全年下发工作提示{c}期，督办事项{b}件，办结率100%。",
    "将质量工作纳入年度综合目标考核，经费列入财政预算，全年安排质量工作经费{d}万元，比上年增长{a}.{c}%。",
    "组织开展“质量月”活动，参与单位{d}家，发放宣传资料{e}份，开展咨询服务{c}场。",
)
_BRIGHT = (
    "探索建立{what}联动工作机制，由牵头部门统一受理、分类转办、限时反馈，全年受理事项{d}件，平均办理时间缩短{a}天。",
    "打造质量基础设施“一站式”服务窗口，把计量、标准、认证认可、检验检测服务集中到一处，服务企业{e}家次，解决技术难题{c}个。",
    "推行首席质量官制度，{d}家规模以上企业设立首席质量官，开展经验交流{c}场，带动上下游企业改进质量管理{a}0余项。",
)
_UNEVEN = (
    "“{what}”进展不平衡。{c}个乡镇（街道）没有建立完整的台账，有的工作只停留在发文部署上，检查和考核跟得不够紧，"
    "问题整改的时间偏长。主要原因是基层工作人员少、兼职多，业务培训不够经常。"
)
_BEHIND = (
    "“{what}”还有差距。与先进地区相比，投入偏少、手段偏旧，信息化水平不高，数据还靠人工汇总，"
    "部门之间共享不及时。主要原因是统筹谋划不够，部门协同的机制还不健全。"
)
_WEAK = (
    "“{what}”成效不够明显。企业主体责任落实得不够到位，部分小微企业质量管理基础薄弱，"
    "检测能力不足，抽查中仍有{a}批次不合格。主要原因是指导服务不够精准，激励措施偏少。"
)
_PROBLEM = (_UNEVEN, _BEHIND, _WEAK)
_NEXT = (
    "针对“{what}”的问题，由牵头部门在{c}月底前制定整改方案，逐月调度，年底前全部整改到位。",
    "把“{what}”列入下一年度重点工作，安排专项经费，组织业务培训不少于{c}期，配齐配强工作力量。",
    "完善“{what}”的部门联动机制，每季度召开一次会商会，数据按月共享，问题限期销号。",
)
_BODY = "正文公文"
_TITLE = re.compile(r"^(?:根据|推进|开展|加强|完善|推动|深入开展|做好)|(?:情况)?(?:测算|打分|监测)?得分$|[。；;]$")


def report_text(plan: Plan, assessee: Assessee, chance: random.Random, *, short: bool) -> dict[str, list[str]]:
    """Return the paragraphs under each of the template's headings, about four thousand words; `short` on problems."""
    earning = [criterion for criterion in plan.criteria if criterion.kind == EARNING]
    chosen = [earning[at] for at in sorted(chance.sample(range(len(earning)), min(len(earning), 40)))]
    situation = []
    for area in plan.areas:
        sentences = [_sentence(chance, _DONE, criterion) for criterion in chosen if criterion.area == area.name]
        if sentences:
            situation.append(f"{area.name}方面。{''.join(sentences[:4])}")
            situation += ("".join(sentences[at : at + 3]) for at in range(4, len(sentences), 3))
    weak = [earning[at] for at in chance.sample(range(len(earning)), min(7, len(earning)))]
    return {
        "质量工作总体情况": situation,
        "要求落实情况": [_filled(chance, text, assessee.short) for text in _CARRIED_OUT],
        "工作亮点": [_filled(chance, text, "质量安全") for text in _BRIGHT],
        "存在问题": numbered(_sentence(chance, _PROBLEM, one) for one in weak[: 2 if short else 7]),
        "下一步措施": numbered(_sentence(chance, _NEXT, one) for one in weak[:5]),
    }


def _sentence(chance: random.Random, sentences: tuple[str, ...], criterion: Criterion) -> str:
    return _filled(chance, chance.choice(sentences), _short(criterion))


def _filled(chance: random.Random, sentence: str, what: str) -> str:
    figures = {"a": chance.randint(2, 9), "b": chance.randint(3, 28), "c": chance.randint(3, 8)}
    figures |= {"d": chance.randint(20, 96), "e": chance.randint(110, 980)}
    return sentence.format(what=what, who=what, **figures)


def _short(criterion: Criterion) -> str:
    """Return what a criterion is about, in a few words that may stand in quotation marks."""
    title = re.split(r"[，；。（(]", criterion.title)[0]
    text = _TITLE.sub("", _TITLE.sub("", title)).translate(str.maketrans("“”", "‘’"))
    return text[:24] or criterion.title[:24]


class Answer(Enum):
    """How an assessee returns its material; the value says it in Chinese."""

    WHOLE = "按期交齐"
    ZIPPED = "印证材料打成压缩包"
    LATE = "晚了两天"
    SHORT = "存在问题写得太短，有的项没有材料"
    HINTS = "没有删填写提示，有空文件，用错了字号"


def answers(plan: Plan, *, broken: bool) -> dict[Assessee, Answer]:
    """Return how each assessee returns its material; with troubles, two of them have something to mend."""
    order = [Answer.WHOLE, Answer.ZIPPED, Answer.LATE]
    order += [Answer.SHORT, Answer.HINTS] if broken else [Answer.WHOLE, Answer.WHOLE]
    return {assessee: order[number % len(order)] for number, assessee in enumerate(plan.assessees)}


def return_material(
    plan: Plan, given: Path, returned: Path, seed: int, report: Report, *, broken: bool
) -> dict[Assessee, Answer]:
    """Let every assessee fill in what it was given and return it; return how each did.

    The same seed gives the same files. Their times are days before the deadline, or two days after it.
    """
    chosen = answers(plan, broken=broken)
    for done, (assessee, answer) in enumerate(chosen.items()):
        report(Event(done, len(chosen), f"{assessee.short} 自评材料"))
        chance = random.Random(f"{seed}/{assessee.short}/material")
        days = -2 if answer is Answer.LATE else 1 + done
        received = datetime.combine(plan.facts.deadline - timedelta(days=days), time(15, 10 + done)).timestamp()
        source = given / assessee.short / template.file_name(assessee)
        content = written_report(plan, assessee, source, answer, chance)
        files = {f"{assessee.short}{plan.facts.year}年自评报告.docx": content}
        evidence = dict(_evidence(plan, assessee, answer, source))
        if answer is Answer.ZIPPED:
            entries = ((name, content, (2023, 1, 6, 9, 0, 0)) for name, content in evidence.items())
            evidence = {f"{assessee.short}印证材料.zip": zip_content(entries)}
        for name, content in (files | evidence).items():
            path = write_bytes(returned / assessee.short / name, content)
            os.utime(path, (received, received))
    return chosen


def written_report(plan: Plan, assessee: Assessee, source: Path, answer: Answer, chance: random.Random) -> bytes:
    """Return an assessee's template written over: a text under each heading, the guidance gone, the cover dated."""
    texts = report_text(plan, assessee, chance, short=answer is Answer.SHORT)
    waiting: list[str] = []
    hints_kept = 1 if answer is Answer.HINTS else 0

    def write(text: str, style: str) -> list[tuple[str, str]] | None:
        nonlocal hints_kept
        if style == "封面日期":
            return [(day_text(plan.facts.deadline - timedelta(days=3)), style)]
        if style == template.HINT_STYLE:
            hints_kept -= 1
            return None if hints_kept >= 0 else []
        if not text.strip() and style == _BODY and waiting:
            lines = [(line, _BODY) for line in waiting]
            waiting.clear()
            return lines
        for heading, lines_below in texts.items():
            if core(heading) in core(text) and style.endswith("级标题"):
                if answer is Answer.HINTS and PROBLEMS in heading:
                    return [(text, style), *((line, "表格文字") for line in lines_below)]
                waiting.extend(lines_below)
        return None

    return rewrite(source, write)


def _evidence(plan: Plan, assessee: Assessee, answer: Answer, source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the way to each file of evidence and its content."""
    tree = folders.tree(plan)
    for number, criterion in enumerate(evidence_criteria(plan)):
        if answer is Answer.SHORT and number % 9 == 4:
            continue
        title = folders.criterion_folder(criterion, 20).partition(" ")[2]
        name = folders.safe_name(f"{assessee.short}{title}工作情况", 40)
        empty = answer is Answer.HINTS and number == 7
        content = b"" if empty else _document(plan, assessee, criterion, source)
        yield f"{folders.EVIDENCE}/{tree[criterion.code]}/{name}.docx", content


def _document(plan: Plan, assessee: Assessee, criterion: Criterion, source: Path) -> bytes:
    """Return a document of one page, a title and paragraphs that tell of what was done for a criterion."""
    chance = random.Random(f"{assessee.short}/{criterion.code}")
    lines = [(f"关于{plan.facts.year}年{_short(criterion)}工作情况的说明", "公文标题")]
    lines += [(_sentence(chance, _DONE, criterion), _BODY) for _ in range(3)]
    lines.append((f"（演练材料，编号{criterion.code}）", _BODY))

    def write(_text: str, _style: str) -> list[tuple[str, str]]:
        first = lines.copy()
        lines.clear()
        return first

    return rewrite(source, write)
