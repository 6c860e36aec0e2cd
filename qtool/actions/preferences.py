"""A campaign's settings as a user sees them: read from qtool.toml, checked all at once, kept entry by entry."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from qtool.actions.action import Outcome
from qtool.faults import Fault, QtoolError, fault
from qtool.mail.account import OWN, account_of, provider_of
from qtool.office.word.page_form import PageForm
from qtool.official.fonts import with_fonts
from qtool.official.profile import FACES, FORMS, MEASURES, Head, profile_of, read_profile
from qtool.settings import Settings, read_settings
from qtool.state.campaign_state import CampaignState
from qtool.workspace import SETTINGS, refusal, write_bytes

MAIL, OFFICIAL, NUMBERS = "邮箱", "公文", "发文字号"
TEXT, NUMBER, TICK = "文字", "数", "是否"
"""Kinds of entries."""
YES, NO = "是", "否"
_YES_NO = {YES: True, NO: False}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the settings: where it stands in the file, and what it holds."""

    section: str
    name: str
    kind: str = TEXT
    inside: str = ""
    """The table within the section that holds it, or nothing."""

    @property
    def place(self) -> tuple[str, ...]:
        """Where it stands in the file."""
        return (self.section, self.inside, self.name) if self.inside else (self.section, self.name)

    @property
    def key(self) -> str:
        """What it is known by."""
        return ".".join(self.place)


_MAIL_TEXTS = ("地址", "发件人", "服务商", "用户名", "发信服务器", "发信加密", "收信服务器")
_OFFICIAL_TEXTS = ("版式", "版头", "发文机关标志", "签发人", "抄送", "印发机关", *FACES)
PAPERS = ("请示", "通报", "函", "通知")
"""The documents that have a number of their own."""
ENTRIES = {
    entry.key: entry
    for entry in (
        *(Entry(MAIL, name) for name in _MAIL_TEXTS),
        *(Entry(MAIL, name, NUMBER) for name in ("发信端口", "收信端口")),
        *(Entry(OFFICIAL, name) for name in _OFFICIAL_TEXTS),
        *(Entry(OFFICIAL, name, inside=NUMBERS) for name in PAPERS),
        *(Entry(OFFICIAL, name, NUMBER) for name in MEASURES),
        Entry(OFFICIAL, "加盖印章", TICK),
    )
}
"""All entries that can be seen and changed, by key; what else is written in the file stays as it is."""
_EXACT = tuple(f"{MAIL}.{name}" for name in ("地址", "发信服务器", "收信服务器"))
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
    return _shown(CampaignState(root).campaign.settings)


def _shown(settings: Settings) -> Preferences:
    return Preferences({key: _text(_raw(settings, entry)) for key, entry in ENTRIES.items()})


def _raw(settings: Settings, entry: Entry) -> Any:
    """Return an entry as it is written; None where it is not."""
    section = settings.mail if entry.section == MAIL else settings.official
    held = section.get(entry.inside) if entry.inside else section
    return held.get(entry.name) if isinstance(held, Mapping) else None


def _text(raw: Any) -> str:
    if isinstance(raw, bool):
        return YES if raw else NO
    if isinstance(raw, float):
        return f"{raw:.15g}"
    return str(raw) if isinstance(raw, (str, int)) else ""


def defaults(entered: Preferences, office: str = "") -> dict[str, str]:
    """Return what holds for each entry that is not written, by key; nothing where nothing does.

    It depends on the address, the provider and the standard that are entered; `office` is the office's full title.
    """
    provider = provider_of(entered[f"{MAIL}.地址"], entered[f"{MAIL}.服务商"])
    mail = {
        "发件人": office,
        "服务商": provider_of(entered[f"{MAIL}.地址"]).name,
        "用户名": entered[f"{MAIL}.地址"],
        "发信服务器": provider.smtp[0],
        "发信端口": str(provider.smtp[1]),
        "发信加密": provider.smtp[2],
        "收信服务器": provider.imap[0],
        "收信端口": str(provider.imap[1]),
    }
    standard = next(iter(FORMS))
    form = FORMS.get(entered[f"{OFFICIAL}.版式"], FORMS[standard])
    official = {
        "版式": standard,
        "版头": Head.PRINTED.value,
        "发文机关标志": f"{office}文件" if office else "",
        "印发机关": office,
        "加盖印章": YES,
        **FACES,
        **_measures(form),
    }
    texts = {f"{MAIL}.{name}": text for name, text in mail.items()}
    return dict.fromkeys(ENTRIES, "") | texts | {f"{OFFICIAL}.{name}": text for name, text in official.items()}


def _measures(form: PageForm) -> dict[str, str]:
    return {name: _text(float(getattr(form, attribute))) for name, (attribute, *_limits) in MEASURES.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """What an address tells of its provider: a sentence, whether its servers are known, how to get what logs in."""

    sentence: str
    servers: bool
    advice: str


def known_provider(address: str, chosen: str = "") -> Known:
    """Return what is known of an address, or of the provider that was chosen; an unfinished address says nothing."""
    provider = provider_of(address.strip(), chosen)
    if provider.name != OWN:
        name = f"{provider.name}箱" if provider.name.endswith("邮") else f"{provider.name}邮箱"
        return Known(f"{name}：服务器已知，不用填", servers=True, advice=provider.advice)
    domain = address.rpartition("@")[2]
    whole = "@" in address and "." in domain.strip(".")
    sentence = "不是常见的邮箱：请填发信、收信服务器，可以问邮箱管理员" if whole or chosen else ""
    return Known(sentence, servers=False, advice=provider.advice)


def check(entered: Preferences, *, mail: bool = False) -> list[Fault]:
    """Return all that is wrong with what was entered; a fault's sheet is its section, its cell the entry's name.

    `mail` says that there must be a mail account.
    """
    faults = []
    written: dict[str, dict[str, Any]] = {MAIL: {}, OFFICIAL: {}}
    for key, entry in ENTRIES.items():
        try:
            value = _typed(entry, entered[key])
        except ValueError:
            faults.append(_at(entry, "W10", value=entered[key]))
        else:
            if value is not None and not entry.inside:
                written[entry.section][entry.name] = value
    if mail or written[MAIL]:
        faults += _of_mail(written[MAIL])
    faults += [
        fault("W11", file=SETTINGS, sheet=OFFICIAL, cell=wrong.name, problem=wrong.problem, remedy=wrong.remedy)
        for wrong in read_profile(written[OFFICIAL])[1]
    ]
    return faults


def _of_mail(written: Mapping[str, Any]) -> tuple[Fault, ...]:
    if "地址" not in written:
        return (_at(ENTRIES[f"{MAIL}.地址"], "W12"),)
    try:
        account_of(written, "", Path(SETTINGS))
    except QtoolError as error:
        return error.faults
    return ()


def _at(entry: Entry, code: str, **values: str) -> Fault:
    return fault(code, file=SETTINGS, sheet=entry.section, cell=entry.name, **values)


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
        changes = _changes(settings, entered, since or _shown(settings))
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
    usual, now = defaults(entered), _shown(settings)
    changes: dict[tuple[str, ...], Value | None] = {}
    for key, entry in ENTRIES.items():
        raw, text = _raw(settings, entry), entered[key]
        wrong_kind = isinstance(raw, str) and entry.kind != TEXT and text == now[key]
        if text == since[key] and not wrong_kind:
            continue
        value = _typed(entry, text)
        if value == _typed(entry, usual[key]):
            value = None
        if value is None and raw is None:
            continue
        if (type(value), value) != (type(raw), raw):
            changes[entry.place] = value
    return changes


def mail_of(root: Path, entered: Preferences) -> dict[str, Any]:
    """Return the section of the mail account as it would stand in the settings if what was entered were kept."""
    section = dict(CampaignState(root).campaign.settings.mail)
    for key, entry in ENTRIES.items():
        if entry.section == MAIL:
            section.pop(entry.name, None)
            if (value := _typed(entry, entered[key])) is not None:
                section[entry.name] = value
    return section


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
