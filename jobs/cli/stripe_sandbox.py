"""`clientforge stripe-sandbox`: our own Stripe, alone or beside web and worker."""

import signal
import socket
import threading
from typing import Annotated

import typer

from jobs.sandbox.stripe import Sandbox
from jobs.sandbox.stripe.server import LOOPBACK
from models.kernel.database import data_dir
from models.kernel.errors import Unavailable
from models.kernel.logs import configure_logs
from models.kernel.secrets import kept_secret, new_token
from models.kernel.settings import Settings, get_settings

STATE_FILE = "stripe_sandbox.sqlite"
SECRET_FILE = "stripe_sandbox_webhook_secret"  # noqa: S105 -- a file's name
# Beside the web server's port, so that links to hosted pages outlive a restart.
PORT_DISTANCE = 1000
HIGHEST_PORT = 65_535
INBOX = "/api/v1/inbound/stripe"


def stripe_sandbox(
    port: Annotated[int, typer.Option(help="Where to listen; 0 takes the usual one, else a free one.")] = 0,
) -> None:
    """Start the Stripe sandbox alone, on the loopback, and stay until Ctrl-C or SIGTERM."""
    configure_logs()
    settings = get_settings()
    listening = port or sandbox_port(settings)
    try:
        sandbox = Sandbox(port=listening, path=data_dir() / STATE_FILE)
    except OSError as error:
        sentence = (
            f"The sandbox cannot listen on port {listening}: {error.strerror}. Choose another with --port."
        )
        raise Unavailable("stripe.sandbox_port_taken", sentence) from error
    sandbox.tell(url=f"http://{settings.host}:{settings.port}{INBOX}", secret=webhook_secret(settings))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    typer.echo(f"The Stripe sandbox is ready: {sandbox.address}")
    sandbox.serve_until(stopping)


def sandbox_environment(settings: Settings) -> dict[str, str]:
    """What every process must agree on so that payments go to the sandbox; nothing where they go elsewhere.

    They go elsewhere where a key is set, or where somebody runs a sandbox already and names it.
    """
    if settings.stripe_secret_key.get_secret_value() or settings.stripe_api_base:
        return {}
    return {
        "STRIPE_API_BASE": f"http://{LOOPBACK}:{sandbox_port(settings)}",
        "STRIPE_WEBHOOK_SECRET": webhook_secret(settings),
    }


def sandbox_port(settings: Settings) -> int:
    """The usual port of the sandbox beside this web server, else a free one."""
    usual = settings.port + PORT_DISTANCE
    for port in (usual if usual <= HIGHEST_PORT else settings.port - PORT_DISTANCE, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    msg = "no port is free"
    raise OSError(msg)


def webhook_secret(settings: Settings) -> str:
    """What the sandbox signs webhooks with: the set one, else one made once and kept in DATA_DIR."""
    given = settings.stripe_webhook_secret.get_secret_value().partition(",")[0].strip()
    return given or kept_secret(data_dir() / SECRET_FILE, lambda: f"whsec_{new_token()}")
