"""Audits in the panel: what was drawn and how it stands, and who has looked at whose points; no figures."""

from typing import Any

from services.admin.listings import Choice, Listing, in_words, period, states_of
from services.admin.rows import Audit, Look
from shared.authz.actions import Action
from shared.domain.wording import roles


def _roles(row: Any, _: Any) -> str:
    return roles(row.role)


class Audits(Listing, model=Audit):
    """The sampling audits."""

    name = name_plural = "积分抽查"
    icon = "fa-solid fa-dice"
    column_list = ("unit_name", "period", "state", "branch_percent", "line_percent", "population", "drawn_at")
    column_details_list = (*column_list, "closed_at", "id")
    column_searchable_list = ("unit_name", "period")
    column_sortable_list = column_list
    column_default_sort = ("drawn_at", True)
    column_filters = (Choice("state", states_of("audit")),)
    column_formatters = column_formatters_detail = {"state": in_words("audit"), "period": period}


class Looks(Listing, model=Look):
    """Every look at a member's points that was not their own; the audit administrator's alone."""

    declared = Action.AUDIT_SEE
    name = name_plural = "查看记录"
    icon = "fa-solid fa-eye"
    column_list = ("at", "unit_name", "member_no", "member_name", "actor_name", "role")
    column_details_list = (*column_list, "recorded_at", "id")
    column_searchable_list = ("unit_name", "member_no", "member_name", "actor_name")
    column_sortable_list = ("at", "unit_name", "actor_name")
    column_default_sort = ("at", True)
    column_formatters = column_formatters_detail = {"role": _roles}


VIEWS = [Audits, Looks]
