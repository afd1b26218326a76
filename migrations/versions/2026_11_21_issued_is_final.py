"""What is issued is never changed: the database refuses another amount, number or line of an issued invoice."""

from alembic import op

revision = "b7e21f9d4c60"
down_revision = "e19b54c7a03d"
branch_labels = None
depends_on = None

INVOICE = """
CREATE FUNCTION refuse_issued_invoice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.number, OLD.tenant_id, OLD.currency, OLD.subtotal_minor, OLD.tax_minor, OLD.total_minor, OLD.issued_on)
        IS DISTINCT FROM
        (NEW.number, NEW.tenant_id, NEW.currency, NEW.subtotal_minor, NEW.tax_minor, NEW.total_minor, NEW.issued_on)
    THEN
        RAISE EXCEPTION 'invoice % is issued and never changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
LINE = """
CREATE FUNCTION refuse_issued_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM invoice WHERE id = OLD.invoice_id AND status NOT IN ('draft', 'generating')) THEN
        RAISE EXCEPTION 'the lines of an issued invoice are never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$
"""


def upgrade() -> None:
    """Apply."""
    op.execute(INVOICE)
    op.execute(
        "CREATE TRIGGER issued_is_final BEFORE UPDATE ON invoice FOR EACH ROW "
        "WHEN (OLD.status NOT IN ('draft', 'generating')) EXECUTE FUNCTION refuse_issued_invoice_change()"
    )
    op.execute(LINE)
    op.execute(
        "CREATE TRIGGER issued_is_final BEFORE UPDATE OR DELETE ON invoice_line FOR EACH ROW "
        "EXECUTE FUNCTION refuse_issued_line_change()"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER issued_is_final ON invoice_line")
    op.execute("DROP FUNCTION refuse_issued_line_change()")
    op.execute("DROP TRIGGER issued_is_final ON invoice")
    op.execute("DROP FUNCTION refuse_issued_invoice_change()")
