"""A clock for the actions that stands where a picture wants it: what is late is then late by days, not by years."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import sys

import qtool

_NOT_HERE = ("qtool.__main__", "qtool.cli", "qtool.terminal")


class _Kind(type):
    """Lets every moment be one of the clock's, so that nothing that asks for a datetime is turned away."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


class Clock(dt.datetime, metaclass=_Kind):
    """Takes the place of `datetime` in the modules of qtool; `at` is what it shows."""

    at = dt.datetime(2023, 1, 1, 9, 0)  # noqa: DTZ001 - local time, as on the office's clock

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]  # no subclass is made
        """Return the moment that it shows."""
        return cls.at.astimezone(tz) if tz else cls.at


def set_clocks() -> None:
    """Put the clock into every module of qtool that asks for the time."""
    for found in pkgutil.walk_packages(qtool.__path__, "qtool."):
        if found.name not in _NOT_HERE:
            importlib.import_module(found.name)
    for name, module in tuple(sys.modules.items()):
        if name.startswith("qtool.") and getattr(module, "datetime", None) is dt.datetime:
            module.datetime = Clock  # type: ignore[attr-defined]  # the very name that it imported
