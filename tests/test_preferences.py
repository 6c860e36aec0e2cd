"""The settings read, checked and kept: files as people write them, entries set and taken out, all else as it was."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from campaign_cases import leftovers, new_campaign, refused
from hypothesis import given
from hypothesis import strategies as st

from qtool.actions.preferences import (
    ENTRIES,
    NUMBER,
    TICK,
    CannotChange,
    Preferences,
    changed,
    check,
    defaults,
    keep,
    known_provider,
    mail_of,
    preferences,
)
from qtool.mail.account import PROVIDERS
from qtool.official.profile import FACES, MEASURES, Profile, profile_of
from qtool.settings import new_settings, read_settings
from qtool.workspace import SETTINGS, Campaign, locked

IDENTITY = '[campaign]\nid = "a1"\nkey = "b2"\n'
FILES = {
    "as it is made": new_settings()[1],
    "no sections": IDENTITY,
    "no end of line": IDENTITY + '["邮箱"]\n"地址" = "zqb@qq.com"',
    "dotted": IDENTITY + '["公文"]\n"发文字号"."请示" = "1号"\n"发文字号".\'通报\' = "2号"\n"版头" = "无" # 没有\n',
    "table inside": IDENTITY + '["公文"]\n"上边距" = 40\n["公文"."发文字号"]\n"请示" = "1号" # 请示的\n',
    "inline sections": '"邮箱" = { "地址" = "zqb@qq.com", "超时" = 9 }\n\n' + IDENTITY,
    "comments between": IDENTITY
    + '["公文"] # 版式\n\n# 一\n"抄送" = "甲" # 二\n# 三\n"签发人" = "乙"\n\n["邮箱"]\n# 四\n',
    "unknown entries": IDENTITY
    + '["邮箱"]\n"旧的" = [1,\n 2]\n["别的"]\n"地址" = "x"\n[[表]]\na = 1\n'.replace("表", "t"),
    "sections apart": '["邮箱"."x"]\ny = 1\n' + IDENTITY + '["邮箱"]\n"地址" = "zqb@qq.com"\n',
    "in the middle": '["邮箱"]\n"地址" = "zqb@qq.com"\n\n# 不要改\n' + IDENTITY,
    "long text": IDENTITY + '["公文"]\n"抄送" = """\n["邮箱"]\n# "地址" = 1\n"""\n["邮箱"]\n',
}
PLACES = [entry.place for entry in ENTRIES.values()]
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).map(str.strip).filter(bool)


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return new_campaign(tmp_path)


def written(campaign: Campaign) -> str:
    return (campaign.root / SETTINGS).read_bytes().decode()


def with_text(campaign: Campaign, text: str) -> str:
    (campaign.root / SETTINGS).write_bytes(text.encode())
    return text


def changed_to(campaign: Campaign, **texts: str) -> Preferences:
    """Return the settings as they are, but for some entries; a key's dots are underlines."""
    known = {key.replace(".", "_"): key for key in ENTRIES}
    return Preferences({**preferences(campaign.root).texts, **{known[name]: text for name, text in texts.items()}})


def kept(campaign: Campaign, **texts: str) -> list[str]:
    """Keep some entries, and return the names of those that changed."""
    outcome = keep(campaign.root, changed_to(campaign, **texts))
    assert not outcome.failed
    return list(outcome.data.get("entries", []))


def said(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(found.code, found.cell) for found in check(Preferences(texts))]


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


def without(content: dict[str, Any], *place: str) -> dict[str, Any]:
    """Return a content without one entry."""
    head, *rest = place
    left = dict(content)
    if not rest:
        left.pop(head, None)
    elif isinstance(left.get(head), dict):
        left[head] = without(left[head], *rest)
        if not left[head]:
            del left[head]
    return left


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    "place", [("邮箱", "地址"), ("公文", "上边距"), ("公文", "发文字号", "请示"), ("公文", "加盖印章")]
)
def test_one_entry_changes_and_nothing_else(text: str, ends: str, mark: str, place: tuple[str, ...]) -> None:
    text = mark + text.replace("\n", ends)
    value: Any = 41 if place[1] == "上边距" else place[1] != "加盖印章" and 'a"\\b@qq.com'
    new = changed(text, {place: value})
    before, after = (tomllib.loads(one.removeprefix("\ufeff")) for one in (text, new))
    found: Any = after
    for name in place:
        found = found[name]
    assert (type(found), found) == (type(value), value)
    assert without(after, *place) == without(before, *place)
    assert new.startswith(mark + text.removeprefix(mark)[:1])
    assert comments(new) == comments(text)
    assert ends == "\n" or "\n" not in new.replace("\r\n", "")


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_a_new_entry_set_and_taken_out_leaves_the_file_as_it_was(text: str) -> None:
    place = ("公文", "印发机关")
    back = changed(changed(text, {place: "丙"}), {place: None})
    assert back.startswith(text.rstrip("\n"))
    assert tomllib.loads(back) == {"公文": {}} | tomllib.loads(text)


def test_a_new_entry_stands_below_its_hint(campaign: Campaign) -> None:
    before = written(campaign)
    assert kept(campaign, 邮箱_地址="zqb@qq.com", 公文_上边距="40", 公文_发文字号_通报="9号") == [
        "邮箱.地址",
        "公文.发文字号.通报",
        "公文.上边距",
    ]
    new = written(campaign).splitlines()
    for line in ('"地址" = "zqb@qq.com"', '"上边距" = 40', '"发文字号" = {"通报" = "9号"}'):
        assert new[new.index(line) - 1].startswith(f"# {line.split(' = ')[0]} = ")
    assert kept(campaign, 邮箱_地址="", 公文_上边距="", 公文_发文字号_通报="") != []
    assert written(campaign) == before


@given(
    st.sampled_from(list(FILES.values())),
    st.dictionaries(st.sampled_from(PLACES), st.none() | TEXTS | st.integers(-9, 99) | st.booleans(), max_size=5),
)
def test_whatever_changes_the_rest_stays(text: str, changes: dict[tuple[str, ...], Any]) -> None:
    new = changed(text, changes)
    before, after = tomllib.loads(text), tomllib.loads(new)
    assert after["campaign"] == before["campaign"]
    for place, value in changes.items():
        found: Any = after
        for name in place:
            found = found.get(name) if isinstance(found, dict) else None
        assert (type(found), found) == (type(value), value)
    left, was = after, before
    for place in changes:
        left, was = without(left, *place), without(was, *place)
    for section in ("邮箱", "公文"):
        assert left.get(section, {}) == was.get(section, {})
    outside = re.sub('(?s)""".*?"""', "", text)  # what begins with # inside a text of several lines is no comment
    assert {line for line in outside.splitlines() if line.startswith("#")} <= set(new.splitlines())


@given(st.data())
def test_what_is_kept_is_read_again(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    campaign = new_campaign(tmp_path_factory.mktemp("kept"))
    names = [key for key, entry in ENTRIES.items() if entry.kind not in (NUMBER, TICK) and key.startswith("公文")]
    names = [key for key in names if key not in ("公文.版式", "公文.版头")]
    texts = data.draw(st.dictionaries(st.sampled_from(names), TEXTS, max_size=6))
    texts["公文.行距"] = str(data.draw(st.decimals(20, 40, places=2)))
    entered = Preferences({**preferences(campaign.root).texts, **texts})
    assert not keep(campaign.root, entered).failed
    again, usual = preferences(campaign.root), defaults(entered)
    for key in ENTRIES:
        same = {entered[key], usual[key]} if key != "公文.行距" else {str(float(entered[key])), "28.95"}
        assert (again[key] or usual[key]) in same or float(again[key]) == float(entered[key])
    assert read_settings(campaign.root / SETTINGS).key == campaign.settings.key


def test_the_defaults_are_those_that_hold() -> None:
    usual = defaults(Preferences({}), "市质强办")
    form = Profile().form
    assert {name: usual[f"公文.{name}"] for name in MEASURES} == {
        name: f"{getattr(form, attribute):g}" for name, (attribute, *_limits) in MEASURES.items()
    }
    assert {name: usual[f"公文.{name}"] for name in FACES} == FACES
    assert (usual["公文.发文机关标志"], usual["公文.印发机关"]) == ("市质强办文件", "市质强办")
    assert usual["邮箱.发件人"] == "市质强办"
    assert defaults(Preferences({"公文.版式": "GB/T 33476.2-2016"}))["公文.上边距"] == "34.58"
    outlook = defaults(Preferences({"邮箱.地址": "zqb@outlook.com"}))
    assert (outlook["邮箱.发信端口"], outlook["邮箱.发信加密"]) == ("587", "STARTTLS")
    assert set(usual) == set(ENTRIES)


def test_what_equals_the_default_is_taken_out(campaign: Campaign) -> None:
    kept(campaign, 邮箱_地址="zqb@qq.com", 邮箱_发信端口="587", 公文_左边距="30", 公文_加盖印章="否", 公文_版头="无")
    assert tomllib.loads(written(campaign))["公文"] == {"左边距": 30, "加盖印章": False, "版头": "无"}
    kept(campaign, 邮箱_发信端口="465", 公文_左边距="28.0", 公文_加盖印章="是", 公文_版头="套红")
    found = tomllib.loads(written(campaign))
    assert (found["邮箱"], found["公文"]) == ({"地址": "zqb@qq.com"}, {})


def test_a_provider_against_the_address_is_kept(campaign: Campaign) -> None:
    kept(campaign, 邮箱_地址="zqb@qq.com", 邮箱_服务商="163")
    assert preferences(campaign.root)["邮箱.服务商"] == "163"
    kept(campaign, 邮箱_服务商="QQ")
    assert tomllib.loads(written(campaign))["邮箱"] == {"地址": "zqb@qq.com"}


def test_what_was_not_touched_stays_though_it_equals_the_default(campaign: Campaign) -> None:
    text = with_text(campaign, IDENTITY + '["公文"]\n"上边距"  =  37.0 # 三寸七\n"行距" = "30"\n')
    assert kept(campaign) == ["公文.行距"]  # a number written as a text, which no step would take
    assert written(campaign) == text.replace('"30"', "30")
    assert kept(campaign) == []


def test_full_width_signs_are_slips(campaign: Campaign) -> None:
    kept(campaign, 邮箱_地址=" ｚｑｂ＠qq.com ", 公文_行距="２９．５", 公文_抄送="甲　乙，\n丙")
    found = tomllib.loads(written(campaign))
    assert found["邮箱"]["地址"] == "zqb@qq.com"
    assert found["公文"] == {"行距": 29.5, "抄送": "甲　乙， 丙"}


def test_all_faults_come_at_once_each_at_its_entry() -> None:
    texts = {
        "邮箱.地址": "没有",
        "邮箱.服务商": "自建",
        "邮箱.发信服务器": "smtp 单位",
        "邮箱.发信端口": "四六五",
        "邮箱.收信端口": "70000",
        "邮箱.发信加密": "无",
        "公文.版头": "红",
        "公文.上边距": "5",
        "公文.行距": "一",
    }
    assert sorted(said(texts)) == [
        ("M02", "发信加密"),
        ("M02", "发信服务器"),
        ("M02", "地址"),
        ("M02", "收信端口"),
        ("M03", "收信服务器"),
        ("W10", "发信端口"),
        ("W10", "行距"),
        ("W11", "上边距"),
        ("W11", "版头"),
    ]
    assert said({}) == []
    assert said({"邮箱.发件人": "质强办"}) == [("W12", "地址")]
    assert not any("引号" in found.remedy for found in check(Preferences(texts)))


def test_nothing_is_written_while_something_is_wrong(campaign: Campaign) -> None:
    before = written(campaign)
    outcome = keep(campaign.root, changed_to(campaign, 公文_行距="9", 邮箱_地址="zqb@qq.com"))
    assert [found.cell for found in outcome.faults] == ["行距"]
    assert written(campaign) == before
    assert list(campaign.history()) == []


def test_the_journal_names_what_changed_and_not_how(campaign: Campaign) -> None:
    kept(campaign, 邮箱_地址="zqb@qq.com", 公文_签发人="某某")
    (entry,) = campaign.history()
    assert (entry["what"], entry["entries"]) == ("改设置", ["邮箱.地址", "公文.签发人"])
    assert "某某" not in str(entry)
    assert "zqb" not in str(entry)
    kept(campaign)
    assert len(list(campaign.history())) == 1
    assert leftovers(campaign.root) == []


def test_what_another_wrote_meanwhile_stays(campaign: Campaign) -> None:
    since = preferences(campaign.root)
    kept(campaign, 公文_抄送="市政府办")
    entered = Preferences({**since.texts, "公文.签发人": "某某"})
    keep(campaign.root, entered, since)
    assert tomllib.loads(written(campaign))["公文"] == {"抄送": "市政府办", "签发人": "某某"}


def test_a_campaign_in_use_and_one_that_is_gone(campaign: Campaign) -> None:
    entered = changed_to(campaign, 公文_抄送="甲")
    with locked(campaign):
        assert refused(lambda: keep(campaign.root, entered)).code == "C03"
    (campaign.root / SETTINGS).unlink()
    assert refused(lambda: keep(campaign.root, entered)).code == "C01"
    assert refused(lambda: preferences(campaign.root)).code == "C01"


def test_a_text_that_cannot_be_changed_alone_is_left(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = changed_to(campaign, 公文_抄送="甲")
    before = written(campaign)
    way = "qtool.actions.preferences._edited"
    monkeypatch.setattr(way, lambda text, _changes: text.replace(campaign.settings.key, "0" * 64))
    with pytest.raises(CannotChange):
        changed(before, {("公文", "抄送"): "甲"})
    assert refused(lambda: keep(campaign.root, entered)).code == "W13"
    assert written(campaign) == before


@pytest.mark.parametrize(
    ("address", "chosen", "said", "servers"),
    [
        ("12@QQ.com", "", "QQ邮箱：服务器已知，不用填", True),
        ("a@163.com", "", "163邮箱：服务器已知，不用填", True),
        ("a@exmail.qq.com", "", "腾讯企业邮箱：服务器已知，不用填", True),
        ("a@kaohe.example.cn", "", "不是常见的邮箱", False),
        ("a@kaohe.example.cn", "腾讯企业邮", "腾讯企业邮箱", True),
        ("a@qq.com", "自建", "不是常见的邮箱", False),
        ("a@q", "", "", False),
        ("", "", "", False),
    ],
)
def test_what_is_known_of_an_address(address: str, chosen: str, said: str, servers: bool) -> None:
    known = known_provider(address, chosen)
    assert known.sentence.startswith(said)
    assert bool(known.sentence) == bool(said)
    assert known.servers == servers
    assert known.advice in {provider.advice for provider in PROVIDERS}


def test_an_account_is_tried_as_it_would_be_kept(campaign: Campaign) -> None:
    text = written(campaign).replace('["邮箱"]', '["邮箱"]\n"超时" = 9\n"发信端口" = 25\n"发信加密" = "SSL"')
    with_text(campaign, text)
    entered = changed_to(campaign, 邮箱_地址="zqb@qq.com", 邮箱_发信端口="", 邮箱_发件人="市质强办")
    section = mail_of(campaign.root, entered)
    assert section == {"超时": 9, "地址": "zqb@qq.com", "发件人": "市质强办", "发信加密": "SSL"}
    assert written(campaign) == text


def test_what_is_kept_makes_the_profile(campaign: Campaign) -> None:
    kept(campaign, 公文_发文字号_函="3号", 公文_标题字体="宋体", 公文_加盖印章="否", 公文_版式="GB/T 33476.2-2016")
    profile, faults = profile_of(read_settings(campaign.root / SETTINGS).official)
    assert faults == ()
    assert (profile.name, profile.numbers, profile.form.sealed) == ("GB/T 33476.2-2016", {"函": "3号"}, False)
    assert profile.form.faces == {"方正小标宋简体": "宋体"}
