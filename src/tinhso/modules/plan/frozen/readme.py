"""README.md of a publication: what each file is and how to check it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.modules.plan.frozen.values_csv import COLUMNS


def readme(about: Mapping[str, Any]) -> str:
    """The text for what `publication.json` says; the same for ever."""
    return _VI.format(**_words(about, "vi")) + _EN.format(**_words(about, "en"))


def _words(about: Mapping[str, Any], language: str) -> dict[str, Any]:
    view = about["view"]
    then = {
        "vi": "như tại thời điểm của từng bản ghi",
        "en": "as the units were on each record's date",
    }
    on = {"vi": f"như ngày {view}", "en": f"as on {view}"}
    notice = about["notice"]
    return {
        "title": about["plan"]["title"][language],
        "unit": about["plan"]["unit_name"][language],
        "period": about["period"]["label"][language],
        "days": f"{about['period']['first_day']} – {about['period']['last_day']}",
        "name": about["publication"],
        "number": about["number"],
        "view": (then if view == "then" else on)[language],
        "by": _one_line(about["approved"]["by"]),
        "at": about["approved"]["at"],
        "reason": _one_line(about["reason"]) or "–",
        "snapshot": about["snapshot"],
        "cells": about["cells"],
        "notice": f"**{notice[language]}** ({', '.join(about['simulated_by'])})\n\n"
        if notice
        else "",
        "columns": "\n".join(f"- `{name}`: {text.to(language)}" for name, text in COLUMNS.items()),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


_VI = """# {title}: số liệu đã công bố, {period}

(English below.)

{notice}{unit}. Kỳ {period} ({days}), địa giới {view}. Lần công bố thứ {number}, tên `{name}`: {cells} ô số liệu,
tính từ bản chụp số {snapshot} của kho bản ghi. Người công bố: {by}, lúc {at}. Lý do đính chính: {reason}.

Gói này chỉ gồm tệp văn bản thường. Không có dữ liệu cá nhân, không có bản ghi.

## Kiểm tra

1. Tệp còn nguyên: giải nén, vào thư mục rồi chạy `sha256sum -c SHA256SUMS` (macOS: `shasum -a 256 -c SHA256SUMS`).
2. Đúng là bản đã công bố: `ledger.json` có mục nhật ký mang mã băm SHA-256 của `publication.json`, cùng bằng chứng
   (RFC 9162) rằng mục ấy nằm dưới đầu cây đã ký; so đầu cây với bản bạn đã giữ hoặc ở trang Nhật ký. `publication.json` giữ mã băm của mọi tệp
   khác. `examples/verify_publication.py` của Tỉnh Số làm cả hai việc, chỉ cần Python. Khi `ledger.json` ghi `waiting`, mục
   ấy chưa có đầu cây ký; tải lại sau ít phút.
3. Con số: giá trị = tử số : mẫu số trong `values.csv`. Ai có kho bản ghi thì chạy được từng câu lệnh trong `sql/`.

## Các tệp

- `values.csv`: mọi ô số liệu. UTF-8 có dấu BOM, ngăn bằng dấu phẩy, mở được bằng bảng tính.
- `units.csv`: các đơn vị trong bảng đó.
- `definitions/`: nguyên văn định nghĩa của chỉ số, phép kiểm và luồng bản ghi lúc công bố (YAML).
- `sql/`: câu lệnh (DuckDB) đếm lại tử số, mẫu số của mọi đơn vị từ bản ghi; `cells-*.csv` ghi bản ghi của đơn vị nào
  tính cho ô nào, từ ngày nào đến ngày nào. Câu lệnh đọc sổ đăng ký cần bảng `heirs` (`map/heirs.csv`).
- `map/`: bản đồ đơn vị qua thời gian, đúng như lúc công bố.
- `publication.json`: tất cả những điều trên cho máy đọc, và mã băm của từng tệp.
- `ledger.json`: bằng chứng trong nhật ký. `SHA256SUMS`: mã băm của mọi tệp.

## Các cột của values.csv

{columns}

"""

_EN = """# {title}: published figures, {period}

{notice}{unit}. Period {period} ({days}), boundaries {view}. Publication number {number}, named `{name}`: {cells} cells,
measured from snapshot {snapshot} of the lake of records. Published by: {by}, at {at}. Reason of the revision: {reason}.

This archive holds plain text files only. It holds no personal data and no records.

## How to check it

1. The files are whole: unpack, go into the folder, run `sha256sum -c SHA256SUMS` (macOS: `shasum -a 256 -c SHA256SUMS`).
2. It is what was published: `ledger.json` holds the ledger's entry with the SHA-256 of `publication.json`, and the proof
   (RFC 9162) that the entry lies under a signed tree head; compare the head with one that you kept, or with the Ledger page. `publication.json`
   holds the digest of every other file. `examples/verify_publication.py` of Tỉnh Số does both, with Python alone. While `ledger.json` says
   `waiting`, no head covers the entry yet: download it again in some minutes.
3. The figures: value = numerator / denominator in `values.csv`. Who has the lake of records can run each statement in `sql/`.

## Files

- `values.csv`: every cell. UTF-8 with a byte-order mark, commas; opens in a spreadsheet.
- `units.csv`: the units in it.
- `definitions/`: indicators, checks and streams of records as they were written when it was published (YAML).
- `sql/`: statements (DuckDB) that count numerators and denominators of all units from the records again; `cells-*.csv` say which unit's
  records count for which cell, from which day to which. Statements over registers need the table `heirs` (`map/heirs.csv`).
- `map/`: the map of units through time, as it was when it was published.
- `publication.json`: all of this for programs, and the digest of each file.
- `ledger.json`: the proof in the ledger. `SHA256SUMS`: the digests of all files.

## Columns of values.csv

{columns}
"""
