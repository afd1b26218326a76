"""Reflex configuration; no logic."""

import reflex as rx
from reflex_components_radix.plugin import RadixThemesPlugin

from dashboard.shell.theme import theme
from models.kernel.settings import get_settings

_settings = get_settings()

config = rx.Config(
    app_name="dashboard",
    backend_host=_settings.host,
    backend_port=_settings.port,
    api_url=_settings.base_url,
    deploy_url=_settings.base_url,
    cors_allowed_origins=_settings.origins,
    redis_url=_settings.redis_url or None,
    state_manager_mode="redis" if _settings.redis_url else "memory",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[RadixThemesPlugin(theme=theme())],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
