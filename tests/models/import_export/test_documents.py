"""The documents of many invoices in one file."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlmodel import Session

from models.accounts import StaffUser
from models.billing import InvoiceStatus
from models.import_export import build_file, claim_export, get_export, request_export
from models.import_export import documents as module
from models.import_export.errors import ExportFormatUnknown, NoDocuments, TooManyDocuments
from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission, system_actor
from models.kernel.permissions import Permission, Scope
from tests.factories.billing import make_draft, make_invoice

PROGRAM = system_actor("test")
MAY = (Permission.invoices_read, Permission.invoices_export)


@pytest.fixture
def finn(session: Session) -> Actor:
    """Somebody of finance."""
    user = StaffUser(email="finn@example.test", name="Finn", password_hash="-")
    session.add(user)
    session.flush()
    return Actor(ActorKind.user, user.id, "Finn", Cause.click, dict.fromkeys(MAY, Scope.all))


def test_each_issued_invoice_is_a_pdf_by_its_number_and_drafts_are_left_out(
    session: Session, finn: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROGRESS_EVERY", 1)
    invoices = [make_invoice(session, status=each) for each in (InvoiceStatus.open, InvoiceStatus.paid)]
    draft = make_draft(session)
    chosen = [each.id for each in (*invoices, draft)]
    order = {"listing": "invoices", "file_format": "zip"}
    export_id = request_export(session, finn, selection=chosen, **order)
    session.flush()
    row = get_export(session, finn, export_id=export_id)
    assert (row.rows_total, row.file_name.endswith(".zip")) == (2, True)
    claimed = claim_export(session, PROGRAM, export_id=export_id)
    assert claimed is not None
    told: list[int] = []
    path = tmp_path / "a.zip"
    assert build_file(session, finn, order=claimed, path=path, on_progress=told.append) == 2
    assert told == [1, 2, 2]
    with ZipFile(path) as archive:
        assert sorted(archive.namelist()) == sorted(f"{each.number}.pdf" for each in invoices)
        assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())

    with pytest.raises(NoDocuments):
        request_export(session, finn, selection=[draft.id], **order)
    whole = request_export(session, finn, params="f=status:paid", **order)
    assert get_export(session, finn, export_id=whole).rows_total == 1
    with pytest.raises(ExportFormatUnknown):
        request_export(session, finn, listing="payments", file_format="zip")
    monkeypatch.setattr(module, "MAX_DOCUMENTS", 1)
    with pytest.raises(TooManyDocuments, match="2 documents"):
        build_file(session, finn, order=claimed, path=tmp_path / "b.zip", on_progress=told.append)
    assert not (tmp_path / "b.zip").exists()
    reader = Actor(ActorKind.user, finn.id, "Finn", Cause.click, {Permission.invoices_read: Scope.all})
    with pytest.raises(MissingPermission):
        build_file(session, reader, order=claimed, path=tmp_path / "c.zip", on_progress=told.append)
