"""A label typed a little differently, recognised where only one label can be meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction

from qtool.model import exact
from qtool.rules.text import plain

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
