"""What the tests of the settings' dialog share: a campaign, the dialog opened over a window, keys typed into it."""

from __future__ import annotations

import shutil
import subprocess
import tkinter as tk
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from campaign_cases import new_campaign
from mail_servers import program_or_skip
from xvfb_cases import take_keyboard, until

from qtool.desktop.dialogs.settings import SettingsDialog
from qtool.desktop.jobs import Jobs
from qtool.desktop.widgets.theme import Theme
from qtool.resources import PLAN_2022, template
from qtool.workspace import FOLDERS, PLAN, SETTINGS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the test a campaign with the plan and the folders of a new one."""
    campaign = new_campaign(tmp_path)
    shutil.copy(template(PLAN_2022), campaign.root / PLAN)
    for name in FOLDERS:
        (campaign.root / name).mkdir()
    return campaign.root


@pytest.fixture
def jobs(window: tk.Tk) -> Iterator[Jobs]:
    made = Jobs(window)
    yield made
    made.close()


Open = Callable[[], SettingsDialog]


@pytest.fixture
def opened(window: tk.Tk, root: Path, look: Theme, jobs: Jobs) -> Open:
    """Give the test a way to open the dialog, ready to be typed in."""

    def open_it() -> SettingsDialog:
        window.update()
        dialog = SettingsDialog(window, root, look, jobs)
        until(window, lambda: dialog.winfo_viewable() and dialog.grab_status())
        take_keyboard(dialog)
        until(window, lambda: not jobs.busy)
        return dialog

    return open_it


def written(root: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((root / SETTINGS).read_text("utf-8"))


def note(dialog: SettingsDialog, key: str) -> str:
    """Return what stands below a field, if it can be seen."""
    label = dialog.fields[key].note
    return str(label.cget("text")) if label.winfo_manager() else ""


def usual(dialog: SettingsDialog, key: str) -> str:
    """Return the default that a field shows in grey, if it does."""
    label = next(child for child in dialog.fields[key].widget.winfo_children() if isinstance(child, tk.Label))
    return str(label.cget("text")) if label.winfo_manager() else ""


def type_in(dialog: SettingsDialog, key: str, text: str) -> None:
    """Type a text into a field as a person at the keyboard does."""
    program_or_skip("xdotool")
    field = dialog.fields[key]
    field.widget.focus_force()
    until(dialog, lambda: dialog.focus_displayof() is field.widget)
    with subprocess.Popen(["xdotool", "type", "--delay", "4", text]) as typing:
        until(dialog, lambda: typing.poll() is not None)
    until(dialog, lambda: field.text.endswith(text))


def every(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from every(child)
