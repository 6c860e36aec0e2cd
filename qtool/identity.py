"""Who a scoring sheet is: campaign, plan, department, version, sealed with the campaign's key.

The seal tells an honest mistake (another year's sheet, a mended-together copy) from the sheet that was sent. It is no
protection against a person who holds the campaign folder, where the key lies.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """What a scoring sheet says of itself; `plan` is the plan's scoring print for its department."""

    campaign: str
    plan: str
    department: str
    version: int
    year: int

    def sealed(self, key: str, places: str) -> str:
        """Return the seal over this identity and the map of cells as the sheet holds it, as 32 hex digits."""
        content = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True) + places
        return hmac.new(key.encode(), content.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()[:32]


def genuine(identity: Identity, key: str, places: str, seal: str) -> bool:
    """Return whether the seal was made with this key for this identity and map."""
    return hmac.compare_digest(identity.sealed(key, places).encode(), seal.encode(errors="surrogatepass"))
