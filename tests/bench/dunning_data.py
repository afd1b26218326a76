"""A database in which fifty thousand invoices are chased by the standard campaign, at every step of it."""

import psycopg

CASES, QUICK_CASES = 50_000, 5_000
NAME = "bench_dunning"
TENANTS_PER_CASE = 10
TENANTS = """
INSERT INTO tenant (id, name, external_ref, email, country, currency, time_zone, locale, status, tags, version,
                    created_at, updated_at)
SELECT gen_random_uuid(), 'Customer ' || n, 'C-' || n, 'c' || n || '@bench.test', 'US', 'USD',
       (ARRAY['UTC','Europe/Berlin','America/New_York','Asia/Tokyo'])[n %% 4 + 1], 'en', 'active',
       CASE n %% 5 WHEN 0 THEN ARRAY['vip'] ELSE ARRAY[]::text[] END, 1, now(), now()
FROM generate_series(1, %(tenants)s) n
"""
ACCOUNTS = """
INSERT INTO payment_account (tenant_id, vendor_id, is_automatic, created_at)
SELECT id, 'cus_' || external_ref, true, now() FROM tenant WHERE substr(external_ref, 3)::int %% 2 = 0
"""
METHODS = """
INSERT INTO payment_method (id, tenant_id, vendor_id, kind, brand, last4, status, is_default, created_at, updated_at,
                            expires_month, expires_year, fingerprint, failure)
SELECT gen_random_uuid(), tenant_id, 'pm_' || vendor_id, 'card', 'visa', '4242', 'usable', true, now(), now(),
       12, 2030, '', ''
FROM payment_account
"""
INVOICES = """
INSERT INTO invoice (id, tenant_id, kind, number, legal_entity, status, currency, subtotal_minor, tax_minor, total_minor,
                     balance_minor, paid_minor, credited_minor, reduced_minor, period_start_on, period_until_on,
                     issued_on, due_on, tax_note, memo, approvals_needed, held_reason, failed_step, failure, version,
                     created_at, updated_at)
SELECT gen_random_uuid(), t.id, 'one_off', 'INV-' || extract(year FROM current_date - 45) || '-' || lpad(n::text, 6, '0'),
       'main', 'open', 'USD', 1000 + n, 0, 1000 + n, 0, 0, 0, 0, current_date - 75, current_date - 45, current_date - 45,
       current_date - 1 - n %% 40, '', '', 0, '', '', '', 1, now(), now()
FROM generate_series(1, %(cases)s) n
JOIN tenant t ON t.external_ref = 'C-' || (n %% %(tenants)s + 1)
"""
# At every position of the campaign; what comes next is left wrong, so that the first look has to write each of them.
STATES = """
INSERT INTO dunning_case (id, tenant_id, invoice_id, campaign_id, version_id, chosen_why, status, currency, amount_minor,
                          paid_before_minor, opened_at, anchor_at, position, round, next_at, next_action, next_why, ends_at,
                          step_count, tries_used, budget, failure_class, failure_code, failure, needs_person, person_why,
                          rest_reason, promise_minor, closed_why, recovered_minor, recovered_by, version,
                          created_at, updated_at)
SELECT gen_random_uuid(), i.tenant_id, i.id, v.campaign_id, v.id, '', 'running', 'USD', i.due_minor, 0,
       now() - (n %% 27) * interval '1 day', now() - (n %% 27) * interval '1 day' - (n %% 24) * interval '1 hour',
       CASE WHEN n %% 27 < 2 THEN 3 WHEN n %% 27 < 6 THEN 5 WHEN n %% 27 < 14 THEN 9 ELSE 11 END, 1,
       now() + interval '400 days' + n * interval '1 second', 'mail', 'unknown', now() + interval '400 days',
       jsonb_array_length(v.definition -> 'steps'), n %% 3, (v.definition ->> 'budget')::int,
       (ARRAY['', 'try_later', 'new_method', 'stop'])[n %% 4 + 1], '', 'The bank refused without a reason.',
       n %% 50 = 0, '', '', 0, '', 0, '', 1, now(), now()
FROM (SELECT *, row_number() OVER (ORDER BY number) n FROM invoice) i, campaign_version v
"""


def fill(address: str, cases: int) -> None:
    """Customers, half with a card, an invoice a case, and the cases."""
    given = {"cases": cases, "tenants": max(cases // TENANTS_PER_CASE, 1)}
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in (TENANTS, ACCOUNTS, METHODS, INVOICES, STATES):
            connection.execute(statement, given)
        connection.execute("VACUUM (ANALYZE)")
