"""Runs before anything else in both programs: their modules lie in one file that they share, not in each a second time.

PyInstaller puts an archive of all modules into every program, 9 MB each. Here the programs' own archives are empty, and
its importer is shown the shared one instead. These are its inner names: packaging/locked.txt holds its version, and
neither program starts if they change.
"""

import os
import sys

import pyimod01_archive
import pyimod02_importers

shared = os.path.join(sys._MEIPASS, "modules.pyz")  # type: ignore[attr-defined]  # noqa: PTH118, SLF001 - pathlib is in there
pyimod02_importers.pyz_archive = pyimod01_archive.ZlibArchiveReader(shared, check_pymagic=True)
sys.path_importer_cache.clear()  # a finder that was made before this keeps the empty archive
