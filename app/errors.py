"""One table from error codes to HTTP status and sentence, and the pages that show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app import problems
from app.advice import ADVICE
from app.i18n import language
from app.labels import explain, label
from app.problems import Fault
from app.query import MOST_TEXT, MOST_WORDS
from geo.errors import AtlasError, FileRefused

BAD_REQUEST, NOT_FOUND = 400, 404


@dataclass(frozen=True)
class Saying:
    """How an error is told: HTTP status, headline, and what the reader can do."""

    status: int
    title: LazyString | str
    advice: LazyString | str


SAYINGS: Mapping[str, Saying] = MappingProxyType(
    {
        "NO_SURVEY": Saying(
            200,
            _("还没有可看的数据"),
            _("先导入企业名录和工会台账，或装入演示城市；导入后自动计算。"),
        ),
        "NO_DAY": Saying(
            404,
            _("这一天没有计算结果"),
            _("请选有结果的一天："),
        ),
        "UNKNOWN_DAY": Saying(
            400,
            _("这不是一个日期"),
            _("请选有结果的一天："),
        ),
        "UNKNOWN_VALUE": Saying(
            400,
            _("不认识的条件"),
            _("它可能写错了，也可能在所选日期的数据里不存在；没有按它筛选，也没有给出不筛选的结果。"),
        ),
        "TEXT_TOO_LONG": Saying(
            400,
            _("要查找的文字太长"),
            _("最多查 %(words)s 个词、%(letters)s 个字，请删去一些再查。", words=MOST_WORDS, letters=MOST_TEXT),
        ),
        "NOT_FOUND": Saying(
            404,
            _("没有找到"),
            _("这个对象不存在，或者已经改名、合并。请从列表重新进入。"),
        ),
        "BAD_REQUEST": Saying(
            400,
            _("请求无法处理"),
            _("地址或表单里有不认识的内容，请返回重试。"),
        ),
        "CSRF": Saying(
            400,
            _("表单已过期"),
            _("请返回上一页，刷新后重新提交。"),
        ),
        "FORBIDDEN": Saying(
            403,
            _("没有权限"),
            _("这部分内容不在您的管辖范围内。"),
        ),
        "SIGN_IN": Saying(
            401,
            _("请先登录"),
            _("登录后再打开这个地址。"),
        ),
        "ACCOUNT": Saying(
            422,
            _("账号没有保存"),
            _("请改正所填的内容。"),
        ),
        "ADJUST": Saying(
            422,
            _("改动没有记下"),
            _("请按页上的说明换一种做法。"),
        ),
        "METHOD": Saying(
            405,
            _("请求无法处理"),
            _("这个地址不接受这种操作，请从页面上的按钮进入。"),
        ),
        "NOT_ACCEPTABLE": Saying(
            406,
            _("给不出所要的格式"),
            _("请在 Accept 或参数 f 里写这个地址能给的格式。"),
        ),
        "DATA_CHANGED": Saying(
            409,
            _("数据已经更新"),
            _("翻页期间重新计算过，接着翻会漏掉或重复；请从第一页重新取。"),
        ),
        "TOO_MANY": Saying(
            429,
            _("失败次数太多"),
            _("从这个地址送来的无效令牌太多，请过 15 分钟用有效的令牌再试。"),
        ),
        "TOO_LARGE": Saying(
            413,
            _("文件太大"),
            _("请把文件拆开，或请管理员调大 ATLAS_UPLOAD_LIMIT_MB。"),
        ),
        "FILE_REFUSED": Saying(
            422,
            _("文件无法读取"),
            _("请检查文件是否完整、是否加密、第一张表是否有表头。"),
        ),
        "FRAME": Saying(
            500,
            _("程序内部出错"),
            _("数据没有改动。请把时间和所做的操作告诉管理员。"),
        ),
        "RULE": Saying(
            500,
            _("规则文件有误"),
            _("请检查 data/rules 与 data/codes，或所选日期是否早于最早的规则。"),
        ),
        "DATUM": Saying(
            422,
            _("坐标系有误"),
            _("请确认经纬度没有颠倒，并选对坐标系（WGS-84、GCJ-02、BD-09 或 CGCS2000）。"),
        ),
        "IMPORT_LATER": Saying(
            409,
            _("这次导入不能撤回"),
            _("之后的导入改过同样的记录，请先撤回较晚的那次。"),
        ),
        "IMPORT_NOT_DONE": Saying(
            409,
            _("这次导入不能撤回"),
            _("它没有完成，或已经撤回。"),
        ),
        "SAMPLE": Saying(
            409,
            _("演示城市不能装入"),
            _("已有真实数据的库不会被演示数据覆盖；请另建一个库。"),
        ),
        "GAZETTEER": Saying(
            422,
            _("行政区划不完整"),
            _("需要一个市和它下面的县（市、区）；请先导入行政区划。"),
        ),
        "ANSWER": Saying(
            422,
            _("这个回答用不上"),
            _("请先在图上点出位置，或选一个答案。"),
        ),
        "ZONE_STEP": Saying(
            422,
            _("边界草案不能这样处理"),
            _("草案的状态已经变化，或您没有这一步的权限；请刷新页面再看。"),
        ),
        "ZONE_LOCKED": Saying(
            422,
            _("园区已锁定"),
            _("请先解锁，再改它的边界。"),
        ),
        "SHAPE": Saying(
            422,
            _("画的形状用不上"),
            _("请检查坐标，或在图上重新画。"),
        ),
        "OPERATION": Saying(
            422,
            _("这个操作做不成"),
            _("线没有穿过园区，或者什么都没有剩下；请重新画。"),
        ),
        "OPTION": Saying(
            422,
            _("参数有误"),
            _("请检查所填的门槛是否互相矛盾。"),
        ),
        "CONFIG": Saying(
            500,
            _("配置有误"),
            _("请检查以 ATLAS_ 开头的环境变量。"),
        ),
        "PORT_TAKEN": Saying(
            500,
            _("端口已被占用"),
            _("请换一个端口（--port），或停掉占用它的程序。"),
        ),
        "DATABASE_UNREACHABLE": Saying(
            503,
            _("数据库连接不上"),
            _("请确认数据库已启动、地址和口令正确，然后重试。"),
        ),
        "DATABASE_URL": Saying(
            500,
            _("数据库地址写法不对"),
            _("应为 sqlite:///文件.gpkg 或 postgresql+psycopg2://用户:口令@主机/库名（环境变量 ATLAS_DATABASE_URL）。"),
        ),
        "DATABASE_MISSING": Saying(
            503,
            _("没有这个数据库文件"),
            _("请检查路径有没有写错；要新建，请导入名录（import）、装入演示城市（sample load）或启动 ./scripts/run。"),
        ),
        "PROVIDER_BUSY": Saying(
            502,
            _("在线服务没有答复"),
            _("请稍后再试；本机的结果不受影响。"),
        ),
        "MAP_APPROVAL_MISSING": Saying(
            409,
            _("没有审图号，不能制作公开材料"),
            _("公开使用的地图须先送审（地图管理条例第十五条）；取得审图号后填入 ATLAS_MAP_APPROVAL，或制作内部材料。"),
        ),
        "POSTGIS_MISSING": Saying(
            503,
            _("数据库缺少 PostGIS 扩展"),
            _("请由数据库所有者执行 CREATE EXTENSION postgis。"),
        ),
        "SCHEMA_NEWER": Saying(
            503,
            _("数据库版本比程序新"),
            _("请升级程序后再打开，数据没有改动。"),
        ),
        "SCHEMA_OLDER": Saying(
            503,
            _("数据库需要升级"),
            _("请运行 flask --app app db upgrade，数据不会丢失。"),
        ),
        "NOT_GEOPACKAGE": Saying(
            503,
            _("这不是图集的数据文件"),
            _("请换一个文件，或把原文件移走后重新启动。"),
        ),
        "DATABASE_READ_ONLY": Saying(
            503,
            _("数据库不可写"),
            _("请检查文件、文件夹或账号的权限。"),
        ),
        "DATABASE_BUSY": Saying(
            503,
            _("数据库正被占用"),
            _("请稍候重试；若持续出现，请关闭占用它的程序。"),
        ),
        "DATABASE": Saying(
            503,
            _("数据库出错"),
            _("数据没有改动。请把时间和所做的操作告诉管理员。"),
        ),
        "DISK_FULL": Saying(
            507,
            _("磁盘已满"),
            _("请腾出空间后重试，数据没有改动。"),
        ),
        "ERROR": Saying(
            500,
            _("程序内部出错"),
            _("数据没有改动。请把时间和所做的操作告诉管理员。"),
        ),
    }
)
HTTP_CODES = MappingProxyType(
    {
        400: "BAD_REQUEST", 401: "SIGN_IN", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD", 406: "NOT_ACCEPTABLE",
        413: "TOO_LARGE", 429: "TOO_MANY",
    }
)  # fmt: skip
PROGRAM_ADVICE = MappingProxyType(
    {
        "SIGN_IN": _("请在请求头 Authorization 里写 Bearer 和有效的令牌；令牌可能已过期、被收回，或所属账号已停用。"),
        "METHOD": _("接口只读，请用 GET。"),
        "BAD_REQUEST": _("请按 /api/v1/openapi.json 所列的参数改正。"),
        "UNKNOWN_VALUE": _("请按 errors 逐项改正；它可能写错了，也可能在所选日期的数据里不存在。"),
        "TOO_LARGE": _("接口只读，请求不要带正文。"),
        "NO_DAY": _("请选 days 所列的一天，见 /api/v1/surveys。"),
        "UNKNOWN_DAY": _("请选 days 所列的一天，见 /api/v1/surveys。"),
        "NO_SURVEY": _("请先导入企业名录和工会台账；导入后自动计算。"),
    }
)
"""What programs are told to do, where it is not what pages say."""


class NotFoundError(AtlasError):
    """What was asked for does not exist, or not within the caller's scope."""

    code = "NOT_FOUND"


class UnknownValueError(AtlasError):
    """An address has an argument or a value that nobody knows; ``detail["names"]`` are these arguments."""

    code = "UNKNOWN_VALUE"


class TextTooLongError(AtlasError):
    """A search text has more words or characters than are looked for."""

    code = "TEXT_TOO_LONG"


class UnknownDayError(AtlasError):
    """What an address asks for is no day; ``detail["days"]`` are those that can be chosen."""

    code = "UNKNOWN_DAY"


class NoSurveyError(AtlasError):
    """Nothing has been surveyed yet, so there is nothing to show."""

    code = "NO_SURVEY"


class NotAcceptableError(AtlasError):
    """A program asks for a form that an address does not have; ``detail["say"]`` are those it has."""

    code = "NOT_ACCEPTABLE"


class DataChangedError(AtlasError):
    """The data are no longer those that the page before was of."""

    code = "DATA_CHANGED"


class NoDayError(AtlasError):
    """There are surveys, but none of the day asked for; ``detail["days"]`` are those that can be chosen."""

    code = "NO_DAY"


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AtlasError, _atlas)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


INSIDE = frozenset({"CHECK", "COUNT", "MISSING_ASSET"})
"""Codes of programmers' faults, told as the general error."""


def saying(code: str) -> Saying:
    """Return how ``code`` is told: by the table, as a refusal of ``data/codes``, else as the general error."""
    if code in SAYINGS or code in INSIDE:
        return SAYINGS.get(code, SAYINGS["ERROR"])
    phrase = label("refusal", code)
    if phrase == code:
        return SAYINGS["ERROR"]
    return Saying(422, phrase, ADVICE.get(code, ""))


def sentence(error: AtlasError) -> str:
    """Return the error for the command line in the language of the moment: what, in which file or where, what to do.

    The error's own English stands only where no list has words for it, as it then is for whoever keeps the machine.
    """
    told, detail = saying(error.code), _detail(error)
    file = str(error.detail.get("file") or "")
    if detail.startswith(str(told.title)):  # a sentence that says it all, as it stands on pages
        detail = detail.removeprefix(str(told.title)).lstrip("：；;:，, ")
    if file and file not in detail:
        detail = f"{file}：{detail}" if detail else file
    if not detail and not (isinstance(error, FileRefused | NoSurveyError) or error.code not in SAYINGS):
        detail = str(error)
    if error.code not in SAYINGS and label("refusal", error.code) == error.code:
        detail = str(error)
    head = gettext("%(title)s：%(detail)s", title=told.title, detail=detail) if detail else str(told.title)
    stop = "。" if language() == "zh" else ". "
    return f"{head.rstrip('。.')}{stop}{told.advice}".strip()


def answer(
    code: str,
    detail: str = "",
    *,
    status: int | None = None,
    days: Sequence[date] = (),
    names: Sequence[str] = (),
    faults: Sequence[Fault] = (),
) -> Response:
    """Return the response for ``code``: a page, a fragment for htmx, or problem details for programs.

    ``days`` are offered as links to the same page on another day; one without the arguments ``names`` is offered, too.
    ``faults`` tell programs what is wrong one by one.
    """
    told = saying(code)
    status = status or told.status
    values: dict[str, Any] = {
        "code": code,
        "status": status,
        "title": told.title,
        "advice": told.advice,
        "detail": detail,
    }
    if problems.asked_for():
        values["status"] = status if status >= BAD_REQUEST else NOT_FOUND
        values["advice"] = PROGRAM_ADVICE.get(code, told.advice)
        return problems.respond(values, faults=faults, days=days)
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify({name: str(value) for name, value in values.items()}), status)
    if request.headers.get("HX-Request"):
        response = make_response(render_template("errors/notice.html", days=days, names=names, **values), status)
        response.headers.update({"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"})
        return response
    return make_response(render_template("errors/page.html", days=days, names=names, **values), status)


def _detail(error: AtlasError) -> str:
    """Return what was wrong in words for any language: what the error itself says, else the database's address."""
    said = error.detail.get("say") or error.detail.get("url") or ""
    if not said and error.code not in SAYINGS:
        told = explain("refusal", error.code, error.detail)
        said = "" if told in (error.code, saying(error.code).title) else told
    return str(said)


def _csrf(_error: CSRFError) -> Response:
    return answer("CSRF")


def _atlas(error: AtlasError) -> Response:
    told = saying(error.code)
    if told.status >= 500:
        current_app.logger.error("%s: %s", error.code, error, exc_info=error)
    wrong = {name: error.detail.get(name, ()) for name in ("days", "names", "faults")}
    return answer(error.code, _detail(error), **wrong)


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    told = answer(HTTP_CODES.get(code, "ERROR" if code >= 500 else "BAD_REQUEST"), status=code)
    told.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return told


def _unforeseen(error: Exception) -> Response:
    current_app.logger.exception("unforeseen error", exc_info=error)
    if current_app.testing or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return answer("ERROR", status=InternalServerError.code)
