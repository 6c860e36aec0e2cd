"""A file at which the program itself errs: it has a fault with its name, the log has the traceback, others are read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from cli_cases import POLICE, TRADE, fill, prepared, qtool
from openpyxl import load_workbook
from scoring_cases import CAMPAIGN, KEY, expected, filled

from qtool.collect.intake import files_in, read_files
from qtool.collect.read import read_return
from qtool.identity import Identity
from qtool.layout import META
from qtool.workspace import LOG, open_campaign


def spoil(path: Path, campaign: str, key: str, department: str, year: int) -> None:
    """Give a sheet a map of its cells that is none, sealed as one that was sent out by this office."""
    identity, places = Identity(campaign, "an older plan", department, 1, year), "{"
    book = load_workbook(path)
    told = {"plan": identity.plan, "version": "1", "seal": identity.sealed(key, places)}
    for name, value, part in book[META].iter_rows(max_col=3):
        value.value = told.get(str(name.value), value.value)
        part.value = places if part.row == 1 else None
    book.save(path)


def test_what_one_file_brings_about_is_its_own_fault(tmp_path: Path) -> None:
    (tmp_path / "收").mkdir()
    bad, layout = filled(tmp_path, POLICE)
    spoil(bad, CAMPAIGN, KEY, POLICE, layout.plan.facts.year)
    (returned,) = read_files([bad], expected())
    assert [fault.code for fault in returned.faults] == ["S05"]
    assert str(returned.faults[0]).startswith(bad.name)
    assert "读取时程序出错（JSONDecodeError）" in returned.faults[0].message
    assert "Traceback" in returned.traceback
    assert not returned.acceptable
    good, _ = filled(tmp_path, TRADE)
    with zipfile.ZipFile(tmp_path / "收" / "都在.zip", "w") as archive:
        archive.write(bad, "坏.xlsx")
        archive.write(good, "好.xlsx")
    (tmp_path / "收" / "单独.xlsx").write_bytes(good.read_bytes())
    alone, broken, beside = read_files(files_in(tmp_path / "收"), expected())
    assert alone.acceptable
    assert beside.acceptable
    assert broken.full_name == "都在.zip › 坏.xlsx"
    assert broken.faults[0].file == broken.full_name
    assert read_return(good, expected()).traceback == ""


def test_collecting_goes_on_and_logs_it(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    campaign = open_campaign(root)
    bad, _ = fill(root, POLICE), fill(root, TRADE)
    spoil(bad, campaign.settings.campaign, campaign.settings.key, POLICE, 2022)
    done = qtool("collect", "--campaign", root, "--json")
    assert done.codes == ["S05"]
    assert list(done.data["data"]["accepted"]) == [TRADE]
    text = (root / LOG).read_text("utf-8")
    assert bad.name in text
    assert "JSONDecodeError" in text
