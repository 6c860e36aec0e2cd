"""A year's sheets out by one server and home by another, byte for byte; and the account tried out the same way."""

from __future__ import annotations

import email
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from certificates import Authority
from cli_cases import SEED, qtool
from mail_cases import Memory, authority, codes, departments, mailing, memory, run, with_account
from mail_servers import SECRET, USER, Dovecot, PostOffice, Taken, dovecot, settings, smtp_server

from qtool.layout import Layout
from qtool.mail.account import Account, account_of
from qtool.mail.trial import Step, try_account
from qtool.plan.read import read_plan
from qtool.rehearsal import fill_sheet
from qtool.workspace import ACCEPTED, INBOX, PLAN, SETTINGS, SHEETS, open_campaign

__all__ = ["authority", "memory"]


@pytest.fixture
def servers(authority: Authority) -> Iterator[tuple[PostOffice, Dovecot]]:
    with dovecot(authority) as home, smtp_server(authority, PostOffice()) as office:

        def deliver(taken: Taken) -> None:
            home.drop(taken.content)

        office.hook = deliver
        yield office, home


def came(home: Dovecot) -> list[EmailMessage]:
    """Return every mail in the mailbox, as a mail program reads it."""
    with home.client() as client:
        client.select("INBOX", readonly=True)
        _, found = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
        whole = [part[1] for part in found if isinstance(part, tuple)]
    return [email.message_from_bytes(content, policy=policy.default) for content in whole]


def reply(authority: Authority, port: int, letter: EmailMessage, sender: str, book: Path) -> None:
    """Send a filled sheet back as a department's mail program does."""
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = sender, USER, f"回复：{letter['Subject']}"
    answer["Message-ID"], answer["Date"] = f"<reply-{sender}>", letter["Date"]
    answer["In-Reply-To"] = letter["Message-ID"]
    answer.set_content("已填好，请查收。")
    kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer.add_attachment(book.read_bytes(), maintype="application", subtype=kind, filename=book.name)
    with smtplib.SMTP_SSL("localhost", port, context=ssl.create_default_context(cafile=authority.file)) as smtp:
        smtp.login(USER, SECRET)
        smtp.send_message(answer)


def test_out_and_home(tmp_path: Path, authority: Authority, servers: tuple[PostOffice, Dovecot]) -> None:
    office, home = servers
    root, _ = mailing(tmp_path, settings(authority, office.port, home.port))
    addresses = departments(root)
    plan = read_plan(root / PLAN).plan
    assert run("send", root, deliver=True).faults == []
    letters = {message["To"].addresses[0].addr_spec: message for message in came(home)}
    assert set(letters) == set(addresses.values())
    filled = {}
    for name, address in addresses.items():
        (sheet,) = letters[address].iter_attachments()
        got = tmp_path / "部门" / name / str(sheet.get_filename())
        got.parent.mkdir(parents=True)
        got.write_bytes(sheet.get_content())
        assert got.read_bytes() == (root / SHEETS / f"评分表-{name}.xlsx").read_bytes()
        back = got.with_name(f"{name}填好的.xlsx")
        fill_sheet(got, back, Layout(plan, name), SEED)
        filled[back.name] = back.read_bytes()
        reply(authority, office.port, letters[address], address, back)
    done = run("fetch", root, collect=True)
    assert codes(done) == []
    assert done.data["fetched"] == 13
    assert {path.name: path.read_bytes() for path in (root / INBOX).iterdir()} == filled
    assert set(done.data["collect"]["accepted"]) == set(addresses)
    assert sorted(path.read_bytes() for path in (root / ACCEPTED).iterdir()) == sorted(filled.values())
    assert run("fetch", root).data["fetched"] == 0
    assert run("send", root, deliver=True, remind=True).sentences == ["没有要发的信"]
    assert qtool("tally", "--campaign", root).code == 0


def account(root: Path) -> Account:
    found = open_campaign(root)
    return account_of(found.settings.mail, "市质强办", root / SETTINGS)


def tried(root: Path, secret: str = SECRET) -> list[Step]:
    """Return the steps of a trial that does not wait."""
    return list(try_account(account(root), secret, lambda _seconds: None))


def test_the_account_is_tried_out(
    tmp_path: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory
) -> None:
    office, home = servers
    root, _ = mailing(tmp_path, settings(authority, office.port, home.port))
    done = run("mail-test", root)
    assert done.faults == []
    assert [row[1][:2] for row in done.tables[0].rows] == ["通过"] * 6
    assert "没有变" in done.tables[0].rows[-1][1]
    assert memory.kept == {("qtool", USER): SECRET}
    memory.kept["qtool", USER] = "old"
    assert run("mail-test", root, renew=True).faults == []
    assert memory.kept == {("qtool", USER): SECRET}
    assert run("fetch", root, anyone=True).data["fetched"] == 0  # the trial's own letters


def test_a_trial_says_at_which_step_it_ended(
    tmp_path: Path, authority: Authority, servers: tuple[PostOffice, Dovecot], memory: Memory
) -> None:
    office, home = servers
    root, _ = mailing(tmp_path, settings(authority, office.port, home.port))

    def ended(secret: str = SECRET) -> tuple[int, str]:
        steps = tried(root, secret)
        assert all(step.fault is None for step in steps[:-1])
        assert steps[-1].result == "没有通过"
        return len(steps), steps[-1].fault.code if steps[-1].fault else ""

    assert ended("wrong") == (2, "M07")
    office.recipient = lambda _address, _times: "550 no such user"
    assert ended() == (3, "M10")
    office.recipient, hook = (lambda _address, _times: ""), office.hook
    office.hook = lambda _taken: None
    assert ended() == (6, "M32")
    office.hook = lambda taken: home.drop(taken.content.replace(b"\r\n\r\n6", b"\r\n\r\n7"))
    assert ended() == (6, "M35")
    office.hook = hook
    with_account(root, settings(authority, office.port, 1))
    assert ended() == (4, "M06")
    with_account(root, settings(authority, 1, home.port))
    assert ended() == (1, "M06")
    memory.kept["qtool", USER] = "old"
    with_account(root, settings(authority, office.port, home.port))
    assert codes(run("mail-test", root, "")) == ["M07"]
    assert memory.kept == {}


def test_imap_refuses_what_smtp_took(tmp_path: Path, authority: Authority, servers: tuple[PostOffice, Dovecot]) -> None:
    office, home = servers
    root, _ = mailing(tmp_path, settings(authority, office.port, home.port))
    office.knows = "of-smtp-alone"
    steps = tried(root, office.knows)
    assert steps[-1].fault is not None
    assert (steps[-1].fault.code, len(steps)) == ("M07", 4)
    wrong = replace(account(root), smtp=replace(account(root).smtp, host="gibtesnicht.invalid"))
    steps = list(try_account(wrong, SECRET, lambda _seconds: None))
    assert steps[-1].fault is not None
    assert "找不到这台服务器" in steps[-1].fault.message
