"""Links to export files: signed, for one export, and of no use to anybody but its maker."""

from uuid import UUID

from models.kernel.errors import Forbidden
from models.kernel.secrets import read_link, sign_link
from models.kernel.settings import get_settings

PURPOSE = "export"


def export_href(export_id: UUID) -> str:
    """The address of an export's file, good for as long as an export can be downloaded."""
    return f"/api/exports/{export_id}/file?token={sign_link(PURPOSE, str(export_id))}"


def ensure_export_link(export_id: UUID, token: str) -> None:
    """Refuse a link that has expired, was forged or was made for another export."""
    age = get_settings().export_link_minutes * 60
    if read_link(PURPOSE, token, max_age_seconds=age) != str(export_id):
        raise Forbidden("link.forged", "This link is not valid. Open it from its page again.")
