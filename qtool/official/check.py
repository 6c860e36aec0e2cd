"""A document measured against the layout profile, clause by clause of GB/T 9704-2012."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qtool.office.word.document import Paragraph, Pitch, Run, Section, WordDocument
from qtool.official.check_list import Measurement, Verdict, absent, judgement, places, quoted
from qtool.official.check_wording import wording
from qtool.official.parts import Parts, is_red, parts_of, pitch_text, size_of
from qtool.official.profile import BODY, HEI, KAI, SONG, TITLE, Head, Profile

_MM = 25.4 / 72
_CM_LOOSE, _PITCH_LOOSE, _SIZE_LOOSE = 1.0, 0.2, 0.4
"""How much may be off: millimetres of paper, points of pitch and of type."""
_SIZE_NAMES: dict[float, str] = {22: "2号", 16: "3号", 14: "4号"}
UPWARD = "请示"
"""The end of the title of a document that goes upwards, and so names who signed it and whom it is for."""


def check(document: WordDocument, profile: Profile) -> tuple[Measurement, ...]:
    """Return everything that was measured, in the order of the standard's clauses."""
    parts = parts_of(document)
    measured = [*_page(document, profile), *_type(document, parts, profile), *_head(parts, profile)]
    measured += [*_main(parts, profile), *wording(document, parts), *_numbers(document, profile)]
    return tuple(sorted(measured, key=lambda one: [int(step) for step in one.clause.split(".")]))


def faces_of(profile: Profile, face: str) -> tuple[str, ...]:
    """Return the typefaces that count as this one, by the names that Windows and its offices give them."""
    same = {
        BODY: ("仿宋_GB2312", "仿宋", "FangSong", "FangSong_GB2312", "方正仿宋_GBK", "方正仿宋简体", "华文仿宋"),
        KAI: ("楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "方正楷体_GBK", "方正楷体简体", "华文楷体"),
        HEI: ("黑体", "SimHei", "方正黑体_GBK", "方正黑体简体", "华文黑体"),
        SONG: ("宋体", "SimSun", "NSimSun", "新宋体", "方正书宋_GBK"),
        TITLE: ("方正小标宋简体", "方正小标宋_GBK", "小标宋", "华文中宋", "宋体", "SimSun"),
    }
    return (profile.form.faces.get(face, face), *same[face])


def _page(document: WordDocument, profile: Profile) -> Iterator[Measurement]:
    for number, section in enumerate(document.sections, 1):
        where = f"第{number}节" if len(document.sections) > 1 else ""
        yield _paper(section, where)
        sides = [("top", "天头"), ("bottom", "下白边"), ("left", "订口"), ("right", "右白边")]
        if section.landscape:
            sides = []  # a turned page: its binding is at the top, and programs differ in how they turn it
        for side, name in sides:
            length = getattr(section, side)
            wanted = getattr(profile.form, side)
            actual = None if length is None else length * _MM + (section.gutter * _MM if side == "left" else 0)
            right = actual is not None and abs(actual - wanted) <= _CM_LOOSE
            text = "没有写明" if actual is None else f"{actual:.1f}毫米"
            yield judgement("5.2.1", name, text, f"{wanted:g}毫米（上下差1毫米）", right, where)


def _paper(section: Section, where: str) -> Measurement:
    if section.width is None or section.height is None:
        return judgement("5.1", "纸张", "没有写明", "A4，210×297毫米", right=False, where=where)
    wide, high = sorted((section.width * _MM, section.height * _MM))
    right = abs(wide - 210) <= _CM_LOOSE and abs(high - 297) <= _CM_LOOSE
    return judgement("5.1", "纸张", f"{wide:.0f}×{high:.0f}毫米", "A4，210×297毫米", right, where)


def _type(document: WordDocument, parts: Parts, profile: Profile) -> Iterator[Measurement]:
    body = [paragraph for paragraph in parts.body if paragraph.text.strip()]
    if parts.guidance:
        text = f"还有{len(parts.guidance)}段"
        yield Measurement("5.2.2", "填写提示", text, "写完后删去", Verdict.BY_EYE, places(parts.guidance))
    if not body:
        yield Measurement("5.2.2", "正文", "还没有写", "3号仿宋", Verdict.BY_EYE)
        return
    yield from _looks("5.2.2", "正文", body, profile, BODY, 16)
    wrong = [p for p in body if not _has_pitch(p, document.sections, profile)]
    pitches = "、".join(sorted({pitch_text(paragraph) for paragraph in body}))
    yield judgement("5.2.3", "行距", pitches, f"固定值{profile.form.pitch:g}磅，每面22行", not wrong, places(wrong))
    yield _characters(document, body)
    written = (*body, *(heading.paragraph for heading in parts.headings))
    tinted = [paragraph for paragraph in written if any(map(_has_colour, paragraph.runs))]
    names = "、".join(sorted({run.colour for p in tinted for run in p.runs if _has_colour(run)})) or "黑色"
    yield judgement("5.2.4", "文字颜色", names, "黑色", not tinted, places(tinted))


def _characters(document: WordDocument, body: Sequence[Paragraph]) -> Measurement:
    """Return how many characters a full line holds; 28 of 16 points need a grid or signs a little closer."""
    counts: dict[int, list[Paragraph]] = {}
    for paragraph in body:
        section = document.sections[paragraph.section]
        if section.width is None or section.left is None or section.right is None:
            continue
        run = max(paragraph.runs, key=lambda run: len(run.text))
        closer = (section.grid_chars or 0) / 4096 if section.grid in ("linesAndChars", "snapToChars") else 0
        room = section.width - section.left - section.right
        counts.setdefault(int(room / (run.size + run.spacing + closer) + 0.02), []).append(paragraph)
    wrong = [paragraph for count, group in counts.items() if count != 28 for paragraph in group]
    text = "、".join(f"{count}字" for count in sorted(counts)) or "没有正文"
    return judgement("5.2.3", "每行字数", text, "28字", not wrong and bool(counts), places(wrong))


def _has_colour(run: Run) -> bool:
    return bool(run.text.strip()) and run.colour.lower() not in ("", "auto", "000000")


def _has_pitch(paragraph: Paragraph, sections: Sequence[Section], profile: Profile) -> bool:
    """Return whether a paragraph keeps the pitch, by itself or by the grid of its page."""
    if paragraph.pitch is Pitch.EXACT:
        return abs(paragraph.line - profile.form.pitch) <= _PITCH_LOOSE
    section = sections[paragraph.section] if paragraph.section < len(sections) else None
    if section is None or not section.grid or section.grid_pitch is None:
        return False
    return paragraph.pitch is Pitch.MULTIPLE and paragraph.line == 1 and abs(section.grid_pitch - 28.95) <= _PITCH_LOOSE


def _looks(
    clause: str,
    name: str,
    paragraphs: Sequence[Paragraph],
    profile: Profile,
    face: str,
    size: float,
    *,
    latin: bool = False,
) -> Iterator[Measurement]:
    """Yield face and size of paragraphs, of their Chinese text unless it is of letters and figures alone."""
    if not paragraphs:
        return
    allowed = faces_of(profile, face)
    used = _latin_faces if latin else _faces
    strange = [p for p in paragraphs if any(value not in allowed for value in used(p))]
    faces = "、".join(sorted({value for p in paragraphs for value in used(p)})) or "没有汉字"
    yield judgement(clause, f"{name}字体", faces, allowed[0], not strange, places(strange))
    odd = [p for p in paragraphs if any(abs(run.size - size) > _SIZE_LOOSE for run in p.runs if run.text.strip())]
    sizes = "、".join(
        f"{value:g}磅" for value in sorted({r.size for p in paragraphs for r in p.runs if r.text.strip()})
    )
    yield judgement(clause, f"{name}字号", sizes, f"{_SIZE_NAMES[size]}（{size:g}磅）", not odd, places(odd))


def _faces(paragraph: Paragraph) -> set[str]:
    return {run.east_asian or "没有写明" for run in paragraph.runs if any("一" <= sign <= "鿿" for sign in run.text)}


def _latin_faces(paragraph: Paragraph) -> set[str]:
    return {run.latin or "没有写明" for run in paragraph.runs if any(sign.isdigit() for sign in run.text)}


def _head(parts: Parts, profile: Profile) -> Iterator[Measurement]:
    headed = profile.head is Head.PRINTED
    if parts.mark is None:
        yield absent("7.2.4", "发文机关标志", "红色小标宋，居中", needed=headed and parts.number is not None)
    else:
        yield judgement("7.2.4", "发文机关标志颜色", "红色", "红色", is_red(parts.mark))
        centred = parts.mark.alignment == "center"
        yield judgement("7.2.4", "发文机关标志位置", "居中" if centred else "没有居中", "居中", centred)
        allowed = faces_of(profile, TITLE)
        faces = _faces(parts.mark)
        yield judgement(
            "7.2.4", "发文机关标志字体", "、".join(faces), allowed[0], all(face in allowed for face in faces)
        )
    if parts.number is None:
        yield absent("7.2.5", "发文字号", "如“随质强办〔2023〕1号”", needed=False)
    if parts.title_text.endswith(UPWARD):
        signed = parts.signer is not None
        yield judgement("7.2.6", "签发人", "有" if signed else "没有", "上行文应当标注签发人", signed or not headed)


def _main(parts: Parts, profile: Profile) -> Iterator[Measurement]:
    if not parts.title:
        yield absent("7.3.1", "标题", "2号小标宋，居中", needed=True)
    yield from _looks("7.3.1", "标题", parts.title, profile, TITLE, 22)
    if parts.addressed is None:
        yield absent("7.3.2", "主送机关", "标题下空一行，顶格，后标全角冒号", needed=parts.title_text.endswith(UPWARD))
    else:
        yield from _looks("7.3.2", "主送机关", [parts.addressed], profile, BODY, 16)
        flush = abs(parts.addressed.first_line) < 2 and not parts.addressed.first_line_chars
        yield judgement("7.3.2", "主送机关位置", "顶格" if flush else "有缩进", "顶格", flush)
    for level, (name, face) in enumerate((("一级标题（一、）", HEI), ("二级标题（（一））", KAI))):
        own = [heading.paragraph for heading in parts.headings if heading.level == level]
        yield from _looks("7.3.3", name, own, profile, face, 16)
    written = [p for p in (*parts.body, *(h.paragraph for h in parts.headings)) if p.text.strip()]
    off = [p for p in written if not _two_characters(p)]
    text = f"{len(off)}段不是左空二字" if off else "左空二字"
    yield judgement("7.3.3", "段首缩进", text, "左空二字", not off, places(off))
    if parts.attached:
        yield from _looks("7.3.4", "附件说明", parts.attached, profile, BODY, 16)
    if parts.signature:
        yield from _looks("7.3.5", "署名", [parts.signature], profile, BODY, 16)
    for paragraph, fresh in parts.annexes:
        text = "另起一面" if fresh else "没有另起一面"
        yield judgement("7.3.7", "附件另面编排", text, "另面编排", fresh, quoted(paragraph))
        yield from _looks("7.3.7", "“附件”二字", [paragraph], profile, HEI, 16)
    if parts.imprint:
        yield from _looks("7.4", "版记", parts.imprint, profile, BODY, 14)


def _two_characters(paragraph: Paragraph) -> bool:
    """Return whether a paragraph begins two characters to the right, by its indent or by spaces."""
    if paragraph.first_line_chars is not None:
        return abs(paragraph.first_line_chars - 2) < 0.3
    blank = len(paragraph.text) - len(paragraph.text.lstrip("　"))
    return abs(paragraph.first_line + paragraph.left + blank * size_of(paragraph) - 2 * size_of(paragraph)) < 6


def _numbers(document: WordDocument, profile: Profile) -> Iterator[Measurement]:
    feet = [one for section in document.sections for one in section.headers_footers if one.footer]
    numbered = [one for one in feet if one.numbered]
    if not numbered:
        yield absent("7.5", "页码", "4号宋体，左右各一条一字线，单页居右、双页居左", needed=True)
        return
    lines = [p for one in numbered for p in one.paragraphs if "PAGE" in p.fields]
    yield from _looks("7.5", "页码", lines, profile, SONG, 14, latin=True)
    dashed = all(p.text.strip().startswith("—") and p.text.strip().endswith("—") for p in lines)
    yield judgement("7.5", "页码样式", lines[0].text.strip(), "— 1 —，两边是一字线", dashed)
    sides = {
        one.kind: {_SIDES.get(p.alignment, p.alignment) for p in one.paragraphs if "PAGE" in p.fields}
        for one in numbered
    }
    right = document.odd_even and sides.get("default") == {"居右"} and sides.get("even") == {"居左"}
    text = "、".join(f"{_KINDS[kind]}{'、'.join(names)}" for kind, names in sides.items())
    yield judgement("7.5", "页码位置", text, "单页居右，双页居左，各空一字", right)


_KINDS = {"default": "单页", "even": "双页", "first": "首页"}
_SIDES = {"left": "居左", "right": "居右", "center": "居中", "both": "居左", "start": "居左", "end": "居右"}
