"""Made-up people: names drawn by a number, with the key by which lists order them (按姓氏笔画)."""

from random import Random

SURNAMES = (
    "丁2 马3 王4 方4 孔4 田5 石5 叶5 史5 朱6 任6 江6 汤6 许6 孙6 李7 吴7 何7 余7 邹7 沈7 陆7 陈7 宋7 苏7 杜7 张7 "
    "林8 周8 金8 罗8 郑8 赵9 胡9 钟9 姚9 施9 贺9 袁10 顾10 徐10 高10 郭10 唐10 钱10 陶10 黄11 曹11 梁11 章11 "
    "常11 彭12 董12 韩12 蒋12 谢12 程12 曾12 雷13 蔡14 谭14 廖14 潘15 薛16 戴17 魏17"
)
GIVEN = (
    "山3 川3 文4 月4 水4 云4 长4 玉5 永5 生5 平5 民5 禾5 竹6 光6 兴6 庆6 安6 全6 先6 吉6 良7 宏7 秀7 芳7 志7 连7 "
    "来7 怀7 青8 明8 和8 松8 学8 国8 春9 秋9 香9 荣9 贵9 保9 根10 祥10 家10 桃10 海10 梅11 银11 喜12 善12 景12 "
    "瑞13 新13 满13"
)
# Two minority names, long and with the middle dot, so that every list shows them right.
LONG = ("阿依古丽·买买提江", "巴特尔·孟和朝鲁")


def _table(written: str) -> dict[str, int]:
    return {pair[0]: int(pair[1:]) for pair in written.split()}


_SURNAMES, _GIVEN = _table(SURNAMES), _table(GIVEN)
STROKES = _GIVEN | _SURNAMES


def a_name(chance: Random) -> str:
    """Return a name of two or three characters; now and then a long one."""
    if chance.random() < 0.003:
        return chance.choice(LONG)
    given = chance.sample(sorted(_GIVEN), 1 if chance.random() < 0.15 else 2)
    return chance.choice(sorted(_SURNAMES)) + "".join(given)


def sort_key(name: str) -> str:
    """Return the key by strokes, character by character; one that the table does not know comes last."""
    return " ".join(f"{STROKES.get(sign, 99):02d}{ord(sign):05x}" for sign in name)
