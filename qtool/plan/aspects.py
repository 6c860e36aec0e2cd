"""What a rule says, part by part, as the two sides of a comparison of plans."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from qtool.model import marks_text
from qtool.rules.kinds import AgainstMean, Bands, Choice, Counted, Judged, Rank, Rule, Sides, worth


def aspects(rule: Rule) -> dict[str, str]:
    """Return the parts of a rule by name."""
    match rule:
        case Judged(low, high, taken_off):
            return {"扣分范围" if taken_off else "得分范围": f"{marks_text(low)}～{marks_text(high)}分"}
        case Choice(options):
            return {f"选项“{label}”": worth(points) for label, points in options}
        case Bands(bands, rest, unit):
            return {f"“{b.say(unit)}”": worth(b.points) for b in bands} | _named({"其余": rest})
        case Counted(start, each, low, high, _):
            return {"起评": f"{marks_text(start)}分", "每次": worth(each)} | _named({"封底": low, "封顶": high})
        case Rank(bands, rest, _):
            return {f"“{b.say()}”": worth(b.points) for b in bands} | {"其余名次": worth(rest)}
        case AgainstMean(of_city, by, unit, _):
            base = {"基准": "全市值" if of_city else "各地平均"}
            if isinstance(by, Sides):
                return base | {"高于": worth(by.above), "等于": worth(by.equal), "低于": worth(by.below)}
            step = f"{marks_text(by.step * 100)}个百分点" if unit == "%" else f"{marks_text(by.step)}{unit}"
            by_step = {"起评": f"{marks_text(by.start)}分", "步长": step, "每步": worth(by.each)}
            return base | by_step | _named({"封底": by.low, "封顶": by.high})


def _named(limits: Mapping[str, Fraction | None]) -> dict[str, str]:
    return {name: f"{marks_text(value)}分" for name, value in limits.items() if value is not None}
