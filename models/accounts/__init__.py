"""Customers, staff, roles, sessions: who there is and who may do what."""

from models.accounts.operations.bulk import (
    assign_owners,
    change_tags,
    continue_bulk_change,
    fail_bulk_change,
    undo_bulk_change,
)
from models.accounts.operations.looks import choose_default_view, keep_look
from models.accounts.operations.new_tenant import create_tenant
from models.accounts.operations.notes import add_note
from models.accounts.operations.roles import sync_built_in_roles
from models.accounts.operations.sessions import (
    SignedIn,
    end_all_other_sessions,
    end_session,
    purge_sessions,
    resolve_session,
    sign_in,
    sign_out,
    touch_session,
)
from models.accounts.operations.staff import (
    change_password,
    change_roles,
    create_admin,
    create_staff,
)
from models.accounts.operations.tenants import (
    LOCALES,
    add_contact,
    assign_owner,
    change_tenant_status,
    tenant_subject,
    update_tenant,
)
from models.accounts.operations.views import delete_view, save_view
from models.accounts.queries.actors import actor_for, people_who_grant, roles_with
from models.accounts.queries.bulk import BulkRow, LeftAlone, get_bulk_change, list_stale_bulk_changes
from models.accounts.queries.staff import (
    ListLook,
    Profile,
    SessionRow,
    ViewRow,
    get_list_look,
    get_profile,
    list_sessions,
    list_views,
)
from models.accounts.queries.tenants import (
    ContactRow,
    Person,
    TenantDetail,
    find_tenants,
    get_tenant,
    list_account_managers,
    matches,
    matching_tenant_ids,
)
from models.accounts.rules.built_in_roles import BUILT_IN_ROLES
from models.accounts.rules.passwords import hash_password
from models.accounts.scoping import get_scoped, in_scope, lock_scoped, scoped
from models.accounts.tables import (
    BulkAction,
    BulkStatus,
    Contact,
    Role,
    StaffRole,
    StaffUser,
    Tenant,
    TenantStatus,
    ViewScope,
)

__all__ = [
    "BUILT_IN_ROLES",
    "LOCALES",
    "BulkAction",
    "BulkRow",
    "BulkStatus",
    "Contact",
    "ContactRow",
    "LeftAlone",
    "ListLook",
    "Person",
    "Profile",
    "Role",
    "SessionRow",
    "SignedIn",
    "StaffRole",
    "StaffUser",
    "Tenant",
    "TenantDetail",
    "TenantStatus",
    "ViewRow",
    "ViewScope",
    "actor_for",
    "add_contact",
    "add_note",
    "assign_owner",
    "assign_owners",
    "change_password",
    "change_roles",
    "change_tags",
    "change_tenant_status",
    "choose_default_view",
    "continue_bulk_change",
    "create_admin",
    "create_staff",
    "create_tenant",
    "delete_view",
    "end_all_other_sessions",
    "end_session",
    "fail_bulk_change",
    "find_tenants",
    "get_bulk_change",
    "get_list_look",
    "get_profile",
    "get_scoped",
    "get_tenant",
    "hash_password",
    "in_scope",
    "keep_look",
    "list_account_managers",
    "list_sessions",
    "list_stale_bulk_changes",
    "list_views",
    "lock_scoped",
    "matches",
    "matching_tenant_ids",
    "people_who_grant",
    "purge_sessions",
    "resolve_session",
    "roles_with",
    "save_view",
    "scoped",
    "sign_in",
    "sign_out",
    "sync_built_in_roles",
    "tenant_subject",
    "touch_session",
    "undo_bulk_change",
    "update_tenant",
]
