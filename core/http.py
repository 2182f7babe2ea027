"""The one place that maps refusals to HTTP, and the headers every answer carries."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from core.db import db
from core.refusals import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotStored,
    Refusal,
    Stale,
    TooLarge,
    TooOften,
    Unavailable,
)

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    TooLarge: 413,
    TooOften: 429,
    Unavailable: 503,
    NotStored: 507,
}

TITLES: dict[int, tuple[str, str]] = {
    400: ("请求不完整", "页面可能停留太久，或链接不完整。请返回上一页重试。"),
    401: ("请登录", "登录已过期，请重新登录。"),
    403: ("您不能办理这一项", "这一步由别的角色办理。"),
    404: ("找不到这一页", "找不到这条记录，或者它不在您的管辖范围内。请核对编号。"),
    405: ("这个地址不能这样访问", "请从页面上的按钮进入。"),
    409: ("内容已有变化", "在您办理期间，别人先办了一步。您的操作没有提交。"),
    413: ("文件太大", "单个文件不超过 20 MB，一次不超过 60 MB。请压缩后再传。"),
    422: ("内容还不能提交", "请按提示补充后再提交。"),
    429: ("操作太频繁", "请稍等一分钟再试。"),
    500: ("系统出错了", "没有写入任何内容。请稍后再试；仍然不行的，把事件编号告诉系统管理员。"),
    503: ("暂时不能办理", "数据库或磁盘暂时没有应答，没有写入任何内容。请稍后再试。"),
    507: ("照片没有存上", "存放照片和文件的磁盘已满，或不能写入。请联系系统管理员。"),
}

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal, by its nearest kind."""
    for kind in type(refusal).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 422


def install(app: Flask) -> None:
    """Error pages and headers."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _crashed)
    app.before_request(_no_control_characters)
    app.after_request(_headers)


def _no_control_characters() -> None:
    """No address of this house holds one, and PostgreSQL takes no NUL to look for."""
    if any(character < " " for character in request.path):
        raise NotFound(TITLES[404][1])


def _answer(code: int, title: str, explain: str, **more: Any) -> tuple[Response | str, int]:
    if request.path.startswith("/api/"):
        return jsonify({"error": {"title": title, "sentence": explain, **more.pop("api", {})}}), code
    ways = more.pop("ways", None) or [("回到待办", "/")]
    return _page(code=code, title=title, explain=explain, ways=ways, **more), code


def _page(**shown: Any) -> str:
    """The error page; without the bar and its counts where the database does not even answer for those."""
    try:
        return render_template("errors/error.html", **shown)
    except SQLAlchemyError:
        return current_app.jinja_env.get_template("errors/error.html").render(**shown)


def _refused(refusal: Refusal) -> tuple[Response | str, int]:
    code = status_of(refusal)
    title = TITLES[code][0]
    if isinstance(refusal, Stale) and not request.path.startswith("/api/"):
        return render_template("errors/stale.html", stale=refusal, title=title), code
    ways = [("返回", request.referrer)] if _is_own(request.referrer) else None
    return _answer(code, title, refusal.sentence, ways=ways, api={"rule": refusal.rule})


def _is_own(url: str | None) -> bool:
    return bool(url) and str(url).startswith(request.host_url)


def _http_error(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    title, explain = TITLES.get(code, TITLES[400])
    return _answer(code, title, explain)


def _csrf(_error: CSRFError) -> tuple[Response | str, int]:
    return _answer(400, "页面停留太久", "为安全起见，这个页面的凭证已过期，没有提交。请返回上一页刷新后再提交。")


def _database_gone(error: OperationalError) -> tuple[Response | str, int]:
    current_app.logger.error("database: %s", error)
    db.session().invalidate()  # what is left of the connection is of no use; the page itself asks for a new one
    return _answer(503, *TITLES[503])


def _disk(error: OSError) -> tuple[Response | str, int]:
    current_app.logger.error("disk: %s", error)
    return _answer(503, *TITLES[503])


def _crashed(error: Exception) -> tuple[Response | str, int]:
    incident = secrets.token_hex(4)
    db.session().invalidate()  # whatever state it is in, the page must come up
    current_app.logger.exception("incident %s", incident, exc_info=error)
    return _answer(500, *TITLES[500], incident=incident)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    if "Cache-Control" not in response.headers and response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response
