"""What the program does without, of all that its libraries bring; build.spec asks here.

Everything named was found by size, and that nothing needed is missing is what packaging/self-test shows: it goes
through the year, good and broken, with the built programs.
"""

from __future__ import annotations

from pathlib import PurePath

UNUSED = [
    # Other libraries would use these if they were there.
    *("IPython", "PIL", "babel", "docxcompose", "numpy", "openpyxl", "pandas"),
    # The extra for a cluster is for those who have Python.
    *("dask", "distributed", "tornado"),
    # rich shows code in colours with Pygments, and Markdown with these.
    *("markdown_it", "mdurl", "pygments"),
    # The keyring of a Linux desktop: 14 MB for a password that is asked for instead. Windows has its own.
    *("_cffi_backend", "cffi", "cryptography", "jeepney", "pycparser", "secretstorage"),
    *(
        "lxml.builder",
        "lxml.cssselect",
        "lxml.doctestcompare",
        "lxml.html",
        "lxml.isoschematron",
        "lxml.objectify",
        "lxml.sax",
    ),
    *("_distutils_hack", "distutils", "pkg_resources", "setuptools"),
    *("asyncio", "bdb", "cgi", "curses", "doctest", "ensurepip", "ftplib", "idlelib", "lib2to3", "pdb", "pydoc"),
    *("pydoc_data", "readline", "sqlite3", "test", "tzdata", "unittest", "venv", "wsgiref", "xmlrpc"),
]

_ENCODINGS = {"ascii", "big5", "cp1252", "cp437", "cp936", "euc-cn", "gb12345", "gb1988", "gb2312", "gb2312-raw"}
_ENCODINGS |= {"dingbats", "iso8859-1", "ksc5601", "symbol"}
"""Tcl's tables for Chinese, for Windows' own code pages, and those that Tk looks for in fonts. UTF is built in."""
_LANGUAGES = ("en", "zh")
_WITHOUT = (
    *("_tcl_data/http1.0", "_tcl_data/opt0.4", "_tcl_data/tclAppInit.c", "_tcl_data/tzdata"),
    *("_tk_data/demos", "_tk_data/images", "_tk_data/tkAppInit.c"),
    *(
        "dateutil/zoneinfo",
        "docx/templates/default-docx-template",
        "docx/py.typed",
        "lxml/isoschematron",
    ),
)


def wanted(target: str, source: str) -> bool:
    """Return whether a file goes into the program; `target` is its place there, `source` where it lies now."""
    path = PurePath(target).as_posix().replace("\\", "/")
    # What belongs to Windows, or to Wine in its place, is there on every Windows and must not travel.
    if source.lower().replace("\\", "/").startswith("c:/windows/"):
        return False
    if path.startswith(_WITHOUT):
        return False
    folder, _, name = path.rpartition("/")
    match folder:
        case "_tcl_data/encoding":
            return name.removesuffix(".enc") in _ENCODINGS
        case "_tcl_data/msgs" | "_tk_data/msgs":
            return name.startswith(_LANGUAGES)
    return True
