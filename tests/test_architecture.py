"""The directions of the imports, and what a module may hold: walked with ast, so that no import need succeed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qtool.actions import ACTIONS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "qtool"
MODULES = sorted(PACKAGE.rglob("*.py"))
LAYERS: tuple[tuple[str, ...], ...] = (
    ("model", "faults", "text", "addresses", "progress", "workspace", "settings", "resources", "identity"),
    ("rules", "office", "workers"),
    ("layout", "outcome", "official"),
    ("plan", "sheets", "mail", "collect", "tally", "documents", "reports", "rehearsal"),
    ("state",),
    ("actions",),
    ("cli", "__main__", "terminal", "desktop"),
)
"""From the bottom up; a module may import what stands below it, and its own kind only where NEIGHBOURS says so."""
NEIGHBOURS = {LAYERS[0], LAYERS[-1]}
PLACES = {name: level for level, names in enumerate(LAYERS) for name in names}
HOMES = {
    "xlsxwriter": "office",
    "xlrd": "office",
    "olefile": "office",
    "docx": "office",
    "docxtpl": "office",
    "lxml": "office",
    "jinja2": "office",
    "smtplib": "office",
    "imaplib": "office",
    "imap_tools": "office",
    "keyring": "office",
    "click": "cli",
    "rich": "terminal",
    "tkinter": "desktop",
    "tktooltip": "desktop",
    "tkinterdnd2": "desktop",
    "tomlkit": "actions",
    "distributed": "workers",
}
WITNESSES = {"openpyxl", "pandas", "numpy", "python_calamine"}
"""Libraries by which the tests and the benchmarks judge the product, and which it therefore does without."""
LOOKS = {
    *("open_campaign", "history", "read_plan", "read_files", "each_of", "read_carried", "read_decisions"),
    *("read_ledger", "issued_in", "issued_sheet", "read_adjustments", "read_proposals", "read_record", "same_result"),
}
"""Calls by which something is found out about a campaign, or judged; the state makes them, for commands and window."""
ELSEWHERE = {
    "actions/new.py": {"read_plan"},  # of the plan that a campaign is to be made from
    "collect/choose.py": {"read_decisions"},  # of no journal at all
    "collect/intake.py": {"each_of"},  # in the module of both
}
PURE = ("rules", *LAYERS[0])
SHORTEST = 60
SHORT = {
    "qtool/addresses.py": "how spreadsheets write addresses, needed by readers, writers and faults",
    "qtool/identity.py": "who a sheet is, needed by those who write and those who read sheets",
    "qtool/progress.py": "how progress is told, needed by every step and both faces",
    "qtool/resources.py": "where files lie that travel with the program, needed everywhere",
    "qtool/desktop/main.py": "where the windowed program starts, which loads little before the scaling is settled",
    "qtool/documents/circular.py": "a kind of document",
    "qtool/documents/request.py": "a kind of document",
    "qtool/office/workbook/fast_writer.py": "the only place that touches a private part of another library",
    "qtool/office/workbook/fill.py": "fills in cells of a workbook that is there, which writers and readers do not",
    "qtool/sheets/issued.py": "which sheets are out, read by steps that do not make sheets",
}
"""Files under SHORTEST lines that are a subject of their own, and why; commands have a file each, however short."""
VAGUE = {"util", "utils", "helper", "helpers", "manager", "common", "misc"}


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _part(path: Path) -> str:
    """Return the name of the module or package directly under qtool that a file belongs to; qtool itself is nothing."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def _imports(path: Path) -> Iterator[str]:
    """Yield the dotted name of everything that a file imports, also inside functions and for types only."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_shown(path)}: a relative import hides where it goes"
            # `from qtool import cli` imports qtool.cli; `from qtool.cli import main` only qtool.cli
            yield from ([f"qtool.{a.name}" for a in node.names] if node.module == "qtool" else [node.module or ""])


def _parts_imported(path: Path) -> set[str]:
    names = {name.split(".")[1] for name in _imports(path) if name.startswith("qtool.")}
    return {name for name in names if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()}


def test_every_module_has_its_place() -> None:
    assert {_part(path) for path in MODULES} - {""} <= set(PLACES)


@pytest.mark.parametrize("path", MODULES, ids=_shown)
def test_imports_go_down_only(path: Path) -> None:
    here = _part(path)
    for there in sorted(_parts_imported(path) - {here}):
        assert here, f"qtool/__init__.py imports {there}, which everything else would then load"
        level = LAYERS[PLACES[here]]
        allowed = PLACES[there] < PLACES[here] or (there in level and level in NEIGHBOURS)
        assert allowed, f"{_shown(path)} imports qtool.{there}, which does not stand below it"


def test_a_face_does_not_know_the_one_that_uses_it() -> None:
    assert not _parts_imported(PACKAGE / "terminal.py") & {"cli", "desktop"}
    assert not {part for path in MODULES if _part(path) == "desktop" for part in _parts_imported(path)} & {"cli"}


def _module(path: Path) -> str:
    """Return a file's dotted name; a package is its __init__."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _modules_imported(path: Path) -> set[str]:
    """Return the modules of qtool that a file imports; `from package import module` imports that module."""
    names = {_module(module) for module in MODULES}
    imported = set(_imports(path))
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    return imported & names


def _circles(imported: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules of which each reaches each."""

    def reached(start: str) -> set[str]:
        known, left = set[str](), [start]
        while left:
            new = imported.get(left.pop(), set()) - known
            known |= new
            left += new
        return known

    reach = {name: reached(name) for name in imported}
    groups = {
        frozenset({name, *(n for n in there if name in reach[n])}) for name, there in reach.items() if name in there
    }
    return sorted(sorted(group) for group in groups)


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Also for types alone, and inside functions: whoever reads one of a circle must read all of it."""
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
    imported = {_module(path): _modules_imported(path) - {_module(path)} for path in MODULES}
    assert len(imported["qtool.desktop.window"]) > 5
    assert _circles(imported) == []


def test_third_party_formats_stay_at_home() -> None:
    found = set()
    for path in MODULES:
        for name in {name.partition(".")[0] for name in _imports(path)}:
            if _part(path) != HOMES.get(name, _part(path)):
                found.add(f"{_shown(path)} imports {name}")
    assert found == set()


def test_what_the_tests_judge_by_is_not_what_they_judge() -> None:
    found = {_shown(path) for path in MODULES if {name.partition(".")[0] for name in _imports(path)} & WITNESSES}
    assert found == set()


def test_the_core_and_the_rules_need_the_standard_library_alone() -> None:
    strange = {
        f"{_shown(path)} imports {name}"
        for path in MODULES
        if _part(path) in PURE
        for name in {name.partition(".")[0] for name in _imports(path)}
        if name != "qtool" and name not in sys.stdlib_module_names
    }
    assert strange == set()


def test_a_campaign_is_known_once() -> None:
    wrong = set()
    for path in MODULES:
        calls = [node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
        names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
        here = path.relative_to(PACKAGE).as_posix()
        if _part(path) != "state":
            wrong |= {f"{here} calls {name}" for name in names & LOOKS - ELSEWHERE.get(here, set())}
    assert wrong == set()


def test_every_command_is_an_action_in_a_file_of_its_name() -> None:
    files = {path.stem: _tree(path) for path in MODULES if path.parent.name == "actions" and path.stem != "__init__"}
    for name in (action.name.replace("-", "_") for action in ACTIONS):
        functions = {node.name for node in files.pop(name).body if isinstance(node, ast.FunctionDef)}
        assert name in functions
    assert set(files) == {"action", "open_problem", "preferences"}


def test_nothing_prints() -> None:
    for path in MODULES:
        called = {n.func.id for n in ast.walk(_tree(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert "print" not in called, f"{_shown(path)} prints; a face does that"


def test_files_stay_short_and_are_named_for_what_they_hold() -> None:
    for folder in ("qtool", "tests", "tools", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            length = len(path.read_text("utf-8").splitlines())
            assert length <= 600, f"{_shown(path)} has {length} lines"
            assert not set(path.stem.lower().split("_")) & VAGUE, f"{_shown(path)} says nothing of what it holds"


def test_a_short_file_is_a_subject_of_its_own() -> None:
    """What is shorter joins the file that it belongs to, or says in SHORT why it stands alone."""
    lengths = {_shown(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    short = {name for name, length in lengths.items() if length < SHORTEST and not name.endswith("__.py")}
    assert {name for name in short - set(SHORT) if not name.startswith("qtool/actions/")} == set()
    assert set(SHORT) <= set(lengths)
