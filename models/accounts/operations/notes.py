"""Notes on a customer or on something of theirs."""

from uuid import UUID

from sqlmodel import Session

from models.accounts import events
from models.accounts.scoping import get_scoped
from models.accounts.tables import Note, Tenant
from models.kernel.actor import Actor, ActorKind
from models.kernel.errors import Invalid
from models.kernel.events import Subject, record_event
from models.kernel.permissions import Permission

MAX_NOTE = 4_000


def add_note(session: Session, actor: Actor, *, subject: Subject, body: str) -> Note:
    """Write a note on a subject of a customer within the actor's reach."""
    tenant_id: UUID | None = subject.tenant_id
    if tenant_id is None:
        raise Invalid("note.no_customer", "A note needs a customer.")
    get_scoped(session, actor, Tenant, tenant_id, Permission.notes_write)
    text = body.strip()
    if not text or len(text) > MAX_NOTE:
        raise Invalid("note.length", f"A note has 1 to {MAX_NOTE:,} characters.", field="body")
    note = Note(
        tenant_id=tenant_id,
        subject_type=subject.type,
        subject_id=subject.id,
        body=text,
        author_id=actor.id if actor.kind is ActorKind.user else None,
    )
    session.add(note)
    session.flush()
    record_event(session, actor, events.NOTE_ADDED, subject, after={"body": text})
    return note
