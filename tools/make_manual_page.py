"""Make pages of the manual that open offline by a double-click: `python tools/make_manual_page.py FOLDER`.

Writes 使用手册.html and 错误代码.html there, each one file with style and pictures inside; they link to each other.
"""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import markdown

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("使用手册", "错误代码")
_STYLE = """\
body { max-width: 60em; margin: 2em auto; padding: 0 1.5em; color: #222; background: #fff;
  font: 16px/1.75 "Microsoft YaHei", "微软雅黑", "Noto Sans CJK SC", sans-serif; }
h1, h2 { border-bottom: 1px solid #ccd5e0; padding-bottom: .3em; }
h1, h2, h3, h4 { color: #1b4f93; line-height: 1.4; margin-top: 1.6em; }
table { border-collapse: collapse; margin: 1em 0; width: 100%; }
th, td { border: 1px solid #ccd5e0; padding: .35em .7em; text-align: left; vertical-align: top; }
td:first-child { min-width: 4.5em; }
th { background: #eef3f9; white-space: nowrap; }
code, pre { font-family: Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "Microsoft YaHei", monospace; }
code { background: #f2f4f7; padding: .1em .3em; border-radius: 3px; }
pre { background: #f2f4f7; padding: .8em 1em; overflow: auto; line-height: 1.5; }
pre code { padding: 0; }
img { max-width: 100%; border: 1px solid #ccd5e0; }
blockquote { margin: 1em 0; padding: .2em 1em; border-left: 4px solid #ccd5e0; color: #444; }
a { color: #1b4f93; }
@media print { body { max-width: none; margin: 0; } pre { white-space: pre-wrap; } }
"""


def anchor(text: str, _separator: str) -> str:
    """Return the name of a heading, as code hosts make it, so that links work there and here."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def page(name: str) -> str:
    """Return the HTML of a document of docs."""
    text = (DOCS / f"{name}.md").read_text("utf-8")
    # On code hosts a list needs no blank line above it; here it does. What stands between fences stays as it is.
    parts = re.split(r"(?ms)(^```.*?^```$)", text)
    parts[::2] = [
        re.sub(r"(?m)^(?!\s*(?:[-*]|\d+\.) |\s*$)(.+)\n(?=(?:[-*]|\d+\.) )", r"\1\n\n", part) for part in parts[::2]
    ]
    text = "".join(parts)
    options = {"toc": {"slugify": anchor}}
    body = markdown.markdown(text, extensions=["tables", "fenced_code", "sane_lists", "toc"], extension_configs=options)
    body = re.sub(r'src="(pictures/[^"]+)"', lambda found: f'src="{_inside(DOCS / found[1])}"', body)
    body = re.sub(r'href="([^":#]+)\.md(#[^"]*)?"', r'href="\1.html\2"', body)
    head = f'<meta charset="utf-8">\n<title>{name} - 质量考核工具</title>\n<style>\n{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def _inside(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode("ascii")


def main() -> None:
    """Write the pages into the folder that is named."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    for name in PAGES:
        Path(sys.argv[1], f"{name}.html").write_text(page(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
