"""Answers as people type them, where only one thing can be meant, and what a person is to be asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from return_cases import Case, Filled, cells_in, figure, opened, typed

from qtool.model import CITY, Key, Value

_TOURISM, _HEALTH, _SCHOOLS = "市文旅局", "市卫健委", "市教育局"
_INDUSTRY, _POLICE, _FARMING = "市经信局", "市公安局", "市农业农村局"
_READ = "S16"
_COUNTY = "随县"


@dataclass(frozen=True)
class _Typed:
    """A measure's answers typed in ways of their own, each with what it means; `read` of them are not as asked for."""

    name: str
    department: str
    measure: str
    entries: tuple[tuple[object, str], ...]
    read: int


_ANSWERS = (
    _Typed(
        "百分数五种写法",
        *(_TOURISM, "01-05-1-1"),
        (("９５％", "0.95"), (95, "0.95"), ("95", "0.95"), (" 95.5 % ", "0.955"), (0.95, "0.95")),
        read=4,
    ),
    _Typed(
        "百分数一和一点五",
        _SCHOOLS,
        "04-06-2-1",
        ((1, "1"), (1.5, "0.015"), ("100%", "1"), (100, "1"), (0, "0")),
        read=3,
    ),
    _Typed(
        "大数五种写法",
        *(_SCHOOLS, "09-03-2-1"),
        (("8,888元", "8888"), ("８，８８８", "8888"), ("8 888.00", "8888"), ("8888元", "8888"), (8888.5, "8888.5")),
        read=4,
    ),
    _Typed(
        "得分五种写法",
        *(_TOURISM, "01-05-5-1"),
        (("0.5分", "0.5"), ("０．５", "0.5"), ("0。5", "0.5"), ("+0.5", "0.5"), (0.1 + 0.2, "0.3")),
        read=4,
    ),
    _Typed("得分没有写零", _TOURISM, "01-05-5-1", ((".5", "0.5"), ("．５分", "0.5"), ("0.50", "0.5")), read=3),
    _Typed(
        "次数五种写法",
        *(_TOURISM, "01-05-6-1"),
        (("\u3000 2 \u00a0", "2"), ("无", "0"), ("2次", "2"), ("2.0", "2"), ("没有发生", "0")),
        read=5,
    ),
    _Typed(
        "起数五种写法",
        _SCHOOLS,
        "04-05-1-1",
        (("１起", "1"), ("零", "0"), ("0", "0"), ("1 起", "1"), (1.0, "1")),
        read=4,
    ),
    _Typed(
        "扣分五种写法",
        *(_HEALTH, "01-07-2-1"),
        ((-0.3, "0.3"), ("－0.3", "0.3"), ("扣0.3分", "0.3"), ("不扣分", "0"), ("0.3分", "0.3")),
        read=5,
    ),
    _Typed(
        "名次五种写法",
        *(_POLICE, "07-02-1-1"),
        (("第2名", "2"), ("５名", "5"), ("第 3 名", "3"), ("4", "4"), ("第１", "1")),
        read=5,
    ),
    _Typed(
        "名次没有参加",
        _POLICE,
        "07-02-1-1",
        ((1, "1"), (2, "2"), ("未参加", "0"), ("未参加排名", "0"), ("无", "0")),
        read=3,
    ),
    _Typed(
        "选项五种写法",
        *(_TOURISM, "01-05-4-1"),
        (
            (" 推进 较好\n", "推进较好"),
            ("推进教好", "推进较好"),
            ("推进较好（1分）", "推进较好"),
            ("推进不力。", "推进不力"),
            ("未\u200b开展", "未开展"),
        ),
        read=5,
    ),
    _Typed(
        "扣分的选项带分数",
        *(_SCHOOLS, "04-05-2-1"),
        (("否（扣1分）", "否"), ("是（0分）", "是"), ("否：-1分", "否"), ("是=0", "是"), ("否", "否")),
        read=4,
    ),
    _Typed(
        "带数字的选项",
        *(_INDUSTRY, "04-11-7-1"),
        (
            ("1～3名", "1-3名"),
            ("４－６名", "4-6名"),
            ("1-3 名", "1-3名"),
            ("1—3名", "1-3名"),
            ("1-3名（0.2分）", "1-3名"),
        ),
        read=5,
    ),
    _Typed(
        "有无五种写法",
        *(_TOURISM, "01-05-5-2"),
        (("×", "无"), ("没有", "无"), ("√", "有"), ("有", "有"), ("否", "无")),
        read=4,
    ),
    _Typed(
        "是否五种写法",
        *(_POLICE, "08-01-1-1"),
        (("√", "是"), ("有", "是"), ("无", "否"), ("Y", "是"), ("是（1分）", "是")),
        read=5,
    ),
)
_STARTS = ("=1+1是笔误，已更正", "+1分未给", "-0.4：未制定方案", "@张三 已核实")


def as_typed(sheets: Mapping[str, Filled]) -> Iterator[Case]:
    """Yield sheets with answers that are understood."""
    for case in _ANSWERS:
        sheet, code = sheets[case.department], case.measure[:5]
        cells: dict[str, object] = {}
        answers, reasons = dict[Key, Value](), dict[Key, str | None]()
        for who, (entry, means) in zip(sheet.layout.assessees, case.entries, strict=False):
            answers[case.measure, who], reasons[code, who] = figure(means), "已核实"
            cells |= {sheet.cell(case.measure, who): entry, sheet.at(f"c:{code}", f"in:{who}"): "已核实"}
        content, faults = typed(sheet.content, cells), " ".join([_READ] * case.read)
        yield sheet.good(f"{case.name}.xlsx", content, faults, f"typed as people do: {case.measure}", answers, reasons)
    yield from _many(sheets[_TOURISM], sheets[_FARMING])
    yield from _formatted(sheets[_SCHOOLS])
    yield from _judged(sheets[_HEALTH], sheets[_TOURISM])
    yield from _ranked(sheets[_POLICE])
    yield from _said(sheets[_HEALTH])


def _many(sheet: Filled, farming: Filled) -> Iterator[Case]:
    city = ("01-02-1-1", CITY)
    whole = farming.typed({city: "98.5%"})
    yield farming.good("全市值写成文字.xlsx", whole, _READ, "the city's figure typed as text")
    keys = [("01-05-6-1", who) for who in sheet.layout.assessees]
    column = sheet.typed(dict.fromkeys(keys, "0"))
    yield sheet.good("整行是文本格式.xlsx", column, "S16", "a row of equal figures typed as text")


_FORMATS = (
    '0.00"day"',
    'G/通用格式"元"',
    "[DBNum1][$-804]General",
    "[Red]0.00;[Blue]-0.00",
    '_ * #,##0.00_ ;_ * "-"??_ ',
)
"""Number formats of which a hasty reader would think that they are dates."""


def _formatted(sheet: Filled) -> Iterator[Case]:
    def change(_book: Workbook, own: Worksheet) -> None:
        for who, code in zip(sheet.layout.assessees, _FORMATS, strict=True):
            own[sheet.cell("09-03-2-1", who)].number_format = code

    yield sheet.good("数字格式花样.xlsx", opened(sheet.content, change), "", "number formats of every kind")


def _judged(health: Filled, tourism: Filled) -> Iterator[Case]:
    key, code = ("01-07-2-1", _COUNTY), "01-07"
    cell = health.at(f"c:{code}", f"in:{_COUNTY}")
    silent = typed(health.content, {health.cell(*key): 0.3, cell: None})
    answers, none = {key: figure("0.3")}, {(code, _COUNTY): None}
    yield health.good("扣了分没写理由.xlsx", silent, "S32", "a deduction without a reason", answers, none)
    cells = {tourism.at("c:01-05", f"in:{who}"): None for who in tourism.layout.assessees}
    nothing = {("01-05", who): None for who in tourism.layout.assessees}
    story = "all reasons of one criterion left out: one question"
    yield tourism.good("理由一个没写.xlsx", typed(tourism.content, cells), "S32", story, None, nothing)


def _ranked(sheet: Filled) -> Iterator[Case]:
    for name, ranks, faults, story in (
        ("名次并列", (1, 2, 2, 4, 5), "S30", "a rank given twice"),
        ("名次并列连着排", (1, 2, 2, 3, 4), "S30", "a rank given twice, and none left out after it"),
        ("名次有空缺", (1, 2, 4, 5, 0), "S31", "a rank left out"),
        ("名次并列又空缺", (1, 1, 4, 5, 5), "S30 S30 S31", "two ranks given twice, one left out that no tie explains"),
        ("都没有参加排名", (0, 0, 0, 0, 0), "", "nobody was ranked"),
        ("两个没有参加排名", (1, 2, 3, 0, 0), "", "two were not ranked"),
    ):
        keys = [("07-02-1-1", who) for who in sheet.layout.assessees]
        answers = {key: figure(str(rank)) for key, rank in zip(keys, ranks, strict=True)}
        yield sheet.good(f"{name}.xlsx", sheet.typed(dict(zip(keys, ranks, strict=True))), faults, story, answers)


def _said(sheet: Filled) -> Iterator[Case]:
    cells, reasons = {}, {}
    for who, text in zip(sheet.layout.assessees, _STARTS, strict=False):
        cells[sheet.at("c:01-07", f"in:{who}")] = f't="inlineStr"|<is><t>{text}</t></is>'
        reasons["01-07", who] = text
    story = "reasons that begin like formulas"
    yield sheet.good("说明以等号开头.xlsx", cells_in(sheet.content, cells), "", story, None, reasons)
    cell, long = sheet.at("c:01-07", f"in:{_COUNTY}"), "“甲”<乙> & {丙} 𠮷😀\n第二行" + "很长" * 900
    written = typed(sheet.content, {cell: long})
    yield sheet.good("说明很长.xlsx", written, "", "signs of every kind", None, {("01-07", _COUNTY): long})
