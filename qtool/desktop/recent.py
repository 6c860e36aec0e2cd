"""What the window remembers from one time to the next: the campaigns used last, its size, the folder used last."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qtool.faults import QtoolError
from qtool.workspace import SETTINGS, write_bytes

_MOST = 8


class Recent:
    """A small file among the user's own settings; one that is spoilt or cannot be written costs nothing else."""

    def __init__(self) -> None:
        self._path = _home() / "qtool" / "窗口.json"
        self._content: dict[str, Any] = _read(self._path)

    @property
    def campaigns(self) -> list[Path]:
        """The campaigns used last that are still there, the latest first."""
        names = self._content.get("最近")
        paths = [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return [path for path in paths if _is_campaign(path)]

    def use(self, campaign: Path) -> None:
        """Put a campaign before the others."""
        here = campaign.absolute()
        rest = [path for path in self.campaigns if path != here]
        self.keep("最近", [str(path) for path in [here, *rest][:_MOST]])

    def text(self, name: str) -> str:
        """Return a text kept under a name, or nothing."""
        text = self._content.get(name)
        return text if isinstance(text, str) else ""

    def keep(self, name: str, value: object) -> None:
        """Keep something under a name."""
        if self._content.get(name) == value:
            return
        self._content[name] = value
        with contextlib.suppress(QtoolError):
            write_bytes(self._path, json.dumps(self._content, ensure_ascii=False, indent=1).encode())


def _home() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home())
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _read(path: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(path.read_text("utf-8"))
        if isinstance(content, Mapping):
            return dict(content)
    return {}


def _is_campaign(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return (path / SETTINGS).is_file()
    return False


def documents_folder() -> Path:
    """Return where a user looks for own files."""
    for name in ("Documents", "文档", "我的文档"):
        if (path := Path.home() / name).is_dir():
            return path
    return Path.home()
