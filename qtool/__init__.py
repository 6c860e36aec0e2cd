"""qtool: a city's yearly quality assessment of its districts, from the plan to the circular."""

__version__ = "0.1.0"
