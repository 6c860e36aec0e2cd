"""The form of a page in Word: margins, pitch and faces put into a document, marks fitted, signatures placed.

Lengths are millimetres for paper and points for type, as the standards state them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qtool.office.word.styles import W
from qtool.text import half_widths

if TYPE_CHECKING:
    from docx.document import Document

_TWIPS = 20
_MM = 1440 / 25.4
"""Twentieths of a point in a millimetre."""

MARKS, SIGNATURE, DATE = ("发文机关标志", "信函标志"), "落款", "成文日期"
"""Names of the styles whose paragraphs are fitted to what stands in them."""
_LARGEST_MARK, _NARROWEST = 48, 0.66
"""Points of the largest mark, and how narrow its signs may be made before they become smaller."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """A page: margins in mm, exact pitch in points, distance of the foot from the paper's edge in mm.

    `faces` says which typeface stands for another one; `sealed` whether the document bears a seal.
    """

    top: float = 37
    bottom: float = 35
    left: float = 28
    right: float = 26
    foot: float = 23
    pitch: float = 28.95
    sealed: bool = True
    faces: Mapping[str, str] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """The width of the text block in mm, on A4."""
        return 210 - self.left - self.right


NATIONAL = PageForm()
"""GB/T 9704-2012, 5.2: 天头 37 mm, 订口 28 mm, 版心 156 x 225 mm, 22 lines."""


def apply_form(document: Document, form: PageForm) -> None:
    """Put a filled document into a form; what its template says stays where the form is the national one."""
    if form != NATIONAL:
        _page(document, form)
        _faces(document, form.faces)
    _fit_marks(document, form.width)
    _place_signatures(document, sealed=form.sealed)


def _page(document: Document, form: PageForm) -> None:
    for section in document.sections:
        margins = section._sectPr.find(f"{W}pgMar")  # noqa: SLF001 - python-docx measures in its own units
        if margins is None:
            continue
        for side in ("top", "bottom", "left", "right"):
            if margins.get(f"{W}{side}") == _mm(getattr(NATIONAL, side)):
                margins.set(f"{W}{side}", _mm(getattr(form, side)))
        if margins.get(f"{W}footer") == _mm(NATIONAL.foot):
            margins.set(f"{W}footer", _mm(form.foot))
    national, pitch = str(round(NATIONAL.pitch * _TWIPS)), str(round(form.pitch * _TWIPS))
    for part in (document.styles.element, document.element.body):
        for spacing in part.iter(f"{W}spacing"):
            if spacing.get(f"{W}line") == national and spacing.get(f"{W}lineRule") == "exact":
                spacing.set(f"{W}line", pitch)


def _mm(length: float) -> str:
    return str(round(length * _MM))


def _faces(document: Document, faces: Mapping[str, str]) -> None:
    for element in (document.styles.element, *parts_of(document)):
        for fonts in element.iter(f"{W}rFonts"):
            for slot, face in fonts.items():
                if face in faces:
                    fonts.set(slot, faces[face])


def parts_of(document: Document) -> Iterator[Any]:
    """Yield the XML of the body, then of headers and footers, and copies of that of the notes."""
    from docx.oxml import parse_xml  # noqa: PLC0415 - slow to import

    yield document.element.body
    for relation in document.part.rels.values():
        if relation.reltype.rsplit("/", 1)[-1] in ("header", "footer", "footnotes", "endnotes"):
            part = relation.target_part
            yield part.element if hasattr(part, "element") else parse_xml(part.blob)


def _styled(document: Document, name: str) -> Iterator[Any]:
    """Yield the paragraphs of a style, wherever they stand."""
    style_id = next((style.style_id for style in document.styles if style.name == name), None)
    for part in parts_of(document) if style_id else ():
        for paragraph in part.iter(f"{W}p"):
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val") == style_id:
                yield paragraph


def text_width(text: str) -> float:
    """Return how wide a text is, counted in Chinese characters: letters and digits are half as wide."""
    return half_widths(text) / 2


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.iter(f"{W}t"))


def _fit_marks(document: Document, width: float) -> None:
    """Make the issuing office's mark as large as one line allows, its signs narrower before they are made smaller."""
    room = (width - 6) * 72 / 25.4
    for paragraph in (paragraph for name in MARKS for paragraph in _styled(document, name)):
        characters = text_width(_text(paragraph))
        if not characters:
            continue
        size = min(_LARGEST_MARK, int(room / characters / _NARROWEST))
        scale = min(100, int(room / characters / size * 100))
        for run in paragraph.iter(f"{W}r"):
            properties = run.get_or_add_rPr()
            for name, value in (("w", scale), ("sz", size * 2), ("szCs", size * 2)):
                for old in properties.findall(f"{W}{name}"):
                    properties.remove(old)
                properties.append(properties.makeelement(f"{W}{name}", {f"{W}val": str(value)}))


def _place_signatures(document: Document, *, sealed: bool) -> None:
    """Put name and date under the text: with a seal the name in the middle over the date, without one by their left."""
    names, dates = list(_styled(document, SIGNATURE)), list(_styled(document, DATE))
    for name, date in zip(names, dates, strict=False):
        indents = signature_indents(text_width(_text(name)), text_width(_text(date)), sealed=sealed)
        for paragraph, characters in zip((name, date), indents, strict=True):
            indent = paragraph.get_or_add_pPr().get_or_add_ind()
            indent.set(f"{W}rightChars", str(round(characters * 100)))
            indent.set(f"{W}right", str(round(characters * 16 * _TWIPS)))


def signature_indents(name: float, date: float, *, sealed: bool) -> tuple[float, float]:
    """Return how many characters name and date stand from the right edge (GB/T 9704-2012, 7.3.5.1 and 7.3.5.2)."""
    if sealed:
        right_of_name = 4 + date / 2 - name / 2
        # A long name would leave the text block, so both move to the left until it has two characters of room.
        moved = max(0.0, 2 - right_of_name)
        return right_of_name + moved, 4 + moved
    right_of_date = 2 + name - 2 - date
    return (2, right_of_date) if right_of_date >= 2 else (2 + date + 2 - name, 2)
