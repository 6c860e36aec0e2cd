"""Every scoring sheet, filled in, saved again by LibreOffice in three formats, and read: nothing may differ."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from judge import convert, office_or_skip
from scoring_cases import expected, filled, plan_2022

from qtool.collect.read import read_return
from qtool.layout import Layout
from qtool.model import CITY
from qtool.rehearsal import answers_for

pytestmark = pytest.mark.office
KINDS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods"}


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Layout]]:
    office_or_skip()
    folder = tmp_path_factory.mktemp("filled")
    return [filled(folder, department.name) for department in plan_2022().scoring_departments]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_differs_after_another_program_saved_it(
    sheets: list[tuple[Path, Layout]], tmp_path: Path, kind: str
) -> None:
    saved = convert([path for path, _ in sheets], tmp_path / "saved", KINDS[kind])
    compared = 0
    for path, (_, layout) in zip(saved, sheets, strict=True):
        returned = read_return(path, expected())
        assert [str(found) for found in returned.faults] == []
        answers = answers_for(layout, 1)
        assert returned.values == answers
        assert returned.acceptable
        assert returned.scores == layout.scorer.score(answers)
        compared += sum(1 for key in answers if key[1] != CITY)
    assert compared == 203 * 5


def test_a_chain_of_formats(sheets: list[tuple[Path, Layout]], tmp_path: Path) -> None:
    path, layout = next((path, layout) for path, layout in sheets if layout.department == "市文旅局")
    for step, kind in enumerate(("ods", "xls", "xlsx", "ods")):
        source = Path(shutil.copy(path, tmp_path / f"step{step}{path.suffix}"))
        path = convert([source], tmp_path / str(step), KINDS[kind])[0]
    returned = read_return(path, expected())
    assert returned.values == answers_for(layout, 1)
    assert returned.acceptable
