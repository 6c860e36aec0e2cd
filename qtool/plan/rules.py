"""The check of every measure's rule: that it parses, fits into Excel, and gives points for every input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from qtool.faults import Fault, fault
from qtool.model import Measure, marks_text
from qtool.plan.columns import MEASURES
from qtool.plan.read import Reading
from qtool.plan.table import brief
from qtool.rules.excel import formula
from qtool.rules.kinds import PEERS, Bands, Rank, Rule
from qtool.rules.score import rule_of
from qtool.rules.text import METHODS, RuleError, plain

PROMPT_TITLE_LIMIT, PROMPT_LIMIT = 32, 255
"""Excel's limits for the title and the text of an input prompt (facts.md 1)."""
BAND_LIMIT, FORMULA_LIMIT = 40, 8000
"""Excel nests 64 functions and holds formulas of 8192 characters."""
_UNIT_LIMIT = 10
_QUOTED = re.compile("“([^”]{60,})”", re.DOTALL)
_DIGITS = re.compile(r"\d{13,}|\.\d{13,}")
_LABEL, _METHOD, _PARAMETERS = "填报项", "计分方式", "计分参数"


def rules(reading: Reading) -> tuple[dict[str, Rule], list[Fault]]:
    """Return the rules that are sound, by the ids of their measures, and what is wrong with the others."""
    parsed: dict[str, Rule] = {}
    faults: list[Fault] = []
    for measure in reading.measures:
        faults += [*_title(reading, measure), *_unit(reading, measure)]
        try:
            rule = _rule(measure, max(1, len(reading.plan.assessees)))
        except RuleError as error:
            heading = _PARAMETERS if plain(measure.method) in METHODS else _METHOD
            if reading.sound(MEASURES, measure.row, heading):
                faults.append(_broken(reading, measure, heading, error))
            continue
        faults += _prompt(reading, measure, rule)
        wrong = list(_bands(reading, measure, rule)) if isinstance(rule, Bands) else []
        faults += wrong
        if not wrong:
            parsed[measure.id] = rule
    return parsed, faults


def _rule(measure: Measure, assessees: int) -> Rule:
    if _DIGITS.search(plain(measure.parameters)):
        raise RuleError("里面有十三位以上的数", "请核对，数最多写十二位")
    rule = rule_of(measure, assessees)
    count = len(rule.bands) if isinstance(rule, Bands | Rank) else 0
    if count > BAND_LIMIT:
        raise RuleError(f"有{count}档，太多了", f"最多{BAND_LIMIT}档")
    names = {"x": "$XX$9999", "city": "$XX$9999", PEERS: ",".join(["$XX$9999"] * assessees)}
    if len(formula(rule.points(), names)) > FORMULA_LIMIT:
        raise RuleError("写成公式太长，Excel 放不下", "请减少选项，或改短选项的文字")
    return rule


def _broken(reading: Reading, measure: Measure, heading: str, error: RuleError) -> Fault:
    return fault(
        "P25",
        **reading.at(MEASURES, measure.row, heading),
        method=brief(measure.method),
        parameters=brief(measure.parameters),
        problem=_shortened(error.problem),
        remedy=_shortened(error.remedy),
    )


def _shortened(text: str) -> str:
    """Return a sentence with what it quotes made short: that may be a whole page of a user's text."""
    return _QUOTED.sub(lambda found: f"“{brief(found[1])}”", text)


def _title(reading: Reading, measure: Measure) -> Iterator[Fault]:
    if len(measure.label) > PROMPT_TITLE_LIMIT:
        place = reading.at(MEASURES, measure.row, _LABEL)
        what, remedy = f"填报项“{measure.label[:12]}…”", "它要作提示框的标题，请改短"
        yield fault("P30", **place, what=what, length=len(measure.label), limit=PROMPT_TITLE_LIMIT, remedy=remedy)


def _unit(reading: Reading, measure: Measure) -> Iterator[Fault]:
    if len(measure.unit) > _UNIT_LIMIT:
        place = reading.at(MEASURES, measure.row, "单位")
        what, remedy = f"单位“{brief(measure.unit)}”", "单位请写得短些，说明可以写进填报项"
        yield fault("P30", **place, what=what, length=len(measure.unit), limit=_UNIT_LIMIT, remedy=remedy)


def _prompt(reading: Reading, measure: Measure, rule: Rule) -> Iterator[Fault]:
    length = len(rule.sentence())
    if length > PROMPT_LIMIT:
        place = reading.at(MEASURES, measure.row, _PARAMETERS)
        what, remedy = "按计分参数写出的填写提示", "请减少档数，或改短单位、选项的文字"
        yield fault("P30", **place, what=what, length=length, limit=PROMPT_LIMIT, remedy=remedy)


def _bands(reading: Reading, measure: Measure, rule: Bands) -> Iterator[Fault]:
    texts: Mapping[str, str] = reading.at(MEASURES, measure.row, _PARAMETERS)
    texts = {**texts, "parameters": brief(measure.parameters)}
    hits = rule.hits()
    order = "请检查各档的次序和界限，从高到低（或从低到高）写"
    for index, band in enumerate(rule.bands):
        if index not in hits:
            yield fault("P26", **texts, band=band.say(rule.unit), remedy=order)
    beyond = hits.get(len(rule.bands))
    if rule.rest is not None and beyond is None:
        yield fault("P26", **texts, band="其余", remedy="前面各档已经包括了所有的数，请删去“其余”，或核对各档的界限")
    elif rule.rest is None and beyond is not None:
        yield fault("P27", **texts, value=_typed(beyond, rule.unit))


def _typed(figure: Fraction, unit: str) -> str:
    """Return a figure as it is typed; one between two bands may need more decimals than marks do."""
    shown = figure * 100 if unit == "%" else figure
    text = marks_text(shown)
    return (text if Fraction(text) == shown else format(float(shown), ".12g")) + unit
