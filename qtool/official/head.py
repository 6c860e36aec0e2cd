"""What stands in a document's head and foot (版头, 版记), by the names that every template of a document knows."""

from __future__ import annotations

from datetime import date

from qtool.model import Facts
from qtool.official.profile import Head, Profile

REQUEST, CIRCULAR, LETTER, NOTICE = "请示", "通报", "函", "通知"
"""Kinds of documents (文种), by which their numbers are known."""


def head_names(profile: Profile, facts: Facts, kind: str, made: date, copied: str = "") -> dict[str, str | bool]:
    """Return what stands behind the names of head and foot in a template; what nobody said is left blank to be written.

    `copied` is who a copy goes to, unless the settings say who. A number that is not known keeps its place
    (GB/T 9704-2012, 7.2.5).
    """
    copies = profile.copied or copied
    return {
        "套红": profile.head is Head.PRINTED,
        "预印": profile.head is Head.LEFT_BLANK,
        "发文机关标志": profile.mark or f"{facts.office_title}文件",
        "发文机关": facts.office_title,
        "发文字号": profile.numbers.get(kind) or f"　　　　〔{made.year}〕　号",
        "签发人": profile.signer or "　　　",
        "有抄送": bool(copies),
        "抄送": copies,
        "印发机关": profile.printed_by or facts.office_title,
        "印发日期": day(made),
        "日期": day(made),
        "组织单位": facts.office,
        "组织单位全称": facts.office_title,
        "市名": facts.city,
        "年度": str(facts.year),
        "方案名称": facts.name,
        "考核依据": facts.basis,
    }


def day(date_: date) -> str:
    """Return a date as official documents write it: Arabic digits without leading zeros (7.3.5.4)."""
    return f"{date_.year}年{date_.month}月{date_.day}日"
