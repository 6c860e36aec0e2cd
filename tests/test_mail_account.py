"""The account as it is written, the keyring, the letters' texts, the ledger: what needs no server."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import keyring
import pytest
from campaign_cases import chinese
from keyring.backends import chainer, fail, null
from mail_cases import OFFICIAL, Memory, memory

from qtool.faults import QtoolError
from qtool.mail.account import NAMES, OWN, PROVIDERS, Login, account_of
from qtool.mail.deliver import Fate
from qtool.mail.ledger import FAILED, PREPARED, SENT, Standing, read_ledger, standing
from qtool.mail.letters import (
    TEMPLATE_NAMES,
    Kind,
    Post,
    days_left,
    fill_template,
    read_template,
    template_values,
    version_note,
)
from qtool.mail.refusals import meaning
from qtool.office.mail.connection import Refused, delete_secret, load_secret, reply_text, save_secret
from qtool.plan.read import read_plan
from qtool.resources import PLAN_2022
from qtool.resources import template as shipped
from qtool.settings import new_settings, read_settings

__all__ = ["memory"]
FILE = Path("qtool.toml")


@pytest.mark.parametrize(
    ("address", "provider", "server"),
    [
        ("1234@qq.com", "QQ", ("smtp.qq.com", 465, "SSL")),
        ("a.b@FOXMAIL.com", "QQ", ("smtp.qq.com", 465, "SSL")),
        ("zqb@163.com", "163", ("smtp.163.com", 465, "SSL")),
        ("zqb@126.com", "126", ("smtp.126.com", 465, "SSL")),
        ("zqb@outlook.com", "Outlook", ("smtp-mail.outlook.com", 587, "STARTTLS")),
    ],
)
def test_providers_are_known_by_the_address(address: str, provider: str, server: tuple[str, int, str]) -> None:
    account = account_of({"地址": address}, "市质强办", FILE)
    assert account.provider.name == provider
    assert (account.smtp.host, account.smtp.port, account.smtp.security) == server
    assert account.imap.port == 993
    assert (account.sender.name, account.sender.address, account.user) == ("市质强办", address, address)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({}, ["M01"]),
        ({"地址": "没有"}, ["M02", "M03", "M03"]),
        ({"地址": "zqb@gov.example.cn"}, ["M03", "M03"]),
        ({"地址": "zqb@qq.com", "密码": "geheim"}, ["M04"]),
        ({"地址": "zqb@qq.com", "服务商": "QO", "发信端口": "465"}, ["M02", "M02", "M03", "M03"]),
        ({"地址": "zqb@qq.com", "发信加密": "无", "超时": True, "重试间隔": [-1]}, ["M02", "M02", "M02"]),
        ({"地址": "zqb@qq.com", "发信服务器": "smtp qq", "发件人": 5}, ["M02", "M02"]),
    ],
)
def test_every_mistake_in_the_account_is_told(content: dict[str, object], wrong: list[str]) -> None:
    with pytest.raises(QtoolError) as caught:
        account_of(content, "市质强办", FILE)
    assert sorted(found.code for found in caught.value.faults) == wrong
    assert "geheim" not in str(caught.value)
    assert all(found.place.startswith("qtool.toml") for found in caught.value.faults)


def test_a_new_campaign_says_how_an_account_is_written(tmp_path: Path) -> None:
    path = tmp_path / "qtool.toml"
    text = new_settings()[1]
    path.write_text(text, "utf-8")
    assert read_settings(path).mail == {}
    section = text[text.index('["邮箱"]') : text.index(OFFICIAL)]
    path.write_text(text.replace(section, section.replace("\n# ", "\n")), "utf-8")
    written = read_settings(path).mail
    assert written["服务商"] == OWN
    with pytest.raises(QtoolError) as caught:
        account_of(written, "市质强办", path)
    assert [found.code for found in caught.value.faults] == ["M02"]  # the address stands for the office's own


def test_every_provider_says_how_to_log_in() -> None:
    assert all(
        provider.advice and chinese(provider.advice.replace("IMAP/SMTP", "").replace("Outlook", ""))
        for provider in PROVIDERS
    )


def test_secrets_go_into_a_keyring_alone(memory: Memory) -> None:
    assert save_secret("a@x", "geheim")
    assert (load_secret("a@x"), load_secret("b@x")) == ("geheim", "")
    delete_secret("a@x")
    assert memory.kept == {}
    assert "geheim" not in repr(Login(account_of({"地址": "1@qq.com"}, "", FILE), "geheim", asked=True))


class Plaintext(Memory):
    """A keyring that writes into a file, as those of keyrings.alt do."""


Plaintext.__module__ = "keyrings.alt.file"


@pytest.mark.parametrize("ring", [fail.Keyring, null.Keyring, Plaintext])
def test_what_keeps_no_secret_is_no_keyring(memory: Memory, ring: type) -> None:
    keyring.set_keyring(ring())
    assert not save_secret("a@x", "geheim")
    assert load_secret("a@x") == ""
    delete_secret("a@x")
    assert memory.kept == {}


def test_a_keyring_that_fails_is_none(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: str) -> str:
        raise RuntimeError("no desktop")

    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(memory, name, broken)
    assert not save_secret("a@x", "geheim")
    assert load_secret("a@x") == ""
    delete_secret("a@x")


def test_the_first_good_one_of_a_chain_is_used(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [Plaintext(), memory])
    keyring.set_keyring(chainer.ChainerBackend())  # type: ignore[no-untyped-call]
    assert save_secret("a@x", "geheim")
    assert memory.kept == {("qtool", "a@x"): "geheim"}


def test_what_a_server_says_never_shows_the_secret() -> None:
    said = reply_text(b"535 wrong: geheim-wort Z2VoZWltLXdvcnQ= \xd3\xc3\xbb\xa7", "geheim-wort")
    assert said == "535 wrong: ●●● ●●● 用户"


@pytest.mark.parametrize("code", [421, 450, 451, 452, 530, 535, 550, 552, 553, 554])
def test_common_refusals_are_explained(code: int) -> None:
    reason, remedy = meaning(Refused(code, ""))
    assert reason != meaning(Refused(599, ""))[0]
    assert chinese(reason.replace("SMTP", ""))
    assert remedy.startswith("请")


def test_the_shipped_letters_are_sound_and_use_known_names() -> None:
    plan = read_plan(shipped(PLAN_2022)).plan
    values = template_values(plan, date(2023, 1, 7))
    assert tuple(values) == TEMPLATE_NAMES
    assert values["剩余天数"] == "还有5天"
    used = set()
    for kind in Kind:
        text, wrong = read_template(kind, Path("没有这个文件夹"))
        assert wrong == []
        used |= {name for name in TEMPLATE_NAMES if f"{{{{ {name} }}}}" in text}
        subject, body = fill_template(text, values | {"收件单位": "市公安局", "附件": "甲；乙"})
        assert "市公安局" in subject
        assert "{" not in subject + body
        assert body.startswith("市公安局：\n")
    assert set(TEMPLATE_NAMES) - used == {"市名"}


def test_how_much_time_is_left() -> None:
    deadline = date(2023, 1, 12)
    days = (date(2023, 1, 10), deadline, date(2023, 1, 15))
    assert [days_left(deadline, day) for day in days] == ["还有2天", "今天截止", "已过3天"]
    assert version_note(2, 1).startswith("这是第2版")
    assert [version_note(*pair) for pair in ((1, None), (1, 1), (1, 2), (None, 1))] == [""] * 4


def entry(what: str, digest: str = "", **more: object) -> dict[str, object]:
    return {"what": what, "when": "2023-01-01T09:00:00+08:00", "department": "甲局", "digest": digest, **more}


def test_the_ledger_tells_how_a_letter_stands(tmp_path: Path) -> None:
    book = tmp_path / "评分表-甲局.xlsx"
    book.write_bytes(b"1")
    post = Post(Kind.SHEET, "甲局", "a@x", "", "", (book,), 1)
    own, address = {"kind": "评分表", "version": 1, "address": "a@x"}, {"address": "b@x"}
    cases: list[tuple[list[dict[str, object]], Standing]] = [
        ([], Standing.NEW),
        ([entry(PREPARED, post.digest, **own)], Standing.UNCERTAIN),
        ([entry(PREPARED, post.digest, **own), entry(SENT, post.digest, **own)], Standing.DONE),
        ([entry(PREPARED, post.digest, **own), entry(FAILED, post.digest, **own)], Standing.REFUSED),
        ([entry(SENT, "else", **own)], Standing.CHANGED),
        ([entry(PREPARED, "else", **own)], Standing.CHANGED),
        ([entry(SENT, post.digest, **(own | address))], Standing.MOVED),
        ([entry(SENT, version=1)], Standing.DONE),
        ([entry(SENT, version=2)], Standing.CHANGED),
        ([entry(f"{SENT}催报", post.digest)], Standing.NEW),
        ([entry("发出的别的东西", post.digest)], Standing.NEW),
    ]
    for history, stands in cases:
        assert standing(post, read_ledger(history)) is stands, history
    nowhere = Post(Kind.SHEET, "甲局", "", "", "", (book,), 1)
    assert standing(nowhere, read_ledger([])) is Standing.NOWHERE


MANUAL = (Path(__file__).parent.parent / "docs" / "使用手册.md").read_text("utf-8")


def told(heading: str) -> list[str]:
    """Return the names in the first column of the tables of a section of the manual."""
    section = re.split(r"^#{2,3} ", MANUAL.split(f"### {heading}\n")[1], flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_the_manual_names_all_that_can_be_written() -> None:
    assert told("邮箱设置") == list(NAMES)
    assert told("信里能用的名称") == list(TEMPLATE_NAMES)
    assert all(provider.name in MANUAL for provider in PROVIDERS)
    assert all(fate.value in MANUAL for fate in Fate)
    assert read_template(Kind.SHEET, Path("没有这个文件夹"))[0].strip() in MANUAL
