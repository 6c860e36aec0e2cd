"""What a server's refusal means in plain Chinese, and what to do; the server's own words are shown beside it."""

from __future__ import annotations

import re

from qtool.office.connection import Refused

_AGAIN = "请过一会儿再试一次；已经发出的不会再发"
_FROM = re.compile(r"from|sender|发件", re.IGNORECASE)
_SPAM = re.compile(r"spam|virus|content|suspicio|垃圾|病毒|dt:spm", re.IGNORECASE)
_OFTEN = re.compile(r"frequen|too many|rate|limit|quota|频", re.IGNORECASE)
_MEANT = {
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


def meant(refused: Refused) -> tuple[str, str]:
    """Return what a refusal means and what to do."""
    code, said = refused.code, refused.words
    if code in (550, 553) and _FROM.search(said):
        return "服务器不认发件人", "请把 qtool.toml 里的“地址”写成登录用的邮箱，“发件人”写简单些"
    if code >= 500 and code != 535 and _SPAM.search(said):
        return _MEANT[554]
    if code >= 500 and code not in (535, 552) and _OFTEN.search(said):
        return "发得太多或太快，被服务器限制了", "请过一天再发，或在 qtool.toml 里把“每封间隔”加大"
    if code in _MEANT:
        return _MEANT[code]
    if refused.temporary:
        return _MEANT[451]
    return "服务器拒收", "请把服务器说的话告诉邮箱管理员"


def quoted(refused: Refused) -> str:
    """Return the server's words with its code."""
    return (
        " ".join(part for part in (str(refused.code) if refused.code else "", refused.words) if part) or "（没有说明）"
    )
