"""Units in the panel: the tree, and each of its units."""

from services.admin.listings import Choice, Listing, in_words, named
from services.admin.rows import Unit


class Units(Listing, model=Unit):
    """The units."""

    name = name_plural = "单位"
    icon = "fa-solid fa-building"
    column_list = ("name", "kind", "code", "parent_name", "since", "until")
    column_details_list = ("name", "kind", "code", "parent_name", "since", "until", "id")
    column_searchable_list = ("name", "code")
    column_sortable_list = ("name", "code", "kind", "parent_name")
    column_default_sort = "code"
    column_filters = (Choice("kind", named("county", "bureau", "township", "general_branch", "branch")),)
    column_formatters = column_formatters_detail = {"kind": in_words()}


VIEWS = [Units]
