"""Word documents: templates filled in strictly, documents read back whole, and filled in as a person would."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from qtool.faults import Fault, QtoolError, fault
from qtool.office.archive.zip_archive import zip_content
from qtool.office.word.page_form import NATIONAL, PageForm, apply_form, parts_of
from qtool.office.word.styles import W
from qtool.text import near
from qtool.workspace import write_bytes

if TYPE_CHECKING:
    from docx.document import Document
    from docxtpl import DocxTemplate
    from jinja2 import Environment

Content: TypeAlias = "str | bool | Sequence[Content] | Mapping[str, Content]"
"""What stands behind a name of a template."""

_TAG = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}")
_BRACE = re.compile(r"[{}｛｝]")
_AMBIGUOUS = re.compile(r"[“”‘’…—·]")
"""Marks that Word sets in the Latin font unless the run says that they are Chinese."""

_FORBIDDEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_QUOTED = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says: all its text, a line for each paragraph, and its tables' rows cell by cell."""

    text: str
    rows: tuple[tuple[str, ...], ...]


def render(
    template: Path,
    content: Mapping[str, Content],
    out: Path,
    *,
    title: str,
    author: str,
    made: datetime,
    form: PageForm = NATIONAL,
) -> Reading:
    """Return what `out` says after the template was filled in, put into its form and written there in one move.

    Raises QtoolError, and writes nothing, when the template is broken or uses a name that is not in `content`.
    """
    word = _opened_template(template)
    environment = _environment()
    if faults := _check(word, environment, content, template.name):
        raise QtoolError(*faults)
    document = _filled(word, environment, content, template.name)
    _fit_tables(document)
    _mark_chinese(document)
    apply_form(document, form)
    set_properties(document, title=title, author=author, made=made)
    write_bytes(out, packed(document))
    return read(out)


def read(path: Path) -> Reading:
    """Return the whole text of a document, with headers, footers, text boxes and content controls.

    Raises QtoolError when the file is no Word document.
    """
    document = _opened(path)
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []
    for element in parts_of(document):
        lines += (_text(paragraph) for paragraph in element.iter(f"{W}p"))
        rows += (tuple(map(_cell_text, row.iter(f"{W}tc"))) for row in element.iter(f"{W}tr"))
    return Reading("\n".join(lines), tuple(rows))


def set_properties(document: Document, *, title: str, author: str, made: datetime) -> None:
    """Make the document say what it is and whose it is, and nothing of the program that wrote it."""
    properties = document.core_properties
    properties.title = _clean(title)[:255]
    properties.author = properties.last_modified_by = _clean(author)[:255]
    for name in ("comments", "keywords", "subject", "category", "identifier", "version", "content_status"):
        setattr(properties, name, "")
    properties.language = "zh-CN"
    properties.revision = 1
    # The file states UTC; a time without a zone is this machine's.
    properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None)


def packed(document: Document) -> bytes:
    """Return the file's bytes, the same for the same document whenever it is saved."""
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as package:
        return zip_content((name, package.read(name), _ZIP_TIME) for name in package.namelist())


def _opened(path: Path) -> Document:
    """Return an opened document; raises QtoolError when it is none."""
    from docx import Document  # noqa: PLC0415 - slow to import
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        return Document(str(path))
    # XML that does not parse is a SyntaxError; a foreign zip lacks parts (KeyError) or is of another kind (ValueError).
    except (OpcError, OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:
        reason = "找不到文件" if not path.exists() else "不是 Word 文档(.docx)，或者文件已损坏、设有密码"
        raise QtoolError(fault("D06", file=path.name, reason=reason)) from error


def _opened_template(path: Path) -> DocxTemplate:
    """Return an opened template, its properties emptied: docxtpl would take them for templates too."""
    from docxtpl import DocxTemplate  # noqa: PLC0415 - slow to import

    word = DocxTemplate(str(path))
    word.docx = _opened(path)
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        setattr(word.docx.core_properties, name, "")
    return word


def _environment() -> Environment:
    from jinja2 import StrictUndefined  # noqa: PLC0415 - comes with docxtpl
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _check(word: DocxTemplate, environment: Environment, content: Mapping[str, Content], file: str) -> list[Fault]:
    """Return everything that is wrong with the template itself: braces first, then tags, then names."""
    from jinja2 import TemplateError, meta  # noqa: PLC0415

    broken = [
        fault("D02", file=file, reason=reason)
        for element in parts_of(word.docx)
        for paragraph in element.iter(f"{W}p")
        if (reason := _brace_reason(_text(paragraph)))
    ]
    if broken:
        return list(dict.fromkeys(broken))
    unknown: dict[str, None] = {}
    for source in _sources(word):
        try:
            names = meta.find_undeclared_variables(environment.parse(source))
        except TemplateError as error:
            return [fault("D02", file=file, reason=_syntax_reason(error, source))]
        unknown |= dict.fromkeys(sorted(names - set(content)))
    return [_unknown(name, content, file) for name in unknown]


def _filled(word: DocxTemplate, environment: Environment, content: Mapping[str, Content], file: str) -> Document:
    """Return the filled document; raises QtoolError when the template asks for what there is not."""
    from docx.oxml import parse_xml  # noqa: PLC0415
    from jinja2 import TemplateError, UndefinedError  # noqa: PLC0415

    clean = _clean(content)
    try:
        # docxtpl would repair XML that misplaced row tags have broken, and lose text doing so.
        parse_xml(word.build_xml(clean, environment))
        word.render(clean, environment, autoescape=True)
    except UndefinedError as error:
        name = re.search(r"'([^']+)'(?: is undefined)?$", str(error))
        raise QtoolError(_unknown(name[1] if name else "?", {}, file)) from error
    except SyntaxError as error:
        raise QtoolError(fault("D02", file=file, reason="成对的标记没有同在表格内或表格外")) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise QtoolError(fault("D02", file=file, reason="有的标记算不出结果，请只写名称")) from error
    saved = io.BytesIO()
    word.save(saved)
    saved.seek(0)
    from docx import Document  # noqa: PLC0415

    return Document(saved)


def _unknown(name: str, content: Mapping[str, Content], file: str) -> Fault:
    return fault("D01", file=file, name=name, hint=near(name, list(content)))


def _brace_reason(text: str) -> str:
    """Return what is wrong with the braces of a paragraph, or nothing."""
    brace = _BRACE.search(rest := _TAG.sub("", text))
    if not brace:
        return ""
    start = max(0, brace.start() - _QUOTED // 2)
    quoted = rest[start : start + _QUOTED].strip()
    if brace[0] in "｛｝":
        return f"“{quoted}”用了全角花括号，应当用半角的 {{{{ }}}}"
    return f"“{quoted}”的花括号不成对，应当写成 {{{{ 名称 }}}}"


def _syntax_reason(error: Exception, source: str) -> str:
    """Return in Chinese what the template engine found."""
    message = str(error)
    if tag := re.search(r"unknown tag '(\w+)'", message):
        return f"不认识标记“{tag[1]}”"
    if tag := re.search(r"No (?:filter|test) named '(\w+)'", message):
        return f"不认识“{tag[1]}”"
    if tag := re.search(r"needs to be closed is '(\w+)'", message):
        return f"缺少 {{% end{tag[1]} %}}"
    line = source.splitlines()[max(0, (getattr(error, "lineno", None) or 1) - 1)]
    tags = _TAG.findall(re.sub(r"<[^>]*>", "", line))
    return f"看不懂“{(tags[0] if tags else line)[:_QUOTED]}”"


def _sources(word: DocxTemplate) -> Iterator[str]:
    """Yield the template's parts as docxtpl hands them to Jinja, each paragraph on a line of its own."""
    parts = [word.get_xml()]
    for uri in (word.HEADER_URI, word.FOOTER_URI):
        parts += (word.get_part_xml(part) for _, part in word.get_headers_footers(uri))
    for xml in parts:
        yield re.sub(r"<w:p([ >])", r"\n<w:p\1", word.patch_xml(xml))


def _clean(content: Content) -> Any:
    """Return the content without characters that XML cannot hold."""
    if isinstance(content, str):
        return "".join(c for c in content if c in "\n\t" or not _FORBIDDEN.match(c))
    if isinstance(content, Mapping):
        return {name: _clean(value) for name, value in content.items()}
    if isinstance(content, Sequence):
        return [_clean(value) for value in content]
    return content


def _text(paragraph: Any) -> str:
    """Return a paragraph's text; tab stops of its format are no text."""
    signs = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
    return "".join(
        signs.get(node.tag) or node.text or ""
        for node in paragraph.iter(f"{W}t", *signs)
        if node.getparent().tag == f"{W}r"
    )


def _cell_text(cell: Any) -> str:
    return "\n".join(map(_text, cell.iter(f"{W}p"))).strip()


def _fit_tables(document: Document) -> None:
    """Give each column the share of its table's width that its cells ask for, however many a loop made.

    Tables without a width of their own, or with merged cells, are left as they are.
    """
    for table in document.element.body.iter(f"{W}tbl"):
        size = table.find(f"{W}tblPr/{W}tblW")
        rows = [row.findall(f"{W}tc/{W}tcPr/{W}tcW") for row in table.iterchildren(f"{W}tr")]
        even = len({len(row) for row in rows}) == 1 and table.find(f".//{W}gridSpan") is None
        if not even or size is None or size.get(f"{W}type") != "dxa":
            continue
        shares = [int(width.get(f"{W}w")) for width in rows[0]]
        widths = [str(width * int(size.get(f"{W}w")) // sum(shares)) for width in shares]
        grid = table.find(f"{W}tblGrid")
        grid[:] = [grid.makeelement(f"{W}gridCol", {f"{W}w": width}) for width in widths]
        for row in rows:
            for cell, width in zip(row, widths, strict=True):
                cell.set(f"{W}w", width)


def _mark_chinese(document: Document) -> None:
    """Mark the runs whose quotation marks and dashes are Chinese ones, so that Word sets them in the Chinese font."""
    for run in document.element.body.iter(f"{W}r"):
        if any(_AMBIGUOUS.search(text.text or "") for text in run.iterchildren(f"{W}t")):
            run.get_or_add_rPr().get_or_add_rFonts().set(f"{W}hint", "eastAsia")


Rewriting = Callable[[str, str], Sequence[tuple[str, str]] | None]
"""Gives for a paragraph's text and style what comes in its place, as texts and styles; None leaves it as it is."""


def rewrite(source: Path | bytes, rewriting: Rewriting) -> bytes:
    """Return a document whose paragraphs outside of tables were written over; nothing else is changed."""
    from docx import Document  # noqa: PLC0415 - slow to import

    document = Document(io.BytesIO(source) if isinstance(source, bytes) else str(source))
    for paragraph in list(document.paragraphs):
        instead = rewriting(paragraph.text, paragraph.style.name if paragraph.style else "")
        if instead is None:
            continue
        for text, style in instead:
            paragraph.insert_paragraph_before(text, style=style)
        element = paragraph._p  # noqa: SLF001 - python-docx has no way to take a paragraph away
        element.getparent().remove(element)
    return packed(document)
