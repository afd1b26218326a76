"""Error reports to Sentry, where SENTRY_DSN names a project; without it nothing is sent."""

import sentry_sdk

from models.kernel.settings import get_settings


def start_error_reports(process: str) -> bool:
    """Report unhandled errors of this process, without personal data; False where no project is named."""
    dsn = get_settings().sentry_dsn.get_secret_value()
    if not dsn:
        return False
    sentry_sdk.init(
        dsn=dsn,
        server_name=process,
        max_request_body_size="never",
        include_local_variables=False,
        traces_sample_rate=0,
    )
    return True


def report_error(error: Exception) -> None:
    """Report an error that was caught, so that somebody mends what the caller worked around."""
    sentry_sdk.capture_exception(error)
