"""The campaign's settings (qtool.toml): its identity, its key, and how official documents are headed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from qtool.faults import QtoolError, fault


@dataclass(frozen=True, slots=True)
class Settings:
    """What a campaign knows of itself; `key` seals its scoring sheets."""

    campaign: str
    key: str


def new_settings() -> tuple[Settings, str]:
    """Return fresh settings and the text of their file."""
    settings = Settings(secrets.token_hex(8), secrets.token_hex(32))
    text = (
        "# 考核工程的身份。请不要改动，也不要把本文件发给别人：收回的评分表靠它核对。\n"
        f'[campaign]\nid = "{settings.campaign}"\nkey = "{settings.key}"\n'
    )
    return settings, text


def read_settings(path: Path) -> Settings:
    """Return the settings in a file; raises QtoolError naming the fault."""
    import tomllib  # noqa: PLC0415 - making or reading sheets alone needs no settings

    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
        campaign = content["campaign"]
        found = {name: campaign[name] for name in ("id", "key")}
    except KeyError as error:
        raise QtoolError(fault("C07", file=path.name, reason=f"缺少 {error.args[0]}")) from error
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise QtoolError(fault("C07", file=path.name, reason="格式不对")) from error
    except UnicodeDecodeError as error:
        raise QtoolError(fault("C07", file=path.name, reason="不是 UTF-8 文本")) from error
    except OSError as error:
        raise QtoolError(fault("C14", file=path.name, reason="没有权限或磁盘出错")) from error
    for name, value in found.items():
        if not isinstance(value, str) or not value.strip():
            raise QtoolError(fault("C07", file=path.name, reason=f"{name} 是空的或不是文字"))
    return Settings(found["id"], found["key"])
