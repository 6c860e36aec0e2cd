"""The sheet 方案: what the plan says of itself, one fact in a row."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from qtool.faults import fault
from qtool.model import Facts
from qtool.plan.columns import FACT_ROWS, YES_NO
from qtool.plan.table import Row, Table, brief
from qtool.rules.text import nearest, plain

_NAME, _CONTENT = "项目", "内容"
_YEARS = range(2000, 2101)


class FactRows:
    """The rows of the sheet by the names of their facts; what is missing or there twice is reported."""

    def __init__(self, table: Table) -> None:
        """Find the rows."""
        self._table = table
        self._rows: dict[str, Row] = {}
        wanted = {plain(fact.name): fact.name for fact in FACT_ROWS}
        strangers: dict[str, Row] = {}
        for row in table:
            text = row.text(_NAME)
            name = wanted.get(plain(text))
            if name is None:
                strangers.setdefault(text[:40], row)
            elif name in self._rows:
                row.fault("P32", _NAME, name=name, row=self._rows[name].number_in_sheet)
            else:
                self._rows[name] = row
        for fact in FACT_ROWS:
            row_of = self._rows.get(fact.name)
            if row_of is None:
                self._missing(fact.name, strangers)
            elif fact.needed and row_of.empty(_CONTENT):
                row_of.fault("P10", _CONTENT, name=fact.name, remedy=fact.help)

    def _missing(self, name: str, strangers: dict[str, Row]) -> None:
        close = nearest(name, [text for text in strangers if text])
        cell = strangers[close].cell(_NAME) if close else ""
        hint = f"；“{close}”是不是它？请改回原名" if close else ""
        table = self._table
        table.faults.append(fault("P08", file=table.file, sheet=table.name, cell=cell, name=name, hint=hint))

    @property
    def rows(self) -> dict[str, int]:
        """The number of every fact's row."""
        return {name: row.number_in_sheet for name, row in self._rows.items()}

    def _row(self, name: str) -> Row | None:
        row = self._rows.get(name)
        return None if row is None or row.empty(_CONTENT) else row

    def facts(self) -> Facts:
        """Return the facts; what cannot be read is reported and empty."""
        return Facts(
            name=self._text("方案名称"),
            year=self._year("年度"),
            city=self._text("市名"),
            office=self._text("组织单位"),
            office_title=self._text("组织单位全称"),
            basis=self._text("考核依据"),
            deadline=self._date("报送截止日期"),
            returns_to=self._text("评分表交回"),
            report_limit=self._whole("自评报告字数上限"),
            problems_minimum=self._whole("存在问题字数下限", positive=False),
            evidence_limit_gb=self._number("印证材料上限（GB）"),
            full_marks=self._number("满分"),
            mail=self._yes("使用邮件发送"),
        )

    def _text(self, name: str) -> str:
        row = self._row(name)
        return row.text(_CONTENT) if row else ""

    def _number(self, name: str) -> Fraction:
        row = self._row(name)
        return row.number(_CONTENT, name, positive=True) if row else Fraction(0)

    def _whole(self, name: str, *, positive: bool = True) -> int:
        row = self._row(name)
        return int(row.number(_CONTENT, name, whole=True, positive=positive)) if row else 0

    def _year(self, name: str) -> int:
        year = self._whole(name)
        if year and year not in _YEARS:
            self._rows[name].fault("P13", _CONTENT, name=name, value=year, remedy="请填四位数字的年度，如 2022")
        return year

    def _date(self, name: str) -> dt.date:
        row = self._row(name)
        return row.date(_CONTENT, name) if row else dt.date(1900, 1, 1)

    def _yes(self, name: str) -> bool:
        row = self._row(name)
        text = row.text(_CONTENT) if row else ""
        if row and text not in YES_NO:
            row.fault("P13", _CONTENT, name=name, value=brief(text), remedy="请填“是”或“否”")
        return text == "是"
