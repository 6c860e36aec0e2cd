"""What becomes of a letter that a server refuses, puts off, or breaks off at: each is told, none goes twice."""

from __future__ import annotations

import email
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from campaign_cases import linux
from certificates import Authority
from cli_cases import POLICE, TRADE
from mail_cases import authority, codes, departments, mailing, office, run, with_account
from mail_servers import SECRET, PostOffice, Taken, settings, smtp_server
from waiting import LONG

from qtool.faults import QtoolError
from qtool.mail.ledger import FAILED, PREPARED, SENT
from qtool.workspace import open_campaign

__all__ = ["authority", "office"]


@pytest.fixture
def root(tmp_path: Path, authority: Authority, office: PostOffice) -> Path:
    return mailing(tmp_path, settings(authority, office.port))[0]


def words(root: Path, name: str) -> list[str]:
    """Return what the journal says of the letters to somebody."""
    told = (SENT, PREPARED, FAILED)
    return [e["what"] for e in open_campaign(root).history() if e["what"] in told and e.get("department") == name]


def once(office: PostOffice) -> bool:
    """Whether nobody got two letters."""
    return max(Counter(taken.recipients for taken in office.taken).values(), default=0) <= 1


REFUSALS = [
    ("550 User not found", "收件人的邮箱不存在", "核对方案里的邮箱"),
    ("550 Mailbox not found: 用户不存在", "用户不存在", "核对方案里的邮箱"),
    ("552 Message size exceeds fixed limit", "太大", "转交"),
    ("554 DT:SPM 163 smtp", "垃圾邮件", "白名单"),
    ("553 Mail from must equal authorized user", "不认发件人", "登录用的邮箱"),
    ("550 Domain frequency limited", "太多或太快", "每封间隔"),
    ("599 odd", "服务器拒收", "管理员"),
]


@pytest.mark.parametrize(("answer", "meaning", "remedy"), REFUSALS)
@pytest.mark.parametrize("where", ["recipient", "letter"])
def test_a_refusal_is_told_in_both_words_and_not_tried_again(
    root: Path, office: PostOffice, where: str, answer: str, meaning: str, remedy: str
) -> None:
    police = departments(root)[POLICE]
    setattr(office, where, lambda address, _times: answer if address == police else "")
    done = run("send", root, deliver=True)
    (found,) = done.faults
    assert found.code == "M10"
    assert answer in found.message
    assert meaning in found.message
    assert remedy in found.remedy
    assert office.asked[f"{where} {police}"] == 1
    assert done.data["results"][POLICE] == "refused"
    assert len(office.taken) == 12
    assert words(root, POLICE) == ([] if where == "recipient" else [PREPARED, FAILED])
    setattr(office, where, lambda _address, _times: "")
    assert run("send", root, deliver=True).data["results"] == {POLICE: "sent"}
    assert once(office)


@pytest.mark.parametrize("where", ["recipient", "letter"])
def test_greylisting_is_waited_for(root: Path, office: PostOffice, where: str) -> None:
    setattr(office, where, lambda _address, times: "451 4.7.1 Greylisted, try again" if times == 1 else "")
    done = run("send", root, deliver=True)
    assert done.faults == []
    assert len(office.taken) == 13
    assert once(office)
    assert set(office.asked.values()) <= {1, 2}


def test_what_stays_refused_for_now_is_left_for_later(root: Path, office: PostOffice) -> None:
    police = departments(root)[POLICE]
    office.recipient = lambda address, _times: "450 4.2.1 Mailbox busy" if address == police else ""
    done = run("send", root, deliver=True)
    assert codes(done) == ["M11"]
    assert office.asked[f"recipient {police}"] == 3  # at once, and after each of the two pauses
    office.recipient = lambda _address, _times: ""
    assert run("send", root, deliver=True).data["results"] == {POLICE: "sent"}


def test_a_line_that_breaks_within_a_letter_is_taken_up_again(root: Path, office: PostOffice) -> None:
    office.cut = lambda number: number in (2, 5)
    done = run("send", root, deliver=True)
    results = Counter(done.data["results"].values())
    assert results["sent"] + results["uncertain"] == 13
    assert len(office.taken) == results["sent"]
    assert once(office)
    again = run("send", root, deliver=True)
    assert codes(again) == ["M12"] * results["uncertain"]
    assert len(office.taken) == results["sent"]


def test_a_letter_taken_without_a_word_is_uncertain_and_not_sent_again(root: Path, office: PostOffice) -> None:
    office.gone = lambda number: number == 3
    done = run("send", root, deliver=True)
    assert Counter(done.data["results"].values()) == {"sent": 12, "uncertain": 1}
    (name,) = [name for name, fate in done.data["results"].items() if fate == "uncertain"]
    assert codes(done) == ["M12"]
    for _ in range(2):
        done = run("send", root, deliver=True)
        assert codes(done) == ["M12"]
        assert f"--again {name}" in done.faults[0].remedy
    assert len(office.taken) == 13
    assert words(root, name) == [PREPARED]
    run("send", root, deliver=True, again=name)
    numbers = [email.message_from_bytes(t.content)["Message-ID"] for t in office.taken]
    assert len(office.taken) == 14
    assert len(set(numbers)) == 13  # the same letter has the same number
    assert run("send", root, deliver=True).faults == []


def test_what_the_office_learnt_by_telephone_settles_it(root: Path, office: PostOffice) -> None:
    office.gone = lambda _number: True
    assert run("send", root, deliver=True, only=TRADE).data["results"] == {TRADE: "uncertain"}
    run("decide", root, department=TRADE, sent=True)
    assert run("send", root, deliver=True, only=TRADE).sentences == ["没有要发的信"]
    assert len(office.taken) == 1


def test_a_letter_too_large_for_the_server_is_not_begun(tmp_path: Path, authority: Authority) -> None:
    with smtp_server(authority, PostOffice(), size=40_000) as office:
        root, _ = mailing(tmp_path, settings(authority, office.port))
        done = run("send", root, deliver=True)
        sizes = {row["name"]: row["size"] for row in done.data["letters"]}
        large = {name for name, size in sizes.items() if size > 40_000}
        assert large
        assert {name for name, fate in done.data["results"].items() if fate == "too_large"} == large
        assert codes(done) == ["M13"] * len(large)
        assert len(office.taken) == 13 - len(large)
        assert all(
            abs(len(t.content) - size) < 100 for t, size in zip(office.taken, _others(sizes, large), strict=True)
        )


def _others(sizes: dict[str, int], large: set[str]) -> list[int]:
    return [size for name, size in sizes.items() if name not in large]


def test_a_letter_larger_than_the_provider_takes_is_told_beforehand(
    root: Path, authority: Authority, office: PostOffice
) -> None:
    with_account(root, settings(authority, office.port, 大小上限=1))
    qtool_folder = root / "6-公文" / "自评材料" / "随县"
    qtool_folder.mkdir(parents=True)
    (qtool_folder / "照片.zip").write_bytes(os.urandom(1 << 20))
    done = run("send", root, to="assessees", only="随县")
    assert codes(done) == ["M13"]
    assert "1.4 MB" in done.faults[0].message
    assert done.data["letters"][0]["due"] is False


def test_a_server_that_goes_away_is_not_hammered(root: Path, office: PostOffice) -> None:
    office.recipient = lambda _address, _times: "421 4.7.0 Try again later, closing connection"
    done = run("send", root, deliver=True)
    assert codes(done) == ["M11"] * 13
    assert office.taken == []


def test_the_secret_was_changed_meanwhile(root: Path, office: PostOffice) -> None:
    with pytest.raises(QtoolError) as caught:
        run("send", root, "wrong-secret", deliver=True)
    (found,) = caught.value.faults
    assert (found.code, "535" in found.message) == ("M07", True)
    assert "wrong-secret" not in str(found)
    assert office.taken == []


MANY = """
import os, sys
from pathlib import Path
from qtool.actions.send import send
from qtool.actions.action import Face, Request

done = send(Request(Path(sys.argv[1]), {"deliver": True, "to": "assessees"}, face=Face(lambda _: sys.argv[2])))
"""
LETTERS = 40


def many(root: Path) -> None:
    """Make forty assessees of the five, each with material of its own."""
    from openpyxl import load_workbook  # noqa: PLC0415

    from qtool.workspace import PLAN  # noqa: PLC0415

    book = load_workbook(root / PLAN)
    sheet = book["考核对象"]
    heads = [cell.value for cell in sheet[1]]
    for number in range(LETTERS):
        own = {"名称": f"第{number}县人民政府", "简称": f"第{number}县", "邮箱": f"xian{number}@example.cn"}
        for column, head in enumerate(heads, 1):
            sheet.cell(number + 2, column).value = own.get(str(head))
        folder = root / "6-公文" / "自评材料" / f"第{number}县"
        folder.mkdir(parents=True)
        (folder / "材料.docx").write_bytes(os.urandom(20_000))
    book.save(root / PLAN)


@linux
@pytest.mark.slow
def test_killed_at_every_letter_each_goes_once_or_is_uncertain(
    tmp_path: Path, authority: Authority, office: PostOffice
) -> None:
    root, _ = mailing(tmp_path, settings(authority, office.port))
    many(root)
    running: list[subprocess.Popen[bytes]] = []
    killed_at: list[int] = []

    def kill(_taken: Taken) -> None:
        """Kill the sender at every third letter, when the server has it and before it says so."""
        if len(office.taken) % 3 == 0:
            killed_at.append(len(office.taken))
            running[-1].send_signal(signal.SIGKILL)

    office.hook = kill
    command = [sys.executable, "-c", MANY, str(root), SECRET]
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    for _ in range(LETTERS):
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        if running[-1].wait(LONG) == 0:
            break
    assert running[-1].returncode == 0
    assert len(killed_at) == LETTERS // 3
    assert once(office)
    assert len(office.taken) == LETTERS
    office.hook = lambda _taken: None
    last = run("send", root, to="assessees", deliver=True)
    assert last.sentences == ["没有要发的信"]
    uncertain = {re.search("给(.*?)的信", found.message)[1] for found in last.faults}  # type: ignore[index]
    assert set(codes(last)) == {"M12"}
    sent = {e["recipient"] for e in open_campaign(root).history() if e["what"] == "发出自评材料"}
    assert len(uncertain) == LETTERS // 3
    assert sent | uncertain == {f"第{number}县" for number in range(LETTERS)}
    assert not sent & uncertain


@linux
@pytest.mark.slow
def test_killed_before_the_server_has_a_letter(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = mailing(tmp_path, settings(authority, office.port))
    many(root)
    running: list[subprocess.Popen[bytes]] = []

    def kill(_address: str, _times: int) -> str:
        if running and len(office.taken) % 7 == 3 and running[-1].poll() is None:
            running[-1].send_signal(signal.SIGKILL)
        return ""

    office.recipient = kill
    command = [sys.executable, "-c", MANY, str(root), SECRET]
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    assert running[-1].wait(LONG) == -9
    office.recipient = lambda _address, _times: ""
    last = run("send", root, to="assessees", deliver=True)
    assert set(codes(last)) <= {"M12"}  # killed right before or right after it was noted
    assert len(office.taken) == LETTERS - len(last.faults)
    assert once(office)
