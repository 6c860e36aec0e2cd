"""What a person typed into an input cell, understood where that is certain; what is not is left to a question."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qtool.model import Value, exact, marks_text
from qtool.office.workbook.reader import Cell
from qtool.office.workbook.rows import ERRORS
from qtool.rules.domain import Domain, Labels, Numbers
from qtool.text import plain

_YES = frozenset(("√", "✓", "✔", "☑", "v", "y", "yes", "是", "对", "有"))
_NO = frozenset(("×", "✗", "✘", "☒", "x", "n", "no", "否", "无", "没有", "不是"))
_TICKS = frozenset(("√", "✓", "✔", "☑"))
_CROSSES = frozenset(("×", "✗", "✘", "☒"))
_DENIAL = frozenset("未无不没否非")
_WEIGHTY = _DENIAL | frozenset("至零一二两三四五六七八九十百千")
"""One of these more or less makes another label of it, so it is never a slip."""
_SPAN = re.compile(r"(?<=\d)[-~.,:/](?=\d)")
"""What stands between two figures: 1-3名 and 13名 are not the same."""
_SHORTEST = 3
"""Letters below which one sign is too much of a label: 很好 is not 较好."""
_WORTH = re.compile(r"(.+?)[(=:]?(?:得|计|扣)?(\d+(?:\.\d+)?)分?\)?")
"""A label with its points behind it, as the prompt shows them."""


def nearly(typed: str, labels: Sequence[str], worths: Mapping[str, Fraction] | None = None) -> str | None:
    """Return the label that a text certainly means, or None: spaces, width, case, marks, points, one sign off.

    `worths` are the points of the labels: a label with other points behind it means nothing for certain.
    """
    flat = {_flat(label): label for label in labels}
    text = _flat(typed)
    if not text:
        return _ticked(typed, labels)
    if text in flat:
        return flat[text]
    worth = _WORTH.fullmatch(plain(typed).casefold())
    if worth and (label := flat.get(_flat(worth[1]))):
        right = (worths or {}).get(label)
        return label if right is None or abs(right) == exact(worth[2]) else None
    return _ticked(typed, labels) or _one_off(text, flat)


def _flat(text: str) -> str:
    """Return a text without case, width, spaces and punctuation."""
    kept = _SPAN.sub("至", plain(text).casefold())
    return "".join(sign for sign in kept if unicodedata.category(sign)[0] not in "PSZC")


def _ticked(typed: str, labels: Sequence[str]) -> str | None:
    """Return the label that a tick or a plain yes or no means: the only one that so begins, or the one of a pair."""
    text = typed.strip().casefold()
    begun = [label for label in labels if text in _YES | _NO and label.startswith(text)]
    if len(begun) == 1:
        return begun[0]
    denials = [label for label in labels if label[:1] in _DENIAL]
    if len(labels) != 2 or len(denials) != 1:
        return None
    no = denials[0]
    yes = next(label for label in labels if label != no)
    if text in _TICKS or (text in _YES and len(yes) == 1):
        return yes
    if text in _CROSSES or (text in _NO and len(no) <= 2):
        return no
    return None


def _one_off(text: str, flat: dict[str, str]) -> str | None:
    """Return the only label that is one sign away, where that sign is of no weight."""
    close = [(label, off) for label in flat if (off := _off(text, label))]
    if len(close) != 1 or min(len(close[0][0]), len(text)) < _SHORTEST:
        return None
    label, off = close[0]
    weighty = any(set(part) & _WEIGHTY or part.isdigit() for part in off)
    return None if weighty else flat[label]


def _off(one: str, other: str) -> tuple[str, str] | None:
    """Return what stands in either text alone, where that is one sign at most."""
    if abs(len(one) - len(other)) > 1:
        return None
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    off = one[start : len(one) - end], other[start : len(other) - end]
    return off if max(map(len, off)) == 1 else None


_REMEMBERED = 10_000
"""Entries that a measure remembers before it starts afresh."""
_FIGURE = re.compile(r"([-+]?(?:\d+(?:\.\d+)?|\.\d+))(%?)")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_STOP = re.compile(r"(?<=\d)。(?=\d)")
_NONE = frozenset(
    ("无", "没有", "没有发生", "未发生", "零", "不扣", "不扣分", "未扣分", "未参加", "未参加排名", "未排名")
)
"""Words for zero where zero means that nothing happened."""
_MOST_EXACT = 10**15


@dataclass(frozen=True, slots=True)
class Understood:
    """A cell's value; `allowed` tells whether the rule admits it, `changed` whether it was typed differently.

    `wrong` is the code of the fault where the cell does not merely hold a value that is not allowed.
    """

    value: Value
    allowed: bool
    changed: bool = False
    wrong: str = "S11"


def understand(cell: Cell, domain: Domain, unit: str, worths: Mapping[str, Fraction] | None = None) -> Understood:
    """Return what a cell means: figures and labels typed with stray spaces, full-width signs or a unit are read."""
    if isinstance(cell, str):
        text = cell.strip().strip("\u3000")
        if not text:
            return Understood(None, allowed=True)
        if text in ERRORS.values():
            return Understood(text, allowed=False, wrong="S21")
        return _label(cell, domain, worths) if isinstance(domain, Labels) else _figure(cell, domain, unit)
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        return Understood(str(cell).removesuffix(" 00:00:00"), allowed=False, wrong="S20")
    if isinstance(cell, bool):
        return Understood(str(cell).upper(), allowed=False)
    if not abs(cell) < _MOST_EXACT:  # also what is no number at all
        return Understood(str(cell), allowed=False)
    value = exact(cell)
    return Understood(value, allowed=True) if domain.allows(value) else _other_reading(value, domain)


def _other_reading(value: Fraction, domain: Domain) -> Understood:
    """Return a figure that is not allowed, read the one other way that it can be meant: 95 as 95%, -0.3 as 扣0.3."""
    if isinstance(domain, Numbers):
        if domain.percent and value > 1 and domain.allows(value / 100):
            return Understood(value / 100, allowed=True, changed=True)
        if domain.or_zero and value < 0 and domain.allows(-value):
            return Understood(-value, allowed=True, changed=True)
    return Understood(value, allowed=False)


class Meanings:
    """What the cells of one measure mean. Most hold the same few entries, so each of them is understood once."""

    def __init__(self, domain: Domain, unit: str, worths: Mapping[str, Fraction] | None = None) -> None:
        """Remember what the measure asks for; `worths` are the points of its labels."""
        self._worths = worths
        self._domain = domain
        self._unit = unit
        self._known: dict[tuple[type, Cell], Understood] = {}

    def of(self, cell: Cell) -> Understood:
        """Return what a cell means."""
        key = (type(cell), cell)  # True and 1 are equal, but do not mean the same
        meaning = self._known.get(key)
        if meaning is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            meaning = self._known[key] = understand(cell, self._domain, self._unit, self._worths)
        return meaning


def _label(typed: str, domain: Labels, worths: Mapping[str, Fraction] | None) -> Understood:
    if typed in domain.labels:
        return Understood(typed, allowed=True)
    meant = nearly(typed, domain.labels, worths)
    if meant is not None:
        return Understood(meant, allowed=True, changed=True)
    return Understood(typed.strip(), allowed=False)


def _figure(typed: str, domain: Numbers, unit: str) -> Understood:
    refused = Understood(typed.strip(), allowed=False)
    text = _bare(plain(typed), domain, unit)
    if text in _NONE or plain(typed) in _NONE:  # 未参加排名 ends like a figure with its unit
        zero = (domain.whole and domain.low == 0) or domain.or_zero
        return Understood(Fraction(0), allowed=True, changed=True) if zero else refused
    match = _FIGURE.fullmatch(text)
    if not match or len(match[1]) > 20 or (match[2] and not domain.percent):
        return refused
    value = exact(match[1].removeprefix("+"))
    if domain.percent:
        if not match[2] and value <= 1:
            return refused  # 0.95 may be 95% or 0.95%
        value /= 100
        return Understood(value, allowed=True, changed=True) if domain.allows(value) else refused
    if domain.allows(value):
        return Understood(value, allowed=True, changed=True)
    other = _other_reading(value, domain)
    return other if other.allowed else refused


def _bare(text: str, domain: Numbers, unit: str) -> str:
    """Return a figure without what people write around it."""
    text = _STOP.sub(".", text)
    if _THOUSANDS.fullmatch(text.removesuffix(plain(unit)) if unit else text):
        text = text.replace(",", "")
    if unit == "名":
        text = text.removeprefix("第")
    if domain.or_zero:
        text = text.removeprefix("扣")
    if unit and unit != "%":
        return text.removesuffix(plain(unit))
    return text if domain.whole or domain.percent else text.removesuffix("分")


def shown(value: Value, domain: Domain | None = None) -> str:
    """Return a value as users read it."""
    if isinstance(value, Fraction):
        if isinstance(domain, Numbers) and domain.percent:
            return f"{marks_text(value * 100)}%"
        return marks_text(value)
    return value or ""
