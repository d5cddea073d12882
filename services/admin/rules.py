"""Rules in the panel: which versions there are, and which unit uses which."""

from services.admin.listings import Listing
from services.admin.rows import Adoption, Book


class Books(Listing, model=Book):
    """The versions that were issued here, or that are used here."""

    name = name_plural = "积分办法版本"
    icon = "fa-solid fa-book"
    column_list = ("name", "version", "unit_name", "effective_from", "adopted", "digest")
    column_details_list = (*column_list, "id")
    column_searchable_list = ("name", "unit_name")
    column_sortable_list = ("name", "version", "effective_from", "adopted")
    column_default_sort = "name"


class Adoptions(Listing, model=Adoption):
    """Which unit uses which version, from when on."""

    name = name_plural = "采用情况"
    icon = "fa-solid fa-code-branch"
    column_list = ("unit_name", "book", "version", "since")
    column_details_list = (*column_list, "id")
    column_searchable_list = ("unit_name", "book")
    column_sortable_list = column_list
    column_default_sort = "unit_name"


VIEWS = [Books, Adoptions]
