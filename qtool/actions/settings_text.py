"""The text of a settings file changed entry by entry, its comments, order and unknown entries kept as they stand."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit

Value = str | int | float | bool
Changes = Mapping[tuple[str, ...], Value | None]
"""New values by where they stand: section, or section and table, and name; None takes an entry out."""

_MARK = "\ufeff"
"""What Notepad puts before a text in UTF-8."""


class CannotChange(Exception):
    """No text was found that says what it said before but for the changes."""


def changed(text: str, changes: Changes) -> str:
    """Return a settings file's text with some entries set or taken out, and nothing else.

    A new entry stands below the commented line that hints at it, where there is one. What the text says is read back
    and compared, the campaign's identity with it; raises CannotChange when it is not exactly what was wanted.
    """
    body = text.removeprefix(_MARK)
    wanted = _print(_applied(tomllib.loads(body), changes))
    for way in (_beside_hints, _by_library):
        try:
            new = _with_line_ends(way(body, changes), body)
            if _print(tomllib.loads(new)) == wanted:
                return text[: len(text) - len(body)] + new
        except Exception:  # noqa: BLE001, S112 - whatever trips over a rare way of writing, the next may not
            continue
    raise CannotChange


def _print(content: Mapping[str, Any]) -> str:
    """Return what tells two contents apart: values with their types, in no order."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=repr)


def _applied(content: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Return a content with the changes made; a table that is left empty inside a section goes."""
    made = copy.deepcopy(dict(content))
    for (section, *inside, name), value in changes.items():
        if value is None and section not in made:
            continue
        table = made.setdefault(section, {})
        held = table
        if inside:
            held = table.get(inside[0])
            if not isinstance(held, dict):
                held = table[inside[0]] = {}
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value
        if inside and not held:
            del table[inside[0]]
    return made


def _beside_hints(text: str, changes: Changes) -> str:
    """Return the text with new entries beside their hints, and what was there before changed by the library."""
    document = tomlkit.parse(text)
    old: dict[tuple[str, ...], Value | None] = {}
    new: dict[str, dict[str, Any]] = {}
    for place, value in changes.items():
        section, *inside, name = place
        first = inside[0] if inside else name
        held = document.get(section, {}).get(first)
        if held is not None and (not inside or isinstance(held, MutableMapping)):
            old[place] = value
        elif value is not None:
            entries = new.setdefault(section, {})
            if inside:
                entries.setdefault(first, tomlkit.inline_table())[name] = value
            else:
                entries[name] = value
    made = _by_library(text, old)
    for section, entries in new.items():
        for name, value in entries.items():
            made = _inserted(
                made, section, name, f"{tomlkit.key(name).as_string()} = {tomlkit.item(value).as_string()}"
            )
    return made


def _inserted(text: str, section: str, name: str, line: str) -> str:
    """Return the text with a line put into a section: below the entry's hint, or below all that is written there."""
    lines = text.splitlines(keepends=True)
    head = re.compile(rf"""\s*\[\s*["']?{re.escape(section)}["']?\s*\]\s*(#.*)?$""")
    start = next((n for n, found in enumerate(lines) if head.match(found)), None)
    if start is None:
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{gap}[{tomlkit.key(section).as_string()}]\n{line}\n"
    end = next((n for n in range(start + 1, len(lines)) if re.match(r"\s*\[", lines[n])), len(lines))
    hint = re.compile(rf"""\s*#+\s*["']?{re.escape(name)}["']?\s*=""")
    written = re.compile(r"\s*[^#\s]")
    after = next((n for n in range(start + 1, end) if hint.match(lines[n])), None)
    if after is None:
        after = max((n for n in range(start, end) if written.match(lines[n])), default=start)
    if not lines[after].endswith("\n"):
        lines[after] += "\n"
    lines.insert(after + 1, f"{line}\n")
    return "".join(lines)


def _by_library(text: str, changes: Changes) -> str:
    """Return the text as the library changes it: new entries come last in their section."""
    document = tomlkit.parse(text)
    for (section, *inside, name), value in changes.items():
        if section not in document:
            if value is None:
                continue
            document[section] = tomlkit.table()
        table: Any = document[section]
        held = table
        if inside:
            held = table.get(inside[0])
            if not isinstance(held, MutableMapping):
                table[inside[0]] = tomlkit.inline_table()
                held = table[inside[0]]
        if value is not None:
            held[name] = value
        elif name in held:
            del held[name]
        if inside and not held:
            del table[inside[0]]
    return tomlkit.dumps(document)


def _with_line_ends(text: str, before: str) -> str:
    """Return a text with the line ends that it had throughout before."""
    if "\r\n" in before and not re.search(r"(?<!\r)\n", before):
        return re.sub(r"(?<!\r)\n", "\r\n", text)
    return text
