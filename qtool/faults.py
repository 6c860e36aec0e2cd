"""Every fault that qtool can report: a code, what is wrong, what to do. All texts stand here."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import NamedTuple

_QUOTED = re.compile("“[^”]*”")
_SINGLE = str.maketrans("“”", "‘’")
"""Quotation marks inside quotation marks are single ones."""


class Severity(Enum):
    """How much a fault matters; the value is what users read."""

    ERROR = "错误"
    WARNING = "提示"


class Kind(NamedTuple):
    """One kind of fault; message and remedy have named places in braces."""

    severity: Severity
    message: str
    remedy: str


def _error(message: str, remedy: str) -> Kind:
    return Kind(Severity.ERROR, message, remedy)


def _warning(message: str, remedy: str) -> Kind:
    return Kind(Severity.WARNING, message, remedy)


CATALOGUE: dict[str, Kind] = {
    # The plan workbook
    "P01": _error("找不到考核方案文件", "请把方案工作簿放在这里，或用 --plan 指明文件"),
    "P02": _error("打不开：{reason}", "请用 Excel 或 WPS 打开检查，另存为“Excel 工作簿(.xlsx)”后再试"),
    "P03": _error("文件设有打开密码", "请在 Excel 或 WPS 中取消密码，保存后再试"),
    "P04": _error("这不是考核方案：没有工作表{sheets}", "请从空白方案或2022年方案复制一份再改"),
    "P05": _error("缺少工作表“{name}”", "请从原方案中补回这张表{hint}"),
    "P06": _error("缺少“{name}”这一列", "请在标题行补上这一列{hint}"),
    "P07": _error("“{name}”这一列出现了两次", "请删去或改名其中一列"),
    "P08": _error("缺少“{name}”这一行", "请补上这一行{hint}"),
    "P09": _error("有两张叫“{name}”的工作表（“{first}”和“{other}”）", "请删去或改名其中一张"),
    "P10": _error("“{name}”没有填", "{remedy}"),
    "P11": _error("“{value}”{problem}", "“{name}”请填{detail}"),
    "P12": _error("“{value}”{problem}", "“{name}”请填日期，如 2023-01-12"),
    "P13": _error("“{name}”不能是“{value}”", "{remedy}"),
    "P20": _error("评价部门“{name}”不在“评价部门”表中", "{hint}"),
    "P21": _error("编号“{code}”重复，第{row}行已经用过", "每项考核内容的编号只能用一次"),
    "P22": _error("“{code} {title}”在“评分细则”中一条也没有", "请在“评分细则”表中加上这一编号的条目和填报项"),
    "P23": _error("“评分细则”中的编号“{code}”不在“考核内容”表中", "{hint}"),
    "P24": _error("考核领域“{name}”不在“考核领域”表中", "{hint}"),
    "P25": _error("计分方式“{method}”，计分参数“{parameters}”：{problem}", "{remedy}"),
    "P26": _error("计分参数“{parameters}”：“{band}”这一档永远轮不到", "{remedy}"),
    "P27": _error("计分参数“{parameters}”：填{value}时哪一档也不符合", "请在最后加上“其余=…”"),
    "P28": _error(
        "“{name}”写明{stated}分，而其中各项考核内容合计{sum}分，差{difference}分", "请核对“考核领域”的分值和各项的分值"
    ),
    "P29": _error("各领域合计{sum}分，而方案写明满分{stated}分", "请核对“考核领域”各行的分值，或“方案”表的满分"),
    "P30": _error("{what}有{length}个字，最多{limit}个", "{remedy}"),
    "P31": _error("要用邮件发送，但“{name}”没有邮箱", "请填上邮箱，或在“方案”表把“使用邮件发送”改为“否”"),
    "P32": _error("“{name}”重复，第{row}行已经有了", "请删去多余的一行，或改成不同的名称"),
    "P33": _error(
        "“{code}”的第{item}条在第{row}行已经写过，中间隔着别的条目",
        "请把同一条的各行放在一起；如果是另一条，请改条目的号",
    ),
    "P34": _error("等级“{name}”的最低分{least}不低于上一等级", "请从高到低写等级，最低分逐级减小"),
    "P35": _error("“{address}”不是邮箱地址", "请填写形如 名称@域名 的地址，或留空"),
    "P36": _error("“{name}”里一行也没有", "{remedy}"),
    "P37": _error("“{name}”不能用作文件名或工作表名：有“{characters}”", "请去掉这些符号"),
    "P38": _error("最低一级“{name}”的最低分是{least}，低于它的总分没有等级", "请把最低一级的最低分写成0"),
    "P39": _error(
        "“{code}”第{item}条的{name}与第{row}行写的不一样", "同一条只在第一行写{name}；如果是另一条，请改条目的号"
    ),
    "P40": _warning("“{code}”各条目分值合计{sum}分，与分值{marks}分不一致", "请核对；确实如此可以不改"),
    "P41": _warning("“{code}”分值{marks}分，但按计分规则最多只能得{reach}分", "请核对原件；确实如此可以不改"),
    "P42": _warning("“{department}”有两个填报项都叫“{label}”（另一个在第{row}行）", "建议改成不同的名称，免得填错"),
    "P43": _warning("“{name}”没有要评的考核内容", "不会给它生成评分表；不需要的话可以删去这一行"),
    "P44": _warning("各项都得到最高分，总分也只有{best}分，达不到{full}分", "见“考核内容”各项的提示；确实如此可以不改"),
    # Scoring sheets that come back
    "S01": _error("不是本工具发出的评分表", "请使用发给本部门的那份评分表填写"),
    "S02": _error("是另一次考核“{campaign}”的评分表", "请使用本次考核发出的评分表"),
    "S03": _error("身份信息被改动过，无法确认是哪个部门的评分表", "请用原来发出的评分表重新填写"),
    "S04": _warning("是旧版评分表（第{version}版），方案此后改动过", "没有改动的填报项照用；以后请用新发的评分表"),
    "S05": _error("打不开：{reason}", "请用 Excel 或 WPS 打开检查，另存为“Excel 工作簿(.xlsx)”后再交"),
    "S06": _error("文件设有打开密码", "请取消密码，保存后再交"),
    "S07": _error("部门“{department}”不在考核方案中", "请核对方案中的部门名称"),
    "S08": _error("里面没有评分表", "请放入评分表再交，或直接交评分表"),
    "S09": _error("没有读：{reason}", "请直接交评分表（.xlsx），不要再打包"),
    "S10": _error("{who}的“{label}”没有填", "{remedy}"),
    "S11": _error("{who}的“{label}”填的“{value}”不符合要求", "{remedy}"),
    "S12": _warning(
        "{who}的“{label}”表中显示{shown}，按填报值应为{right}", "以重新计算的{right}为准；如有疑问请核对填报值"
    ),
    "S13": _warning("“{label}”的文字被改成“{found}”", "以发出时的文字为准；如果因此理解不同，请核对填报值"),
    "S14": _error("找不到{who}的“{label}”这一格", "可能删了行或列；请用原来发出的评分表填写"),
    "S15": _warning(
        "{department}交了{count}份，采用“{chosen}”{differing}",
        "如果应该采用另一份，请执行 qtool decide {department} --use 文件名",
    ),
    "S16": _warning("{who}的“{label}”填的“{typed}”，按{value}理解", "如果不对请改正后重交"),
    "S17": _error("“{what}”在表中出现了两次，另一处在{first}", "可能复制了行或列；请用原来发出的评分表填写"),
    "S18": _error("这里的文字是“{found}”，而隐藏的编号是“{label}”，不知道填的是哪一个", "请用原来发出的评分表重新填写"),
    "S19": _error("“{name}”有{rows}行{cols}列，比发出时大得多", "请删去多余的行和列，保存后再交"),
    "S20": _error("{who}的“{label}”变成了日期“{value}”", "请把单元格格式改为“常规”，重新填写：{remedy}"),
    "S21": _error("{who}的“{label}”显示错误值“{value}”", "请删去公式，直接填写：{remedy}"),
    "S22": _warning("{who}的“{label}”填的是公式“{formula}”，按它显示的{value}计", "请核对，并改为直接填数"),
    "S23": _error("{who}的“{label}”是公式“{formula}”，没有结果", "请直接填写：{remedy}"),
    "S24": _warning("引用了别的文件：{files}", "请断开链接，把数直接填在格里"),
    "S25": _warning("含有宏，没有运行", "以后请交不含宏的 .xlsx 文件"),
    "S26": _warning("隐藏了有内容的{what}", "请取消隐藏，核对里面的内容"),
    "S27": _warning("{what}被取消了", "已逐格核对；以后请直接在发出的评分表上填写"),
    "S28": _warning("{what}不见了，按{witness}确认", "请核对；以后请直接在发出的评分表上填写"),
    "S30": _warning("“{label}”的第{rank}名给了{who}", "如果并列请说明，不是并列请改正"),
    "S31": _warning("“{label}”没有第{missing}名，却有第{last}名", "请核对名次"),
    "S32": _warning("{who}的“{code} {title}”扣了分，没有写扣分说明", "请在绿色格里写明原因和依据"),
    "S33": _error("“{label}”的评分办法改过，旧表里的答案不能用", "{remedy}"),
    "S34": _error("里面是“{other}”的评分表，不是“{department}”的", "请用发给本部门的评分表填写"),
    "S35": _error("有两张填得不一样的评分表：“{first}”和“{other}”", "请只留一张，删去另一张"),
    "S37": _warning("还含有“{other}”填报项的数据，没有采用", "请让{other}单独交评分表"),
    "S38": _error("找不到“评分表”这一张工作表", "可能删了工作表；请用原来发出的评分表填写"),
    "S39": _warning("这一格在文件里写了不止一次，按最后写的计", "请用 Excel 或 WPS 打开核对，重新保存后再交"),
    "S36": _error("已由办公室退回：{reason}", "请按要求改正后重新交回"),
    # The campaign folder, files and programs around it
    "C01": _error(
        "这不是考核工程文件夹（没有 qtool.toml）", "请进入考核工程文件夹，或用 --campaign 指明；新建请用 qtool new"
    ),
    "C02": _error("文件夹里已经有东西，不能在这里新建", "请换一个空文件夹"),
    "C03": _error("另一个 qtool 正在这个考核工程中工作（{who}）", "请等它结束后再试"),
    "C04": _error("文件正被别的程序使用，或设成了只读，没有改动它", "请在 Excel 或 WPS 中关闭这个文件、去掉只读后再试"),
    "C05": _error("磁盘满了，没有改动原来的文件", "请清理磁盘后再试"),
    "C06": _error("不能写入：{reason}。原来的文件没有改动", "请检查文件夹的权限和磁盘"),
    "C07": _error("读不懂：{reason}", "请改正这一处，或从备份恢复该文件"),
    "C08": _error("还没有生成评分表", "请先执行 qtool sheets"),
    "C09": _error("没有评分表可以采用", "请先收齐并执行 qtool collect"),
    "C10": _error("方案有{count}处错误，不能继续", "请先按提示改正方案，再执行 qtool check"),
    "C11": _error("找不到文件", "请检查文件名"),
    "C12": _error("没有部门叫“{name}”", "{hint}"),
    "C13": _error("程序缺少自带的模板文件", "请重新安装本程序"),
    "C14": _error("读取失败：{reason}", "请检查文件是否完好，是否有权限读取"),
    "C15": _error("文件操作失败：{reason}", "请检查这个文件或文件夹还在不在、有没有权限，然后再试"),
    "C16": _error("不是评分表，没有读", "请放评分表，或装有评分表的压缩包、邮件"),
    "C17": _error("“{name}”没有可以{what}的评分表", "{hint}"),
    "C18": _error("请写明怎样处理，只能写一样", "可以写 --waive 理由、--send-back 理由、--use 文件、--undo、--sent"),
    "C19": _error("没有写理由", "请写清楚为什么，会记入流水账，也会印在汇总表里"),
    "C20": _error(
        "这里没有装集群要用的 dask", '请在装了 Python 的电脑上执行 pip install "qtool[cluster]"，再用那里的 qtool'
    ),
    "C21": _error(
        "集群 {address} 不能用：{reason}", "请核对地址和网络，看看集群是不是开着；不写 --cluster 就由本机来读"
    ),
    "C22": _error("集群 {address} 与本机不一致：{reason}", "请在各处装同样的版本，工作进程写 --nthreads 1"),
    "C99": _error("程序内部出错：{reason}", "请把考核工程（或当前文件夹）中的 qtool-错误.log 发给维护人员"),
    # Mail
    "M01": _error("还没有写邮箱账号", '请在 qtool.toml 的 ["邮箱"] 一节写上 "地址" = "…"，见使用手册'),
    "M02": _error("“{name}”{problem}", "{remedy}"),
    "M03": _error("不知道“{name}”是哪一台", "请写上服务器的名称；QQ、163、126 邮箱不用写"),
    "M04": _error("邮箱设置里没有“{name}”这一项", "{hint}"),
    "M05": _error("没有输入授权码，或者授权码里有不能用的字", "请再试一次，输入邮箱的授权码"),
    "M06": _error("连不上{way}服务器 {host}:{port}：{reason}", "请检查网络、服务器名称、端口和加密方式"),
    "M07": _error("邮箱没有接受账号或授权码，服务器说“{words}”", "{remedy}"),
    "M10": _error("给{name}的信被拒收：{reason}。服务器说“{words}”", "{remedy}"),
    "M11": _error("给{name}的信暂时没有发出：{reason}", "请过一会儿再试；已经发出的不会再发"),
    "M12": _error("不能确定给{name}的信发出没有：{reason}", "{remedy}"),
    "M13": _error("给{name}的信有{size}，超过服务器的上限{limit}", "请改用微信、网盘或U盘转交，“2-发件箱”里有现成的"),
    "M14": _warning("{name}没有邮箱，只做了草稿", "请在方案里填上邮箱，或在草稿里填上收件人"),
    "M15": _error("{name}的评分表{problem}", "请先执行 qtool sheets"),
    "M16": _error("没有给{name}的材料", "请先执行 qtool reports，或把材料放进“6-公文/自评材料/{name}”"),
    "M17": _error("没有叫“{name}”的收件单位", "{hint}"),
    "M18": _error("{problem}", "{remedy}"),
    "M19": _error("信的模板用到了程序没有的内容“{name}”", "{hint}"),
    "M20": _error("信的模板写错了：{reason}", "{remedy}"),
    "M25": _error("邮箱里没有文件夹“{name}”", "可以写的有：{hint}"),
    "M26": _error("“{value}”不是日期", "请写成 2023-01-12 的样子"),
    "M27": _error(
        "{sender}的《{subject}》附件是 winmail.dat，取不出里面的文件", "请对方用纯文本格式重发，或打成 zip 压缩包再发"
    ),
    "M28": _error(
        "{sender}的《{subject}》有内容读不了：{reason}", "请在邮箱里打开这封信，把附件存进“3-收件箱”，或请对方重发"
    ),
    "M29": _warning("{sender}的《{subject}》没有附件", "如果用的是超大附件或网盘链接，请下载后放进“3-收件箱”"),
    "M31": _warning(
        "还有{count}封信来自名单以外的地址，没有取：{names}", "要取的话，写 --senders 地址，或写 --anyone 全部取"
    ),
    "M32": _error("发出的试发邮件一分钟内没有回到收件箱", "请到网页版邮箱看看是不是进了垃圾箱；过一会儿再试"),
    "M33": _error("{way}服务器没有照办：{reason}。服务器说“{words}”", "{remedy}"),
    "M35": _error("试发邮件读回来和发出的不一样", "这台服务器会改动邮件；请先给自己单独发一次评分表，看能不能打开"),
    # Adjustments and tally
    "T01": _warning("还缺{count}个部门的评分：{names}", "收齐后再汇总；现在的结果只供参考"),
    "T02": _error("“{value}”不是本次的考核对象", "{hint}"),
    "T03": _error("{problem}", "{remedy}"),
    "T04": _error("没有可以比较的汇总记录“{name}”", "请从“5-汇总/记录”中选一个，或先汇总一次"),
    "T05": _warning("有{count}条建议扣分没有决定，没有扣分", "请在“{name}”的“是否采用”一栏选定，再汇总一次"),
    # The approval of a result
    "T06": _error("还缺{names}的评分，暂定的结果不能批准", "请收齐后再汇总、再批准"),
    "T07": _error(
        "现在的结果与批准的不同（{approval}），有{count}处变化：{changes}",
        "批准的结果没有改动；确实要改，请执行 qtool tally --revise 理由，然后重新批准",
    ),
    "T08": _error("{problem}，不能批准", "请先执行 qtool tally，看过结果再批准"),
    "T09": _error("没有写{what}", "请写清楚，会记入流水账"),
    "T10": _error("--approve、--revise、--against 只能写一样", "请先修订，看过结果再批准"),
    # Self-assessment reports and evidence
    "R01": _warning(
        "文件夹太深，有的路径会超过{limit}个字符，有的程序打不开", "请把考核工程移到浅一些的位置，如磁盘的第一层"
    ),
    "R02": _error("没有交自评报告", "请按模板写好自评报告（.docx），放进“{folder}”"),
    "R03": _warning("有{count}份自评报告，检查的是《{chosen}》，没有检查的是{others}", "请只留正式的一份"),
    "R04": _error("自评报告读不了：{reason}", "请用 Word 或 WPS 打开检查，另存为“Word 文档(.docx)”后再交"),
    "R05": _error("只交了{what}，没有 Word 版的自评报告", "请补交 Word 版（.docx）；盖章的扫描件可以同时交"),
    "R06": _warning(
        "不是 Word 文档(.docx)，已由 LibreOffice 转换后检查，字体和版面可能有出入",
        "以后请另存为“Word 文档(.docx)”再交",
    ),
    "R07": _error("不是 Word 文档(.docx)，没有检查：{reason}", "请用 Word 或 WPS 另存为“Word 文档(.docx)”后再交"),
    "R08": _error("封面和标题写的是“{found}”，不是“{name}”", "请核对是不是放错了文件夹，或者写错了名称"),
    "R09": _error("封面和标题都没有写“{name}”", "请在封面写上全称"),
    "R10": _error("封面和标题没有写明{year}年度{found}", "请核对是不是本年度的自评报告"),
    "R11": _error("封面的日期没有填", "请在封面填上年、月、日"),
    "R12": _error("缺少标题“{heading}”", "请按模板补上这一部分，标题不要改"),
    "R13": _error("标题“{heading}”的次序不对", "请按模板的次序排列各部分"),
    "R14": _error("“{heading}”下面没有内容", "请写上这一部分的内容"),
    "R15": _error("还留着{count}处填写提示，如“{text}”", "请删去全部填写提示"),
    "R16": _error("全文{count}字，超过上限{limit}字，多了{over}字", "请压缩到{limit}字以内"),
    "R17": _error("“{heading}”部分{count}字，少于{limit}字，差{short}字", "请补足到{limit}字以上"),
    "R18": _warning("{role}有{count}字用了“{found}”（如“{text}”），应为{wanted}", "请统一改为{wanted}"),
    "R19": _warning("{role}有{count}字是{found}磅（如“{text}”），应为{wanted}磅", "请统一改为{wanted}磅"),
    "R20": _warning("{role}有{count}段的行距是{found}（如“{text}”），应为固定值28至30磅", "请统一设为固定值28.95磅"),
    "R21": _warning("有{count}处修订没有接受或拒绝，按全部接受检查", "请在“审阅”中接受或拒绝全部修订后再交"),
    "R22": _warning("有{count}条批注", "请删去批注后再交"),
    "R23": _error("里面没有文字，只有{count}张图片", "请交能编辑的 Word 版，不要用扫描件或截图代替"),
    "R24": _warning("有{count}字写在文本框里，已经计入字数", "请把正文直接写在页面上"),
    "R25": _warning("嵌入了{count}个别的文件，里面的字没有读", "请把内容直接写进报告"),
    "R26": _error("没有交印证材料", "请按清单整理好，放进“{folder}”"),
    "R27": _error("印证材料共{size}，超过{limit}GB", "按考核方案，超过的不予接收；请压缩图片、音像，删去重复的文件"),
    "R28": _error(
        "{department}的“{code} {title}”没有印证材料{how}", "请把材料放进文件夹“{folder}”；没有这项工作的请书面说明"
    ),
    "R29": _warning("有{count}个文件认不出是哪一项的：{files}", "请放进“部门/编号”文件夹，编号见清单"),
    "R30": _error("有{count}个空文件（0字节）：{files}", "请重新复制或导出，再交一次"),
    "R31": _warning("同一个文件放在了{count}处：{files}", "请核对；确实共用的，在清单的备注里写明即可"),
    "R32": _error("打不开：{reason}", "请用原来的程序打开检查，重新保存后再交"),
    "R33": _warning("有{count}个文件不像印证材料：{files}", "请核对，不需要的请删去"),
    "R34": _error("压缩包没有读：{reason}", "请解开后直接交文件夹，或改用 zip 压缩包重新打包"),
    "R35": _warning("{what}的时间是{when}，晚于截止日期{deadline}", "按逾期登记；如果是复制造成的，请核对收到的时间"),
    "R36": _warning("不知道是哪个考核对象的材料", "{hint}请移进考核对象的文件夹：{names}"),
    "R37": _warning("有{count}字设成了隐藏，没有计入字数", "请取消隐藏或删去"),
    "R38": _warning("同样的问题还有{count}处，没有列出", "请先改正列出的，再检查一次"),
    "R39": _error("“{value}”不是日期", "请写成 2023-01-20 这样"),
    # Documents
    "D01": _error("模板用到了程序没有的内容“{name}”", "{hint}请在 Word 中改正模板，可用的名称见使用手册"),
    "D02": _error("模板写错了：{reason}", "请在 Word 中改正模板中的花括号"),
    "D03": _warning("还没有全部部门的评分，请示按暂定结果生成，标有“暂定”", "收齐后请重新生成"),
    "D04": _error("生成的文件里缺少“{text}”", "请检查模板是否删掉了这一处"),
    "D07": _error("“{name}”{problem}，先按没有写处理", "{remedy}"),
    "D08": _warning("这台电脑没有公文要用的字体：{names}", "请装上再打开公文；没有装的电脑会用别的字体，版式会变"),
    "D09": _warning(
        "这份公文生成以后有人改过，没有覆盖；新稿另存为“{name}”", "请对照新稿修改；不要旧稿的话，删去后重新生成"
    ),
    "D10": _warning("没有转成 PDF", "请关闭打开着的 PDF 和 LibreOffice 后再试，或在 Word、WPS 中另存为 PDF"),
    "D30": _error("旧格式的文档要用 LibreOffice 转换，这台电脑没有装", "请另存为“Word 文档(.docx)”后再试"),
    "D31": _error("有{count}项不符合{standard}：{names}", "请对照版式检查的结果修改"),
    "D32": _warning(
        "按模板生成的公文有{count}项不符合{standard}：{names}", "模板是有意这样改的就不用管，否则请改正模板"
    ),
    "D06": _error("打不开：{reason}", "请用 Word 或 WPS 打开检查，另存为“Word 文档(.docx)”后再试"),
    # The settings in the window
    "W10": _error("“{value}”不是数", "请只填数字，如 37 或 28.95"),
    "W11": _error("{problem}", "{remedy}"),
    "W12": _error("没有填邮箱地址", "请填上；不用邮件的话，把邮箱这一页的其他项也清空"),
    "W13": _error("这个文件的写法太特别，程序改不了，没有改动", "请用记事本打开，照使用手册改"),
}


class Fault(NamedTuple):
    """One thing that is wrong: where, what, what to do."""

    code: str
    file: str
    sheet: str
    cell: str
    message: str
    remedy: str

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return CATALOGUE[self.code].severity

    @property
    def is_error(self) -> bool:
        """Whether it stops the work."""
        return self.severity is Severity.ERROR

    @property
    def place(self) -> str:
        """Return file, sheet and cell as users read them."""
        return " › ".join(part for part in (self.file, self.sheet, self.cell) if part)

    def __str__(self) -> str:
        """Return the whole sentence: place, fault, remedy, code."""
        place = f"{self.place}：" if self.place else ""
        remedy = f"{self.remedy}。" if self.remedy else ""
        return f"{place}{self.message}。{remedy}[{self.code}]".replace("？。", "？").replace("。。", "。")

    def as_dict(self) -> dict[str, str]:
        """Return it for `--json`."""
        return {
            "code": self.code,
            "severity": self.severity.name.lower(),
            "file": self.file,
            "sheet": self.sheet,
            "cell": self.cell,
            "message": self.message,
            "remedy": self.remedy,
        }


def _visible(text: str) -> str:
    """Return a text on one line, without signs that are not seen or turn others around."""
    return "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign) not in ("Cc", "Cf"))


def fault(code: str, /, *, file: str = "", sheet: str = "", cell: str = "", **values: object) -> Fault:
    """Return a fault of this code with its texts filled in."""
    kind = CATALOGUE[code]
    words = {name: _visible(str(value)) for name, value in values.items()}
    quoted_words = {f"in_{name}": word.translate(_SINGLE) for name, word in words.items()}
    texts = [
        _QUOTED.sub(lambda quoted: quoted[0].replace("{", "{in_"), text).format(**words, **quoted_words)
        for text in (kind.message, kind.remedy)
    ]
    return Fault(code, file, sheet, cell, *texts)


class QtoolError(Exception):
    """A step cannot run at all; carries the faults that say why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults

    def __reduce__(self) -> tuple[type[QtoolError], tuple[Fault, ...]]:
        """Let it cross from one process to another."""
        return QtoolError, self.faults
