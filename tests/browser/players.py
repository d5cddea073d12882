"""Players: the people of a round before browsers of their own, each doing by links and buttons what is theirs."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Locator, Page

from shared.authz.actor import Actor
from tests.files import photograph

P = TypeVar("P", bound="Player")


class Player:
    """Somebody before a page, who reads, follows links, fills in and presses buttons."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def comes_to(self, path: str) -> str:
        """Enter an address of ours, and read the page."""
        address = urlsplit(self.page.url)
        self.page.goto(f"{address.scheme}://{address.netloc}{path}")
        return self.reads()

    def reads(self) -> str:
        """Return what the page says, blanks drawn together; a page of the system's own faults ends the play."""
        said = " ".join(self.page.inner_text("main").split())
        assert "系统出了问题" not in said, (self.page.url, said)
        return said

    def follows(self, link: str, exact: bool = False) -> str:
        """Follow the first link with these words."""
        return self._moves_on(self.page.get_by_role("link", name=link, exact=exact).first)

    def presses(self, button: str, exact: bool = True) -> str:
        """Press the button with these words."""
        return self._moves_on(self.page.locator("main").get_by_role("button", name=button, exact=exact).first)

    def fills(self, **written: str | int | date) -> None:
        """Fill in fields by their names; a day goes into its three boxes."""
        for name, value in written.items():
            boxes = self.page.locator(f'main [name="{name}"]')
            days = (value.year, value.month, value.day) if isinstance(value, date) else (value,)
            for box, part in zip(boxes.all(), days, strict=True):
                box.fill(str(part))

    def chooses(self, name: str, words: str) -> None:
        """Choose what is called so, in a list or by a button."""
        boxes = self.page.locator(f'main [name="{name}"]')
        if boxes.first.evaluate("box => box.tagName") == "SELECT":
            held = boxes.first.locator("option", has_text=words).first.get_attribute("value")
            boxes.first.select_option(held)
        else:
            self.page.locator("main").get_by_label(words).and_(boxes).first.check()

    def does(self, task: str) -> str:
        """Begin what waits on their own desk."""
        self.comes_to("/desk")
        return self.follows(task)

    def _moves_on(self, pressed: Locator) -> str:
        with self.page.expect_navigation():
            pressed.click()
        return self.reads()


class Member(Player):
    """A member with their own claims and their own line."""

    def claims(self, item: str, day: date, text: str, points: str = "", photo: bool = False) -> str:
        """Claim from one's own list to the number, which is returned."""
        self.comes_to("/claims")
        self.follows("申报积分")
        self.follows(item, exact=True)
        self.fills(happened_on=day, text=text, **({"points": points} if points else {}))
        assert "有照片或材料吗" in self.presses("下一步")
        if photo:
            self.page.set_input_files('[name="files"]', [_picture()])
            assert "已经附上 1 份" in self.presses("上传")
        assert text in self.follows("下一步")
        said = self.presses("提交申报")
        assert "申报已提交" in said
        return next(word for word in said.split() if word.startswith("2026-"))

    def objects(self, text: str, right: str) -> str:
        """Object to their own line from the board, and return what is said of it."""
        self.comes_to("/board")
        self.follows("看我的一行")
        self.follows("对这一行有不同意见")
        self.fills(text=text, right=right)
        assert text in self.presses("下一步：核对")
        self.presses("提交异议")
        return self.follows("下一步")


class Leader(Player):
    """The leader of a group."""

    def signs(self, about: str, opinion: str = "完成，好") -> str:
        """Sign an opinion on the claim in whose row these words stand."""
        self.does("签小组意见")
        self._moves_on(self.page.get_by_role("row").filter(has_text=about).get_by_role("link").first)
        return self.presses(opinion)


class Recorder(Player):
    """Who writes down and hangs up: the recorder of a village, the office of a party of officials."""

    def calls_the_roll(self, day: date, meeting: str, present: str, absent: str, away: Sequence[str] = ()) -> str:
        """Enter who came to a meeting, on one sheet."""
        self.comes_to("/rounds")
        self._moves_on(self.page.locator("main h2 a").first)
        self.follows("登记出勤和加减分")
        self.follows("登记一次会议的出勤")
        self.fills(happened_on=day, text=meeting)
        self.chooses("present", present)
        self.chooses("absent", absent)
        for name in away:
            self.page.get_by_role("row", name=name).get_by_label("缺席").check()
        return self.presses("登记")

    def records(self, item: str, day: date, text: str, *names: str) -> str:
        """Enter one item for some members."""
        self.comes_to("/rounds")
        self._moves_on(self.page.locator("main h2 a").first)
        self.follows("登记出勤和加减分")
        self.page.get_by_text("登记其他事项").click()
        self.follows(item, exact=True)
        self.fills(happened_on=day, text=text)
        for name in names:
            self.page.get_by_role("row", name=name).get_by_role("checkbox").check()
        return self.presses("登记")

    def deducts(self, item: str, day: date, text: str, name: str) -> str:
        """Enter what counts against one member."""
        self.comes_to("/rounds")
        self._moves_on(self.page.locator("main h2 a").first)
        self.follows("登记出勤和加减分")
        self.page.get_by_text("登记扣分和缺失").click()
        self.follows(item, exact=True)
        self.chooses("member", name)
        self.fills(happened_on=day, text=text)
        return self.presses("登记并告知本人")

    def drafts(self, words: str) -> str:
        """Draft the notice that is called so."""
        self.does("拟公示稿")
        self.chooses("which", words)
        return self.presses("拟稿")

    def hangs(self) -> str:
        """Hang the approved notice up."""
        self.does("张贴公示")
        return self.presses("张贴公示")

    def takes_paper(self, line: str, name: str, text: str, day: date) -> str:
        """Enter a villager's objection from paper, and confirm who they are."""
        self.comes_to("/inquiries")
        self.follows("录入纸质异议")
        self.chooses("line", line)
        self.fills(name=name, group_name="第三村民小组", telephone="13800000000", text=text)
        self.fills(day=day, hour=8, minute=30, first="党员900", second="党员901")
        self.presses("录入")
        self.does("核实异议人身份")
        return self.presses("身份已核实")


class Players:
    """Everybody of one branch; `opens` gives each a window when they first come on."""

    def __init__(self, opens: Callable[..., Page], javascript: bool = True) -> None:
        self._opens, self._javascript = opens, javascript
        self._on: dict[tuple[type, Actor], Player] = {}

    def play(self, part: type[P], actor: Actor) -> P:
        """Return somebody in a part, before the same window as before."""
        key = (part, actor)
        if key not in self._on:
            page = next((one.page for (_, who), one in self._on.items() if who == actor), None)
            self._on[key] = part(page or self._opens(actor, "/board", javascript=self._javascript))
        return self._on[key]  # type: ignore[return-value]

    def stranger(self, path: str) -> Player:
        """Return somebody who has not signed in, before this page."""
        return Player(self._opens(None, path, javascript=self._javascript))


def _picture() -> FilePayload:
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
