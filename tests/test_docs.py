"""The documents say what the program does: its commands, its faults, its templates' names; no link leads nowhere."""

from __future__ import annotations

import ast
import io
import re
import runpy
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from document_cases import all_drafts
from report_cases import checked_nothing
from small_tally import FACTS, make_plan, make_tally

from qtool.actions import ACTIONS
from qtool.actions.action import Action
from qtool.faults import CATALOGUE
from qtool.office.word.template import Content
from qtool.official.profile import Profile
from qtool.plan.columns import COLUMNS, FACT_ROWS
from qtool.reports.letters import content as letter_content
from qtool.reports.make import content as report_content
from qtool.rules.excel import formula
from qtool.rules.expr import evaluate
from qtool.rules.methods import METHODS, parse

ROOT = Path(__file__).parent.parent
README, MANUAL = ROOT / "README.md", ROOT / "docs" / "使用手册.md"
COMMANDS, SCORING = ROOT / "docs" / "commands.md", ROOT / "docs" / "scoring.md"
DOCUMENTS = tuple(p for folder in ("", "bench", "docs") for p in sorted((ROOT / folder).glob("*.md")))
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.png"))
CODE = re.compile(r"[PSCTDRMW]\d\d")
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
WIDEST, LARGEST = 1400, 200_000


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _section(heading: str, text: str) -> str:
    """Return what stands between a heading and the next one of its rank or above."""
    rank = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}.*?\n(.*?)(?=^#{{1,{rank}}} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"no section {heading}"
    return found[1]


def _firsts(text: str) -> list[str]:
    """Return the codes in the first column of every table in a text."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def _written(action: Action) -> set[str]:
    """Return how everything that an action can be told is written, without what follows it."""
    common = {"--json"} | ({"--force"} if action.redo else set())
    if not (action.options and action.options[0].kind == "folder"):
        common.add("--campaign")
    return common | {o.metavar if o.positional else f"--{o.name.replace('_', '-')}" for o in action.options}


def test_the_list_of_faults_is_what_the_script_makes() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make_fault_list.py"))["fault_list"]()
    assert (ROOT / "docs" / "错误代码.md").read_text("utf-8") == made, "run tools/make_fault_list.py"
    assert Counter(re.findall(r"^\| ([A-Z]\d\d) \|", made, re.MULTILINE)) == Counter(CATALOGUE.keys())


def test_every_fault_is_used_and_every_used_one_exists() -> None:
    used = {code for path in (ROOT / "qtool").rglob("*.py") if path.name != "faults.py" for code in _codes(path)}
    assert used - set(CATALOGUE) == set(), "used, but not in the catalogue"
    assert set(CATALOGUE) - used == set(), "in the catalogue, but used nowhere"


def _codes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_command_and_option_is_explained(action: Action) -> None:
    assert re.search(rf"^\| `qtool {action.name}\b", COMMANDS.read_text("utf-8"), re.MULTILINE)
    section = _section(f"### qtool {action.name} {action.title}", MANUAL.read_text("utf-8"))
    assert {name.split()[0] for name in _firsts(section)} == _written(action)


def test_only_commands_that_exist_are_named() -> None:
    names = {action.name for action in ACTIONS}
    for path in DOCUMENTS:
        named = set(re.findall(r"(?:`|^)qtool ([a-z]+(?:-[a-z]+)*)", path.read_text("utf-8"), re.MULTILINE))
        assert named <= names, f"{_shown(path)} names a command that there is not"


LOOPS = {"各领域": "领域", "领域要点": "领域"}
"""What stands for one entry of a list in the shipped templates; `行` otherwise."""
ALWAYS, RESULTS = "### 各种公文都能用的名称", "### 请示、通报、反馈函都能用的名称"
OWN = ("评分通知", "自评通知", "请示", "通报", "反馈函")


def test_the_manual_names_what_templates_may_use() -> None:
    manual = MANUAL.read_text("utf-8")
    always, results = (set(_firsts(_section(heading, manual))) for heading in (ALWAYS, RESULTS))
    for name, draft in zip(OWN, all_drafts(make_tally(make_plan(), lambda _who, _what: Fraction(1, 2))), strict=False):
        shared = always | (results if name in OWN[2:] else set())
        own = set(_firsts(_section(f"### {name}另外能用的名称", manual)))
        assert own & shared == set(), name
        assert own | shared == set(_names(draft.content)), name


def test_the_manual_names_what_the_templates_of_reports_may_use() -> None:
    plan, manual = make_plan(), MANUAL.read_text("utf-8")
    own = report_content(plan, plan.assessees[0])
    names = {name.replace("行.", "项.").replace("领域.", "项.") for name in _names(own)}
    assert set(_firsts(_section("### 自评报告能用的名称", manual))) == names
    letter = letter_content(plan, checked_nothing(plan), FACTS.deadline, FACTS.deadline, Profile())
    assert set(_firsts(_section("### 自评材料检查函能用的名称", manual))) == set(letter)


def _names(content: Mapping[str, Content]) -> Iterator[str]:
    """Yield the names of a template's content, with those inside its lists as the shipped templates write them."""
    for name, value in content.items():
        yield name
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for inner in _names(value[0]):
                yield inner if "." in inner else f"{LOOPS.get(name, '行')}.{inner}"


def test_the_manual_explains_every_sheet_fact_and_method_of_a_plan() -> None:
    manual = MANUAL.read_text("utf-8")
    facts = re.findall(r"^\| (\S+) \|", _section("### “方案”表", manual), re.MULTILINE)
    assert facts == ["项目", *(fact.name for fact in FACT_ROWS)]
    assert set(COLUMNS) <= set(re.findall(r"“?(\w+)”?表? \|", _section("## 五、", manual))) | {"方案"}
    assert re.findall(r"^### (\S+)$", _section("## 六、", manual), re.MULTILINE) == list(METHODS)


WORDS_OF_THE_WINDOW = ("qtool/desktop/**/*.py", "qtool/state/steps.py", "qtool/state/view.py")
ELSEWHERE = {"更多信息", "仍要运行", "发送", "设置", "启用编辑"}
"""What the manual tells to click in Windows, in mail programs and on mail providers' pages."""


def _plain(word: str) -> str:
    """Return the words on a button without its letter, and without the dots that say that more will be asked."""
    return re.sub(r"(?:\([A-Z]\))?…?$", "", word).strip()


def _strings(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _on_the_window() -> set[str]:
    """Return all texts of the window, as the manual writes them."""
    paths = [path for pattern in WORDS_OF_THE_WINDOW for path in sorted(ROOT.glob(pattern))]
    return {_plain(text) for path in paths for text in _strings(ast.parse(path.read_text("utf-8")))}


def test_what_the_manual_quotes_of_the_window_is_there() -> None:
    words, chapter = _on_the_window(), _section("## 三、窗口", MANUAL.read_text("utf-8"))
    quoted = set(re.findall("“([^”]+)”", chapter))
    assert len(quoted) > 60
    assert {word for word in quoted if _plain(word) not in words} - OUTSIDE == set()


OUTSIDE = {"16+77", "系统", "屏幕", "缩放", "退回", "qtool-错误.log", "质量考核工具.exe"}
"""What that chapter quotes of the picture, of Windows and of the campaign's folder."""


@pytest.mark.lengthy
def test_what_the_manual_tells_to_click_is_there() -> None:
    clicked = set(re.findall("点“([^”]+)”", MANUAL.read_text("utf-8")))
    assert {word for word in clicked if _plain(word) not in _on_the_window()} <= ELSEWHERE


def test_the_manual_names_everything_that_the_window_can_do() -> None:
    chapter = _section("## 三、窗口", MANUAL.read_text("utf-8"))
    named = {_plain(word) for word in re.findall("“([^”]+)”", chapter)}
    for file in ("commands", "menus", "window"):
        assert _entries(ROOT / "qtool" / "desktop" / f"{file}.py") - named == set(), file
    steps = ast.parse((ROOT / "qtool" / "state" / "steps.py").read_text("utf-8"))
    pairs = [n.elts for n in ast.walk(steps) if isinstance(n, ast.Tuple) and len(n.elts) == 2]
    buttons = {word for _does, shown in pairs for word in _strings(shown)}
    assert len(buttons) > 15
    assert {word for word in buttons if not word.isascii()} - named == set()


_DONE = (ast.Attribute, ast.Call, ast.Lambda)
"""What stands behind an entry: what it does."""


def _entries(path: Path) -> set[str]:
    """Return the entries of the menus that a file of the window makes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            labels = [word.value for word in node.keywords if word.arg == "label"]
            found |= {_plain(text) for label in labels for text in _strings(label) if isinstance(label, ast.Constant)}
        elif isinstance(node, ast.Tuple) and len(node.elts) in (2, 3) and isinstance(node.elts[1], _DONE):
            first = node.elts[0]
            found |= {_plain(text) for text in _strings(first) if isinstance(first, ast.Constant) and text}
    return {text for text in found if not text.isascii()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=_shown)
def test_no_link_leads_nowhere(path: Path) -> None:
    for _, target in LINK.findall(path.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        assert there.exists(), f"{_shown(path)}: {target}"
        assert not anchor or anchor in _anchors(there), f"{_shown(path)}: {target}"


def _anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_picture_is_shown_and_small() -> None:
    shown = set()
    for path in DOCUMENTS:
        shown |= {(path.parent / target).resolve() for mark, target in LINK.findall(path.read_text("utf-8")) if mark}
    assert shown == {path.resolve() for path in PICTURES}
    for path in PICTURES:
        content = path.read_bytes()
        assert len(content) <= LARGEST, _shown(path)
        assert int.from_bytes(content[16:20]) <= WIDEST, _shown(path)


@pytest.mark.parametrize("path", DOCUMENTS, ids=_shown)
def test_no_path_of_a_machine_is_told(path: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work|Users)\b|[A-Z]:\\", path.read_text("utf-8"))


def test_the_readme_begins_with_exactly_two_commands() -> None:
    block = _section("## Quick start", README.read_text("utf-8")).split("```")[1]
    assert len([line for line in block.splitlines()[1:] if line.strip()]) == 2


def test_the_worked_example_is_true() -> None:
    page = SCORING.read_text("utf-8")
    rule = parse("计次", "起评=1；每次=-0.05；最低=0", unit="次", assessees=5)
    assert rule.sentence() in page
    assert formula(rule.points(), {"x": "I8"}) in "".join(page.split())
    assert evaluate(rule.points(), {"x": Fraction(3)}) == Fraction(17, 20)
    assert evaluate(rule.points(), {"x": "三"}) == "有误"


CITED = re.compile(r"(?:[\w.-]+/)*[\w-]+\.md(?:, (?:section )?“?([A-Z][a-z]+(?: [a-z]+)*)”?)?")
CODE_FILES = sorted(p for f in ("qtool", "tools", "tests", "bench", "packaging") for p in (ROOT / f).rglob("*.py"))


@pytest.mark.parametrize("path", CODE_FILES, ids=_shown)
def test_pages_that_comments_cite_are_in_the_tree(path: Path) -> None:
    """A page is cited by its path, or by its name where it stands in docs; a heading of it follows a comma."""
    for cited in CITED.finditer(_comments(path)):
        page = cited[0].partition(",")[0]
        there = next((ROOT / place / page for place in ("", "docs") if (ROOT / place / page).is_file()), None)
        assert there, f"{_shown(path)} cites {page}"
        headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
        assert not cited[1] or cited[1] in headings, f"{_shown(path)} cites {cited[0]}"


def _comments(path: Path) -> str:
    """Return the comments and docstrings of a file."""
    text = path.read_text("utf-8")
    tree = ast.walk(ast.parse(text))
    strings = [n.value for n in tree if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    comments = [t.string for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
    return "\n".join([*comments, *(s.value for s in strings if isinstance(s.value, str))])


MODULE = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.py|[a-z_]+\.py)`")


@pytest.mark.parametrize("path", DOCUMENTS, ids=_shown)
def test_modules_that_pages_name_are_there(path: Path) -> None:
    files = [
        file.relative_to(ROOT).as_posix()
        for f in ("qtool", "tools", "tests", "bench", "packaging")
        for file in (ROOT / f).rglob("*.py")
    ]
    for name in MODULE.findall(path.read_text("utf-8")):
        assert any(f"/{file}".endswith(f"/{name}") for file in files), f"{_shown(path)} names {name}"
