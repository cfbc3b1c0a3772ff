"""What Open311 refuses, in its own form: an array of code and description."""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.measure.text import InputError, Problem, message
from tinhso.modules.feedback.open311_formats import Answered

KEY_MISSING = message(
    "open311-key-missing",
    vi="Thiếu api_key. Xin mã ở cơ quan thường trực, rồi gửi kèm trong tham số api_key.",
    en="api_key is missing. Ask the standing agency for one, and send it as the parameter api_key.",
)
KEY_WRONG = message(
    "open311-key-wrong",
    vi="api_key không đúng, đã hết hạn hoặc đã bị thu hồi. Xin cơ quan thường trực cấp mã mới.",
    en="api_key is wrong, has expired or was revoked. Ask the standing agency for a new one.",
)
KEY_WITHOUT_RIGHT = message(
    "open311-key-right",
    vi="Mã này không có quyền nhập phản ánh (cases.case:enter) ở {unit}. Xin cơ quan thường trực cấp thêm quyền.",
    en="This key does not have the right to enter reports (cases.case:enter) in {unit}. Ask the standing agency for it.",
)
KEY_OF_ANOTHER = message(
    "open311-key-other",
    vi="Mã này không gửi phản ánh {code}, nên không bổ sung vào đó được.",
    en="This key did not send {code}, so it cannot add to it.",
)
UNKNOWN_JURISDICTION = message(
    "open311-jurisdiction",
    vi="Không có jurisdiction_id “{found}”. Ở đây chỉ có một: {known}; bỏ trống cũng được.",
    en="There is no jurisdiction_id “{found}”. There is one here: {known}; it may be left out.",
)
UNKNOWN_SERVICE = message(
    "open311-service",
    vi="Không có service_code “{found}”. Các mã: {known}.",
    en="There is no service_code “{found}”. Codes: {known}.",
)
UNKNOWN_REQUEST = message(
    "open311-request",
    vi="Không có phản ánh công khai nào mang mã “{found}”. Phản ánh mới chỉ đọc được sau khi được duyệt công khai, trừ khi đọc bằng api_key đã gửi nó.",
    en="No public report has the code “{found}”. A new one can be read once it is published, or with the api_key that sent it.",
)
UNKNOWN_ADDRESS = message(
    "open311-address", vi="Không có địa chỉ {path}.", en="There is no address {path}."
)
WRONG_METHOD = message(
    "open311-method",
    vi="Không dùng {method} ở đây được; hãy dùng {right}.",
    en="{method} cannot be used here; use {right}.",
)
NOT_A_FORM = message(
    "open311-form",
    vi="Gửi dữ liệu dạng application/x-www-form-urlencoded, mã UTF-8, không nén, không quá {most} MB.",
    en="Send the data as application/x-www-form-urlencoded, in UTF-8, not compressed, {most} MB at most.",
)
TOO_MANY = message(
    "open311-too-many",
    vi="Quá nhiều yêu cầu. Hãy đợi {after} giây rồi thử lại.",
    en="Too many requests. Wait {after} seconds, then try again.",
)


class RefusedError(Exception):
    """A request that is refused with a status other than 400."""

    def __init__(self, status: int, *problems: Problem) -> None:
        self.status = status
        self.problems = problems
        super().__init__("; ".join(one.to("en") for one in problems))


def refused(status: int, problems: Iterable[Problem], language: str) -> Answered:
    rows = [{"code": status, "description": one.to(language)} for one in problems]
    return Answered("errors", rows, "error", status)


def of_input(error: InputError, language: str) -> Answered:
    """Everything that is wrong, each with the parameter it is about."""
    rows = []
    for one in error.problems:
        place, sentence = str(one.place), one.to(language)
        rows.append({"code": 400, "description": f"{place}: {sentence}" if place else sentence})
    return Answered("errors", rows, "error", 400)
