"""Letters out over a real server: drafts, what goes to whom, refusals, versions, and a password that stays nowhere."""

from __future__ import annotations

import email
import zipfile
from email import policy
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from cli_cases import POLICE, SEED, TRADE, edit, fill, qtool, row_of, snapshot
from mail_cases import authority, codes, departments, mailing, memory, office, run, with_account
from mail_servers import SECRET, USER, PostOffice, settings

from qtool.collect.choose import SENT as ON_THE_BOARD
from qtool.faults import QtoolError
from qtool.mail.ledger import PREPARED, SENT
from qtool.workspace import OUTBOX, PLAN, SHEETS, open_campaign

__all__ = ["authority", "memory", "office"]


def campaign(folder: Path, authority: Authority, office: PostOffice, *but: str) -> tuple[Path, dict[str, str]]:
    """Return a campaign, and the addresses of its scoring departments by name."""
    root, _ = mailing(folder, settings(authority, office.port), *but)
    return root, dict(departments(root))


def journal(root: Path, *what: str) -> list[tuple[str, str | None]]:
    entries = open_campaign(root).history()
    return [(e["what"], e.get("department") or e.get("recipient")) for e in entries if e["what"] in what]


def test_without_options_letters_are_only_written(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, addresses = campaign(tmp_path, authority, office, POLICE)
    said = qtool("send", "--campaign", root, "--json")
    assert (said.code, said.codes) == (0, ["M14"])
    assert office.logins == []
    letters = {letter["name"]: letter for letter in said.data["data"]["letters"]}
    assert {name: letter["address"] for name, letter in letters.items()} == addresses
    assert {letter["standing"] for name, letter in letters.items() if name != POLICE} == {"new"}
    assert (letters[POLICE]["standing"], letters[POLICE]["due"]) == ("nowhere", False)
    for name, address in addresses.items():
        folder, sheet = root / OUTBOX / name, root / SHEETS / f"评分表-{name}.xlsx"
        draft = email.message_from_bytes((folder / "信-评分表.eml").read_bytes(), policy=policy.default)
        assert draft["X-Unsent"] == "1"
        assert (draft["To"] is None) == (name == POLICE)
        assert name == POLICE or address in draft["To"]
        (attached,) = draft.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == (sheet.name, sheet.read_bytes())
        assert (folder / sheet.name).read_bytes() == sheet.read_bytes()
        text = (folder / "信-评分表.txt").read_text("utf-8-sig")
        assert f"主题：2022年度质量工作考核评分表（{name}）" in text
        assert "2023年1月12日" in text
        assert "{" not in text
        with zipfile.ZipFile(root / OUTBOX / f"评分表-{name}.zip") as archive:
            assert archive.read(sheet.name) == sheet.read_bytes()
    with zipfile.ZipFile(root / OUTBOX / "评分表-全部.zip") as archive:
        assert {f"{name}/评分表-{name}.xlsx" for name in addresses} < set(archive.namelist())


def test_what_is_written_already_is_not_written_again(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    qtool("send", "--campaign", root)
    before = snapshot(root)
    assert qtool("send", "--campaign", root).code == 0
    assert snapshot(root) == before


def test_no_account_is_needed_for_drafts(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    with_account(root, "")
    assert qtool("send", "--campaign", root).code == 0
    said = qtool("send", "--deliver", "--campaign", root, "--json")
    assert (said.code, said.codes) == (2, ["M01"])


def test_everybody_gets_exactly_the_own_sheet_once(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, addresses = campaign(tmp_path, authority, office, POLICE)
    done = run("send", root, deliver=True)
    assert codes(done) == ["M14"]
    assert done.sentences[0] == f"已发出{len(addresses) - 1}封"
    assert office.logins == [(USER, SECRET)]
    found = {}
    for taken in office.taken:
        message = email.message_from_bytes(taken.content, policy=policy.default)
        (attached,) = message.iter_attachments()
        found[taken.recipients] = (attached.get_filename(), attached.get_content())
        assert taken.sender == USER
        assert message["Date"].datetime.tzinfo
        assert "X-Unsent" not in message
    wanted = {
        (address,): (f"评分表-{name}.xlsx", (root / SHEETS / f"评分表-{name}.xlsx").read_bytes())
        for name, address in addresses.items()
        if name != POLICE
    }
    assert found == wanted
    numbers = [email.message_from_bytes(taken.content)["Message-ID"] for taken in office.taken]
    entries = [e for e in open_campaign(root).history() if e["what"] in (PREPARED, SENT)]
    assert [e["message_id"] for e in entries if e["what"] == PREPARED] == numbers
    assert [e["what"] for e in entries] == [PREPARED, SENT] * len(numbers)
    assert run("send", root, deliver=True).sentences == ["没有要发的信"]
    assert len(office.taken) == len(addresses) - 1


def test_the_board_shows_who_got_a_sheet(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    assert ON_THE_BOARD == SENT
    root, _ = campaign(tmp_path, authority, office)
    run("send", root, deliver=True, only=TRADE)
    states = {row["department"]: row["state"] for row in run("status", root).data["departments"]}
    assert (states[TRADE], states[POLICE]) == ("已发出", "未交回")


def test_a_changed_sheet_is_sent_as_a_new_version(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    run("send", root, deliver=True)
    before = len(office.taken)
    qtool("sheets", "--force", "--only", TRADE, "--campaign", root)
    shown = {row["name"]: row for row in run("send", root).data["letters"]}
    assert shown[TRADE]["standing"] == "changed"
    assert {row["standing"] for name, row in shown.items() if name != TRADE} == {"done"}
    run("send", root, deliver=True)
    (last,) = office.taken[before:]
    body = email.message_from_bytes(last.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert "这是第2版，请用它代替以前发给你们的第1版" in body.get_content()


def test_a_changed_address_is_written_to(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    run("send", root, deliver=True, only=TRADE)
    edit(root / PLAN, "评价部门", {f"B{row_of(root / PLAN, '评价部门', 名称=TRADE)}": "neu@example.cn"})
    run("send", root, deliver=True, only=TRADE)
    assert [taken.recipients[0] for taken in office.taken][1:] == ["neu@example.cn"]


def test_what_was_sent_by_hand_is_not_sent_again(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    qtool("decide", TRADE, "--sent", "--campaign", root)
    run("send", root, deliver=True, only=TRADE)
    assert office.taken == []
    run("send", root, deliver=True, again=TRADE)
    assert len(office.taken) == 1


def test_again_sends_once_more_under_another_number(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    run("send", root, deliver=True, only=TRADE)
    run("send", root, deliver=True, again=TRADE)
    numbers = [email.message_from_bytes(taken.content)["Message-ID"] for taken in office.taken]
    assert len(set(numbers)) == 2


def test_a_trial_goes_to_one_address_and_counts_for_nothing(
    tmp_path: Path, authority: Authority, office: PostOffice
) -> None:
    root, addresses = campaign(tmp_path, authority, office, POLICE)
    done = run("send", root, test="ich@example.cn")
    assert done.faults == []
    assert {taken.recipients for taken in office.taken} == {("ich@example.cn",)}
    assert len(office.taken) == len(addresses)
    subjects = [email.message_from_bytes(t.content, policy=policy.default)["Subject"] for t in office.taken]
    assert all(subject.startswith("【测试】") for subject in subjects)
    assert journal(root, SENT, PREPARED) == []
    assert run("send", root).data["letters"][0]["standing"] == "new"


def test_reminders_go_to_those_who_are_missing_with_what_they_must_mend(
    tmp_path: Path, authority: Authority, office: PostOffice
) -> None:
    root, addresses = campaign(tmp_path, authority, office)
    for name in addresses:
        if name not in (POLICE, TRADE):
            fill(root, name)
    edit(fill(root, POLICE, seed=SEED), "评分表", {"H8": None})
    run("collect", root)
    run("send", root, deliver=True, remind=True)
    found = {
        taken.recipients[0]: email.message_from_bytes(taken.content, policy=policy.default) for taken in office.taken
    }
    assert set(found) == {addresses[POLICE], addresses[TRADE]}
    mend = [part.get_filename() for part in found[addresses[POLICE]].iter_attachments()]
    assert mend == [f"评分表-{POLICE}.xlsx-问题清单.txt", f"评分表-{POLICE}.xlsx-请改正.xlsx"]
    assert [part.get_filename() for part in found[addresses[TRADE]].iter_attachments()] == [f"评分表-{TRADE}.xlsx"]
    assert "已过" in found[addresses[TRADE]]["Subject"]
    run("send", root, deliver=True, remind=True)
    assert len(office.taken) == 2  # once a day
    assert run("send", root, only=TRADE).data["letters"][0]["standing"] == "new"


def test_assessees_get_their_material(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    assert codes(run("send", root, to="assessees")) == ["M16"] * 5
    qtool("reports", "--campaign", root)
    given = (root / "6-公文" / "自评材料").iterdir()
    made = {own.name: sorted(path.name for path in own.iterdir() if path.is_file()) for own in given}
    run("send", root, to="考核对象", deliver=True)
    names = [
        [part.get_filename() for part in email.message_from_bytes(t.content, policy=policy.default).iter_attachments()]
        for t in office.taken
    ]
    assert all(len(files) >= 3 for files in made.values())
    assert names == [made[name] for name in ("随县", "广水市", "曾都区", "随州高新区", "大洪山风景区")]
    qtool("reports", "--campaign", root)
    assert run("send", root, to="assessees", deliver=True).sentences == ["没有要发的信"]
    assert {row["standing"] for row in run("send", root).data["letters"]} == {"new"}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "everybody"}, "M18"),
        ({"to": "assessees", "remind": True}, "M18"),
        ({"only": TRADE, "again": POLICE}, "M18"),
        ({"test": "nobody"}, "M18"),
        ({"only": "市公安"}, "M17"),
        ({"only": "随县"}, "M17"),
    ],
)
def test_wishes_that_cannot_be_met(
    tmp_path: Path, authority: Authority, office: PostOffice, options: dict[str, Any], code: str
) -> None:
    root, _ = campaign(tmp_path, authority, office)
    with pytest.raises(QtoolError) as caught:
        run("send", root, **options)
    assert [found.code for found in caught.value.faults] == [code]


def test_only_sheets_that_are_as_they_were_made_go_out(
    tmp_path: Path, authority: Authority, office: PostOffice
) -> None:
    root, addresses = campaign(tmp_path, authority, office)
    (root / SHEETS / f"评分表-{POLICE}.xlsx").write_bytes(b"spoilt")
    (root / SHEETS / f"评分表-{TRADE}.xlsx").unlink()
    done = run("send", root, deliver=True)
    assert codes(done) == ["M15", "M15"]
    assert len(office.taken) == len(addresses) - 2


def test_the_office_may_write_its_own_letters(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    root, _ = campaign(tmp_path, authority, office)
    (root / "模板").mkdir()
    own = root / "模板" / "信-评分表.txt"
    own.write_bytes("主题：{{收件单位}}请填表\r\n\r\n您好，{{ 收件单位 }}。\r\n".encode("gb18030"))
    row = run("send", root, only=TRADE).data["letters"][0]
    assert row["subject"] == f"{TRADE}请填表"
    assert f"您好，{TRADE}。" in (root / OUTBOX / TRADE / "信-评分表.txt").read_text("utf-8-sig")
    own.write_text("没有主题\n{{ 收件单位 } {{ 截至日期 }}\n", "utf-8")
    with pytest.raises(QtoolError) as caught:
        run("send", root)
    assert [found.code for found in caught.value.faults] == ["M19", "M20", "M20"]
    assert "截止日期" in caught.value.faults[0].remedy


def test_the_table_is_shown_and_may_be_refused(tmp_path: Path, authority: Authority, office: PostOffice) -> None:
    from qtool.actions.action import Face, Outcome, Request  # noqa: PLC0415
    from qtool.actions.send import send  # noqa: PLC0415

    root, addresses = campaign(tmp_path, authority, office)
    seen: list[Outcome] = []

    def no(shown: Outcome) -> bool:
        seen.append(shown)
        return False

    done = send(Request(root, {"deliver": True}, face=Face(lambda _: SECRET, no)))
    assert done.sentences == ["没有发"]
    assert office.logins == []
    letters, files = seen[0].tables
    assert (POLICE, addresses[POLICE], f"2022年度质量工作考核评分表（{POLICE}）", "新") in letters.rows
    (shown,) = [row for row in files.rows if row[0] == POLICE]
    assert shown[1:3] == (f"评分表-{POLICE}.xlsx", "第1版")
    assert shown[3].endswith(" KB")
