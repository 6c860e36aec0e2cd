"""Typefaces of official documents that this computer lacks, and what stands for them."""

from __future__ import annotations

from dataclasses import replace

from qtool.faults import Fault, fault
from qtool.office.installed_fonts import installed
from qtool.official.profile import BODY, HEI, KAI, SONG, TITLE, Profile

_STAND_INS = {BODY: ("仿宋",), KAI: ("楷体",), TITLE: ("方正小标宋_GBK", "小标宋", "宋体"), HEI: (), SONG: ()}
"""What comes nearest to a typeface that may not be handed out with the program, the best first."""


def with_fonts(profile: Profile) -> tuple[Profile, tuple[Fault, ...]]:
    """Return the profile with stand-ins for the typefaces that are not installed here, and a warning that names them.

    Where nothing that could stand for one is installed either, the document keeps asking for the right one.
    """
    here = installed()
    faces = dict(profile.form.faces)
    wanted = {face: faces.get(face, face) for face in _STAND_INS}
    missing = {face: name for face, name in wanted.items() if name not in here}
    if not missing:
        return profile, ()
    said = []
    for face, name in missing.items():
        stand_in = next((other for other in _STAND_INS[face] if other in here), None)
        if stand_in:
            faces[face] = stand_in
        said.append(f"“{name}”{f'（暂用“{stand_in}”代替）' if stand_in else ''}")
    form = replace(profile.form, faces=faces)
    return replace(profile, form=form), (fault("D08", names="、".join(said)),)
