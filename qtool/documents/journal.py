"""Documents that the program wrote: what stands in the journal of them, and the PDF beside each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qtool.faults import Fault, fault
from qtool.office.libreoffice import convert, libreoffice
from qtool.official.draft import DocumentFiles
from qtool.workspace import DOCUMENTS, Campaign, sha256, write_bytes

MADE, PRINTED = "生成公文", "公文转成PDF"
"""What the journal calls a document and its PDF."""
COMPLETE = "公文齐备"
"""What the journal calls a run that left all documents of a result in their places."""
History = Iterable[Mapping[str, Any]]


def digests(history: History) -> dict[Path, list[str]]:
    """Return the SHA-256 of what was written under each name in the folder of documents, the newest last."""
    digests: dict[Path, list[str]] = {}
    for entry in history:
        path = Path(str(entry.get("file", "")))
        if entry["what"] == MADE and path.parts[:1] == (DOCUMENTS,):
            digests.setdefault(path.relative_to(DOCUMENTS), []).append(str(entry.get("sha256")))
    return digests


def enter(campaign: Campaign, documents: DocumentFiles, before: Mapping[Path, Sequence[str]]) -> None:
    """Enter into the journal what was written, and what a process that was killed wrote without entering it."""
    out = campaign.folder(DOCUMENTS)
    for path in [*documents.files, *documents.current]:
        if (digest := sha256(path)) not in before.get(path.relative_to(out), [])[-1:]:
            campaign.journal(MADE, file=campaign.relative(path), sha256=digest)


def enter_complete(
    campaign: Campaign, history: History, documents: DocumentFiles, result: str, *, approved: bool
) -> None:
    """Enter into the journal that all documents of a result are there, unless that is what it says last."""
    out = campaign.folder(DOCUMENTS)
    files = sorted(path.relative_to(out).as_posix() for path in documents.all)
    details = {"result": result, "approved": approved, "files": files}
    last = [entry for entry in history if entry["what"] == COMPLETE][-1:]
    if not last or any(last[0].get(name) != value for name, value in details.items()):
        campaign.journal(COMPLETE, **details)


def print_pdf(campaign: Campaign, history: History, paths: Sequence[Path]) -> tuple[list[Path], list[Fault], list[str]]:
    """Put a PDF beside each document that has none of what it says now, all of them in one run of LibreOffice.

    Return the PDFs, what could not be printed, and sentences.
    """
    printed = {entry.get("file"): entry.get("sha256") for entry in history if entry["what"] == PRINTED}
    wanted = {}
    for path in dict.fromkeys(paths):
        digest = sha256(path) if path.is_file() else ""
        if digest and (printed.get(campaign.relative(path)) != digest or not path.with_suffix(".pdf").is_file()):
            wanted[path] = digest
    if not wanted:
        return [], [], []
    if libreoffice() is None:
        return [], [], ["没有装 LibreOffice，没有转成 PDF；需要 PDF 时，可以在 Word 或 WPS 中另存"]
    contents = convert(list(wanted), "pdf")
    files = []
    for path, content in contents.items():
        files.append(write_bytes(path.with_suffix(".pdf"), content))
        campaign.journal(PRINTED, file=campaign.relative(path), sha256=wanted[path])
    faults = [fault("D10", file=campaign.relative(path)) for path in wanted if path not in contents]
    return files, faults, [f"{len(contents)}份公文转成了 PDF"]
