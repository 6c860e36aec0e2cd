"""The plan's words for a rule (计分方式, 计分参数, 单位) read into a rule, and a rule written back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from qtool.model import exact, marks_text
from qtool.rules.kinds import (
    AgainstMean,
    Band,
    Bands,
    Choice,
    Counted,
    Judged,
    Rank,
    RankBand,
    Rule,
    Sides,
    Steps,
)
from qtool.text import near, plain

METHODS = ("评定", "选项", "分档", "计次", "名次", "比均值")
REST = "其余"

_NUMBER = r"-?\d{1,12}(?:\.\d{1,12})?"
_JUDGED = re.compile(rf"(扣?)({_NUMBER})~({_NUMBER})")
_BAND = re.compile(rf"(>=|<=|>|<|=)?({_NUMBER})(%?)")
_RANKS = re.compile(r"(\d{1,6})(?:[-~](\d{1,6}))?")
_FIGURE = re.compile(r"[¥$(]*[\d.,%/:年月日\-]+(e[+-]?\d+)?\)?", re.IGNORECASE)


class RuleError(ValueError):
    """A rule that does not parse: what is wrong and what to do, in Chinese."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@lru_cache(maxsize=4096)
def parse(method: str, parameters: str, unit: str, assessees: int) -> Rule:
    """Return the rule that the plan's words mean for so many assessees; raises RuleError."""
    name = plain(method)
    match name:
        case "评定":
            return _judged(parameters)
        case "选项":
            return _choice(parameters)
        case "分档":
            return _bands(parameters, plain(unit))
        case "计次":
            return _counted(parameters, plain(unit))
        case "名次":
            return _rank(parameters, assessees)
        case "比均值":
            return _against_mean(parameters, plain(unit), assessees)
    raise RuleError(f"没有“{method}”这种计分方式", near(name, METHODS) or f"请从 {'、'.join(METHODS)} 中选一种")


def _pairs(parameters: str, example: str) -> list[tuple[str, str]]:
    """Return (name, value) of every pair, the name as written, the value plain; the last `=` divides them."""
    pairs = []
    for part in re.split(r"[;；\n]", parameters):
        if not part.strip():
            continue
        name, sign, value = re.sub(r"[＝]", "=", part).rpartition("=")
        if not sign or not name.strip():
            raise RuleError(f"“{part.strip()}”不是“名=值”的样子", f"请照这样写：{example}")
        pairs.append((name.strip(), plain(value)))
    if not pairs:
        raise RuleError("计分参数是空的", f"请照这样写：{example}")
    return pairs


def _points(text: str, where: str) -> Fraction:
    number = text.removesuffix("分").removeprefix("+")
    if not re.fullmatch(_NUMBER, number):
        raise RuleError(f"“{where}”的分数“{text}”不是数", "等号右边请只写数，如 0.5 或 -0.5")
    return _short(number, f"“{where}”的分数“{text}”")


def _short(number: str, what: str) -> Fraction:
    """Return a number that `write` can show in full and that stands clear of the noise in a cell."""
    value = exact(number)
    if (value * 10_000).denominator != 1:
        raise RuleError(f"{what}超过四位小数", "最多写四位小数")
    return value


def _judged(parameters: str) -> Rule:
    example = "0~1.75 或 扣0.1~0.4"
    found = _JUDGED.fullmatch(plain(parameters))
    if not found:
        raise RuleError(f"“{parameters}”不是评定的分数范围", f"请照这样写：{example}")
    low, high = (_short(found[end], f"“{parameters}”的分数“{found[end]}”") for end in (2, 3))
    if low < 0 or high <= low:
        raise RuleError(f"“{parameters}”的范围不对", f"左边的数不能为负，右边要比左边大，如 {example}")
    return Judged(low, high, taken_off=bool(found[1]))


def _choice(parameters: str) -> Rule:
    options = [(label, _points(value, label)) for label, value in _pairs(parameters, "较好=1；一般=0.5；较差=0")]
    seen: dict[str, str] = {}
    for label, _ in options:
        key = plain(label).casefold()
        if key in seen:
            raise RuleError(f"选项“{label}”写了两次", "同一项里每个选项的文字必须不同")
        seen[key] = label
        if len(label) > 255 or label.startswith(("=", "+", "-", "@")) or _FIGURE.fullmatch(plain(label)):
            raise RuleError(
                f"选项“{label[:30]}”放进 Excel 下拉列表会变成数、日期或公式，或者太长",
                "请改成255字以内的文字，如“80分及以上”",
            )
        if plain(label).casefold() in {"true", "false"}:
            raise RuleError(f"选项“{label}”会被 Excel 当成逻辑值", "请改成“是”“否”这样的文字")
    if len(options) < 2:
        raise RuleError("只有一个选项", "至少要两个选项，如 是=1；否=0")
    if len(options) > 40:
        raise RuleError(f"有{len(options)}个选项，太多了", "最多40个选项")
    return Choice(tuple(options))


def _bands(parameters: str, unit: str) -> Rule:
    bands: list[Band] = []
    rest: Fraction | None = None
    for name, value in _pairs(parameters, ">=90%=1；>=80%=0.95；其余=0.9" if unit == "%" else ">=8=0.1；其余=0"):
        if plain(name) == REST:
            if rest is not None:
                raise RuleError("“其余”写了两次", "“其余”只写一次，放在最后")
            rest = _points(value, name)
            continue
        if rest is not None:
            raise RuleError(f"“其余”后面的“{name}”永远轮不到", "请把“其余”放在最后")
        bands.append(_band(name, value, unit))
    if not bands:
        raise RuleError("一个分档也没有", "至少写一档，如 >=90%=1；其余=0")
    return Bands(tuple(bands), rest, unit)


def _band(name: str, value: str, unit: str) -> Band:
    found = _BAND.fullmatch(plain(name))
    if not found:
        raise RuleError(f"“{name}”不是分档条件", "条件写成 >=90%、>8、<=5% 这样")
    if unit == "%" and not found[3]:
        raise RuleError(f"单位是%，而“{name}”没有写百分号", f"请写成“{name}%”")
    if unit != "%" and found[3]:
        raise RuleError(f"“{name}”带百分号，而单位是“{unit or '空'}”", "请把单位改成%，或去掉百分号")
    at = _short(found[2], f"“{name}”里的数") / (100 if found[3] else 1)
    return Band(found[1] or "=", at, _points(value, name))


def _named(parameters: str, known: tuple[str, ...], example: str) -> Mapping[str, str]:
    pairs = _pairs(parameters, example)
    found: dict[str, str] = {}
    for name, value in ((plain(name), value) for name, value in pairs):
        if name not in known:
            raise RuleError(f"不认识参数“{name}”", near(name, known) or f"可以写的有：{'、'.join(known)}")
        if name in found:
            raise RuleError(f"参数“{name}”写了两次", "每个参数只写一次")
        found[name] = value
    return found


def _optional(found: Mapping[str, str], name: str) -> Fraction | None:
    return _points(found[name], name) if name in found else None


def _limits(found: Mapping[str, str]) -> tuple[Fraction | None, Fraction | None]:
    low, high = _optional(found, "最低"), _optional(found, "最高")
    if low is not None and high is not None and low > high:
        raise RuleError("“最低”比“最高”还大", "请核对这两个数")
    return low, high


def _counted(parameters: str, unit: str) -> Rule:
    example = "起评=0.3；每次=-0.03；最低=0"
    found = _named(parameters, ("起评", "每次", "最低", "最高"), example)
    each = _optional(found, "每次")
    if not each:
        raise RuleError("没有写“每次”，或者每次是0", f"请照这样写：{example}")
    return Counted(_optional(found, "起评") or Fraction(0), each, *_limits(found), unit)


def _rank(parameters: str, assessees: int) -> Rule:
    bands: list[RankBand] = []
    rest = Fraction(0)
    for name, value in _pairs(parameters, "1-3=3；4-6=2；其余=0"):
        points = _points(value, name)
        if plain(name) == REST:
            rest = points
            continue
        found = _RANKS.fullmatch(plain(name).replace("名", "").replace("第", ""))
        if not found:
            raise RuleError(f"“{name}”不是名次", "名次写成 1-3 或 5 这样")
        first, last = int(found[1]), int(found[2] or found[1])
        if first < 1 or last < first:
            raise RuleError(f"名次“{name}”不对", "名次从1开始，小的写在前面，如 4-6")
        taken = next((b for b in bands if first <= b.last and b.first <= last), None)
        if taken:
            raise RuleError(f"名次“{name}”与“{taken.first}-{taken.last}”重叠", "每个名次只能在一档里")
        bands.append(RankBand(first, last, points))
    if not bands:
        raise RuleError("一个名次也没有", "至少写一档，如 1-3=3；其余=0")
    return Rank(tuple(bands), rest, assessees)


def _against_mean(parameters: str, unit: str, assessees: int) -> Rule:
    names = ("基准", "起评", "步长", "每步", "最高", "最低", "高于", "等于", "低于")
    example = "基准=全市值；起评=1.5；步长=0.1；每步=0.1；最高=2；最低=0"
    found = _named(parameters, names, example)
    of_city = {"全市值": True, "各地平均": False}.get(found.get("基准", ""))
    if of_city is None:
        raise RuleError(f"基准“{found.get('基准', '')}”不对", "请写 基准=全市值 或 基准=各地平均")
    sides = {"高于", "等于", "低于"} & found.keys()
    steps = {"起评", "步长", "每步", "最高", "最低"} & found.keys()
    if sides and steps:
        raise RuleError("“高于、等于、低于”和“步长、每步”不能混着写", f"只用一种写法，如 {example}")
    if sides:
        missing = [name for name in ("高于", "等于", "低于") if name not in found]
        if missing:
            raise RuleError(f"没有写“{missing[0]}”", "请照这样写：基准=各地平均；高于=0.2；等于=0；低于=-0.05")
        above, equal, below = (_points(found[name], name) for name in ("高于", "等于", "低于"))
        return AgainstMean(of_city, Sides(above, equal, below), unit, assessees)
    step, each = _optional(found, "步长"), _optional(found, "每步")
    if not step or step < 0 or not each:
        raise RuleError("没有写“步长”和“每步”，或者是0", f"请照这样写：{example}")
    real = step / 100 if unit == "%" else step
    return AgainstMean(
        of_city, Steps(_optional(found, "起评") or Fraction(0), real, each, *_limits(found)), unit, assessees
    )


def write(rule: Rule) -> str:
    """Return the rule's 计分参数 in its canonical form; `parse` reads back an equal rule."""
    text = marks_text
    match rule:
        case Judged(low, high, taken_off):
            return f"{'扣' if taken_off else ''}{text(low)}~{text(high)}"
        case Choice(options):
            return "；".join(f"{label}={text(points)}" for label, points in options)
        case Bands(bands, rest, unit):
            parts = [f"{b.op}{text(b.at * 100) + '%' if unit == '%' else text(b.at)}={text(b.points)}" for b in bands]
            return "；".join(parts + ([] if rest is None else [f"{REST}={text(rest)}"]))
        case Counted(start, each, low, high, _):
            return _write_named({"起评": start or None, "每次": each, "最低": low, "最高": high})
        case Rank(bands, rest, _):
            spans = [(str(b.first) if b.first == b.last else f"{b.first}-{b.last}", b.points) for b in bands]
            return "；".join(f"{span}={text(points)}" for span, points in [*spans, (REST, rest)])
        case AgainstMean(of_city, by, unit, _):
            base = "基准=全市值；" if of_city else "基准=各地平均；"
            if isinstance(by, Sides):
                return base + _write_named({"高于": by.above, "等于": by.equal, "低于": by.below})
            step = by.step * 100 if unit == "%" else by.step
            return base + _write_named(
                {"起评": by.start, "步长": step, "每步": by.each, "最高": by.high, "最低": by.low}
            )


def _write_named(values: Mapping[str, Fraction | None]) -> str:
    return "；".join(f"{name}={marks_text(value)}" for name, value in values.items() if value is not None)
