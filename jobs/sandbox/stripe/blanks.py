"""Every resource as Stripe shows it when nothing is known about it: objects are data, functions fill them in."""

from typing import Any


def _nulls(names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split())


PREFIXES = {
    "customer": "cus",
    "payment_method": "pm",
    "setup_intent": "seti",
    "payment_intent": "pi",
    "charge": "ch",
    "balance_transaction": "txn",
    "refund": "re",
    "dispute": "dp",
    "mandate": "mandate",
    "checkout.session": "cs_test",
    "billing_portal.session": "bps",
    "event": "evt",
    "webhook_endpoint": "we",
}

WITHOUT_CREATED = frozenset(("mandate",))
WITHOUT_LIVEMODE = frozenset(("balance_transaction", "refund"))

ADDRESS = _nulls("city country line1 line2 postal_code state")
BILLING_DETAILS = {"address": ADDRESS, **_nulls("email name phone tax_id")}

BLANKS: dict[str, dict[str, Any]] = {
    "customer": {
        **_nulls("address currency default_source description discount email name phone"),
        **_nulls("shipping test_clock"),
        "balance": 0,
        "delinquent": False,
        "invoice_prefix": "SANDBOX",
        "invoice_settings": _nulls("custom_fields default_payment_method footer rendering_options"),
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    },
    "payment_method": {
        **_nulls("customer customer_account type"),
        "allow_redisplay": "unspecified",
        "billing_details": BILLING_DETAILS,
        "metadata": {},
    },
    "setup_intent": {
        **_nulls("allowed_payment_method_types application automatic_payment_methods cancellation_reason"),
        **_nulls("client_secret customer customer_account description excluded_payment_method_types"),
        **_nulls("flow_directions last_setup_error latest_attempt mandate next_action on_behalf_of"),
        **_nulls("payment_method payment_method_configuration_details single_use_mandate status"),
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": [],
        "usage": "off_session",
    },
    "payment_intent": {
        **_nulls("allowed_payment_method_types amount application application_fee_amount"),
        **_nulls("automatic_payment_methods canceled_at cancellation_reason client_secret currency customer"),
        **_nulls(
            "customer_account description excluded_payment_method_types last_payment_error latest_charge"
        ),
        **_nulls("managed_payments next_action on_behalf_of payment_method"),
        **_nulls("payment_method_configuration_details processing receipt_email review setup_future_usage"),
        **_nulls("shipping source statement_descriptor statement_descriptor_suffix status transfer_data"),
        **_nulls("transfer_group"),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": [],
    },
    "charge": {
        **_nulls("amount application application_fee application_fee_amount balance_transaction currency"),
        **_nulls("customer description failure_balance_transaction failure_code failure_message"),
        **_nulls("on_behalf_of outcome payment_intent payment_method receipt_email receipt_number"),
        **_nulls("receipt_url review shipping source source_transfer statement_descriptor"),
        **_nulls("statement_descriptor_suffix status transfer_data transfer_group"),
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": BILLING_DETAILS,
        "calculated_statement_descriptor": "SANDBOX",
        "captured": False,
        "disputed": False,
        "fraud_details": {},
        "metadata": {},
        "paid": False,
        "payment_method_details": {},
        "refunded": False,
    },
    "balance_transaction": {
        **_nulls("amount available_on currency description exchange_rate net reporting_category source type"),
        "balance_type": "payments",
        "fee": 0,
        "fee_details": [],
        "status": "pending",
    },
    "refund": {
        **_nulls("amount balance_transaction charge currency customer customer_account destination_details"),
        **_nulls("payment_intent payment_method reason receipt_number source_transfer_reversal status"),
        **_nulls("transfer_reversal"),
        "metadata": {},
    },
    "dispute": {
        **_nulls("amount charge currency payment_intent payment_method_details reason status"),
        "balance_transactions": [],
        "enhanced_eligibility_types": [],
        "evidence": {
            **_nulls(
                "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure"
            ),
            **_nulls("cancellation_rebuttal customer_communication customer_email_address customer_name"),
            **_nulls("customer_purchase_ip customer_signature duplicate_charge_documentation"),
            **_nulls("duplicate_charge_explanation duplicate_charge_id product_description receipt"),
            **_nulls("refund_policy refund_policy_disclosure refund_refusal_explanation service_date"),
            **_nulls("service_documentation shipping_address shipping_carrier shipping_date"),
            **_nulls("shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"),
            "enhanced_evidence": {},
        },
        "evidence_details": {
            "due_by": None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "metadata": {},
    },
    "mandate": {
        **_nulls("customer_acceptance payment_method payment_method_details"),
        "multi_use": {},
        "status": "active",
        "type": "multi_use",
    },
    "checkout.session": {
        **_nulls("adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types"),
        **_nulls("amount_subtotal amount_total billing_address_collection cancel_url client_reference_id"),
        **_nulls("collected_information consent consent_collection currency currency_conversion customer"),
        **_nulls("customer_account customer_creation customer_details customer_email discounts expires_at"),
        **_nulls("integration_identifier invoice invoice_creation locale managed_payments mode"),
        **_nulls("origin_context payment_intent payment_link payment_method_collection"),
        **_nulls("payment_method_configuration_details permissions recovered_from"),
        **_nulls("saved_payment_method_options setup_intent shipping_address_collection shipping_cost"),
        **_nulls("submit_type subscription success_url total_details url wallet_options"),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "client_secret": None,
        "custom_fields": [],
        "custom_text": _nulls("after_submit shipping_address submit terms_of_service_acceptance"),
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": [],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
    },
    "billing_portal.session": {
        **_nulls("customer customer_account flow locale on_behalf_of return_url url"),
        "configuration": "bpc_sandbox",
    },
    "event": {**_nulls("api_version data request type"), "pending_webhooks": 0},
    "webhook_endpoint": {
        **_nulls("api_version application description secret url"),
        "enabled_events": [],
        "metadata": {},
        "status": "enabled",
    },
}
