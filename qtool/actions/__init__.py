"""The list of actions: one module each, named for its command."""

from __future__ import annotations

from qtool.actions.action import Action, Option

_WORKERS = Option("workers", "同时用几个进程；不写就用一个", "number", metavar="数")

ACTIONS: tuple[Action, ...] = (
    Action(
        "new",
        "新建考核工程",
        "新建一年的考核工程文件夹，里面有考核方案和各步的文件夹。",
        (
            Option("folder", "新文件夹的位置", "folder", positional=True, metavar="文件夹"),
            Option("plan", "用这份考核方案；不写就用自带的2022年方案", "path", metavar="文件"),
            Option("blank", "用空白方案，自己从头填"),
        ),
    ),
    Action(
        "check",
        "检查考核方案",
        "检查考核方案，一次列出全部错误和提示。",
        (
            Option("plan", "检查这份方案；不写就检查考核工程里的", "path", metavar="文件"),
            Option("against", "与另一份方案比较，逐条说明改了什么", "path", metavar="旧方案"),
        ),
    ),
    Action(
        "sheets",
        "生成评分表",
        "按考核方案给每个评价部门生成一份锁定的评分表。",
        (
            Option("only", "只给这个部门生成", "text", metavar="部门"),
            Option("keep_answers", "带上各部门已交回的答案，生成新的一版"),
            _WORKERS,
        ),
        redo=True,
    ),
    Action(
        "send",
        "写信发信",
        "给每个评价部门写一封信，附上它的评分表；不写 --deliver 只做草稿。",
        (
            Option("to", "发给谁：评价部门（不写就是）或考核对象", "text", metavar="谁"),
            Option("only", "只给这个单位", "text", metavar="单位"),
            Option("deliver", "真的发出去；以前发过、没有改动的不会再发"),
            Option("remind", "写催报信，给还没有交回合格评分表的部门"),
            Option("test", "全部改发到这个邮箱，主题标“测试”，不算发过", "text", metavar="邮箱"),
            Option("again", "给这个单位再发一次，虽然发过或者不能确定", "text", metavar="单位"),
        ),
    ),
    Action(
        "fetch",
        "收信",
        "从邮箱取回各单位来信的附件，放进收件箱；不改动邮箱，取过的不再取。",
        (
            Option("folder", "邮箱里的文件夹；不写就是收件箱", "text", metavar="文件夹"),
            Option("since", "只取这一天起的信，如 2023-01-01；不写就从新建工程起", "text", metavar="日期"),
            Option("senders", "除方案里的邮箱外，还取这些地址来的信，用逗号隔开", "text", metavar="地址"),
            Option("anyone", "不管是谁来的信都取"),
            Option("collect", "取回以后接着检查评分表"),
        ),
    ),
    Action(
        "mail-test",
        "检查邮箱",
        "逐步检查邮箱账号：连接、登录、给自己发一封信、再读回来。",
        (Option("renew", "不用存着的授权码，重新输入"),),
    ),
    Action(
        "collect",
        "回收评分表",
        "检查收件箱里交回的评分表，重新计算，合格的采用，不合格的列出问题。",
        (
            Option("files", "先把这些文件放进收件箱；不写就只看收件箱", "paths", positional=True, metavar="文件"),
            _WORKERS,
            Option("cluster", "由这个地址上的集群来读", "text", metavar="地址"),
        ),
        redo=True,
    ),
    Action(
        "decide",
        "人工处理",
        "对一个或几个部门交回的评分表作出决定，记入流水账。只能写一样。",
        (
            Option("department", "哪个部门，可以写几个", "texts", positional=True, metavar="部门"),
            Option("waive", "虽有问题仍然采用，写明理由", "text", metavar="理由"),
            Option("send_back", "退回重填，写明理由", "text", metavar="理由"),
            Option("use", "交了几份时，选用这一份", "text", metavar="文件"),
            Option("undo", "撤销以前的处理"),
            Option("sent", "记下这个部门的评分表已经发出"),
        ),
    ),
    Action(
        "tally",
        "汇总排名",
        "把已采用的评分表汇总成总分、名次和等级。",
        (
            Option("against", "与这一次的汇总记录比较；不写就与上一次比较", "text", metavar="记录"),
            Option("approve", "登记这一结果已经批准，写明批准文号、批准人", "text", metavar="说明"),
            Option("revise", "修订已经批准的结果，写明理由；修订后要重新批准", "text", metavar="理由"),
        ),
        redo=True,
    ),
    Action(
        "documents",
        "生成公文",
        "生成通知；有了结果生成请示，批准以后生成通报和反馈函；或者检查一份公文的版式。",
        (
            Option("no_pdf", "不另存PDF"),
            Option("templates", "把公文模板复制到模板文件夹，供修改"),
            Option("check", "不生成，只按国家标准检查这份公文的版式", "path", metavar="文件"),
        ),
    ),
    Action(
        "reports",
        "准备自评材料",
        "给每个考核对象准备自评报告模板、印证材料清单和印证材料文件夹。",
    ),
    Action(
        "review",
        "检查自评材料",
        "检查交回的自评报告和印证材料，列出问题，写函，给各部门列目录。",
        (Option("until", "改正到哪一天，如 2023-01-20", "text", metavar="日期"), Option("no_pdf", "不另存PDF")),
    ),
    Action("status", "查看进度", "列出各部门的评分表到了哪一步。"),
    Action(
        "demo",
        "演练一年",
        "新建一个演练用的考核工程，自动填好全部评分表，从头到尾走一遍。",
        (
            Option("folder", "演练文件夹的位置", "folder", positional=True, metavar="文件夹"),
            Option("seed", "随机数种子，同一个数得到同样的结果", "number", metavar="数"),
            Option("pdf", "公文另存一份PDF"),
            Option("broken", "让三分之一的部门交回有问题的表，看看怎样处理"),
        ),
    ),
)
