"""In the window a sentence names buttons, never commands: every text that there is, and those of a whole demo."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from qtool.actions import ACTIONS
from qtool.actions.action import Outcome, Request, faults_of
from qtool.actions.demo import demo
from qtool.desktop.wording import BUTTONS, for_window
from qtool.faults import CATALOGUE, Fault, QtoolError, fault
from qtool.mail.letters import Kind, Post
from qtool.mail.refusals import uncertain

PACKAGE = Path(__file__).parent.parent / "qtool"
FACES = {"cli.py", "terminal.py", "__main__.py", "desktop"}
TYPED = re.compile(r"qtool [a-z]|qtool\.toml|(?<![-\w])--[a-z]|执行 ?(?:qtool|--)|引号|true|\" = ")
"""What only somebody at a command line, or in an editor, can make use of."""
CHINESE = re.compile("[一-鿿]")


def said_in_source() -> list[str]:
    """Return every Chinese text of the source that a user may see, with 某某 for what is filled in."""
    found: dict[str, None] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in FACES:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            text = said(node)
            if text and CHINESE.search(text) and id(node) not in docs | parts:
                found[text] = None
    return list(found)


def said(node: ast.AST) -> str:
    """Return the text of a literal, '' where it is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "某某" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def sample(code: str) -> Fault:
    """Return a fault of a code with all its places filled in."""
    kind = CATALOGUE[code]
    names = set(re.findall(r"\{(\w+)\}", kind.message + kind.remedy))
    return fault(code, file="文件.xlsx", **dict.fromkeys(names, "某某"))


def outcome_texts(outcome: Outcome) -> list[str]:
    """Return all that a user reads of an outcome."""
    cells = [str(cell) for table in outcome.tables for row in (table.heads, *table.rows) for cell in row]
    faults = [text for found in outcome.faults for text in (found.message, found.remedy, found.place)]
    return [*outcome.sentences, outcome.next, *cells, *(table.title for table in outcome.tables), *faults]


# the settings file itself, what of it cannot be read, and a piece of a sentence that is tested as a whole below
SKIPPED = {text for text in said_in_source() if text.startswith(("\n#", "# ", "“公文”", "“邮箱”", " --to"))}
TEXTS = [text for text in said_in_source() if text not in SKIPPED and len(text) < 1000]


def test_the_texts_are_found() -> None:
    assert len(TEXTS) > 1500
    assert sum(1 for text in TEXTS if TYPED.search(text)) > 40
    assert len(SKIPPED) < 8


def test_no_text_of_the_source_names_a_command() -> None:
    assert [text for text in map(for_window, TEXTS) if TYPED.search(text)] == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_no_fault_names_a_command(code: str) -> None:
    found = sample(code)
    for text in (found.message, found.remedy):
        told = for_window(text)
        assert not TYPED.search(told)
        assert for_window(told) == told
        assert told.count("“") == told.count("”")
        assert not re.search(r"，，|。。|；；|点点|请请|  ", told)
        if not TYPED.search(text) and "qtool" not in text:
            assert told == text


def test_every_action_has_its_button() -> None:
    assert {action.name for action in ACTIONS} <= BUTTONS.keys()
    assert all(CHINESE.search(for_window(f"请执行 qtool {command}")) for command in BUTTONS)


@pytest.mark.parametrize(
    ("typed", "clicked"),
    [
        ("请先执行 qtool sheets", "请先点“生成评分表”"),
        ("下一步：qtool documents 生成通报和反馈函", "下一步：点“生成公文”，生成通报和反馈函"),
        (
            "下一步：qtool documents 生成请示；批准以后，执行 qtool tally --approve 批准文号和批准人",
            "下一步：点“生成公文”，生成请示；批准以后，点“登记批准”，写上批准文号和批准人",
        ),
        ("方案可以使用。下一步：qtool sheets 生成评分表", "方案可以使用。下一步：点“生成评分表”"),
        ("全部收齐。下一步：qtool tally 汇总", "全部收齐。下一步：点“汇总排名”"),
        ("交回来的信，用 qtool fetch --collect 取回并检查", "交回来的信，点“收信并检查”取回"),
        (
            "如果应该采用另一份，请执行 qtool decide 市教育局 --use 文件名",
            "如果应该采用另一份，请在回收情况里对市教育局按右键，点“选用另一份”",
        ),
        ("qtool.toml › 邮箱", "设置 › 邮箱"),
        ("请把考核工程（或当前文件夹）中的 qtool-错误.log 发给维护人员",) * 2,
        ("没有命令的话原样——不动",) * 2,
    ],
)
def test_sentences_read_as_the_window_says_them(typed: str, clicked: str) -> None:
    assert for_window(typed) == clicked


@pytest.mark.parametrize("kind", Kind)
def test_a_letter_that_may_have_gone_is_told_with_what_to_click(kind: Kind) -> None:
    found = uncertain(Post(kind, "市教育局", "a@example.cn", "", "", ()), "断了")
    known = "收到了就把市教育局标记为已发出，" if kind is Kind.SHEET else ""
    what = {Kind.SHEET: "评分表", Kind.MATERIAL: "自评材料", Kind.REMINDER: "催报信"}[kind]
    assert for_window(found.remedy) == f"请先问一下对方：{known}没有收到就给市教育局再发一次{what}"


def test_the_fault_of_a_folder_that_is_no_campaign(tmp_path: Path) -> None:
    with pytest.raises(QtoolError) as caught:
        ACTIONS[1].run(Request(tmp_path))
    (found,) = faults_of(caught.value, tmp_path)
    assert for_window(found.remedy) == "请打开考核工程的文件夹，或者新建一个"


@pytest.mark.slow
@pytest.mark.parametrize("broken", [False, True])
def test_a_demo_says_nothing_of_commands(tmp_path: Path, broken: bool) -> None:
    outcome = demo(Request(tmp_path, {"folder": tmp_path / "演练", "broken": broken}))
    texts = outcome_texts(outcome)
    assert len(texts) > 50
    assert [text for text in map(for_window, texts) if TYPED.search(text)] == []
