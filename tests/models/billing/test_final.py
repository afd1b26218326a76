"""What is issued is never changed, whoever writes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.billing import InvoiceStatus
from tests.factories.billing import make_invoice


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoice SET subtotal_minor = 1, total_minor = 1 WHERE id = :id",
        "UPDATE invoice SET number = 'X-' || number WHERE id = :id",
        "UPDATE invoice_line SET amount_minor = 1 WHERE invoice_id = :id",
        "DELETE FROM invoice_line WHERE invoice_id = :id",
    ],
)
def test_the_database_refuses_to_change_an_issued_invoice(session: Session, change: str) -> None:
    draft, issued = (make_invoice(session, status=each) for each in (InvoiceStatus.draft, InvoiceStatus.open))
    session.execute(text(change), {"id": draft.id})
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(change), {"id": issued.id})
