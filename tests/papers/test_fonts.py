"""Fonts: what a document asks for is taken where it is there; a substitute is said, and none at all is a fault."""

from pathlib import Path

import pytest

from shared.domain.errors import Refusal
from shared.papers.fonts import PACKAGE, chosen, fault, fonts


def test_the_official_faces_are_taken_where_they_are_there() -> None:
    faces = chosen(["方正小标宋简体", "仿宋_GB2312", "SimSun", "SimHei", "Noto Serif CJK SC"])

    assert faces == {"小标宋": "方正小标宋简体", "仿宋": "仿宋_GB2312", "宋体": "SimSun", "黑体": "SimHei"}


def test_a_packaged_font_stands_in_for_them() -> None:
    faces = chosen(["Noto Serif CJK SC", "Noto Sans CJK SC"])

    assert faces["仿宋"] == "Noto Serif CJK SC"
    assert faces["黑体"] == "Noto Sans CJK SC"


@pytest.mark.parametrize("only", ["LXGW WenKai", "AR PL UMing CN", "WenQuanYi Zen Hei"])
def test_any_chinese_font_is_better_than_none(only: str) -> None:
    assert set(chosen([only]).values()) == {only}


def test_without_a_chinese_font_the_package_is_named() -> None:
    with pytest.raises(Refusal, match=PACKAGE):
        chosen(["DejaVu Sans"])


@pytest.mark.usefixtures("fonts")
def test_what_stands_in_for_which_face_is_said(tmp_path: Path) -> None:
    found = fonts(tmp_path)

    assert fault(tmp_path) == ""
    missing = [
        face for face, family in found.faces.items() if family.startswith("Noto") and face in {"仿宋", "小标宋"}
    ]
    assert all(f"没有{face}" in found.substitutes for face in missing)
