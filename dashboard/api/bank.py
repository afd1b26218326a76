"""Bank statements as a real form post: a file is at most 1 MB, read whole or refused whole."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import RedirectResponse

from dashboard.api.visitor import SignedInActor, demand
from dashboard.shell.told import sign_told
from models.kernel.database import unit_of_work
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission
from models.payments import Upload, import_statement

router = APIRouter(prefix="/api/bank", tags=["bank"])

PAGE = "/billing/bank"


@router.post("/statements", include_in_schema=False)
@demand(Permission.bank_lines_write)
def post_statement(
    actor: SignedInActor,
    file: Annotated[UploadFile, File()],
    account: Annotated[str, Form(max_length=64)] = "",
    currency: Annotated[str, Form(max_length=3)] = "",
) -> RedirectResponse:
    """Store the lines of a statement and go back to the list with what became of them, or why it was refused."""
    try:
        with unit_of_work() as session:
            done = import_statement(
                session,
                actor,
                file_name=file.filename or "",
                content=file.file.read(),
                account=account,
                currency=currency,
            )
    except DomainError as refusal:
        told, view = sign_told(f"{refusal.sentence} ({refusal.code})", is_refusal=True), {}
    else:
        told, view = sign_told(upload_sentence(done), is_refusal=False), {"f": "status:open"}
    return RedirectResponse(f"{PAGE}?{urlencode({**view, 'told': told})}", status_code=303)


def upload_sentence(done: Upload) -> str:
    """What became of a file's lines, e.g. `3 new lines of DE75. 1 was known. 2 left the account and were passed over.`."""
    parts = [f"{done.new:,} new line{'' if done.new == 1 else 's'} of {done.account}."]
    if done.known:
        parts.append(f"{done.known:,} {'was' if done.known == 1 else 'were'} known.")
    if done.outgoing:
        parts.append(
            f"{done.outgoing:,} left the account and {'was' if done.outgoing == 1 else 'were'} passed over."
        )
    return " ".join(parts)
