"""The documents of a campaign made together; a template of the campaign's own wins over the shipped one."""

from __future__ import annotations

from pathlib import Path

from qtool.documents import circular
from qtool.faults import Fault
from qtool.official.profile import Profile
from qtool.outcome import Tally
from qtool.progress import Event, Report
from qtool.resources import chosen_template

TEMPLATES = "模板"
"""The folder of a campaign that holds its own templates."""


def make_documents(
    tally: Tally, templates_dir: Path | None, out_dir: Path, report: Report, profile: Profile
) -> tuple[list[Path], list[Fault]]:
    """Return the documents written from a tally, and every fault; a broken template stops only its own document."""
    name = circular.file_name(tally)
    report(Event(0, 1, name))
    source = chosen_template(circular.TEMPLATE, templates_dir)
    path, faults = circular.circular(tally, source, out_dir / name, profile)
    report(Event(1, 1, name))
    return [path] if path else [], list(faults)
