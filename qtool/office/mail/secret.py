"""The secret of a mail account in the operating system's keyring, where it has one that keeps secrets."""

from __future__ import annotations

import contextlib
from typing import Any

SERVICE = "qtool"
_NOT_SECRET = ("keyring.backends.fail", "keyring.backends.null", "keyrings.")
"""Keyrings that keep nothing, and those of keyrings.alt, which keep it in a file."""


def load_secret(address: str) -> str:
    """Return the secret kept for an address, or nothing."""
    ring = _keyring()
    with contextlib.suppress(Exception):  # a keyring without its desktop raises what its library likes
        return str(ring.get_password(SERVICE, address) or "") if ring else ""
    return ""


def save_secret(address: str, secret: str) -> bool:
    """Keep the secret for an address; return whether there is a keyring that took it."""
    ring = _keyring()
    with contextlib.suppress(Exception):  # as above
        if ring:
            ring.set_password(SERVICE, address, secret)
            return True
    return False


def delete_secret(address: str) -> None:
    """Drop the secret kept for an address, if any."""
    ring = _keyring()
    with contextlib.suppress(Exception):  # what cannot be dropped is asked for anew and replaced
        if ring and ring.get_password(SERVICE, address):
            ring.delete_password(SERVICE, address)


def _keyring() -> Any:
    """Return the keyring to use, the first good one where several are chained; nothing when secrets are not safe."""
    import keyring  # noqa: PLC0415 - slow to import, and only needed when mail is sent or fetched

    ring = keyring.get_keyring()
    good = (one for one in getattr(ring, "backends", [ring]) if not type(one).__module__.startswith(_NOT_SECRET))
    return next(good, None)
