"""The campaign's settings (qtool.toml): its identity, its key, how official documents are headed, its mail account."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from qtool.faults import QtoolError, fault
from qtool.text import near


@dataclass(frozen=True, slots=True)
class Settings:
    """What a campaign knows of itself; `key` seals its sheets.

    `official` says how its documents look, `mail` which account it sends from, both as written.
    """

    campaign: str
    key: str
    official: Mapping[str, Any] = field(default_factory=dict)
    mail: Mapping[str, Any] = field(default_factory=dict)


class Mistake(NamedTuple):
    """An entry that is written wrongly: which one, what is wrong, what to do."""

    name: str
    problem: str
    remedy: str


class Section:
    """A section of the settings while it is read: `mistakes` are gathered, and count as not written."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self.mistakes: list[Mistake] = []

    def reject(self, name: str, problem: str, remedy: str) -> None:
        """Add a mistake."""
        self.mistakes.append(Mistake(name, problem, remedy))

    def text(self, name: str, otherwise: str = "", *, lines: bool = False) -> str:
        """Return a text, `otherwise` where it is empty; `lines` allows several lines."""
        value = self._content.get(name, "")
        if isinstance(value, str) and (lines or "\n" not in value):
            return value.strip() or otherwise
        problem = "应当是一行文字" if isinstance(value, str) else f"“{value}”不是文字"
        self.reject(name, problem, "请把内容写在英文引号里")
        return otherwise

    def number(self, name: str, otherwise: float, least: float, most: float) -> float:
        """Return a number between two limits."""
        value = self._content.get(name, otherwise)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most:
            return value
        bare = "，不加引号" if isinstance(value, str) else "，不带单位"
        self.reject(name, f"“{value}”不对", f"请填{least:g}至{most:g}之间的数{bare}")
        return otherwise

    def choice(self, name: str, choices: Sequence[str], otherwise: str) -> str:
        """Return one of a few texts."""
        value = self._content.get(name, "")
        value = value.strip() if isinstance(value, str) else value
        if value == "" or value in choices:
            return value or otherwise
        remedy = near(str(value), choices) or f"请填{'、'.join(f'“{choice}”' for choice in choices)}之一"
        self.reject(name, f"“{value}”不对", remedy)
        return otherwise


_OFFICIAL = """
# 公文的版式。需要改的，删去行首的“# ”再改；不写的按国家标准 GB/T 9704-2012。
["公文"]
# "版式" = "GB/T 9704-2012"                     # 或 "GB/T 33476.2-2016"（电子公文）
# "版头" = "套红"                               # 套红：印出红色版头；预印：用印好版头的纸，留出位置；无：没有版头
# "发文机关标志" = "随州市质量强市工作领导小组办公室文件"
# "发文字号" = { "请示" = "随质强办〔2023〕1号", "通报" = "随质强办〔2023〕2号" }
# "签发人" = ""
# "抄送" = ""
# "印发机关" = ""
# "加盖印章" = true
# "上边距" = 37                                 # 毫米；还有 "下边距" "左边距" "右边距" "页码距下边"
# "行距" = 28.95                                # 磅
# "标题字体" = "方正小标宋简体"                 # 还有 "正文字体" "楷体字体" "黑体字体" "宋体字体"
"""

_MAIL = """
# 收发邮件的账号，见使用手册。授权码不写在这里：第一次用时会问，存进这台电脑的密码库。
["邮箱"]
# "地址" = "质强办的邮箱@qq.com"
# "发件人" = "随州市质量强市工作领导小组办公室"    # 不写就用方案里的组织单位全称
# "服务商" = "自建"                             # QQ、163、126、Outlook 会按地址认出来；别的写这一行和下面几样
# "发信服务器" = "smtp.example.gov.cn"
# "发信端口" = 465
# "发信加密" = "SSL"                            # 或 "STARTTLS"，端口一般是587
# "收信服务器" = "imap.example.gov.cn"
# "收信端口" = 993
"""


def new_settings() -> tuple[Settings, str]:
    """Return fresh settings and the text of their file."""
    settings = Settings(secrets.token_hex(8), secrets.token_hex(32))
    text = (
        "# 考核工程的身份。请不要改动，也不要把本文件发给别人：收回的评分表靠它核对。\n"
        f'[campaign]\nid = "{settings.campaign}"\nkey = "{settings.key}"\n{_MAIL}{_OFFICIAL}'
    )
    return settings, text


def read_settings(path: Path) -> Settings:
    """Return the settings in a file; raises QtoolError naming the fault."""
    import tomllib  # noqa: PLC0415 - making or reading sheets alone needs no settings

    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
        campaign = content["campaign"]
        identity = {name: campaign[name] for name in ("id", "key")}
    except KeyError as error:
        raise QtoolError(fault("C07", file=path.name, reason=f"缺少 {error.args[0]}")) from error
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise QtoolError(fault("C07", file=path.name, reason="格式不对")) from error
    except UnicodeDecodeError as error:
        raise QtoolError(fault("C07", file=path.name, reason="不是 UTF-8 文本")) from error
    except OSError as error:
        raise QtoolError(fault("C14", file=path.name, reason="没有权限或磁盘出错")) from error
    for name, value in identity.items():
        if not isinstance(value, str) or not value.strip():
            raise QtoolError(fault("C07", file=path.name, reason=f"{name} 是空的或不是文字"))
    sections = {name: content.get(name, {}) for name in ("公文", "邮箱")}
    for name, section in sections.items():
        if not isinstance(section, dict):
            raise QtoolError(fault("C07", file=path.name, reason=f'“{name}”应当是一节，写成 ["{name}"]'))
    return Settings(identity["id"], identity["key"], sections["公文"], sections["邮箱"])
