"""Events of the accounts context."""

from models.kernel.events import declare

BULK_CHANGE_FAILED = declare("bulk_change.failed", "stopped changing many customers", "done", "left", "error")
BULK_CHANGE_QUEUED = declare(
    "bulk_change.queued", "changes many customers", "action", "owner", "tags_added", "tags_removed", "rows"
)
CONTACT_ADDED = declare("contact.added", "added a contact", "name", "email", "role")
NOTE_ADDED = declare("note.added", "wrote a note", "body")
PASSWORD_CHANGED = declare("staff_user.password_changed", "changed the password", "sessions_ended")
SESSION_ENDED = declare("session.ended", "ended a session", "sessions")
SIGNED_IN = declare("staff_user.signed_in", "signed in", "address")
SIGNED_OUT = declare("staff_user.signed_out", "signed out")
STAFF_CREATED = declare("staff_user.created", "created a member of staff", "email", "roles")
STAFF_ROLES_CHANGED = declare("staff_user.roles_changed", "changed roles", "roles")
TENANT_CREATED = declare(
    "tenant.created",
    "added the customer",
    "name",
    "country",
    "currency",
    "time_zone",
    "locale",
    "email",
    "owner",
)
TENANT_OWNER_CHANGED = declare("tenant.owner_changed", "changed the account manager", "owner")
TENANT_STATUS_CHANGED = declare("tenant.status_changed", "changed the status", "status")
TENANT_UPDATED = declare(
    "tenant.updated", "changed the customer", "name", "email", "country", "time_zone", "locale", "tags"
)
VIEW_SAVED = declare("saved_view.saved", "saved a view", "listing", "name", "scope")
VIEW_DELETED = declare("saved_view.deleted", "deleted a view", "listing", "name")
