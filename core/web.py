"""Core's part of the application: extensions, settings, error pages, static helpers."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from functools import lru_cache

from flask import Flask, current_app, has_request_context, request, url_for
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from core import addresses, commands, http, pages, rendering
from core.announce import Announcements
from core.chain import Chain
from core.clock import Clock
from core.days import SHANGHAI
from core.db import db, engine_options
from core.files import FileStore
from core.settings import Settings

MAX_UPLOAD = 60 * 1024 * 1024
PRODUCT = "重大事故隐患闭环管理"


def install(app: Flask, settings: Settings, clock: Clock) -> None:
    """Give the application its database, clock, chain, files, protection and error pages."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        REMEMBER_COOKIE_DURATION=0,
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.extensions.update(
        settings=settings,
        clock=clock,
        chain=Chain(settings.chain_key, settings.chain_hash),
        files=FileStore(settings.storage),
        announcements=Announcements(),
    )
    db.init_app(app)
    Migrate(app, db, directory=str(app.root_path) + "/migrations", compare_type=True)
    Bootstrap5(app)
    CSRFProtect(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    # Windows may say text/plain, which stops module scripts under nosniff
    mimetypes.add_type("text/javascript", ".js")
    http.install(app)
    rendering.install(app)
    addresses.install(app)
    app.register_blueprint(pages.blueprint)
    commands.install(app)
    app.jinja_env.globals["has_endpoint"] = lambda name: name in app.view_functions
    app.jinja_env.globals["static_url"] = static_url
    app.context_processor(lambda: {"product": PRODUCT, "now": now().astimezone(SHANGHAI)})


def static_url(name: str) -> str:
    """The address of a file of `static/`, worked out once for each place the application is mounted at."""
    return _static_url(request.root_path if has_request_context() else "", name)


@lru_cache(maxsize=200)
def _static_url(_root: str, name: str) -> str:
    return url_for("static", filename=name)


def now() -> datetime:
    """The moment of this request, from the application's clock."""
    moment: datetime = current_app.extensions["clock"]()
    return moment


def settings() -> Settings:
    """The application's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def announcements() -> Announcements:
    """Where rooms tell each other what happened."""
    found: Announcements = current_app.extensions["announcements"]
    return found
