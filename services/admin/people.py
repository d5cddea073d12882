"""People in the panel: who is entered where, who is a member, who holds which role."""

from typing import Any

from services.admin.listings import LABELS, Choice, Listing
from services.admin.rows import Holding, Member, Person
from shared.domain.roles import in_words
from shared.usecases.administrations import GIVEN

NAMED = {**LABELS, "name": "姓名"}


def _role(row: Any, _: Any) -> str:
    return in_words([row.role])


class People(Listing, model=Person):
    """Everybody, by name and unit; how to reach them stands nowhere here."""

    name = name_plural = "人员"
    icon = "fa-solid fa-user"
    column_labels = NAMED
    column_list = ("name", "unit_name")
    column_details_list = ("name", "unit_name", "id")
    column_searchable_list = column_sortable_list = ("name", "unit_name")
    column_default_sort = "name"


class Members(Listing, model=Member):
    """The rosters."""

    name = name_plural = "党员"
    icon = "fa-solid fa-users"
    column_labels = NAMED
    column_list = ("name", "member_no", "unit_name", "present_from", "present_to")
    column_details_list = (*column_list, "id")
    column_searchable_list = ("name", "member_no", "unit_name")
    column_sortable_list = ("name", "member_no", "unit_name", "present_from", "present_to")
    column_default_sort = "unit_name"


class Holdings(Listing, model=Holding):
    """Who holds which role, and when."""

    name = name_plural = "任职"
    icon = "fa-solid fa-id-badge"
    column_list = ("person_name", "role", "unit_name", "department", "since", "until")
    column_details_list = (*column_list, "id")
    column_searchable_list = ("person_name", "unit_name")
    column_sortable_list = ("person_name", "role", "unit_name", "since", "until")
    column_default_sort = "unit_name"
    column_filters = (Choice("role", GIVEN),)
    column_formatters = column_formatters_detail = {"role": _role}


VIEWS = [People, Members, Holdings]
