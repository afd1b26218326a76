"""Serving pages that are built already: what `reflex run --single-port` does once its build is done.

`reflex run` has no way to skip the build, so this calls the pinned version's own pieces.
"""

from reflex.utils import exec as reflex_exec
from reflex_base import constants
from reflex_base.config import get_config
from reflex_base.environment import environment


def main() -> None:
    """Serve pages, websocket and HTTP on one port until the process is ended."""
    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    config = get_config()
    port = config.backend_port or constants.DefaultPorts.BACKEND_PORT
    reflex_exec.run_backend_prod(config.backend_host, port, constants.LogLevel.WARNING, True)  # noqa: FBT003


if __name__ == "__main__":
    main()
