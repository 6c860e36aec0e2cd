"""What a department is told about a file that it must mend: a text ready to be sent, and its name on the disk."""

from __future__ import annotations

from qtool.faults import Fault
from qtool.outcome import Return

NOTE_END = "-问题清单.txt"
_LONGEST = 255
"""Bytes that a name may have on Linux; Windows allows as many letters."""


def note_name(returned: Return, ending: str) -> str:
    """Return the name of what is written about a file: its own and an ending; what a disk refuses is cut or replaced.

    A file inside an archive, or in a folder, is named with what leads to it.
    """
    whole = "-".join((returned.file.replace("/", "-"), *returned.inside))
    name = "".join("_" if "\ud800" <= sign <= "\udfff" or sign in '\\/:*?"<>|' else sign for sign in whole)
    room = _LONGEST - len(ending.encode())
    if len(name.encode()) > room or name != returned.file:
        mark = f"～{returned.sha256[:6]}"
        name = name.encode()[: room - len(mark.encode())].decode(errors="ignore") + mark
    return f"{name}{ending}"


def note(returned: Return, copy: str) -> str:
    """Return what a department is told about a file that it must mend; `copy` names its annotated copy, if any."""
    who = f"{returned.department}：\r\n" if returned.department else ""
    errors = [f for f in returned.faults if f.is_error]
    hints = [f for f in returned.faults if not f.is_error]
    lines = [f"{who}收到的《{returned.shown}》还不能采用，请改正后重新交回："]
    if copy:
        lines.append(f"随附的《{copy}》已带上你们填的内容，要改的格都标了颜色，直接在上面改，保存后交回即可。")
    lines += ["", f"一、必须改正（{len(errors)}处）" if hints else f"必须改正（{len(errors)}处）", ""]
    lines += [f"{number}. {_said(f)}" for number, f in enumerate(errors, 1)]
    if hints:
        lines += ["", f"二、请核对（{len(hints)}处），确实如此的，请回复说明", ""]
        lines += [f"{number}. {_said(f)}" for number, f in enumerate(hints, 1)]
    return "\r\n".join(lines) + "\r\n"


def _said(found: Fault) -> str:
    place = " › ".join(part for part in (found.sheet, found.cell) if part)
    remedy = f"{found.remedy}。" if found.remedy else ""
    said = (f"{place}：" if place else "") + f"{found.message}。{remedy}"
    return said.replace("？。", "？").replace("。。", "。")
