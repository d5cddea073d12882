"""Wording of the panel: sqladmin's own sentences in Chinese, and what an error's number means."""

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).with_name("zh.po")
ERRORS = {
    400: "网址里有不认识的内容，请从列表重新打开。",
    403: "您的身份不能看这一页，也不能办理这一步。",
    404: "没有这一页，或者不在您的管理范围内。",
    405: "这一步不能这样办理，请从页面上的按钮进去。",
}


def speak_chinese(env: Any) -> None:
    """Let sqladmin's templates speak Chinese, whatever the browser prefers: there is one language here."""
    with CATALOGUE.open("rb") as file:
        compiled = BytesIO()
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    chinese = GNUTranslations(compiled)
    env.install_gettext_callables(chinese.gettext, chinese.ngettext, newstyle=True)
    env.globals["errors"] = ERRORS
