"""A campaign's settings as a user sees them: read from qtool.toml, checked all at once, kept entry by entry."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from qtool.actions.action import Outcome
from qtool.faults import Fault, QtoolError, fault
from qtool.mail.account import OWN, PROVIDER_NAMES, account_of, provider_of
from qtool.office.word.page_form import NATIONAL
from qtool.official.profile import FACES, FORMS, MEASURES, Head, profile_of, read_profile, with_fonts
from qtool.settings import Settings, read_settings
from qtool.state.campaign_state import CampaignState
from qtool.workspace import SETTINGS, refusal, write_bytes

MAIL, OFFICIAL = "邮箱", "公文"
TEXT, NUMBER, TICK, CHOICE, FACE = "文字", "数", "是否", "选项", "字体"
"""Kinds of entries."""
YES, NO = "是", "否"
_YES_NO = {YES: True, NO: False}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the settings: where it stands in the file, its label and its help in the window, what it holds.

    The names in the key have dots between. `choices` are what can be entered, with what is shown for it; the empty text
    is the default.
    """

    key: str
    label: str
    help: str
    kind: str = TEXT
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, ...]:
        """Where it stands in the file: section, perhaps a table in it, name."""
        return tuple(self.key.split("."))


_PROVIDERS = {"": "按地址认"} | {name: "自建（单位自己的）" if name == OWN else name for name in PROVIDER_NAMES}
_SECURITIES = {"": "默认（SSL）", "SSL": "SSL", "STARTTLS": "STARTTLS"}
_STANDARDS = {"": "GB/T 9704-2012（国家标准）", "GB/T 33476.2-2016": "GB/T 33476.2-2016（电子公文）"}
_HEADS = {"": "套红（印出红色版头）", "预印": "预印（用印好版头的纸）", "无": "无（不要版头）"}
_OWN_SERVER = "单位自己的邮箱才要填，问邮箱管理员，如"
_FACES = {
    "标题字体": "公文标题用的字体",
    "正文字体": "正文用的字体",
    "楷体字体": "二级标题等用楷体的地方",
    "黑体字体": "一级标题等用黑体的地方",
    "宋体字体": "页码、表格等用宋体的地方",
}


def _document_number(paper: str, letter: str) -> Entry:
    tip = f"印在{paper}上的发文字号，如 随质强办〔2023〕1号；不填就留空，手工填写"
    return Entry(f"公文.发文字号.{paper}", f"{paper}的发文字号({letter})", tip)


def _measure(name: str) -> Entry:
    unit = "磅" if name == "行距" else "毫米"
    return Entry(f"公文.{name}", f"{name}（{unit}）", f"{name}，单位{unit}；不填就照标准", NUMBER)


_ENTRIES = (
    Entry("邮箱.地址", "邮箱地址(A)", "收发评分表用的邮箱。QQ、163、126 邮箱的服务器程序已经知道"),
    Entry("邮箱.发件人", "发件人名称(N)", "收信人看到的名称；不填就用方案里的组织单位全称"),
    Entry(
        "邮箱.服务商",
        "服务商(P)",
        "一般不用选，程序按地址认；单位邮箱由腾讯托管的，选“腾讯企业邮”",
        CHOICE,
        _PROVIDERS,
    ),
    Entry("邮箱.发信服务器", "发信服务器(O)", f"{_OWN_SERVER} smtp.example.gov.cn"),
    Entry("邮箱.发信端口", "端口", "不填就用灰色的那个；STARTTLS 一般是 587", NUMBER),
    Entry("邮箱.发信加密", "加密", "和发信服务器之间怎样加密；不加密的不能用", CHOICE, _SECURITIES),
    Entry("邮箱.收信服务器", "收信服务器(I)", f"{_OWN_SERVER} imap.example.gov.cn"),
    Entry("邮箱.收信端口", "端口", "不填就用灰色的那个", NUMBER),
    Entry("邮箱.用户名", "登录用户名(U)", "登录邮箱用的名称，和邮箱地址不一样才要填"),
    Entry("公文.版式", "版式(L)", "照哪一个标准排版", CHOICE, _STANDARDS),
    Entry("公文.版头", "版头(H)", "第一页上方的红色版头怎么办", CHOICE, _HEADS),
    Entry("公文.发文机关标志", "发文机关标志(B)", "第一页上方的红色大字"),
    *map(_document_number, ("请示", "通报", "函", "通知"), "QNJT"),
    Entry("公文.签发人", "签发人(R)", "印在请示的版头；不填就留空"),
    Entry("公文.加盖印章", "加盖印章(G)", "不盖章的公文，落款的位置不一样", TICK),
    Entry("公文.印发机关", "印发机关(P)", "印在最后一页下方的版记里"),
    Entry("公文.抄送", "抄送(C)", "印在最后一页下方的版记里；几个单位用顿号或逗号隔开"),
    *map(_measure, MEASURES),
    *(Entry(f"公文.{name}", name, f"{use}；可以选，也可以自己写", FACE) for name, use in _FACES.items()),
)
ENTRIES = {entry.key: entry for entry in _ENTRIES}
"""All entries that can be seen and changed, by key; what else is written in the file stays as it is."""
_EXACT = ("邮箱.地址", "邮箱.发信服务器", "邮箱.收信服务器")
"""Entries in which full-width signs are slips of the input method."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the settings say, as texts by the keys of ENTRIES; an empty text is an entry that is not written."""

    texts: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """Return an entry's text, tidied: on one line, without spaces around it."""
        entry = ENTRIES[key]
        text = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in self.texts.get(key, ""))
        if entry.kind == NUMBER or key in _EXACT:
            text = unicodedata.normalize("NFKC", text)
        return "".join(sign for sign in text if unicodedata.category(sign) != "Cs").strip()


def preferences(root: Path) -> Preferences:
    """Return what a campaign's settings say; raises QtoolError when they cannot be read."""
    return _written(CampaignState(root).campaign.settings)


def _written(settings: Settings) -> Preferences:
    return Preferences({key: _text(_value(settings, entry)) for key, entry in ENTRIES.items()})


def _value(settings: Settings, entry: Entry) -> Any:
    """Return an entry as it is written; None where it is not."""
    value: Any = {MAIL: settings.mail, OFFICIAL: settings.official}
    for name in entry.place:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value) if isinstance(value, (str, int)) else ""


def defaults(entered: Preferences, office: str = "") -> dict[str, str]:
    """Return what holds for each entry that is not written, by key; nothing where nothing does.

    It depends on the address, the provider and the standard that are entered; `office` is the office's full title.
    """
    provider = provider_of(entered["邮箱.地址"], entered["邮箱.服务商"])
    host, port, security = provider.smtp
    form = FORMS.get(entered["公文.版式"], NATIONAL)
    mail = {
        "发件人": office,
        "服务商": provider_of(entered["邮箱.地址"]).name,
        "用户名": entered["邮箱.地址"],
        "发信服务器": host,
        "发信端口": port,
        "发信加密": security,
        "收信服务器": provider.imap[0],
        "收信端口": provider.imap[1],
    }
    official = {
        "版式": next(iter(FORMS)),
        "版头": Head.PRINTED.value,
        "发文机关标志": f"{office}文件" if office else "",
        "印发机关": office,
        "加盖印章": True,
        **FACES,
        **{name: float(getattr(form, attribute)) for name, (attribute, *_limits) in MEASURES.items()},
    }
    return dict(_written(Settings("", "", official, mail)).texts)


@dataclass(frozen=True, slots=True)
class ProviderNote:
    """What an address tells of its provider: a sentence, whether its servers are known, how to get what logs in."""

    sentence: str
    servers: bool
    advice: str


def known_provider(address: str, chosen: str = "") -> ProviderNote:
    """Return what is known of an address, or of the provider that was chosen; an unfinished address says nothing."""
    provider = provider_of(address.strip(), chosen)
    if provider.name != OWN:
        name = f"{provider.name}箱" if provider.name.endswith("邮") else f"{provider.name}邮箱"
        return ProviderNote(f"{name}：服务器已知，不用填", servers=True, advice=provider.advice)
    domain = address.rpartition("@")[2]
    whole = "@" in address and "." in domain.strip(".")
    sentence = "不是常见的邮箱：请填发信、收信服务器，可以问邮箱管理员" if whole or chosen else ""
    return ProviderNote(sentence, servers=False, advice=provider.advice)


def check(entered: Preferences, *, mail: bool = False) -> list[Fault]:
    """Return all that is wrong with what was entered; a fault's sheet is its section, its cell the entry's name.

    `mail` says that there must be a mail account.
    """
    faults = []
    written: dict[str, dict[str, Any]] = {MAIL: {}, OFFICIAL: {}}
    for key, entry in ENTRIES.items():
        section, *inside, name = entry.place
        try:
            value = _typed(entry, entered[key])
        except ValueError:
            faults.append(fault("W10", file=SETTINGS, sheet=section, cell=name, value=entered[key]))
        else:
            if value is not None and not inside:
                written[section][name] = value
    if "地址" in written[MAIL]:
        try:
            account_of(written[MAIL], "", Path(SETTINGS))
        except QtoolError as error:
            faults += error.faults
    elif mail or written[MAIL]:
        faults.append(fault("W12", file=SETTINGS, sheet=MAIL, cell="地址"))
    for name, problem, remedy in read_profile(written[OFFICIAL])[1]:
        faults.append(fault("W11", file=SETTINGS, sheet=OFFICIAL, cell=name, problem=problem, remedy=remedy))
    return faults


def _typed(entry: Entry, text: str) -> Value | None:
    """Return what a text stands for in the file, None where it is empty; raises ValueError for what is no number."""
    if not text:
        return None
    if entry.kind == TICK:
        return _YES_NO.get(text, text)
    if entry.kind == NUMBER:
        return int(text) if text.isascii() and text.isdigit() else float(text.replace("_", "?"))
    return text


def lacking_typefaces(entered: Preferences) -> tuple[Fault, ...]:
    """Return the warning about typefaces that official documents would ask for and this computer lacks, if any."""
    faces = {name: entered[f"{OFFICIAL}.{name}"] for name in FACES}
    profile, _faults = profile_of({name: text for name, text in faces.items() if text})
    return with_fonts(profile)[1]


def keep(root: Path, entered: Preferences, since: Preferences | None = None) -> Outcome:
    """Write what was entered into a campaign's settings, and say which entries changed.

    What equals the default, or is empty, is taken out of the file. Entries that are the same as in `since`, which is
    what the user was shown, stay as the file has them now, but for numbers that are written as texts. The outcome has
    the faults when nothing was written because of them; raises QtoolError when the file cannot be read or written, or
    the campaign is in use.
    """
    if faults := check(entered):
        return Outcome(faults=faults)
    with CampaignState(root).locked() as campaign:
        path = root / SETTINGS
        settings = read_settings(path)
        changes = _changes(settings, entered, since or _written(settings))
        if not changes:
            return Outcome(sentences=["设置没有改动"])
        try:
            text = changed(path.read_bytes().decode(), changes)
        except CannotChange:
            raise QtoolError(fault("W13", file=SETTINGS)) from None
        except OSError as error:
            raise QtoolError(fault("C14", file=SETTINGS, reason=refusal(error))) from error
        write_bytes(path, text.encode())
        names = [".".join(place) for place in changes]
        campaign.journal("改设置", entries=names)
    return Outcome(sentences=[f"已保存设置：{'、'.join(names)}"], files=[path], data={"entries": names})


def _changes(settings: Settings, entered: Preferences, since: Preferences) -> dict[tuple[str, ...], Value | None]:
    """Return the entries that the file must have otherwise, by place; None for those that go."""
    standard, written = defaults(entered), _written(settings)
    changes: dict[tuple[str, ...], Value | None] = {}
    for key, entry in ENTRIES.items():
        old, text = _value(settings, entry), entered[key]
        wrong_kind = isinstance(old, str) and entry.kind in (NUMBER, TICK) and text == written[key]
        if text == since[key] and not wrong_kind:
            continue
        new = _typed(entry, text)
        if new == _typed(entry, standard[key]):
            new = None
        if (type(new), new) != (type(old), old):
            changes[entry.place] = new
    return changes


def mail_of(root: Path, entered: Preferences) -> dict[str, Any]:
    """Return the section of the mail account as it would stand in the settings if what was entered were kept."""
    section = dict(CampaignState(root).campaign.settings.mail)
    for key, entry in ENTRIES.items():
        if entry.place[0] == MAIL:
            section[entry.place[1]] = _typed(entry, entered[key])
    return {name: value for name, value in section.items() if value is not None}


Value = str | int | float | bool
Changes = Mapping[tuple[str, ...], Value | None]
"""New values by where they stand: section, or section and table, and name; None takes an entry out."""

_MARK = "\ufeff"
"""What Notepad puts before a text in UTF-8."""


class CannotChange(Exception):
    """No text says what it said before but for the changes."""


def changed(text: str, changes: Changes) -> str:
    """Return a settings file's text with some entries set or taken out, and nothing else.

    A new entry stands below the commented line that hints at it, where there is one. What the text says is read back
    and compared, the campaign's identity with it; raises CannotChange when it is not exactly what was wanted.
    """
    body = text.removeprefix(_MARK)
    content = tomllib.loads(body)
    _apply(content, changes, dict, dict)
    for prepare in (_with_places, lambda body, _changes: body):
        try:
            new = _edited(prepare(body, changes), changes)
            if body.count("\r\n") == body.count("\n"):
                new = re.sub(r"\r?\n", "\r\n", new)
            if _print(tomllib.loads(new)) == _print(content):
                return text[: len(text) - len(body)] + new
        except Exception:  # noqa: BLE001, S112 - whatever trips over a rare way of writing, the next may not
            continue
    raise CannotChange


def _print(content: Mapping[str, Any]) -> str:
    """Return what tells two contents apart: values with their types, in no order."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=repr)


def _edited(text: str, changes: Changes) -> str:
    """Return the text as the library changes it, which keeps comments and order; new entries come last."""
    document = tomlkit.parse(text)
    _apply(document, changes, tomlkit.table, tomlkit.inline_table)
    return tomlkit.dumps(document)


def _apply(
    content: MutableMapping[str, Any],
    changes: Changes,
    new_section: Callable[[], Any],
    new_table: Callable[[], Any],
) -> None:
    """Make the changes in a content; a table that is left empty inside a section goes."""
    for (section, *inside, name), value in changes.items():
        if section not in content:
            if value is None:
                continue
            content[section] = new_section()
        holder = table = content[section]
        if inside:
            if not isinstance(table.get(inside[0]), MutableMapping):
                table[inside[0]] = new_table()
            holder = table[inside[0]]
        if value is not None:
            holder[name] = value
        elif name in holder:
            del holder[name]
        if inside and not holder:
            del table[inside[0]]


def _with_places(text: str, changes: Changes) -> str:
    """Return the text with an empty table in the place of every new entry in a section that is written.

    That is below the entry's hint, or else below the last entry of its section.
    """
    content = tomllib.loads(text)
    lines = text.splitlines(keepends=True)
    for (section, name, *_inside), value in changes.items():
        head = re.compile(rf"""\s*\[\s*["']?{re.escape(section)}["']?\s*\]\s*(#.*)?$""")
        start = next((n for n, line in enumerate(lines) if head.match(line)), None)
        if start is None or value is None or name in content[section]:
            continue
        content[section][name] = {}
        end = next((n for n in range(start + 1, len(lines)) if re.match(r"\s*\[", lines[n])), len(lines))
        hint = re.compile(rf"""\s*#+\s*["']?{re.escape(name)}["']?\s*=""")
        after = next((n for n in range(start + 1, end) if hint.match(lines[n])), None)
        if after is None:
            after = max(n for n in range(start, end) if re.match(r"\s*[^#\s]", lines[n]))
        if not lines[after].endswith("\n"):
            lines[after] += "\n"
        lines.insert(after + 1, f"{tomlkit.key(name).as_string()} = {{}}\n")
    return "".join(lines)
