"""What the tests of mail share: campaigns with addresses and an account, actions run with a secret, mails that came."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keyring
import pytest
from certificates import Authority, new_authority
from cli_cases import prepared
from keyring.backend import KeyringBackend
from keyring.backends import fail
from mail_servers import SECRET, PostOffice, smtp_server
from openpyxl import load_workbook

from qtool.actions import ACTIONS
from qtool.actions.action import Face, Outcome, Request
from qtool.plan.read import read_plan
from qtool.workspace import PLAN, SETTINGS

keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # no test touches the one of whoever runs it


class Memory(KeyringBackend):
    """A keyring that keeps secrets in memory."""

    priority = -1  # never chosen by itself

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return who vouches for the servers of a file's tests."""
    return new_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def office(authority: Authority) -> Iterator[PostOffice]:
    """Give a server that letters can be sent through."""
    with smtp_server(authority, PostOffice()) as office:
        yield office


@pytest.fixture
def memory() -> Iterator[Memory]:
    """Give the test a keyring of its own."""
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def address_of(index: int) -> str:
    """Return the address of the department or assessee of a number."""
    return f"danwei{index}@bumen.example.cn"


def with_addresses(root: Path, *but: str) -> dict[str, str]:
    """Write an address for every department and assessee into the plan, but for some; return them by name."""
    book = load_workbook(root / PLAN)
    found: dict[str, str] = {}
    for sheet, key in (("评价部门", "名称"), ("考核对象", "简称")):
        rows = book[sheet]
        heads = [cell.value for cell in rows[1]]
        for row in range(2, rows.max_row + 1):
            name = rows.cell(row, heads.index(key) + 1).value
            if name and name not in but:
                found[str(name)] = address_of(len(found))
                rows.cell(row, heads.index("邮箱") + 1).value = found[str(name)]
    book.save(root / PLAN)
    return found


OFFICIAL = "# 公文的版式"
"""Begins the section of a settings file that follows the account."""


def with_account(root: Path, section: str) -> None:
    """Write the account into a campaign's settings, in place of what a new campaign says of it."""
    path = root / SETTINGS
    text = path.read_text("utf-8")
    before, _, rest = text.partition('["邮箱"]')
    path.write_text(f"{before}{section}\n{rest[rest.index(OFFICIAL) :]}", "utf-8")


def mailing(folder: Path, section: str, *but: str) -> tuple[Path, dict[str, str]]:
    """Return a campaign with its sheets made, addresses and an account; and the addresses by name."""
    root = prepared(folder)
    found = with_addresses(root, *but)
    with_account(root, section)
    return root, found


def run(name: str, root: Path, secret: str = SECRET, **options: Any) -> Outcome:
    """Run an action as a face would that is given this secret."""
    action = next(action for action in ACTIONS if action.name == name)
    return action.run(Request(root, options, face=Face(secret=lambda _question: secret)))


def codes(outcome: Outcome) -> list[str]:
    """Return the codes of an outcome's faults."""
    return [found.code for found in outcome.faults]


def everything(root: Path) -> bytes:
    """Return all that lies in a folder as one text, with the names."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in files)


def copied(root: Path, folder: Path) -> Path:
    """Return a copy of a campaign."""
    return shutil.copytree(root, folder / root.name)


def departments(root: Path) -> Mapping[str, str]:
    """Return the addresses of the departments that score, by name."""
    return {d.name: d.address for d in read_plan(root / PLAN).plan.scoring_departments}
