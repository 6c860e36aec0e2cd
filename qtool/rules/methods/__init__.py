"""The scoring methods (计分方式): one file each, and the list by which all else knows them."""

from __future__ import annotations

from functools import lru_cache

from qtool.model import Measure
from qtool.rules.methods.against_mean import AgainstMean
from qtool.rules.methods.bands import Bands
from qtool.rules.methods.choice import Choice
from qtool.rules.methods.counted import Counted
from qtool.rules.methods.judged import Judged
from qtool.rules.methods.rank import Rank
from qtool.rules.parameters import RuleError, Words
from qtool.rules.rule import Rule
from qtool.text import near, plain

METHODS: dict[str, type[Rule]] = {rule.method: rule for rule in (Judged, Choice, Bands, Counted, Rank, AgainstMean)}
"""Every method by the plan's word for it, in the order in which users see them."""


@lru_cache(maxsize=4096)
def parse(method: str, parameters: str, unit: str, assessees: int) -> Rule:
    """Return the rule that the plan's words mean for so many assessees; raises RuleError."""
    rule = METHODS.get(plain(method))
    if rule is None:
        remedy = near(plain(method), tuple(METHODS)) or f"请从 {'、'.join(METHODS)} 中选一种"
        raise RuleError(f"没有“{method}”这种计分方式", remedy)
    return rule.parse(Words(parameters, plain(unit), assessees))


def rule_of(measure: Measure, assessees: int) -> Rule:
    """Return the measure's rule for so many assessees; raises RuleError."""
    return parse(measure.method, measure.parameters, measure.unit, assessees)
