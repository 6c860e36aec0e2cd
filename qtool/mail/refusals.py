"""What it means when a mail server refuses something or cannot be reached, and the faults that say so."""

from __future__ import annotations

import re

from qtool.faults import Fault, fault
from qtool.mail.account import Account
from qtool.mail.letters import Kind, Post
from qtool.office.mail.connection import LoginRefused, MailError, NoFolder, Refused, Unreachable

_AGAIN = "请过一会儿再试一次；已经发出的不会再发"
_FROM = re.compile(r"from|sender|发件", re.IGNORECASE)
_SPAM = re.compile(r"spam|virus|content|suspicio|垃圾|病毒|dt:spm", re.IGNORECASE)
_OFTEN = re.compile(r"frequen|too many|rate|limit|quota|频", re.IGNORECASE)
_CODES = {
    421: ("服务器要求稍后再发", _AGAIN),
    450: ("对方的服务器要求稍后再发", _AGAIN),
    451: ("服务器要求稍后再发", _AGAIN),
    452: ("对方的邮箱满了，或一次发得太多", _AGAIN),
    454: ("服务器暂时不能登录", _AGAIN),
    501: ("服务器不认这个地址的写法", "请核对方案里的邮箱"),
    530: ("服务器要求先登录", "请用 qtool mail-test 检查邮箱账号"),
    535: ("账号或授权码不对，或者没有开启 SMTP 服务", "请用 qtool mail-test --renew 重新输入授权码"),
    550: ("收件人的邮箱不存在，或者对方拒收", "请核对方案里的邮箱"),
    551: ("对方的服务器不收这个邮箱的信", "请核对方案里的邮箱"),
    552: ("信太大，或者对方的邮箱满了", "请改用微信、网盘或U盘转交，“2-发件箱”里有现成的"),
    553: ("服务器不认发件人或收件人的地址", "请核对方案里的邮箱；发件人要和登录的账号一致"),
    554: ("被判为垃圾邮件，或者对方拒收", "请过一天再发，或改用微信、网盘转交；也可以请对方把你的邮箱加进白名单"),
}


def meaning(refused: Refused) -> tuple[str, str]:
    """Return what a refusal means and what to do."""
    code, text = refused.code, refused.words
    if code in (550, 553) and _FROM.search(text):
        return "服务器不认发件人", "请把 qtool.toml 里的“地址”写成登录用的邮箱，“发件人”写简单些"
    if code >= 500 and code != 535 and _SPAM.search(text):
        return _CODES[554]
    if code >= 500 and code not in (535, 552) and _OFTEN.search(text):
        return "发得太多或太快，被服务器限制了", "请过一天再发，或在 qtool.toml 里把“每封间隔”加大"
    if code in _CODES:
        return _CODES[code]
    if refused.temporary:
        return _CODES[451]
    return "服务器拒收", "请把服务器说的话告诉邮箱管理员"


def quotation(refused: Refused) -> str:
    """Return the server's words with its code."""
    code = str(refused.code) if refused.code else ""
    return " ".join(filter(None, (code, refused.words))) or "（没有说明）"


def server_fault(error: MailError, account: Account, way: str) -> Fault:
    """Return the fault that a server of the account, for 发信 or 收信, refused something else than a letter."""
    match error:
        case LoginRefused():
            return fault("M07", words=quotation(error), remedy=account.provider.advice)
        case Refused():
            reason, remedy = meaning(error) if error.code else ("邮箱不让打开", "请确认网页版邮箱里开启了 IMAP 服务")
            return fault("M33", way=way, reason=reason, words=quotation(error), remedy=remedy)
        case NoFolder():
            return fault("M25", name=error.folder, hint="、".join(error.names))
    server = account.smtp if way == "发信" else account.imap
    reason = error.reason if isinstance(error, Unreachable) else "没等到服务器回答，连接就断了"
    return fault("M06", way=way, host=server.host, port=server.port, reason=reason)


def refused_letter(name: str, refused: Refused) -> Fault:
    """Return the fault that a server does not take a letter to somebody."""
    reason, remedy = meaning(refused)
    return fault("M10", name=name, reason=reason, words=quotation(refused), remedy=remedy)


def uncertain(post: Post, reason: str) -> Fault:
    """Return the fault that nobody knows whether a letter went out."""
    again = f"没有收到就执行 qtool send --deliver --again {post.name}"
    marked = f"收到了就执行 qtool decide {post.name} --sent，" if post.kind is Kind.SHEET else ""
    to = {Kind.MATERIAL: " --to 考核对象", Kind.REMINDER: " --remind"}.get(post.kind, "")
    return fault("M12", name=post.name, reason=reason, remedy=f"请先问一下对方：{marked}{again}{to}")


def too_large(post: Post, size: int, limit: int) -> Fault:
    """Return the fault that a letter is larger than the server takes."""
    return fault("M13", name=post.name, size=size_text(size), limit=size_text(limit))


def size_text(size: int) -> str:
    """Return a number of bytes as users read it."""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"
