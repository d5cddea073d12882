"""Officers: the people of a round who decide, hold meetings, sign and file, each before a browser of their own."""

from collections.abc import Mapping
from datetime import date

from shared.authz.actor import Actor
from shared.db.session import acting
from shared.usecases.members import actor_of, add_person, appoint
from tests.browser.players import Player
from tests.builders import LONG_AGO, founder
from tests.usecases.stage import Stage


class Committee(Player):
    """A member of the committee."""

    def accepts_all_but(self, *names: str, minute: str) -> str:
        """Accept everything that waits in one go, with some taken out."""
        self.does("审核")
        for name in names:
            self.page.get_by_role("row", name=name).get_by_role("checkbox").uncheck()
        said = self.presses("认定勾选的…")
        self.fills(minute=minute)
        self.presses("认定这", exact=False)
        return said

    def refuses(self, name: str, reason: str, minute: str) -> str:
        """Refuse a member's claim on the claim itself."""
        self.does("审核")
        self.follows(name)
        self.page.locator("summary", has_text="不予认定").click()
        self.fills(refuse_reason=reason, refuse_minute=minute)
        return self.presses("不予认定")

    def proposes(self) -> str:
        """Propose the points as the rules have them."""
        self.does("提出初步意见")
        self.presses("下一步：核对")
        return self.presses("提出初步意见")

    def compiles(self) -> str:
        """Bring a round together for its first notice."""
        self.does("汇总本期积分")
        return self.presses("汇总本期积分，准备公示")

    def confirms(self, minute: str) -> str:
        """Confirm a round after its first notice."""
        self.does("作支部认定")
        self.fills(minute=minute)
        return self.presses("认定本期积分")

    def reviews(self) -> str:
        """Review the notice that waits, every line of it."""
        self.does("审核公示稿")
        self.chooses("read", "已逐行看过")
        return self.presses("审核通过")

    def investigates(self, heard: str, day: date, text: str) -> str:
        """Write down what was found about an objection."""
        self.does("调查异议")
        self.fills(heard=heard, held_on=day, text=text)
        return self.presses("写下")

    def answers(self, upheld: str, text: str, **remedy: str) -> str:
        """Answer an objection; `accept` names a refused claim that is to count, `reason` says why."""
        self.does("答复异议")
        self.chooses("upheld", upheld)
        if "accept" in remedy:
            self.chooses("accept", remedy.pop("accept"))
        self.fills(text=text, **remedy)
        return self.presses("答复")

    def assigns(self, name: str) -> str:
        """Name who investigates an objection."""
        self.does("指定异议调查人")
        self.chooses("person", name)
        return self.presses("指定")


class Secretary(Committee):
    """Who leads the branch, holds its meetings and signs for it."""

    def holds_meeting(self, subject: str, minute: str, votes: int) -> str:
        """Call the members' meeting, where everybody is and everybody is in favour; return its last page."""
        self.does("召开党员大会评定")
        self.follows("召集会议")
        self.fills(subject=subject, minute=minute)
        self.presses("召集")
        self.follows("点名签到")
        self.presses("全部记为到会")
        self.follows("登记表决结果")
        self.fills(in_favour=votes)
        assert "通过" in self.presses("登记结果")
        return self.presses("结束会议")

    def approves(self) -> str:
        """Approve the notice that waits."""
        self.does("审批公示稿")
        return self.presses("同意张贴")

    def submits(self, to: str) -> str:
        """Send the package that the clock has made up."""
        self.does("上报备案材料")
        return self.presses(f"上报{to}")


class Above(Player):
    """An officer of the township or the county."""

    def files(self) -> str:
        """Receive a package, and file it."""
        self.does("接收备案材料")
        self.presses("接收")
        return self.presses("备案，给回执")


class Scorer(Player):
    """One of the three who score what members have done."""

    def scores(self, figures: Mapping[str, str]) -> str:
        """Give points to claims, each by its own words."""
        self.does("评分")
        for text, points in figures.items():
            self.page.get_by_role("row").filter(has_text=text).get_by_role("textbox").fill(points)
        return self.presses("提交评分（提交后不能改）")

    def agrees(self, points: str, minute: str) -> str:
        """Write down the figure on which the three have agreed."""
        self.does("商定")
        self.follows("商定")
        self.fills(agreed=points, minute=minute)
        return self.presses("写下商定的分数")

    def finishes(self) -> str:
        """Hand the scores to the committee."""
        self.does("把评分交支委会")
        return self.presses("评完了，交支委会")


def of_the_county(stage: Stage) -> Actor:
    """Appoint an officer of the county."""
    by = founder(stage.county_id)
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        person = add_person(session, by, stage.county_id, "县直干部")
        appoint(session, by, stage.county_id, person.id, "county_officer", LONG_AGO)
        return actor_of(session, stage.county_id, stage.county_id, person.id, date(2026, 1, 1))
