"""The documents of a campaign made together; a template of the campaign's own wins over the shipped one."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from qtool.documents.draft import Draft, written
from qtool.faults import Fault, fault
from qtool.official.profile import Profile
from qtool.progress import Event, Report
from qtool.resources import chosen_template
from qtool.workspace import sha256, write_bytes

TEMPLATES = "模板"
"""The folder of a campaign that holds its own templates."""


@dataclass
class Made:
    """What became of some drafts: files written anew, those that say the same already, those changed by the office."""

    files: list[Path] = field(default_factory=list)
    current: list[Path] = field(default_factory=list)
    edited: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def make_documents(
    drafts: Sequence[Draft],
    templates_dir: Path | None,
    out_dir: Path,
    report: Report,
    profile: Profile,
    known: Mapping[Path, Sequence[str]] | None = None,
) -> Made:
    """Return what was written of some drafts; a broken template stops only its own documents.

    `known` are the SHA-256 of what the program wrote under a name, the newest last. A file that is something else was
    changed by the office: it stays, and a new draft is put beside it (D09).
    """
    made = Made()
    faults: dict[Fault, None] = {}
    with tempfile.TemporaryDirectory(prefix="qtool-", ignore_cleanup_errors=True) as folder:
        for done, draft in enumerate(drafts):
            report(Event(done, len(drafts), draft.path.name))
            source = chosen_template(draft.template, templates_dir)
            fresh, found = written(draft, source, Path(folder) / f"{done}.docx", profile)
            faults |= dict.fromkeys(found)
            if fresh:
                faults |= dict.fromkeys(put(fresh.read_bytes(), out_dir, draft.path, known, made))
    report(Event(len(drafts), len(drafts), ""))
    made.faults = list(faults)
    return made


def put(
    content: bytes, out_dir: Path, name: Path, known: Mapping[Path, Sequence[str]] | None, made: Made
) -> list[Fault]:
    """Put a document in its place unless it stands there already, and return what to say of it.

    What the office has changed stays, and the document goes beside it under another name (D09).
    """
    digest = hashlib.sha256(content).hexdigest()
    for other in _names(name):
        path, own = out_dir / other, (known or {}).get(other, ())
        there = sha256(path) if path.is_file() else ""
        if there == digest:
            made.current.append(path)
            return []
        if there in ("", *own) or known is None:
            made.files.append(write_bytes(path, content))
            return [fault("D09", file=str(name), name=path.name)] if other != name else []
        made.edited.append(path)
        if digest in own[-1:]:
            return []  # the office has changed what would be written again
    return []


def _names(name: Path) -> Iterator[Path]:
    """Yield a document's name, then those of new drafts beside it."""
    yield name
    yield name.with_stem(f"{name.stem}（新稿）")
    for number in count(2):
        yield name.with_stem(f"{name.stem}（新稿{number}）")
