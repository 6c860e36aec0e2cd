"""Word documents made of raw XML, so that tests hold exactly what other programs write; and real-looking reports."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
}
SPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "styles": ("styles", "styles"),
    "numbering": ("numbering", "numbering"),
    "settings": ("settings", "settings"),
    "footnotes": ("footnotes", "footnotes"),
    "endnotes": ("endnotes", "endnotes"),
    "comments": ("comments", "comments"),
    "theme": ("theme/theme1", "theme"),
    "header1": ("header1", "header"),
    "footer1": ("footer1", "footer"),
    "footer2": ("footer2", "footer"),
}


def docx(body: str, parts: Mapping[str, str] | None = None, *, extra: Mapping[str, bytes] | None = None) -> bytes:
    """Return a .docx with this body; `parts` are whole XML roots by their keys, `extra` further files."""
    files = {"word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"}
    relations = ""
    for key, xml in (parts or {}).items():
        name, kind = _PARTS[key]
        files[f"word/{name}.xml"] = xml.replace(">", f" {SPACES}>", 1)
        relations += f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    files["word/_rels/document.xml.rels"] = f"{head}{relations}</Relationships>"
    files["_rels/.rels"] = (
        f'{head}<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    files["[Content_Types].xml"] = _types(parts or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("[Content_Types].xml", *(name for name in files if name != "[Content_Types].xml")):
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
        for name, content in (extra or {}).items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _types(parts: Mapping[str, str]) -> str:
    overrides = f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    for key in parts:
        name, kind = _PARTS[key]
        content = (
            f"{_MAIN}.{kind}+xml" if kind != "theme" else "application/vnd.openxmlformats-officedocument.theme+xml"
        )
        overrides += f'<Override PartName="/word/{name}.xml" ContentType="{content}"/>'
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def p(*texts: str, pr: str = "", rpr: str = "") -> str:
    """Return a paragraph of runs of text."""
    runs = "".join(f'<w:r><w:rPr>{rpr}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>' for text in texts)
    return f"<w:p><w:pPr>{pr}</w:pPr>{runs}</w:p>"


def box(text: str) -> str:
    """Return a text box as Word writes it: once for new programs, once more for old ones."""
    inside = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    shape = '<wp:extent cx="2000000" cy="500000"/><wp:docPr id="1" name="a"/>'
    graphic = (
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="500000"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{inside}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
    )
    return (
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        f"<wp:inline>{shape}{graphic}</wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f'<v:rect style="width:200pt;height:40pt"><v:textbox>{inside}</v:textbox></v:rect></w:pict></mc:Fallback>'
        "</mc:AlternateContent></w:r></w:p>"
    )


def table(*rows: Sequence[str]) -> str:
    """Return a table of texts."""
    cells = ("".join(f"<w:tc><w:tcPr/>{p(text)}</w:tc>" for text in row) for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


_WORDS = (
    *("全面落实质量强市战略", "建立健全质量工作议事协调机制", "产品质量监督抽查合格率达到", "培育首席质量官"),
    *("开展“质量月”活动", "制定《质量提升行动方案》", "引导企业导入ISO9001质量管理体系", "农产品抽检"),
    *("受理投诉举报", "办结率100%", "同比提高0.5个百分点", "完成整改", "服务中小微企业", "新增有效发明专利"),
    *("“双随机、一公开”抽查", "运用“互联网+监管”模式", "网址www.example.gov.cn", "电梯应急处置平台"),
)


def report_text(seed: int) -> list[str]:
    """Return the paragraphs of a real-looking report; the same seed gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 - always the same on purpose
    found = [f"某县202{seed % 10}年度质量工作考核自评报告", "一、2022年质量工作情况"]
    for _ in range(chance.randint(5, 60)):
        parts = [chance.choice(_WORDS) for _ in range(chance.randint(2, 12))]
        numbered = [f"{part}{chance.choice(('', '12,345.6万元', '37家', ' ', '（3项）', '（A类）'))}" for part in parts]
        found.append("，".join(numbered) + chance.choice(("。", "；", "！", ".")))
    return found


def write(path: Path, content: bytes) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
