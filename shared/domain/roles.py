"""Roles: what they are called, and which of them need a second factor to sign in."""

from collections.abc import Iterable

WORDS = {
    "secretary": "支部书记",
    "recorder": "记录员",
    "office": "综合部",
    "committee": "支委",
    "deputy": "副书记",
    "organiser": "组织委员",
    "publicity": "宣传委员",
    "discipline": "纪检委员",
    "group_leader": "党小组长",
    "village_head": "村民小组长",
    "scorer": "评议小组成员",
    "contact": "联系人",
    "observer": "列席人员",
    "township_officer": "乡镇干部",
    "bureau_officer": "主管部门干部",
    "general_officer": "党总支书记",
    "county_officer": "县干部",
    "system_administrator": "系统管理员",
    "security_administrator": "安全管理员",
    "audit_administrator": "审计管理员",
    "clock": "系统按期",
    "service": "接入的程序",
    "villager": "村民",
    "relative": "家人（代办）",
    "member": "党员",
}
# Who runs the system, who grants rights, and who watches both (三员分立): never one person.
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")
# Who approves, supervises or administers: a password alone is not enough.
NEED_FACTOR = frozenset(
    {
        "secretary",
        "organiser",
        "publicity",
        "deputy",
        "committee",
        "discipline",
        "township_officer",
        "bureau_officer",
        "general_officer",
        "county_officer",
        "system_administrator",
        "security_administrator",
        "audit_administrator",
    }
)


def in_words(roles: Iterable[str]) -> str:
    """Return roles in Chinese, the offices first: 支部书记、党员."""
    held = set(roles)
    return "、".join(word for role, word in WORDS.items() if role in held)


def need_factor(roles: Iterable[str]) -> bool:
    """Return whether somebody with these roles signs in with a second factor."""
    return not NEED_FACTOR.isdisjoint(roles)
