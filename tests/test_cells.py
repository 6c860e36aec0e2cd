"""What people type into cells: what is certain is understood and said, what is not is asked."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtool.collect.cells import Understood, nearly, understand
from qtool.office.workbook.reader import Cell
from qtool.rules.domain import Domain, Labels, figures
from qtool.rules.methods.judged import Judged
from qtool.rules.methods.rank import Rank, RankBand

F = Fraction
YES_NO = Labels(("是", "否"))
PERCENT, TIMES, PLAIN = figures("%"), figures("次"), figures("元")
JUDGED = Judged(F(0), F("1.75")).domain
TAKEN_OFF = Judged(F("0.1"), F("0.4"), taken_off=True).domain
RANK = Rank((RankBand(1, 3, F(3)),), F(0), 5).domain


def typed(cell: Cell, domain: Domain, unit: str = "") -> Understood:
    return understand(cell, domain, unit)


@pytest.mark.parametrize(
    ("cell", "domain", "unit", "value"),
    [
        ("９．５", PLAIN, "元", F("9.5")),
        (" 8 ", TIMES, "次", F(8)),
        ("0.5分", JUDGED, "分", F("0.5")),
        ("０．５ 分", JUDGED, "分", F("0.5")),
        ("0。5", JUDGED, "分", F("0.5")),
        ("95%", PERCENT, "%", F("0.95")),
        ("９５％", PERCENT, "%", F("0.95")),
        ("95", PERCENT, "%", F("0.95")),
        (95.0, PERCENT, "%", F("0.95")),
        (1.5, PERCENT, "%", F("0.015")),
        ("3次", TIMES, "次", F(3)),
        ("无", TIMES, "次", F(0)),
        ("没有发生", TIMES, "次", F(0)),
        ("－0.3", TAKEN_OFF, "分", F("0.3")),
        (-0.3, TAKEN_OFF, "分", F("0.3")),
        ("扣0.3分", TAKEN_OFF, "分", F("0.3")),
        ("不扣分", TAKEN_OFF, "分", F(0)),
        ("第3名", RANK, "名", F(3)),
        ("8,000", PLAIN, "元", F(8000)),
        ("12,345.6元", PLAIN, "元", F("12345.6")),
        ("+2", TIMES, "次", F(2)),
    ],
)
def test_figures_that_are_certain(cell: Cell, domain: Domain, unit: str, value: Fraction) -> None:
    assert typed(cell, domain, unit) == Understood(value, allowed=True, changed=True)


@pytest.mark.parametrize(
    ("cell", "domain", "unit"),
    [
        ("0.95", PERCENT, "%"),  # 95 % or 0.95 %
        ("150", PERCENT, "%"),
        (150.0, PERCENT, "%"),
        ("0,5", JUDGED, "分"),  # not five
        ("1,23", PLAIN, "元"),
        ("-0.5", JUDGED, "分"),
        (-0.5, TIMES, "次"),
        (2.5, TIMES, "次"),
        ("第二", RANK, "名"),
        (6.0, RANK, "名"),
        ("无", JUDGED, "分"),
        ("无", PERCENT, "%"),
        ("约3次", TIMES, "次"),
        ("3-4", TIMES, "次"),
        ("1e3", TIMES, "次"),
        ("0.5%", JUDGED, "分"),
        ("=3", TIMES, "次"),
        (True, TIMES, "次"),
        (float("inf"), TIMES, "次"),
        (float("nan"), TIMES, "次"),
        (1e300, TIMES, "次"),
        ("9" * 400, TIMES, "次"),
        (10**400, TIMES, "次"),
    ],
)
def test_figures_that_are_not(cell: Cell, domain: Domain, unit: str) -> None:
    found = typed(cell, domain, unit)
    assert not found.allowed
    assert found.wrong == "S11"


@pytest.mark.parametrize("cell", [dt.datetime(2022, 3, 4), dt.date(2022, 3, 4), dt.time(3, 4), dt.timedelta(days=3)])  # noqa: DTZ001
def test_dates_are_told_from_wrong_figures(cell: Cell) -> None:
    found = typed(cell, TIMES, "次")
    assert (found.allowed, found.wrong) == (False, "S20")
    assert "00:00:00" not in str(found.value)


@pytest.mark.parametrize("cell", ["", "  ", "\u3000"])
def test_blanks(cell: str) -> None:
    for domain in (YES_NO, PERCENT, JUDGED):
        assert typed(cell, domain).value is None


@pytest.mark.parametrize(
    ("text", "labels", "meant"),
    [
        (" 是", ("是", "否"), "是"),
        ("√", ("是", "否"), "是"),
        ("×", ("是", "否"), "否"),
        ("有", ("是", "否"), "是"),
        ("没有", ("是", "否"), "否"),
        ("无", ("是", "否"), "否"),
        ("YES", ("是", "否"), "是"),
        ("√", ("未发生", "发生"), "发生"),
        ("是", ("是或无此类案件", "否"), "是或无此类案件"),
        ("是（1分）", ("是", "否"), "是"),
        ("较好=1", ("较好", "一般", "较差"), "较好"),
        ("较好。", ("较好", "一般", "较差"), "较好"),
        ("Ａ级", ("a级", "B级"), "a级"),
        ("推进教好", ("推进较好", "推进不力", "未开展"), "推进较好"),
        ("成效明现", ("成效明显", "已开展", "未开展"), "成效明显"),
        ("成效 明显", ("成效明显", "已开展", "未开展"), "成效明显"),
        ("参加试点工", ("参加试点", "参与研讨", "未参加"), "参加试点"),
        ("30个工作日内全额拨付", ("30个工作日内全额拨付", "当年全额拨付"), "30个工作日内全额拨付"),
    ],
)
def test_labels_that_are_certain(text: str, labels: tuple[str, ...], meant: str) -> None:
    assert nearly(text, labels) == meant


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("己开展", ("成效明显", "已开展", "未开展")),  # as near to the one as to the other
        ("开展", ("已开展", "未开展", "成效明显")),  # 未 is never a slip
        ("参加", ("参加试点", "未参加")),
        ("开展四项", ("开展三项", "开展两项", "开展一项", "未开展")),
        ("开展二项", ("开展三项", "未开展")),
        ("√", ("较好", "一般", "较差")),
        ("有", ("有并按月更新", "有未按月更新", "无")),
        ("好", ("较好", "一般", "较差")),
        ("是否", ("是", "否")),
        ("不详", ("是", "否")),
        ("优", ("优秀", "良好", "合格")),
        ("", ("是", "否")),
        ("。", ("是", "否")),
        ("4-6名", ("1-3名", "其余名次")),
    ],
)
def test_labels_that_are_not(text: str, labels: tuple[str, ...]) -> None:
    assert nearly(text, labels) is None


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.booleans()),
    st.sampled_from([PERCENT, TIMES, JUDGED, TAKEN_OFF, RANK, YES_NO]),
)
def test_whatever_stands_in_a_cell_what_is_allowed_is_in_the_domain(cell: Cell, domain: Domain) -> None:
    found = understand(cell, domain, "次")
    if found.allowed and found.value is not None:
        assert domain.allows(found.value)


@given(st.text(alphabet="是否已未开展有无较好一般差项三两0123456789 （）。", max_size=8))
def test_a_denied_label_is_never_taken_for_the_other(text: str) -> None:
    labels = ("已开展", "未开展")
    meant = nearly(text, labels)
    if meant is not None and text.strip() not in labels:
        assert ("未" in text) == (meant == "未开展") or len(text.strip()) == 1
