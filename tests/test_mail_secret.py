"""The way to the server: the secret that stays nowhere, encryption, certificates, servers that do not answer."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

import pytest
from campaign_cases import linux
from certificates import Authority, new_authority
from cli_cases import POLICE, TRADE, shell
from mail_cases import Memory, authority, everything, mailing, memory, office, run, with_account
from mail_servers import SECRET, USER, PostOffice, settings, silent_server, smtp_server
from waiting import LONG, until

from qtool.faults import QtoolError

__all__ = ["authority", "memory", "office"]


@pytest.fixture
def root(tmp_path: Path, authority: Authority, office: PostOffice) -> Path:
    return mailing(tmp_path, settings(authority, office.port))[0]


def test_a_pipe_gives_the_secret_and_the_table_is_printed(root: Path, office: PostOffice) -> None:
    none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    said = shell("send", "--deliver", "--only", TRADE, "--campaign", root, env=none, given=f"{SECRET}\n")
    assert said.code == 0, said.err
    assert said.out.index("要发的信") < said.out.index("发信结果")
    assert len(office.taken) == 1
    assert SECRET not in said.out + said.err
    said = shell("send", "--deliver", "--only", POLICE, "--json", "--campaign", root, env=none, given="")
    assert (said.code, [found["code"] for found in json.loads(said.out)["faults"]]) == (2, ["M05"])


@linux
def test_on_a_terminal_the_secret_is_not_seen_and_nothing_goes_without_a_yes(root: Path, office: PostOffice) -> None:
    assert "没有发" in typed(root, "\r")
    assert office.logins == []
    shown = typed(root, "y\r", f"{SECRET}\r")
    assert shown.index("要发的信") < shown.index("键入 y 发出") < shown.index("的授权码") < shown.index("发信结果")
    assert SECRET not in shown
    assert len(office.taken) == 1


def typed(root: Path, *answers: str) -> str:
    """Return what a terminal shows while somebody answers, each answer to a question."""
    leader, follower = os.openpty()
    command = [sys.executable, "-m", "qtool", "send", "--deliver", "--only", TRADE, "--campaign", str(root)]
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "COLUMNS": "120"}
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=environment, start_new_session=True
    )
    os.close(follower)
    shown, left, decoded = "", list(answers), codecs.getincrementaldecoder("utf-8")("replace")
    with contextlib.suppress(OSError):  # which is how a terminal ends
        while select.select([leader], [], [], LONG)[0] and (chunk := os.read(leader, 65536)):
            shown += decoded.decode(chunk)
            if left and re.search(r"(不发|不显示）)\s*: $", shown):
                if shown.rstrip().endswith("不显示）:"):
                    until(lambda: not termios.tcgetattr(leader)[3] & termios.ECHO)
                os.write(leader, left.pop(0).encode())
    assert process.wait(LONG) == 0
    os.close(leader)
    return shown


def test_the_secret_is_kept_in_the_keyring_and_dropped_when_refused(
    root: Path, office: PostOffice, memory: Memory
) -> None:
    assert any("密码库" in line for line in run("send", root, deliver=True, only=TRADE).sentences)
    assert memory.kept == {("qtool", USER): SECRET}
    run("send", root, secret="", deliver=True, only=POLICE)
    assert len(office.taken) == 2
    memory.kept["qtool", USER] = "old-secret"
    with pytest.raises(QtoolError) as caught:
        run("send", root, secret="", deliver=True)
    assert [found.code for found in caught.value.faults] == ["M07"]
    assert memory.kept == {}


def test_the_secret_is_nowhere_after_every_failure(tmp_path: Path, authority: Authority) -> None:
    wrong, logs = "geheim-4711-wort", Path(tempfile.gettempdir())
    with smtp_server(authority, PostOffice(echo=True)) as office:
        root, _ = mailing(tmp_path, settings(authority, office.port))
        none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        texts = []
        for section, secret in (
            (settings(authority, office.port), wrong),
            (settings(authority, office.port), "含中文的授权码-4711-wort"),
            (settings(authority, 1), wrong),
            (settings(authority, office.port, 证书文件="没有.pem"), wrong),
            (settings(authority, office.port, 发信服务器="127.0.0.1"), wrong),
        ):
            with_account(root, section)
            said = shell("send", "--deliver", "--campaign", root, env=none, given=f"{secret}\n")
            assert said.code == 2
            texts.append(said.out + said.err)
        assert office.logins == [(USER, wrong)]
        crash = {**none, "PYTHONPATH": f"{_crashing(tmp_path)}:{Path(__file__).parent.parent}"}
        with_account(root, settings(authority, office.port))
        said = shell("send", "--deliver", "--campaign", root, env=crash, given=f"{SECRET}\n")
        texts.append(said.out + said.err)
        assert "C99" in said.err
        assert (root / "qtool-错误.log").is_file()
    everywhere = everything(root) + "".join(texts).encode()
    everywhere += b"".join(path.read_bytes() for path in logs.glob("qtool*.log"))
    for secret in (wrong, SECRET, "4711-wort"):
        assert secret.encode() not in everywhere


def _crashing(folder: Path) -> Path:
    """Return a folder whose sitecustomize lets the outbox fail as nobody expects, with the secret at hand."""
    made = folder / "crash"
    made.mkdir()
    (made / "sitecustomize.py").write_text(
        "import smtplib\n"
        "def broken(self, sender, options=()):\n"
        "    raise RuntimeError('nobody expected this')\n"
        "smtplib.SMTP.mail = broken\n",
        "utf-8",
    )
    return made


@pytest.mark.parametrize("starttls", [False, True], ids=["SSL", "STARTTLS"])
def test_both_ways_of_encryption(tmp_path: Path, authority: Authority, starttls: bool) -> None:
    with smtp_server(authority, PostOffice(), starttls=starttls) as office:
        root, _ = mailing(tmp_path, settings(authority, office.port, 发信加密="STARTTLS" if starttls else "SSL"))
        run("send", root, deliver=True, only=TRADE)
        assert len(office.taken) == 1
        other = settings(authority, office.port, 发信加密="SSL" if starttls else "STARTTLS", 超时=2)
        with_account(root, other)
        with pytest.raises(QtoolError) as caught:
            run("send", root, deliver=True, only=POLICE)
        assert [found.code for found in caught.value.faults] == ["M06"]


@pytest.mark.parametrize(
    ("why", "said"),
    [("other", "不可信"), ("host", "不是它的"), ("expired", "过期")],
)
def test_a_wrong_certificate_is_refused(tmp_path: Path, authority: Authority, why: str, said: str) -> None:
    signing = new_authority(tmp_path / "ca", "somebody else") if why == "other" else authority
    host = "mail.example.cn" if why == "host" else "localhost"
    days = -1 if why == "expired" else 30
    with smtp_server(signing, PostOffice(), host=host, days=days) as office:
        root, _ = mailing(tmp_path, settings(authority, office.port))
        with pytest.raises(QtoolError) as caught:
            run("send", root, deliver=True)
        (found,) = caught.value.faults
        assert found.code == "M06"
        assert said in found.message
        assert office.logins == []


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path: Path, authority: Authority) -> None:
    with silent_server() as server:
        root, _ = mailing(tmp_path, settings(authority, server.port, 超时=1))
        with pytest.raises(QtoolError) as caught:
            run("send", root, deliver=True)
    (found,) = caught.value.faults
    assert (found.code, "没有回应" in found.message) == ("M06", True)
