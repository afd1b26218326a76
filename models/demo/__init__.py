"""The demo data: 7,043 real subscription customers under made-up names; above all other contexts."""

from models.demo.errors import (
    BuiltInRoleMissing,
    DatabaseNotEmpty,
    DemoFileDamaged,
    DemoFileUnreadable,
)
from models.demo.events import DEMO_LOADED
from models.demo.load import (
    DEMO_FILE,
    DemoCounts,
    has_customers,
    load_demo,
    settle_tables,
)
from models.demo.staff import SIGN_INS, demo_password

__all__ = [
    "DEMO_FILE",
    "DEMO_LOADED",
    "SIGN_INS",
    "BuiltInRoleMissing",
    "DatabaseNotEmpty",
    "DemoCounts",
    "DemoFileDamaged",
    "DemoFileUnreadable",
    "demo_password",
    "has_customers",
    "load_demo",
    "settle_tables",
]
