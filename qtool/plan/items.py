"""The sheet 评分细则: its rows gathered into the items of every criterion."""

from __future__ import annotations

import re
from typing import NamedTuple

from qtool.model import Item, Measure
from qtool.plan.table import Row, Table, brief, shown
from qtool.rules.text import plain

_CODE, _NUMBER = "编号", "条目"
_OF_ITEM = ("评分标准", "条目分值", "条目起评分")
_ORDINAL = re.compile(r"[第(]?([1-9]\d{0,2})(?:\.0*)?[条)、.]?")


class _Key(NamedTuple):
    """Which item a row belongs to; `apart` keeps items asunder whose code or number cannot be read."""

    code: str
    number: str
    apart: int = 0

    @property
    def known(self) -> bool:
        return bool(self.code and self.number)


def items_of(table: Table) -> dict[str, list[Item]]:
    """Return the items of every criterion's code; only the first row of an item needs its text and its marks."""
    gathered: dict[_Key, list[Row]] = {}
    above: _Key | None = None
    for row in table:
        key = _key(row, above)
        rows = gathered.setdefault(key, [])
        if rows and key == above:
            _agree(rows[0], row, key)
        elif rows:
            row.fault("P33", _NUMBER, code=brief(key.code), item=key.number, row=rows[-1].number_in_sheet)
        rows.append(row)
        above = key
    found: dict[str, list[Item]] = {}
    for key, rows in gathered.items():
        found.setdefault(key.code, []).append(_item(key, rows))
    return found


def _key(row: Row, above: _Key | None) -> _Key:
    """Return a row's item; what was left empty below merged or unrepeated cells is what stands above."""
    if above is not None and row.empty(_CODE) and not row.empty(_NUMBER):
        code = above.code
    elif above is not None and row.empty(_CODE, *_OF_ITEM):
        return above
    else:
        code = row.code(_CODE)
    if above is not None and code == above.code and row.empty(_NUMBER, *_OF_ITEM):
        return above
    number = _ordinal(row)
    if code and number:
        return _Key(code, number)
    same = above is not None and (code, number) == (above.code, above.number)
    return above if above is not None and same else _Key(code, number, row.number_in_sheet)


def _ordinal(row: Row) -> str:
    """Return which item of its criterion this is, in plain digits."""
    text = row.text(_NUMBER)
    found = _ORDINAL.fullmatch(plain(text))
    if text and not found:
        row.fault("P13", _NUMBER, name=_NUMBER, value=brief(text), remedy="请填 1、2、3 这样的整数")
    return found[1] if found else ""


def _agree(first: Row, row: Row, key: _Key) -> None:
    """Report what a further row of an item says otherwise than the first."""
    if not key.known:
        return
    for heading in _OF_ITEM:
        if not row.empty(heading) and not first.empty(heading):
            here, there = (plain(shown(one.value(heading))) for one in (row, first))
            if here != there:
                texts = {"name": heading, "code": brief(key.code), "item": key.number}
                row.fault("P39", heading, row=first.number_in_sheet, **texts)
                return


def _item(key: _Key, rows: list[Row]) -> Item:
    first = rows[0]
    return Item(
        number=key.number,
        standard=first.required("评分标准"),
        marks=first.number("条目分值", needed=True),
        base=first.number("条目起评分"),
        measures=tuple(_measure(f"{key.code}-{key.number}-{index}", row) for index, row in enumerate(rows, 1)),
        row=first.number_in_sheet,
    )


def _measure(name: str, row: Row) -> Measure:
    return Measure(
        id=name,
        label=row.text("填报项"),
        unit=plain(row.text("单位")),
        method=row.text("计分方式"),
        parameters=row.text("计分参数"),
        evidence=row.text("需印证材料"),
        row=row.number_in_sheet,
    )
