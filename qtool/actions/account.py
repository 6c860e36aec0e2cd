"""The mail account as actions use it: read from the settings, its secret from the keyring or from the user."""

from __future__ import annotations

from dataclasses import dataclass

from qtool.actions.action import Request
from qtool.faults import QtoolError, fault
from qtool.mail.account import Account, account_of
from qtool.model import Plan
from qtool.office.mail.secret import delete_secret, load_secret, save_secret
from qtool.workspace import SETTINGS, Campaign


@dataclass(frozen=True)
class Login:
    """An account and its secret, which is never shown."""

    account: Account
    secret: str
    asked: bool

    def __repr__(self) -> str:
        return f"Login({self.account.address})"

    def worked(self) -> str:
        """Keep the secret after the server took it; return what to tell the user, or nothing."""
        if not self.asked:
            return ""
        if save_secret(self.account.address, self.secret):
            return "授权码已存进这台电脑的密码库，以后不用再输"
        return "这台电脑没有可用的密码库，授权码没有保存，每次都要输入"

    def failed(self) -> None:
        """Drop a secret that the server did not take."""
        if not self.asked:
            delete_secret(self.account.address)


def account_in(campaign: Campaign, plan: Plan) -> Account:
    """Return the campaign's account; raises QtoolError with every fault."""
    return account_of(campaign.settings.mail, plan.facts.office_title, campaign.root / SETTINGS)


def login(account: Account, request: Request, *, renew: bool = False) -> Login:
    """Return an account with its secret, kept or asked for; raises QtoolError when there is none."""
    secret = "" if renew else load_secret(account.address)
    asked = not secret
    if asked:
        secret = request.face.secret(f"{account.address} 的授权码（键入时不显示）").strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise QtoolError(fault("M05"))
    return Login(account, secret, asked)
