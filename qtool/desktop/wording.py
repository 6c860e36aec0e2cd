"""Texts as the window says them: what the command line calls a command is here a button."""

from __future__ import annotations

import re

BUTTONS = {
    "check": "检查方案",
    "sheets": "生成评分表",
    "send": "发送评分表",
    "send --deliver": "发送评分表",
    "send --remind": "催报",
    "fetch": "收信",
    "fetch --collect": "收信并检查",
    "mail-test": "测试邮箱",
    "collect": "检查收件箱",
    "decide": "人工处理",
    "tally": "汇总排名",
    "tally --approve": "登记批准",
    "tally --revise": "修订结果",
    "documents": "生成公文",
    "documents --check": "检查公文版式",
    "documents --templates": "取出公文模板",
    "reports": "准备自评材料",
    "review": "检查自评材料",
    "new": "新建考核工程",
    "status": "刷新",
    "demo": "演练",
}
"""The words on the window's buttons, by the command that does the same."""

_EXACT = (
    # what only a command line can be told
    ("这不是考核工程文件夹（没有 qtool.toml）", "这不是考核工程文件夹"),
    ("请进入考核工程文件夹，或用 --campaign 指明；新建请用 qtool new", "请打开考核工程的文件夹，或者新建一个"),
    ("请把方案工作簿放在这里，或用 --plan 指明文件", "请把方案工作簿放回这里，或另选一份"),
    ("另一个 qtool 正在", "另一个程序正在"),
    (
        "可以写 --waive 理由、--send-back 理由、--use 文件、--undo、--sent",
        "可以带说明采用、退回重填、选用一份、撤销处理、标记已发出",
    ),
    ("要取的话，写 --senders 地址，或写 --anyone 全部取", "要取的话，收信时写上这些地址，或选“不管是谁来的信都取”"),
    ("--approve、--revise、--against 只能写一样", "登记批准、修订结果、与以前比较，一次只能做一样"),
    ("--to 不能是", "收件单位不能是"),
    ("--remind 和 --to 考核对象 请只写一样", "请只选催报，或只选考核对象"),
    ("--only 和 --again 写的不是同一个单位", "选定的单位和要再发一次的单位不是同一个"),
    ("请只写 --again", "请只选要再发一次的单位"),
    ("--test 和 --again 不能一起写", "试发和再发一次不能一起选"),
    ("--test 后面请写 名称@域名", "试发的邮箱请写成 名称@域名"),
    ("；不写 --deliver 只做草稿", "；也可以只做草稿"),
    ("；不写 --cluster 就由本机来读", ""),
    ("，工作进程写 --nthreads 1", ""),
    # settings
    ('请在 qtool.toml 的 ["邮箱"] 一节写上 "地址" = "…"，见使用手册', "请在“设置”里填上邮箱地址，见使用手册"),
    ("请把 qtool.toml 里的“地址”写成", "请在“设置”里把“地址”写成"),
    ("在 qtool.toml 里把", "在“设置”里把"),
    ("，不加引号", ""),
    ("请把内容写在英文引号里", "请写成文字"),
    ("请填 true（盖章）或 false（不盖章）", "请选盖章或不盖章"),
    ('请写成 { 请示 = "……", 通报 = "……" } 的样子，名称加英文引号', "请给请示、通报各写一个发文字号"),
    # commands whose sentence goes on
    ("用 qtool fetch --collect 取回并检查", "点“收信并检查”取回"),
    ("下一步：qtool collect 检查收到的评分表", "下一步：点“检查收件箱”，看收到的评分表能不能采用"),
    ("执行 qtool tally 可以看到哪里变了", "点“汇总排名”可以看到哪里变了"),
    ("再执行 qtool review", "再点“检查自评材料”"),
    ("执行 qtool send --deliver 由程序发出", "点“发送评分表”由程序发出"),
    ("正式考核请用 qtool new 新建", "正式考核请从菜单“考核工程”新建"),
    ("执行 qtool collect 后处理", "点“检查收件箱”处理"),
    ("请用 qtool mail-test --renew 重新输入授权码", "请点“测试邮箱”，重新输入授权码"),
    ("请用 qtool mail-test 检查邮箱账号", "请点“测试邮箱”，检查邮箱账号"),
)
"""Sentences, or parts of them, that are said in other words."""

_RULES = (
    # a decision about a department, whose name stands behind the command
    (r"执行 qtool decide (\S+?) --use 文件名", r"在回收情况里对\1按右键，点“选用另一份”"),
    (r"执行 qtool decide (\S+?) --sent", r"把\1标记为已发出"),
    # a letter sent once more, of which kind stands last
    (r"执行 qtool send --deliver --again (\S+) --to 考核对象", r"给\1再发一次自评材料"),
    (r"执行 qtool send --deliver --again (\S+) --remind", r"给\1再发一次催报信"),
    (r"执行 qtool send --deliver --again (\S+)", r"给\1再发一次评分表"),
    # what has to be typed stands behind the command
    (r"执行 qtool tally --approve (批准文号和批准人)", r"点“登记批准”，写上\1"),
    (r"执行 qtool tally --revise (理由)", r"点“修订结果”，写上\1"),
    # settings as they are written in their file
    (r'请写成 "[^"]*" = \[([^\]]*)\]', r"请写成用逗号隔开的秒数，如 \1"),
    (r"^qtool\.toml( ›|：|$)", r"设置\1"),
)
"""Patterns of sentences, in order; what stands for a name is one word, as no name has a space in it."""

_SIGNS = ("qtool", "--", "引号", "true", '" = ')
"""What stands in every text of a command line, or of how a setting is written; all others stay as they are."""
_NEXT = re.compile(r"下一步：qtool ([a-z-]+)((?: --[a-z-]+)*) ?([^，；。]*)")
_COMMAND = re.compile(r"(?:执行|用|点)? ?qtool ([a-z-]+)((?: --[a-z-]+)*)")


def for_window(text: str) -> str:
    """Return a message, a remedy or a next step with buttons in the place of commands, and the rest as it was."""
    if not any(sign in text for sign in _SIGNS):
        return text
    for sentence, instead in _EXACT:
        text = text.replace(sentence, instead)
    for pattern, instead in _RULES:
        text = re.sub(pattern, instead, text)
    return _COMMAND.sub(_clicked, _NEXT.sub(_next, text))


def _button(command: str, options: str) -> str:
    """Return the words on the button for a command, '' where there is none."""
    return BUTTONS.get(f"{command}{options}") or BUTTONS.get(command, "")


def _clicked(match: re.Match[str]) -> str:
    button = _button(match[1], match[2])
    return f"点“{button}”" if button else match[0]


def _next(match: re.Match[str]) -> str:
    """Return the next step with its button, and what it does where the button does not say so already."""
    button, what = _button(match[1], match[2]), match[3].strip()
    if not button:
        return match[0]
    more = f"，{what}" if what and what not in button else ""
    return f"下一步：点“{button}”{more}"
