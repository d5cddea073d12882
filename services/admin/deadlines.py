"""Deadlines in the panel: what the clock will do, and what it has done."""

from services.admin.listings import Choice, Listing, in_words, named
from services.admin.rows import Deadline


class Deadlines(Listing, model=Deadline):
    """The instants at which the clock does something."""

    name = name_plural = "期限"
    icon = "fa-solid fa-clock"
    column_list = ("unit_name", "subject_kind", "command", "due_at", "state", "fired_at", "attempts")
    column_details_list = (*column_list, "try_at", "subject_id", "id")
    column_searchable_list = ("unit_name", "subject_id")
    column_sortable_list = ("unit_name", "due_at", "fired_at", "attempts", "state")
    column_default_sort = ("due_at", True)
    column_filters = (
        Choice("state", named("waiting", "done", "outlived")),
        Choice("subject_kind", named("round", "notice", "objection", "appeal", "filing", "verdict", "plan_step")),
    )
    column_formatters = column_formatters_detail = {
        "state": in_words(),
        "subject_kind": in_words(),
        "command": in_words(),
    }


VIEWS = [Deadlines]
