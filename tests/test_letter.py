"""Letters as bytes: what other programs read in them, and that nothing in them needs more than ASCII."""

from __future__ import annotations

import email
import subprocess
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_servers import program_or_skip
from waiting import LONG

from qtool.office.mail.letter import Attachment, Letter, Party, compose, draft, encoded
from qtool.office.mail.received_mail import read_attachments, read_heading

SENDER = Party("随州市质量强市工作领导小组办公室", "office@example.cn")
NAMES = (
    "评分表-市农业农村局.xlsx",
    "镕堃喆（第2版）.xlsx",
    "sheet 1.xlsx",
    'a\'b%c;d="e".docx',
    f"{'很长的文件名' * 13}.zip",
    "📎.txt",
)
CONTENTS = tuple(bytes(range(256)) * (number + 1) for number in range(len(NAMES)))
LETTER = Letter(
    Party("市公安局", "gonganju@example.cn"),
    "请填报2022年度质量工作考核评分表（市公安局）：镕堃喆，一共五十个字以上，要分成好几段才写得下",
    "市公安局：\n\n.一行以点开头\n<b>不是标记</b> & 尖括号\n",
    tuple(map(Attachment, NAMES, CONTENTS)),
)
WHEN = datetime(2023, 1, 5, 9, 30, tzinfo=UTC)
SENT = compose(LETTER, SENDER, "<1.2@example.cn>", WHEN)


def attached(message: Message) -> list[tuple[str | None, bytes]]:
    parts = (part for part in message.walk() if part.get_content_disposition() == "attachment")
    return [(part.get_filename(), bytes(part.get_payload(decode=True))) for part in parts]


@pytest.mark.parametrize("content", [SENT, draft(LETTER)], ids=["sent", "draft"])
def test_nothing_needs_more_than_ascii_and_no_line_is_long(content: bytes) -> None:
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    headers = content[: content.index(b"\r\n\r\n")].split(b"\r\n")
    assert max(map(len, headers)) <= 78


@pytest.mark.parametrize("rules", [policy.default, policy.SMTP, policy.compat32, policy.strict], ids=repr)
def test_the_standard_library_reads_names_and_contents(rules: policy.Policy[Message]) -> None:
    message = email.message_from_bytes(SENT, policy=rules)
    assert attached(message) == list(zip(NAMES, CONTENTS, strict=True))
    assert str(make_header(decode_header(str(message["Subject"])))) == LETTER.subject
    assert message["Message-ID"] == "<1.2@example.cn>"
    assert message["Date"] == "Thu, 05 Jan 2023 09:30:00 +0000"
    texts = [part for part in message.walk() if part.get_content_maintype() == "text" and not part.get_filename()]
    plain, page = (bytes(part.get_payload(decode=True)).decode() for part in texts)
    assert plain == LETTER.text
    assert "&lt;b&gt;不是标记&lt;/b&gt; &amp; 尖括号" in page


def test_both_addresses_are_read_with_their_names() -> None:
    message = email.message_from_bytes(SENT, policy=policy.default)
    assert isinstance(message, EmailMessage)
    (sender,), (recipient,) = message["From"].addresses, message["To"].addresses
    # the library keeps the fold between two encoded words of a name, which the standard drops
    assert (sender.display_name.replace(" ", ""), sender.addr_spec) == (SENDER.name, SENDER.address)
    assert (recipient.display_name, recipient.addr_spec) == ("市公安局", "gonganju@example.cn")
    # QQ: the name in base64 without quotation marks, a space, the address in the clear
    assert b"\r\n =?utf-8?B?" in SENT.split(b"From: ")[1].split(b"To: ")[0]
    assert SENT.split(b"From: ")[1].split(b"\r\nTo: ")[0].endswith(b"?= <office@example.cn>")


def test_names_are_written_in_both_ways() -> None:
    message = email.message_from_bytes(SENT)
    for part, name in zip([p for p in message.walk() if p.get_content_disposition()], NAMES, strict=True):
        old = str(part.get_param("name"))
        assert str(make_header(decode_header(old))) == name
        if not name.isascii():
            assert "filename*=utf-8''%" in str(part["Content-Disposition"])
            assert all(len(word) <= 75 for word in old.split())


def test_a_draft_is_for_mail_programs_to_send() -> None:
    message = email.message_from_bytes(draft(LETTER), policy=policy.default)
    assert message["X-Unsent"] == "1"
    assert "gonganju@example.cn" in message["To"]
    assert [message[name] for name in ("From", "Date", "Message-ID")] == [None] * 3
    nobody = Letter(Party("市公安局", ""), "主题", "信\n")
    assert email.message_from_bytes(draft(nobody))["To"] is None
    assert draft(LETTER) == draft(LETTER)


def test_nothing_in_a_header_begins_another() -> None:
    bad = Letter(Party("甲\r\nBcc: x@example.cn", "a@example.cn"), "题\nX-Bad: 1", "", (Attachment("a\r\nb.txt", b""),))
    message = email.message_from_bytes(compose(bad, SENDER, "<1@x>", WHEN))
    assert set(message) == {"Date", "Message-ID", "From", "To", "Subject", "MIME-Version", "Content-Type"}
    assert len(attached(message)) == 1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120))
def test_any_text_survives_a_header(text: str) -> None:
    written = encoded(text)
    assert written.isascii()
    assert all(len(line) <= 76 for line in written.split("\r\n"))
    read = email.message_from_string(f"Subject: {written}\n\n", policy=policy.compat32)["Subject"]
    assert str(make_header(decode_header(read))).split() == text.split()


_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@given(st.binary(max_size=5000), _NAMES.map(str.strip).filter(bool))
def test_any_file_survives(content: bytes, name: str) -> None:
    sent = compose(Letter(Party("", "a@example.cn"), "题", "信", (Attachment(name, content),)), SENDER, "<1@x>", WHEN)
    assert attached(email.message_from_bytes(sent)) == [(name, content)]


def test_qtool_reads_its_own_letters() -> None:
    members, reason = read_attachments(SENT)
    assert reason == ""
    assert [(member.name, member.content) for member in members] == list(zip(NAMES, CONTENTS, strict=True))
    found = read_heading(SENT[: SENT.index(b"\r\n\r\n")], datetime.now().astimezone())
    assert (found.sender, found.subject, found.date) == ("office@example.cn", LETTER.subject, WHEN)


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=LONG).stdout


def test_another_program_reads_names_and_contents(tmp_path: Path) -> None:
    program_or_skip("mshow", "mhdr", "maddr")
    path = tmp_path / "信.eml"
    path.write_bytes(SENT)
    listing = _said("mshow", "-t", str(path))
    for name in NAMES:
        assert f'name="{name}"' in listing, listing
    assert _said("mhdr", "-d", "-h", "subject", str(path)).strip() == LETTER.subject
    assert _said("maddr", "-h", "from", str(path)).strip() == f"{SENDER.name} <{SENDER.address}>"
    for name, content in zip(NAMES, CONTENTS, strict=True):
        out = subprocess.run(["mshow", "-O", str(path), name], capture_output=True, check=True, timeout=LONG).stdout
        assert out == content
