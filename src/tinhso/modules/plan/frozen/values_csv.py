"""`values.csv` and `units.csv` of a publication: tables that open in a spreadsheet (tệp bảng).

UTF-8 with a mark, so that Excel reads Vietnamese; commas; the first line names the columns. A text
that a spreadsheet would run as a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.figures import Value
from tinhso.measure.spreadsheets import safe_cell
from tinhso.measure.text import Text
from tinhso.measure.writing import rounded
from tinhso.modules.plan.frozen.cells import PublishedCell

#: Places of a value as a decimal; `value_exact` holds the fraction itself.
PLACES = 12

COLUMNS: dict[str, Text] = {
    "indicator": Text("mã chỉ số", "code of the indicator"),
    "version": Text("phiên bản của định nghĩa", "version of its definition"),
    "unit": Text("mã lâu dài của đơn vị (units.csv)", "lasting id of the unit (units.csv)"),
    "unit_code": Text("mã đơn vị lúc cuối kỳ", "code of the unit at the period's end"),
    "unit_name": Text("tên đơn vị lúc cuối kỳ", "name of the unit at the period's end"),
    "status": Text(
        "measured đo được; unknown chưa có số liệu; not-applicable không áp dụng",
        "measured, unknown or not-applicable",
    ),
    "reason": Text("vì sao không đo được", "why it is not measured"),
    "numerator": Text(
        "tử số; trống là chưa ai báo gì, khác với 0",
        "the numerator; empty: nobody told anything, which is not 0",
    ),
    "denominator": Text("mẫu số", "the denominator"),
    "value": Text(
        "giá trị dạng thập phân, 12 chữ số (0,75 là 75 %)",
        "the value as a decimal, 12 places (0.75 is 75 %)",
    ),
    "value_exact": Text("giá trị đúng, dạng phân số", "the exact value, as a fraction"),
    "known": Text("số đối tượng đã rõ tình trạng", "how many things' states are known"),
    "numerator_unattributed": Text(
        "phần tử số không gán được cho riêng đơn vị nào bên dưới",
        "of the numerator, what no single unit below can claim",
    ),
    "denominator_unattributed": Text("phần mẫu số như vậy", "the same of the denominator"),
    "numerator_state_day": Text(
        "ngày trung bình của tình trạng (sổ đăng ký)", "mean day of a register's states"
    ),
    "denominator_state_day": Text("như trên, của mẫu số", "the same of the denominator"),
    "expected_units": Text("số đơn vị phải có bản ghi", "units that should have records"),
    "reported_units": Text("số đơn vị đã có", "of them, units that have"),
    "partly": Text(
        "yes: đơn vị chỉ có trong một phần kỳ", "yes: the unit existed in part of the period"
    ),
    "former": Text(
        "yes: địa giới này không có đơn vị đó, tính theo lãnh thổ cũ",
        "yes: the view does not know the unit, shown as its territory",
    ),
    "followed_by": Text("đơn vị kế tục", "the unit that took over"),
    "outlier": Text("yes: khác xa các đơn vị cùng cấp", "yes: far from its neighbours"),
    "honesty": Text(
        "phép kiểm tính trung thực: mã=bản ghi đáng hỏi/tổng",
        "honesty checks: code=records that raise a question/all",
    ),
    "simulated": Text("yes: SỐ LIỆU MÔ PHỎNG", "yes: SIMULATED DATA"),
}


def decimal(value: Fraction | None) -> str:
    """To its last digit where it ends within 12 places, else rounded to 12."""
    if value is None:
        return ""
    text = rounded(value, PLACES)
    return text.rstrip("0").rstrip(".")


def values_csv(
    cells: Sequence[PublishedCell],
    values: Sequence[Value],
    units: UnitRegister,
    *,
    simulated: bool,
) -> bytes:
    """One line a cell, in the order of the publication."""

    def line(cell: PublishedCell, value: Value) -> list[str | int | None]:
        marks = dict(cell.marks or {})
        day = value.view.day or value.period.last_day
        asked = marks.pop("checks", {})
        found: dict[str, str | int | None] = {
            **{name: "yes" if mark is True else mark for name, mark in marks.items()},
            "indicator": cell.indicator,
            "version": value.indicator.version,
            "unit": cell.unit,
            "unit_code": units.nearest(cell.unit, day).code,
            "unit_name": units.full_name(cell.unit, day).vi,
            "status": cell.status,
            "numerator": cell.numerator,
            "denominator": cell.denominator,
            "value_exact": "" if value.value is None else str(value.value),
            "honesty": "; ".join(f"{code}={n}/{all_}" for code, (n, all_) in asked.items()),
            "simulated": "yes" if simulated else "no",
        }
        cells = [safe(found.get(name)) for name in COLUMNS]
        cells[list(COLUMNS).index("value")] = decimal(value.value)  # a number, never run
        return cells

    return table(COLUMNS, (line(*pair) for pair in zip(cells, values, strict=True)))


def read_parts(content: bytes) -> dict[tuple[str, str], tuple[str, int | None, int | None]]:
    """(indicator, unit) -> (status, numerator, denominator), of a `values.csv`."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))

    def whole(text: str) -> int | None:
        return int(text) if text else None

    return {
        (row["indicator"], row["unit"]): (
            row["status"],
            whole(row["numerator"]),
            whole(row["denominator"]),
        )
        for row in rows
    }


def safe(cell: str | int | None) -> str | int | None:
    return safe_cell(cell) if isinstance(cell, str) else cell


def table(columns: Iterable[str], lines: Iterable[Iterable[str | int | None]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return ("\ufeff" + out.getvalue()).encode()
