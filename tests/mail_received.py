"""Mails as people send them: written by many programs, their labels wrong, their names in every way there is."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass
from urllib.parse import quote

NAME = "镕堃喆评分表.xlsx"
"""Three signs that are not in GB 2312, though mail programs label them so."""
SUBJECT = "镕堃喆：报送评分表"


@dataclass(frozen=True)
class Way:
    """One way of writing a name and a subject: the raw header lines."""

    name: str
    subject: bytes
    disposition: bytes
    kind: bytes = b"application/octet-stream"


def word(text: str, codec: str, label: str, encoding: str = "B") -> bytes:
    """Return one encoded word."""
    raw = text.encode(codec)
    coded = base64.b64encode(raw) if encoding == "B" else quopri.encodestring(raw, quotetabs=True, header=True)
    return b"=?" + label.encode() + b"?" + encoding.encode() + b"?" + coded.replace(b"=\n", b"") + b"?="


def ways() -> list[Way]:
    """Return every way that is met."""
    gbk, utf8 = NAME.encode("gbk"), NAME.encode()
    return [
        Way(
            "gb2312标的GBK",
            word(SUBJECT, "gbk", "gb2312"),
            b'attachment; filename="' + word(NAME, "gbk", "gb2312") + b'"',
        ),
        Way(
            "GB2312，Q编码",
            word(SUBJECT, "gbk", "GB2312", "Q"),
            b'attachment; filename="' + word(NAME, "gbk", "GB2312", "Q") + b'"',
        ),
        Way(
            "gb18030",
            word(SUBJECT, "gb18030", "gb18030"),
            b'attachment; filename="' + word(NAME, "gb18030", "gb18030") + b'"',
        ),
        Way("utf-8", word(SUBJECT, "utf-8", "utf-8"), b'attachment; filename="' + word(NAME, "utf-8", "UTF-8") + b'"'),
        Way("RFC 2231", word(SUBJECT, "utf-8", "utf-8"), b"attachment; filename*=utf-8''" + quote(utf8).encode()),
        Way("RFC 2231的GBK", word(SUBJECT, "gbk", "gbk"), b"attachment; filename*=gb2312''" + quote(gbk).encode()),
        Way(
            "RFC 2231分段",
            word(SUBJECT, "utf-8", "utf-8"),
            b"attachment;\r\n filename*0*=utf-8''"
            + quote(utf8[:9]).encode()
            + b";\r\n filename*1*="
            + quote(utf8[9:]).encode(),
        ),
        Way(
            "只在Content-Type里",
            word(SUBJECT, "gbk", "gbk"),
            b"attachment",
            b'application/octet-stream; name="' + word(NAME, "gbk", "gbk") + b'"',
        ),
        Way("裸的GBK", SUBJECT.encode("gbk"), b'attachment; filename="' + gbk + b'"'),
        Way("裸的UTF-8", SUBJECT.encode(), b'attachment; filename="' + utf8 + b'"'),
    ]


def mail(
    way: Way,
    content: bytes,
    sender: bytes = b"danwei1@bumen.example.cn",
    number: str = "1",
    date: bytes = b"Tue, 10 Jan 2023 09:30:00 +0800",
) -> bytes:
    """Return a mail written so, with one attachment."""
    lines = [
        b"From: " + word("经办人", "gbk", "gb2312") + b" <" + sender + b">",
        b"To: office@kaohe.example.cn",
        b"Subject: " + way.subject,
        b"Date: " + date,
        b"Message-ID: <" + number.encode() + b"@bumen.example.cn>",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="=_1"',
        b"",
        b"--=_1",
        b"Content-Type: text/plain; charset=gb2312",
        b"Content-Transfer-Encoding: base64",
        b"",
        base64.b64encode("请查收。".encode("gbk")),
        b"--=_1",
        b"Content-Type: " + way.kind,
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: " + way.disposition,
        b"",
        base64.encodebytes(content).replace(b"\n", b"\r\n").rstrip(),
        b"--=_1--",
        b"",
    ]
    return b"\r\n".join(lines)


def broken(content: bytes) -> dict[str, bytes]:
    """Return mails whose headers nobody should write, each with an attachment all the same."""
    whole = mail(ways()[3], content, number="broken")
    return {
        "没有日期": whole.replace(b"Date: Tue, 10 Jan 2023 09:30:00 +0800\r\n", b"").replace(b"<broken@", b"<b1@"),
        "日期写错": whole.replace(b"Tue, 10 Jan 2023", b"Blah, 99 Foo 20xx").replace(b"<broken@", b"<b2@"),
        "日期在将来": whole.replace(b"10 Jan 2023", b"10 Jan 2099").replace(b"<broken@", b"<b3@"),
        "没有编号": whole.replace(b"Message-ID: <broken@bumen.example.cn>\r\n", b"X-Nr: 1\r\n"),
        "没有空行前的乱行": whole.replace(
            b"To: office", b"this is no header\r\n folded: nothing\r\nTo: office"
        ).replace(b"<broken@", b"<b4@"),
        "发件人有引号和逗号": whole.replace(b"From: ", b'From: "x@evil.example, \\"y\\"" ').replace(
            b"<broken@", b"<b5@"
        ),
        "主题里的坏编码": whole.replace(b"Subject: ", b"Subject: =?utf-8?B?!!!?= ").replace(b"<broken@", b"<b6@"),
        "很长的主题": whole.replace(b"Subject: ", b"Subject: " + b"x" * 30_000).replace(b"<broken@", b"<b7@"),
        "不认识的字符集": whole.replace(b"=?utf-8?B?", b"=?x-nonsense?B?").replace(b"<broken@", b"<b8@"),
    }


TNEF = b"\x78\x9f\x3e\x22" + bytes(40)


def winmail() -> bytes:
    """Return a mail as Outlook sends it in its own format."""
    way = Way("winmail", b"winmail", b'attachment; filename="winmail.dat"', b'application/ms-tnef; name="winmail.dat"')
    return mail(way, TNEF, number="winmail")


def bare(number: str = "bare", sender: bytes = b"danwei1@bumen.example.cn") -> bytes:
    """Return a mail without attachments."""
    lines = [b"From: <" + sender + b">", b"Subject: " + word("收到，谢谢", "utf-8", "utf-8")]
    lines += [b"Date: Tue, 10 Jan 2023 09:30:00 +0800", b"Message-ID: <" + number.encode() + b"@x>", b"", b"ok", b""]
    return b"\r\n".join(lines)
