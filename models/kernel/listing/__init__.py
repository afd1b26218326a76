"""Lists: one description of columns, filters and sorts that screens, exports and the API share."""

from models.kernel.listing.query import Condition, ListQuery
from models.kernel.listing.run import (
    count_sentence,
    ignored,
    list_count,
    list_page,
    list_totals,
    listing_named,
    scoped_ids,
    stream,
)
from models.kernel.listing.spec import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    listings,
    money_of,
    register,
)
from models.kernel.listing.values import (
    exported_headers,
    exported_row,
    exported_value,
    show_date,
    show_instant,
    shown_text,
)

__all__ = [
    "Choice",
    "Column",
    "ColumnKind",
    "Condition",
    "Filter",
    "FilterKind",
    "ListQuery",
    "Listing",
    "SortKey",
    "View",
    "count_sentence",
    "exported_headers",
    "exported_row",
    "exported_value",
    "ignored",
    "list_count",
    "list_page",
    "list_totals",
    "listing_named",
    "listings",
    "money_of",
    "register",
    "scoped_ids",
    "show_date",
    "show_instant",
    "shown_text",
    "stream",
]
