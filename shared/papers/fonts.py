"""Fonts: the Chinese typefaces that papers are set in, found on this machine, and what stands in for which."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

from shared.domain.errors import Refusal

PACKAGE = "fonts-noto-cjk"
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
_SERIF = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Songti SC")
_SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Heiti SC")
_OTHERS = ("LXGW WenKai", "AR PL UMing CN", "AR PL SungtiL GB", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
# What a document by GB/T 9704 asks for first, then what may stand in for it.
WANTED: Mapping[str, tuple[str, ...]] = {
    "小标宋": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "方正小标宋_GBK"),
    "仿宋": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "华文仿宋", "FZFangSong-Z02"),
    "宋体": ("SimSun", "宋体", "STSong", *_SERIF),
    "黑体": ("SimHei", "黑体", "STHeiti", *_SANS),
}
MISSING = (
    f"没有中文字体，打不了纸面材料：请安装 {PACKAGE}（Debian、Ubuntu：apt-get install {PACKAGE}），"
    "或把本单位的字体放进一个文件夹，用 JIFEN_FONTS 指明。"
)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The family that serves as each face, all Chinese families for rare characters, and what is a substitute."""

    faces: Mapping[str, str]
    others: tuple[str, ...]
    known: typst.Fonts

    @property
    def substitutes(self) -> str:
        """In a sentence, which faces are not on this machine and what was set instead; empty where none is."""
        missing = [(face, family) for face, family in self.faces.items() if family not in WANTED[face]]
        said = "；".join(f"没有{face}，以 {family} 代替" for face, family in missing)
        return f"字体：{said}。" if said else ""


def chosen(families: Collection[str]) -> Mapping[str, str]:
    """Return the family for each face; Refusal with the package's name where no Chinese one is there."""
    found = {}
    for face, wanted in WANTED.items():
        near = (*_SANS, *_SERIF) if face == "黑体" else (*_SERIF, *_SANS)
        family = next((one for one in (*wanted, *near, *_OTHERS) if one in families), None)
        if family is None:
            raise Refusal(MISSING)
        found[face] = family
    return found


@cache
def fonts(folder: Path | None = None) -> Fonts:
    """Return this machine's fonts and those of a county's own folder; read once, a quarter of a second."""
    places = [folder, *map(Path, FOLDERS), Path.home() / ".local/share/fonts"]
    known = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(place) for place in places if place and place.is_dir()],
    )
    families = known.families()
    chinese = [one for face in (*WANTED.values(), _SERIF, _SANS, _OTHERS) for one in face if one in families]
    return Fonts(chosen(families), tuple(dict.fromkeys(chinese)), known)


def fault(folder: Path | None = None) -> str:
    """Return the sentence on why nothing can be printed here; empty where all is well."""
    try:
        fonts(folder)
    except Refusal as missing:
        return str(missing)
    return ""
