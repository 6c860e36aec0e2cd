"""Letters in from a real IMAP server: nothing in the mailbox changes, nothing comes twice, every name is right."""

from __future__ import annotations

import imaplib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from certificates import Authority, new_authority
from cli_cases import POLICE, TRADE, fill, qtool, shell
from mail_cases import Memory, authority, codes, departments, everything, mailing, memory, run, with_account
from mail_received import NAME, SUBJECT, bare, broken, mail, ways, winmail
from mail_servers import SECRET, USER, Dovecot, dovecot, settings

from qtool.faults import QtoolError
from qtool.mail.arrivals import FETCHED
from qtool.workspace import INBOX, open_campaign

__all__ = ["authority", "memory"]
LONG_AGO = "2020-01-01"


@pytest.fixture
def server(authority: Authority) -> Iterator[Dovecot]:
    with dovecot(authority) as server:
        yield server


@pytest.fixture
def root(tmp_path: Path, authority: Authority, server: Dovecot) -> Path:
    return mailing(tmp_path, settings(authority, imap=server.port))[0]


def inbox(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / INBOX).iterdir()}


def entries(root: Path) -> list[dict[str, object]]:
    return [entry for entry in open_campaign(root).history() if entry["what"] == FETCHED]


def test_every_way_of_writing_a_name(root: Path, server: Dovecot) -> None:
    contents = {way.name: os.urandom(3000) for way in ways()}
    for number, way in enumerate(ways()):
        server.put(mail(way, contents[way.name], number=str(number)))
    done = run("fetch", root)
    assert done.faults == []
    assert sorted(inbox(root).values()) == sorted(contents.values())
    stem = NAME.removesuffix(".xlsx")
    assert set(inbox(root)) == {NAME, *(f"{stem}（{number}）.xlsx" for number in range(2, len(contents) + 1))}
    assert {entry["subject"] for entry in entries(root)} == {SUBJECT}
    assert {entry["sender"] for entry in entries(root)} == {"danwei1@bumen.example.cn"}
    names = [row[0] for row in done.tables[0].rows]
    assert set(names) == {name for name, address in departments(root).items() if address.startswith("danwei1@")}


def test_headers_that_nobody_should_write(root: Path, server: Dovecot) -> None:
    cases = broken(b"")
    contents = {name: os.urandom(500) for name in cases}
    for name, content in contents.items():
        server.put(broken(content)[name])
    done = run("fetch", root)
    assert sorted(inbox(root).values()) == sorted(contents.values())
    assert done.data["fetched"] == len(cases)
    assert run("fetch", root).data == {"fetched": 0, "known": len(cases), "passed": {}, "files": []}


def test_the_mailbox_stays_as_it_was(root: Path, server: Dovecot) -> None:
    server.put(mail(ways()[0], b"one", number="1"))
    server.put(mail(ways()[1], b"two", number="2"), flags=r"\Flagged")
    server.put(mail(ways()[2], b"three", number="3"), flags=r"\Seen \Answered")
    before, files = server.look(), sorted((server.home / "mail").rglob("*:2,*"))
    run("fetch", root)
    assert server.look() == before
    assert sorted((server.home / "mail").rglob("*:2,*")) == files
    assert rb"\Seen" not in before[0]


def test_what_was_taken_is_not_taken_again(root: Path, server: Dovecot) -> None:
    server.put(mail(ways()[0], b"one", number="1"))
    assert run("fetch", root).data["fetched"] == 1
    (root / INBOX / NAME).unlink()
    assert run("fetch", root).data["fetched"] == 0
    server.put(mail(ways()[0], b"two", number="2"))
    assert run("fetch", root).data["fetched"] == 1
    assert list(inbox(root).values()) == [b"two"]


def test_a_mail_that_was_moved_is_known_by_its_marks(root: Path, server: Dovecot) -> None:
    content = mail(ways()[0], b"one", number="1")
    server.put(content)
    server.put(content, folder="Archiv")
    run("fetch", root)
    assert run("fetch", root, folder="Archiv").data["fetched"] == 0


def test_killed_between_the_file_and_the_journal(root: Path, server: Dovecot) -> None:
    server.put(mail(ways()[0], b"one", number="1"))
    run("fetch", root)
    journal = root / "journal.jsonl"
    journal.write_bytes(
        b"".join(line for line in journal.read_bytes().splitlines(True) if FETCHED.encode() not in line)
    )
    done = run("fetch", root)
    assert (done.data["fetched"], done.data["files"]) == (1, [])
    assert list(inbox(root)) == [NAME]


def test_a_chinese_folder(root: Path, server: Dovecot) -> None:
    from imap_tools.imap_utf7 import utf7_encode  # noqa: PLC0415

    server.put(mail(ways()[0], b"one"), folder=f'"{utf7_encode("考核").decode()}"')
    assert run("fetch", root).data["fetched"] == 0
    assert run("fetch", root, folder="考核").data["fetched"] == 1
    done = run("fetch", root, folder="考試")
    assert codes(done) == ["M25"]
    assert "考核" in done.faults[0].remedy


def test_a_day_to_begin_with(root: Path, server: Dovecot) -> None:
    now = datetime.now().astimezone()
    server.put(mail(ways()[0], b"old", number="1"), came=now - timedelta(days=30))
    server.put(mail(ways()[0], b"new", number="2"))
    assert run("fetch", root).data["fetched"] == 1  # since the campaign began
    assert run("fetch", root, since=f"{now - timedelta(days=31):%F}").data["fetched"] == 1
    assert run("fetch", root, since=LONG_AGO).data == {"fetched": 0, "known": 2, "passed": {}, "files": []}
    with pytest.raises(QtoolError) as caught:
        run("fetch", root, since="昨天")
    assert caught.value.faults[0].code == "M26"


def test_whose_mails_are_taken(root: Path, server: Dovecot) -> None:
    strangers = [b"werbung@example.com", b"Else@Example.CN", USER.encode()]
    for number, sender in enumerate((*strangers, b"DANWEI2@bumen.example.cn")):
        server.put(mail(ways()[0], bytes([number]) * 9, sender, str(number)))
    done = run("fetch", root)
    assert (done.data["fetched"], done.data["passed"]) == (1, {"werbung@example.com": 1, "else@example.cn": 1})
    assert codes(done) == ["M31"]
    assert run("fetch", root, senders="else@example.cn， x@y").data["fetched"] == 1
    assert run("fetch", root, anyone=True).data["fetched"] == 1


def test_what_cannot_be_taken_is_named(root: Path, server: Dovecot) -> None:
    server.put(winmail())
    server.put(bare())
    server.put(mail(ways()[3], b"x" * 100, number="cut").replace(b"eHh4eHh4", b"eHh4eHh", 1))
    done = run("fetch", root)
    assert sorted(codes(done)) == ["M27", "M28", "M29"]
    assert inbox(root) == {}
    assert all("danwei1@bumen.example.cn" in found.message for found in done.faults)
    assert run("fetch", root).faults == []


def test_names_that_would_lead_elsewhere_do_not(root: Path, server: Dovecot) -> None:
    way = ways()[3]
    for number, name in enumerate(
        (b"../../journal.jsonl", b"C:\\Windows\\x.xlsx", b"~$a.xlsx", b".hidden", b"CON.xlsx", b"")
    ):
        other = type(way)("", way.subject, b'attachment; filename="' + name + b'"')
        server.put(mail(other, bytes([number]) * 50, number=str(number)))
    before = (root / "journal.jsonl").read_bytes()
    run("fetch", root)
    assert set(inbox(root)) == {"journal.jsonl", "x.xlsx", "a.xlsx", "hidden", "附件CON.xlsx", "附件1"}
    assert (root / "journal.jsonl").read_bytes().startswith(before)


def test_a_file_that_came_is_dated_by_its_mail(root: Path, server: Dovecot) -> None:
    server.put(mail(ways()[0], b"one", number="1"))
    server.put(mail(ways()[0], b"two", number="2", date=b"Fri, 10 Jan 2099 09:30:00 +0800"))
    run("fetch", root)
    times = {p.read_bytes(): datetime.fromtimestamp(p.stat().st_mtime).astimezone() for p in (root / INBOX).iterdir()}
    assert times[b"one"] == datetime.fromisoformat("2023-01-10T09:30:00+08:00")
    assert abs(times[b"two"] - datetime.now().astimezone()) < timedelta(minutes=5)


def test_a_late_mail_counts_as_late(root: Path, server: Dovecot, tmp_path: Path) -> None:
    for name, day, number in ((POLICE, b"Tue, 10 Jan 2023", "1"), (TRADE, b"Fri, 13 Jan 2023", "2")):
        book = fill(root, name, tmp_path / f"{name}.xlsx").read_bytes()
        server.put(mail(ways()[0], book, number=number, date=day + b" 09:30:00 +0800"))
    done = run("fetch", root, collect=True)
    rows = {row["department"]: row for row in done.data["collect"]["departments"]}
    assert (rows[POLICE]["state"], rows[TRADE]["state"]) == ("已采用", "已采用")
    assert rows[POLICE]["received"].startswith("2023-01-10")
    assert rows[TRADE]["received"].startswith("2023-01-1")


def test_archives_and_forwarded_mails_are_saved_whole(root: Path, server: Dovecot, tmp_path: Path) -> None:
    book = fill(root, POLICE, tmp_path / "a.xlsx").read_bytes()
    outer = EmailMessage()
    outer["From"], outer["Subject"], outer["Message-ID"] = "danwei1@bumen.example.cn", "转发", "<f@x>"
    outer.set_content("见附件")
    inner = EmailMessage()
    inner["Subject"] = "评分表"
    inner.set_content("ok")
    inner.add_attachment(book, maintype="application", subtype="octet-stream", filename="市公安局.xlsx")
    outer.add_attachment(inner)
    server.put(outer.as_bytes().replace(b"\n", b"\r\n"))
    done = run("fetch", root, collect=True)
    (name,) = inbox(root)
    assert name.endswith(".eml")
    assert list(done.data["collect"]["accepted"]) == [POLICE]


def test_two_hundred_mails_and_a_large_one(root: Path, server: Dovecot) -> None:
    large = os.urandom(25 << 20)
    with server.client() as client:
        for number in range(200):
            content = mail(ways()[number % 10], number.to_bytes(2) * 700, number=str(number))
            client.append("INBOX", "", None, content)
    server.put(mail(ways()[0], large, number="large"))
    done = run("fetch", root)
    assert (done.data["fetched"], len(done.data["files"])) == (201, 201)
    assert large in inbox(root).values()
    assert run("fetch", root).data["fetched"] == 0


def test_the_program_says_who_it_is_before_it_opens_a_folder(root: Path) -> None:
    asked: list[bytes] = []
    send = imaplib.IMAP4.send

    def listening(client: imaplib.IMAP4, data: bytes) -> None:
        asked.append(data)
        send(client, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imaplib.IMAP4, "send", listening)
        run("fetch", root)
    words = [data.split()[1] for data in asked if len(data.split()) > 1]
    assert words.index(b"LOGIN") < words.index(b"ID") < words.index(b"EXAMINE")
    assert b"SELECT" not in words
    assert not any(b" STORE " in data or b"BODY[" in data for data in asked)


def test_a_wrong_secret_and_a_wrong_certificate(root: Path, server: Dovecot, tmp_path: Path, memory: Memory) -> None:
    memory.kept["qtool", USER] = "old-secret"
    with pytest.raises(QtoolError) as caught:
        run("fetch", root, "")
    assert caught.value.faults[0].code == "M07"
    assert memory.kept == {}
    assert "old-secret" not in str(caught.value)
    other = new_authority(tmp_path / "other")
    with_account(root, settings(other, imap=server.port))
    done = run("fetch", root)
    assert codes(done) == ["M06"]
    assert "不可信" in done.faults[0].message
    assert SECRET.encode() not in everything(root)
    assert memory.kept == {}


def test_the_command_line_fetches_too(root: Path, server: Dovecot, tmp_path: Path) -> None:
    server.put(mail(ways()[0], fill(root, POLICE, tmp_path / "a.xlsx").read_bytes()))
    none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    said = shell("fetch", "--collect", "--campaign", root, env=none, given=f"{SECRET}\n")
    assert said.code == 0, said.err + said.out
    assert f"取回1封信，1个附件放进“{INBOX}”" in said.out
    assert "采用1份" in said.out
    assert SECRET not in said.out + said.err
    assert qtool("status", "--campaign", root).code == 0
