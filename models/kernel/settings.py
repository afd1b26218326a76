"""The one typed settings object, read from the environment at the edge."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, with its default and what it does; `docs/settings.md` shows the same list."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address the web server binds to.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    public_url: str = Field(
        "",
        description="Address people type, without a trailing slash; empty means http://localhost:PORT. "
        "An https address makes cookies Secure.",
    )
    allowed_origins: str = Field(
        "",
        description="Further origins whose pages may open a websocket or post a form, separated by commas.",
    )
    data_dir: Path = Field(Path(".data"), description="Folder of the embedded database, exports and keys.")
    database_url: str = Field("", description="PostgreSQL to use; empty starts the embedded one in DATA_DIR.")
    database_read_url: str = Field("", description="Read replica; empty reads from DATABASE_URL.")
    database_pool_size: int = Field(
        12, ge=1, description="Connections a process keeps open at most, to read and to write each."
    )
    redis_url: str = Field(
        "", description="Redis for queue, limiter and screen state; needed for several web processes."
    )
    secret_keys: SecretStr = Field(
        SecretStr(""),
        description="Encryption keys as id:base64 of 32 bytes, separated by commas, newest first; "
        "empty keeps a generated key in DATA_DIR.",
    )
    demo_password: SecretStr = Field(
        SecretStr(""),
        description="Password of the demo sign-ins; empty means the one printed by `clientforge run`.",
    )
    session_idle_minutes: int = Field(60, ge=1, description="A session ends after this long without use.")
    session_absolute_hours: int = Field(12, ge=1, description="A session ends this long after sign-in.")
    export_link_minutes: int = Field(60, ge=1, description="How long an export can be downloaded.")
    worker_threads: int = Field(4, ge=1, description="Tasks the worker runs side by side.")
    delivery_attempts: int = Field(6, ge=1, description="Tries of an event's delivery before it is parked.")
    mail_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server as `smtp://user:password@host:587` (STARTTLS) or `smtps://` (TLS from the start); "
        "`?ca=FILE` trusts that authority, `?tls=off` is for a server without TLS and takes no password. "
        "Empty keeps messages in the outbox.",
    )
    mail_from: str = Field(
        "", description="Sender of mails, e.g. `Billing <billing@example.com>`; needed where MAIL_URL is set."
    )
    mail_bounces_to: str = Field(
        "", description="Address that undeliverable mails return to; empty means the one of MAIL_FROM."
    )
    mail_timeout_seconds: float = Field(
        20, gt=0, le=60, description="How long each answer of the mail server may take."
    )
    mail_attempts: int = Field(8, ge=1, description="Tries of a mail before it counts as failed.")
    log_level: str = Field("INFO", description="Least level that is logged: DEBUG, INFO, WARNING, ERROR.")
    sentry_dsn: SecretStr = Field(SecretStr(""), description="Sentry project; empty reports no errors.")
    relay_sweep_seconds: float = Field(
        5, gt=0, description="How often the relay looks for events whose wake-up was lost."
    )
    delivery_lease_seconds: float = Field(
        60, gt=0, description="A delivery that was queued but not finished is queued again after this long."
    )
    delivery_backoff_seconds: float = Field(
        10,
        gt=0,
        description="Pause before a delivery's second try; each further pause is four times as long.",
    )
    issuer_name: str = Field("ClientForge", description="Who issues our invoices, as printed on them.")
    issuer_address: str = Field(
        "", description="Address of the issuer; its lines are separated by semicolons."
    )
    issuer_country: str = Field(
        "", pattern="^([A-Z]{2})?$", description="Country of the issuer (ISO 3166); empty charges no tax."
    )
    proration_unit: str = Field(
        "second",
        pattern="^(second|day)$",
        description="Unit parts of a period are counted in: second or day.",
    )
    suspend_after_days: int = Field(
        45,
        ge=0,
        description="Days an invoice that no campaign has taken may stay unpaid after it was due before its subscription "
        "is suspended; 0 never.",
    )
    tax_rounding: str = Field(
        "line",
        pattern="^(line|invoice)$",
        description="Where tax is rounded: on each line or on the invoice.",
    )
    issuer_tax_id: str = Field("", description="Tax number of the issuer; empty prints none.")
    issuer_logo: str = Field(
        "", description="SVG, PNG or JPEG file printed on documents; empty prints the product's mark."
    )
    stripe_secret_key: SecretStr = Field(
        SecretStr(""),
        description="Secret key of the Stripe account; empty uses the sandbox at STRIPE_API_BASE.",
    )
    stripe_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Signing secret of our webhook endpoint at Stripe; two, separated by a comma, while it is replaced.",
    )
    stripe_api_base: str = Field(
        "",
        description="Address of the Stripe sandbox, which `clientforge run` sets where no key is set; "
        "empty without a key means no payments. With a key it is not used.",
    )
    void_approval_limit: str = Field(
        "*:1000000",
        description="Above this a void needs a second person, until people set a limit under Settings, Approvals: "
        "currency and minor units, separated by commas; `*` is any other currency, without it nothing is free.",
    )
    write_off_approval_limit: str = Field("*:1000000", description="The same for writing an invoice off.")
    credit_approval_limit: str = Field(
        "*:1000000", description="The same for all that is credited of one invoice."
    )
    refund_approval_limit: str = Field(
        "*:1000000", description="The same for all that is refunded of one invoice."
    )
    approval_expiry_hours: int = Field(
        72, ge=1, le=720, description="How long a request for approval waits before it expires."
    )
    invoice_approval_limit: str = Field(
        "*:1000000",
        description="Above this a draft needs two people: currency and minor units, separated by commas; "
        "`*` is any other currency.",
    )

    @property
    def base_url(self) -> str:
        """The address people type, without a trailing slash."""
        return self.public_url.rstrip("/") or f"http://localhost:{self.port}"

    @property
    def origins(self) -> list[str]:
        """Origins whose pages may talk to us; never a wildcard."""
        extra = [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]
        return [self.base_url, f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}", *extra]

    @property
    def is_https(self) -> bool:
        """Whether people reach us through TLS, so that cookies may be Secure."""
        return self.base_url.startswith("https://")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
