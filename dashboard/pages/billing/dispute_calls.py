"""What is sent to Stripe about a dispute: kept first, called outside any transaction, recorded afterwards."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from dashboard.shell.run import in_thread, read, write
from models.integrations.stripe import VendorDispute, get_stripe
from models.kernel.actor import Actor
from models.payments import apply_dispute_state, get_open_dispute, keep_evidence, record_answer


async def send_answer(dispute_id: UUID, evidence: Mapping[str, str]) -> None:
    """Keep the texts and send them to the bank, once and for good.

    Where Stripe does not answer, the texts stay and the same call may be made again: it has the same key.
    """
    vendor_id, kept = await write(_keep, dispute_id=dispute_id, evidence=evidence)
    found = await in_thread(_put, vendor_id, kept, f"answer-{dispute_id}-{_digest(kept)}")
    await write(record_answer, dispute_id=dispute_id, found=found)


async def accept_dispute(dispute_id: UUID) -> None:
    """Give the dispute up: it is lost at once, for good."""
    vendor_id = await read(_open, dispute_id)
    found = await in_thread(_accept, vendor_id, f"accept-{dispute_id}")
    await write(apply_dispute_state, found=found)


def _keep(
    session: Session, actor: Actor, *, dispute_id: UUID, evidence: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    dispute = keep_evidence(session, actor, dispute_id=dispute_id, evidence=evidence)
    return dispute.vendor_id, dict(dispute.evidence)


def _open(session: Session, actor: Actor, dispute_id: UUID) -> str:
    return get_open_dispute(session, actor, dispute_id=dispute_id).vendor_id


def _put(vendor_id: str, evidence: Mapping[str, str], key: str) -> VendorDispute:
    return get_stripe().disputes.put_evidence(vendor_id, evidence=evidence, key=key, is_final=True)


def _accept(vendor_id: str, key: str) -> VendorDispute:
    return get_stripe().disputes.accept(vendor_id, key=key)


def _digest(evidence: Mapping[str, str]) -> str:
    """Other texts are another call."""
    return hashlib.sha256(repr(sorted(evidence.items())).encode()).hexdigest()[:16]
