"""Made-up people: names drawn by a number."""

from random import Random

SURNAMES = (
    "丁马方王孔叶史田石任朱江汤孙许何余吴宋张李杜沈苏邹陆陈周林罗金郑姚施胡贺赵钟唐徐郭钱陶顾高袁常"
    "曹梁章黄彭曾程董蒋谢韩雷廖蔡谭潘薛戴魏"
)
GIVEN = (
    "山川长文月水云永平民玉生禾全光先兴吉安庆竹芳来宏怀连良秀志国和学松明青香贵荣秋保春家根海祥桃善喜景梅银新满瑞"
)
# Two minority names, long and with the middle dot, so that every list shows them right.
LONG = ("阿依古丽·买买提江", "巴特尔·孟和朝鲁")


def a_name(chance: Random) -> str:
    """Return a name of two or three characters; now and then a long one."""
    if chance.random() < 0.003:
        return chance.choice(LONG)
    given = chance.sample(sorted(GIVEN), 1 if chance.random() < 0.15 else 2)
    return chance.choice(sorted(SURNAMES)) + "".join(given)
