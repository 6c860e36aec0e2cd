"""The official layout: titles broken into lines, signatures placed, the settings of qtool.toml, heads, typefaces."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_tally import FACTS

from qtool.office.word.page_form import NATIONAL, signature_indents, text_width
from qtool.official import profile as installed_fonts
from qtool.official.head import CIRCULAR, REQUEST, WIDEST, head_names, shaped
from qtool.official.profile import ELECTRONIC, Head, Profile, profile_of, with_fonts
from qtool.settings import new_settings
from qtool.text import day_text

WORDS = (
    "关于",
    "随州市",
    "质量",
    "工作",
    "考核",
    "结果",
    "建议",
    "的",
    "请示",
    "通报",
    "印证材料",
    "2022",
    "年度",
    "和",
)
NAMES = ("大洪山风景名胜区管理委员会", "市质强办", "广水市")


# --- titles ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([*WORDS, *NAMES]), min_size=1, max_size=14))
def test_a_title_is_broken_without_breaking_words(words: list[str]) -> None:
    title = "".join(words)
    lines = shaped(title, NAMES).split("\n")
    assert "".join(lines) == title
    assert all(text_width(line) <= WIDEST for line in lines)
    assert all(lines)
    if len(lines) <= 4:
        for before, after in itertools.pairwise(lines):
            assert after[0] not in "的和"
            assert not before.endswith("关于")
            assert not (before[-1].isdigit() and after[0].isdigit())
        for name in NAMES:
            assert title.count(name) <= sum(line.count(name) for line in lines)


@given(st.text(st.sampled_from("质量a1“”（）、，的 "), max_size=90))
def test_any_title_keeps_its_signs(title: str) -> None:
    lines = shaped(title).split("\n")
    assert "".join(lines) == title.strip()
    assert all(text_width(line) <= WIDEST for line in lines)


def test_titles_of_this_years_documents() -> None:
    assert shaped("关于2022年度质量工作考核结果的通报") == "关于2022年度质量工作考核结果的通报"
    assert (
        shaped("关于报送2022年度质量工作考核自评报告和印证材料的通知")
        == "关于报送2022年度质量工作考核\n自评报告和印证材料的通知"
    )


# --- signatures -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 25), st.sampled_from([5.5, 6.0, 6.5, 7.0]))
def test_a_sealed_signature_stands_in_the_middle_over_its_date(name: float, written: float) -> None:
    right_of_name, right_of_date = signature_indents(name, written, sealed=True)
    assert right_of_name + name / 2 == pytest.approx(right_of_date + written / 2)
    assert right_of_date >= 4
    assert right_of_name >= 2
    assert right_of_date == 4 or right_of_name == 2


@given(st.integers(1, 25), st.sampled_from([5.5, 6.0, 6.5, 7.0]))
def test_a_signature_without_a_seal_keeps_two_signs_from_the_right(name: float, written: float) -> None:
    right_of_name, right_of_date = signature_indents(name, written, sealed=False)
    # the date begins two signs to the right of the name
    assert right_of_name + name - (right_of_date + written) == pytest.approx(2)
    assert min(right_of_name, right_of_date) == 2


# --- settings -------------------------------------------------------------------------------------------------------


def test_nothing_written_is_the_national_layout() -> None:
    assert profile_of({}) == (Profile(), ())


def test_everything_that_may_be_written_is_honoured() -> None:
    profile, faults = profile_of(
        {
            "版式": "GB/T 33476.2-2016",
            "版头": "预印",
            "发文机关标志": "随州市人民政府文件",
            "发文字号": {"请示": "随质强办〔2023〕1号"},
            "签发人": "（略）",
            "抄送": "市委办公室",
            "印发机关": "某办公室",
            "加盖印章": False,
            "上边距": 36,
            "行距": 29.5,
            "标题字体": "小标宋",
        }
    )
    assert faults == ()
    assert profile.form.bottom == ELECTRONIC.bottom
    assert (profile.form.top, profile.form.pitch, profile.form.sealed) == (36, 29.5, False)
    assert profile.form.faces == {"方正小标宋简体": "小标宋"}
    names = head_names(profile, FACTS, REQUEST, date(2023, 1, 5))
    assert (names["套红"], names["预印"]) == (False, True)
    assert names["发文机关标志"] == "随州市人民政府文件"
    assert names["发文字号"] == "随质强办〔2023〕1号"
    assert head_names(profile, FACTS, CIRCULAR, date(2023, 1, 5))["发文字号"] == "　　　　〔2023〕　号"
    assert (names["有抄送"], names["抄送"], names["印发机关"]) == (True, "市委办公室", "某办公室")
    assert names["日期"] == day_text(date(2023, 1, 5)) == "2023年1月5日"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"版试": "x"}, "没有这一项"),
        ({"版式": "GB 1"}, "“GB 1”不对"),
        ({"版头": "红"}, "“红”不对"),
        ({"上边距": "37"}, "“37”不对"),
        ({"上边距": True}, "“True”不对"),
        ({"左边距": 5}, "“5”不对"),
        ({"行距": 99.0}, "“99.0”不对"),
        ({"加盖印章": "是"}, "“是”不对"),
        ({"签发人": 7}, "“7”不是文字"),
        ({"标题字体": ["宋体"]}, "不是文字"),
        ({"发文字号": "1号"}, "写法不对"),
        ({"发文字号": {"请示": 1}}, "写法不对"),
    ],
)
def test_what_is_written_wrongly_is_said_and_counts_as_not_written(written: dict[str, Any], said: str) -> None:
    profile, (fault,) = profile_of(written)
    assert profile == Profile()
    assert (fault.code, fault.file, fault.sheet) == ("D07", "qtool.toml", "公文")
    assert said in fault.message
    assert fault.remedy


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, faults = profile_of({"版头": "红", "上边距": 0, "行距": "x", "别的": 1})
    assert [fault.code for fault in faults] == ["D07"] * 4


def test_the_settings_that_a_new_campaign_shows_are_understood() -> None:
    import tomllib  # noqa: PLC0415 - read as the campaign reads it

    text = new_settings()[1]
    opened = "\n".join(line.removeprefix("# ") if line.startswith('# "') else line for line in text.splitlines())
    profile, faults = profile_of(tomllib.loads(opened)["公文"])
    assert faults == ()
    assert profile.form == NATIONAL
    assert profile.head is Head.PRINTED
    assert set(profile.numbers) == {REQUEST, CIRCULAR}


# --- typefaces --------------------------------------------------------------------------------------------------------


def test_missing_typefaces_are_named_with_what_stands_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtool.official.profile.installed", lambda: frozenset({"仿宋", "黑体", "宋体"}))
    profile, (fault,) = with_fonts(Profile())
    assert fault.code == "D08"
    assert profile.form.faces == {"仿宋_GB2312": "仿宋", "方正小标宋简体": "宋体"}
    for part in ("“仿宋_GB2312”（暂用“仿宋”代替）", "“楷体_GB2312”、", "“方正小标宋简体”（暂用“宋体”代替）"):
        assert part in fault.message
    monkeypatch.setattr(
        "qtool.official.profile.installed",
        lambda: frozenset({"仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"}),
    )
    assert with_fonts(Profile()) == (Profile(), ())


def test_installed_typefaces_are_asked_for_once() -> None:
    assert installed_fonts.installed() is installed_fonts.installed()
