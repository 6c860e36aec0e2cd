"""Two hundred files at once, bombs among them: everything is named, quickly, and in little memory."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign_cases import linux
from cli_cases import Said, fill, prepared, qtool
from waiting import LONG

from qtool.workspace import INBOX, open_campaign

pytestmark = [linux, pytest.mark.slow]
POLICE, TRADE = "市公安局", "市商务局"
MEMORY_MIB = 300

# What getrusage says of a process itself includes what its parent held before it began.
COLLECT = """
import re, resource, sys
from pathlib import Path
from qtool.cli import main
try:
    main(sys.argv[1:])
finally:
    own = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
    most = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    sys.stderr.write(f"{most // 1024}")
"""


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def sheet_with(content: bytes, body: bytes) -> bytes:
    """Return a workbook with something put before the end of its scoring sheet's rows."""
    parts = parts_of(content)
    name = "xl/worksheets/sheet2.xml"
    parts[name] = parts[name].replace(b"</sheetData>", body + b"</sheetData>")
    return packed(parts)


def bombs(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield files that are made to exhaust whoever reads them."""
    yield "远处一格.xlsx", sheet_with(content, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(1000, 1_048_577))
    yield "一百万行.xlsx", sheet_with(content, rows)
    text = b'<row r="900"><c r="A900" t="inlineStr"><is><t>' + b"x" * 400_000_000 + b"</t></is></c></row>"
    yield "很长的文字.xlsx", sheet_with(content, text)
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    parts = parts_of(content)
    parts["xl/worksheets/sheet2.xml"] = entities + parts["xl/worksheets/sheet2.xml"]
    yield "实体炸弹.xlsx", packed(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.xlsx", b"\0" * 60_000_000)
    yield "压缩包炸弹.zip", target.getvalue()
    yield "被截断.xlsx", content[: len(content) // 2]
    yield "密码.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") * 3
    yield "网页.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>"
    yield "文本.xlsx", "编号,得分\n1,2\n".encode("gbk")
    yield "空的.xlsx", b""
    yield "压缩数据坏了.xlsx", content[:400] + zlib.compress(b"x") + content[420:]


def flooded(folder: Path) -> Path:
    root = prepared(folder)
    good, other = fill(root, POLICE), fill(root, TRADE)
    content = good.read_bytes()
    for name, spoilt in bombs(content):
        (root / INBOX / name).write_bytes(spoilt)
    while (number := len(list((root / INBOX).iterdir()))) < 200:
        (root / INBOX / f"第{number}份.xlsx").write_bytes(content if number % 2 else other.read_bytes())
        os.utime(root / INBOX / f"第{number}份.xlsx", (1_700_000_000 + number, 1_700_000_000 + number))
    return root


@pytest.mark.parametrize("workers", [1, 2])
def test_two_hundred_files_with_bombs_among_them(tmp_path: Path, workers: int) -> None:
    root = flooded(tmp_path)
    command = [sys.executable, "-c", COLLECT, "collect", "--json", "--workers", str(workers), "--campaign", str(root)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=LONG)
    said = Said(done.returncode, done.stdout.decode(), "")
    assert said.code == 1
    assert set(said.data["data"]["accepted"]) == {POLICE, TRADE}
    refused = {row["file"]: {found["code"] for found in row["faults"]} for row in said.data["data"]["rejected"]}
    assert {"远处一格.xlsx", "一百万行.xlsx"} <= set(refused)
    assert refused["远处一格.xlsx"] == {"S19"}
    assert refused["一百万行.xlsx"] <= {"S19", "S05"}
    assert refused["密码.xlsx"] == {"S06"}
    assert refused["压缩包炸弹.zip"] <= {"S09", "S05", "S08"}
    assert {"很长的文字.xlsx", "实体炸弹.xlsx", "被截断.xlsx", "网页.xls", "文本.xlsx", "空的.xlsx"} <= set(refused)
    assert int(done.stderr.decode().splitlines()[-1]) < MEMORY_MIB
    assert sum(1 for entry in open_campaign(root).history() if entry["what"] == "收到") > 10
    again = qtool("collect", "--campaign", root, "--json")
    assert again.data["files"] == []
