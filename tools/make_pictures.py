"""Make the pictures of the manual, docs/pictures/*.png, from a rehearsed year; run it again when their look changes.

python tools/make_pictures.py [folder]        (docs/pictures, unless told otherwise)

Needs on PATH: soffice (LibreOffice), pdftotext and pdftoppm (poppler-utils), convert (ImageMagick); and the fonts
Noto Serif CJK SC and Noto Sans CJK SC, which stand in for 宋体, 仿宋, 楷体 and 黑体.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from qtool.actions.action import Request
from qtool.actions.demo import demo

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"
NEEDED = ("soffice", "pdftotext", "pdftoppm", "convert")
SEED = 2022
SERIF = ("宋体", "SimSun", "仿宋", "仿宋_GB2312", "楷体", "楷体_GB2312", "方正小标宋简体", "Times New Roman")
SANS = ("黑体", "SimHei", "微软雅黑")
WIDEST, LARGEST = 1400, 200_000
"""Pixels and bytes that a picture may have."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the document that it shows, and a text of the page.

    `kept` is the part of the page's height that is shown, from the top; `whole` leaves the page its margins.
    """

    name: str
    source: str
    page_with: str
    width: int = WIDEST
    kept: float = 1.0
    whole: bool = False


MENDING = "有问题/退回/评分表-市文旅局.xlsx-请改正.xlsx"
PICTURES = (
    Picture("封面", "3-收件箱/评分表-市文旅局.xlsx", "怎样填写", 900),
    Picture("评分表", "3-收件箱/评分表-市文旅局.xlsx", "上传电子合同旅行社占比", kept=0.76),
    Picture("考核方案", "考核方案.xlsx", "农产品质量安全监测合格率", kept=0.609),
    Picture("汇总表-总表", "5-汇总/汇总表.xlsx", "总表：名次、总分和等级", kept=0.6),
    Picture("汇总表-图表", "5-汇总/汇总表.xlsx", "图表：总分与各领域得分率", kept=0.7),
    Picture("问题清单", "有问题/退回/评分表-市文旅局.xlsx-请改正.xlsx", "必须改正", kept=0.8),
    Picture(
        "改正件", "有问题/退回/评分表-市文旅局.xlsx-请改正.xlsx", "市2022年度质量工作考核评分表（市文旅局）", kept=0.7
    ),
    Picture("回收情况", "有问题/回收情况.xlsx", "待改正", kept=0.55),
    Picture("通报", "6-公文/关于2022年度质量工作考核结果的通报.docx", "现将考核结果通报如下", 800, whole=True),
    Picture("反馈函", "6-公文/反馈函/反馈函-随县.docx", "考核结果反馈如下", 800, whole=True),
    Picture("自评报告模板", "6-公文/自评材料/随县/自评报告模板-随县.docx", "质量工作总体情况", 800, whole=True),
    Picture("印证材料清单", "6-公文/自评材料/随县/印证材料清单-随县.xlsx", "怎样填", kept=0.6),
    Picture("自评材料检查", "有问题/6-公文/自评材料检查/自评材料检查.xlsx", "须改正", kept=0.3),
)


def main() -> None:
    """Rehearse a year, print what it made, and cut the pictures from the pages."""
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        sys.exit(f"not on PATH: {', '.join(missing)}")
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        year = work / "演练"
        demo(Request(year, {"folder": year, "seed": SEED}))
        demo(Request(year / "有问题", {"folder": year / "有问题", "seed": SEED, "broken": True}))
        printed = printed_to_pdf(work, [year / source for source in dict.fromkeys(p.source for p in PICTURES)])
        for picture in PICTURES:
            path = draw(picture, printed[Path(picture.source).stem], work, out)
            print(f"{path.name}  {path.stat().st_size // 1000} KB")


def printed_to_pdf(work: Path, documents: list[Path]) -> dict[str, Path]:
    """Return the documents' PDF files by their stems, set in the fonts named above."""
    fonts = work / "fonts.conf"
    fonts.write_text(font_settings(), encoding="utf-8")
    command = ["soffice", "--headless", f"-env:UserInstallation={(work / 'profile').as_uri()}", "--convert-to", "pdf"]
    environment = os.environ | {"FONTCONFIG_FILE": str(fonts)}
    subprocess.run(
        [*command, "--outdir", str(work), *map(str, documents)],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return {path.stem: work / f"{path.stem}.pdf" for path in documents}


def font_settings() -> str:
    """Return settings of fontconfig in which free fonts stand in for those of a Chinese Windows."""
    pairs = [(name, "Noto Serif CJK SC") for name in SERIF] + [(name, "Noto Sans CJK SC") for name in SANS]
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><prefer><family>{stand_in}</family></prefer></alias>\n'
        for name, stand_in in pairs
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n{aliases}</fontconfig>\n'
    )


def page_with(text: str, pdf: Path) -> int:
    """Return the number of the first page that holds a text, whatever its spaces."""
    said = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True).stdout.decode()
    for number, page in enumerate(said.split("\f"), 1):
        if text in "".join(page.split()):
            return number
    raise LookupError(f"{pdf.name}: no page with {text}")


def draw(picture: Picture, pdf: Path, work: Path, out: Path) -> Path:
    """Return a picture cut from a page, its margins trimmed, no wider and no larger than is allowed."""
    number = str(page_with(picture.page_with, pdf))
    page, path = work / "page.png", out / f"{picture.name}.png"
    render = ["pdftoppm", "-png", "-r", "170", "-singlefile", "-f", number, "-l", number]
    subprocess.run([*render, str(pdf), str(page.with_suffix(""))], check=True)
    keep = ["-gravity", "North", "-crop", f"100%x{picture.kept:.0%}+0+0", "+repage"]
    trim = [] if picture.whole else ["-fuzz", "1%", "-trim", "+repage", "-bordercolor", "white", "-border", "24"]
    frame = ["-bordercolor", "#BFBFBF", "-border", "1"]
    for colours in ("96", "48", "24", "12"):
        shrink = ["-resize", f"{picture.width - 2}x>", *frame, "+dither", "-colors", colours, "-strip"]
        subprocess.run(["convert", str(page), *keep, *trim, *shrink, f"PNG8:{path}"], check=True)
        if path.stat().st_size <= LARGEST:
            return path
    raise ValueError(f"{path.name} is larger than {LARGEST} bytes")


if __name__ == "__main__":
    main()
