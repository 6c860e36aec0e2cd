"""The secret of a mail account in the operating system's keyring, where it has one that keeps secrets."""

from __future__ import annotations

import contextlib
from typing import Protocol

SERVICE = "qtool"
_NOT_SECRET = ("keyring.backends.fail", "keyring.backends.null", "keyrings.")
"""Keyrings that keep nothing, and those of keyrings.alt, which keep it in a file."""


class _Keyring(Protocol):
    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def kept(address: str) -> str:
    """Return the secret kept for an address, or nothing."""
    ring = _keyring()
    if ring is None:
        return ""
    try:
        return ring.get_password(SERVICE, address) or ""
    except Exception:  # noqa: BLE001 - a keyring without its desktop raises what its library likes
        return ""


def keep(address: str, secret: str) -> bool:
    """Keep the secret for an address; return whether there is a keyring that took it."""
    ring = _keyring()
    if ring is None:
        return False
    try:
        ring.set_password(SERVICE, address, secret)
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def forget(address: str) -> None:
    """Drop the secret kept for an address, if any."""
    ring = _keyring()
    if ring is not None and kept(address):
        with contextlib.suppress(Exception):  # what cannot be dropped is asked for anew and replaced
            ring.delete_password(SERVICE, address)


def _keyring() -> _Keyring | None:
    """Return the keyring to use, the first good one where several are chained; nothing when secrets are not safe."""
    import keyring  # noqa: PLC0415 - slow to import, and only needed when mail is sent or fetched

    ring = keyring.get_keyring()
    for candidate in getattr(ring, "backends", [ring]):
        if not type(candidate).__module__.startswith(_NOT_SECRET):
            found: _Keyring = candidate
            return found
    return None
