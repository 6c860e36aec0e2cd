"""Shared settings of the tests: how many examples chance may try, always the same ones."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("default", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("ci", max_examples=1000, derandomize=True, deadline=None)
settings.load_profile("default")
