"""SQL that reads text as typed values, the way Vietnamese offices write them (đọc giá trị).

Each expression tries the most frequent spelling first with a plain cast, and looks at the others
only where that fails: a regular expression on every cell would cost more than reading the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import duckdb

from tinhso.measure.ingest.header import folded
from tinhso.measure.streams import Field, FieldType

_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)"
_TIME = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
_ISO = rf"\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}([T ]{_TIME})?"
_ISO_OFFSET = rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{_TIME} ?(Z|[+-]\d{{2}}(:?\d{{2}})?)"
_DAY_FIRST = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}( \d{1,2}:\d{2}(:\d{2})?)?"

_MACROS = {
    "trimmed(x)": f"nullif(trim(x, {_BLANKS}), '')",
    # Plain ASCII without blanks around it stays as it is; one spelling of Vietnamese otherwise.
    "cleaned(x)": (
        "CASE WHEN x >= '!' AND x NOT LIKE '% ' AND x NOT LIKE ('%' || chr(9))"
        " AND strlen(x) = length(x) THEN x ELSE nfc_normalize(trimmed(x)) END"
    ),
    "folded(x)": (
        "trim(regexp_replace(strip_accents(lower(replace(replace(replace("
        r"trimmed(x), 'đ', 'd'), 'Đ', 'd'), '_', ' '))), '\s+', ' ', 'g'))"
    ),
    "identity(x)": (
        "CASE WHEN strlen(x) = 12 AND x >= '0' AND x[12] BETWEEN '0' AND '9'"
        " AND TRY_CAST(x AS BIGINT) IS NOT NULL THEN x ELSE nullif("
        r"regexp_replace(upper(nfc_normalize(trimmed(x))), '[\s.\-]', '', 'g'), '') END"
    ),
    "truth(x)": (
        "CASE WHEN x = 'true' OR x = '1' OR x = 'Có' OR x = 'x' OR x = 'X' THEN true"
        " WHEN x = 'false' OR x = '0' OR x = 'Không' THEN false WHEN x IS NULL THEN NULL"
        " WHEN folded(x) IN ('co', 'true', '1', 'x', 'dung', 'yes', 'y', 't', 'v', '✓') THEN true"
        " WHEN folded(x) IN ('khong', 'false', '0', 'sai', 'no', 'n', 'f') THEN false END"
    ),
    "whole_tidied(x)": (
        r"CASE WHEN regexp_full_match(x, '[+-]?\d{1,3}([. ]\d{3})+')"
        " THEN TRY_CAST(replace(replace(x, '.', ''), ' ', '') AS BIGINT)"
        r" WHEN regexp_full_match(x, '[+-]?\d{1,19}([.,]0{1,2})?')"
        " THEN TRY_CAST(regexp_replace(x, '[.,]0+$', '') AS BIGINT) END"
    ),
    "whole(x)": (
        r"CASE WHEN regexp_full_match(x, '-?\d{1,19}') THEN TRY_CAST(x AS BIGINT)"
        " WHEN x IS NULL THEN NULL"
        " ELSE whole_tidied(trimmed(replace(replace(x, chr(160), ' '), chr(8239), ' '))) END"
    ),
    "money(x)": (
        r"CASE WHEN regexp_full_match(x, '-?\d{1,19}') THEN TRY_CAST(x AS BIGINT)"
        " WHEN x IS NULL THEN NULL ELSE whole(regexp_replace("
        r"trimmed(x), '(?i)\s*(đồng|đ|vnđ|vnd|₫)$', '')) END"
    ),
    "moment_tidied(x)": (
        f"CASE WHEN regexp_full_match(x, '{_ISO}')"
        " THEN date_trunc('second', TRY_CAST(x AS TIMESTAMP))"
        f" WHEN regexp_full_match(x, '{_ISO_OFFSET}') THEN date_trunc('second', CAST(TRY_CAST("
        r"regexp_replace(x, '([+-]\d{2}):?(\d{2})$', '\1:\2') AS TIMESTAMPTZ) AS TIMESTAMP))"
        f" WHEN regexp_full_match(x, '{_DAY_FIRST}') THEN try_strptime(translate(x, '.-', '//'),"
        " ['%d/%m/%Y', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S']) END"
    ),
    # Time before date, and 8h30 for 8:30, as one-stop-shop systems print them.
    "moment(x)": (
        "moment_tidied(regexp_replace(regexp_replace(regexp_replace(trimmed(x),"
        r" '^(\d{1,2}[:h]\d{2}(?::\d{2})?),?\s+(\S+)$', '\2 \1'),"
        r" '\s(\d{1,2})h(\d{2})$', ' \1:\2'), '\s+', ' ', 'g'))"
    ),
}

#: Ways to write a date that a cast does not read, most frequent first.
_FORMATS = {
    r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",
    r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}": "%d/%m/%Y %H:%M",
    r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}": "%d/%m/%Y %H:%M:%S",
    r"\d{1,2}-\d{1,2}-\d{4}": "%d-%m-%Y",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"\d{1,2}-\d{1,2}-\d{4} \d{1,2}:\d{2}:\d{2}": "%d-%m-%Y %H:%M:%S",
}


def declare_macros(connection: duckdb.DuckDBPyConnection) -> None:
    for head, body in _MACROS.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {head} AS {body}")


def usual_format(cells: Sequence[str | None]) -> str:
    """The strptime format that most of `cells` fit, or "" for ISO and for none.

    The first few hundred tell: the format only says which is tried first.
    """
    found: Counter[str] = Counter()
    for cell in cells[:300]:
        if cell:
            found[next((f for p, f in _FORMATS.items() if re.fullmatch(p, cell)), "")] += 1
    return found.most_common(1)[0][0] if found else ""


def is_tick_column(cells: Sequence[str | None]) -> bool:
    """Whether a yes/no column is filled by marking only the yes: then empty means no.

    In any other column empty means not known, which is not no.
    """
    filled = {cell.strip().lower() for cell in cells if cell and cell.strip()}
    return filled == {"x"}


def typed(field: Field, raw: str, cells: Sequence[str | None]) -> str:
    """SQL for the value of `field` in the text column `raw`; NULL where it cannot be read.

    `cells` is a sample of the column. A PERSON comes out as the identity number's pseudonym.
    """
    match field.type:
        case FieldType.TEXT | FieldType.CODE | FieldType.UNIT:
            return f"cleaned({raw})"
        case FieldType.PERSON:
            return f"pseudonym(identity({raw}))"
        case FieldType.ENUM:
            return _enum(field, raw)
        case FieldType.INTEGER:
            return f"whole({raw})"
        case FieldType.MONEY:
            return f"money({raw})"
        case FieldType.BOOLEAN:
            if is_tick_column(cells):
                return f"CASE WHEN {raw} IS NULL THEN false ELSE truth({raw}) END"
            return f"truth({raw})"
        case FieldType.DATE:
            return _date(raw, usual_format(cells))
        case FieldType.DATETIME:
            return _datetime(raw, usual_format(cells))


def _enum(field: Field, raw: str) -> str:
    exact = " OR ".join(f"{raw} = {literal(value)}" for value in field.values) or "false"
    near = " ".join(
        f"WHEN {literal(folded(value))} THEN {literal(value)}" for value in field.values
    )
    near = f"CASE folded({raw}) {near} END" if near else "NULL"
    return f"CASE WHEN {exact} THEN {raw} WHEN {raw} IS NULL THEN NULL ELSE {near} END"


def _date(raw: str, usual: str) -> str:
    iso = f"CASE WHEN strlen({raw}) = 10 AND {raw}[5] = '-' THEN TRY_CAST({raw} AS DATE) END"
    first = f"CAST(try_strptime({raw}, '{usual}') AS DATE)" if usual else iso
    return _first_of(raw, first, f"CAST(moment({raw}) AS DATE)")


def _datetime(raw: str, usual: str) -> str:
    # The colon before the seconds: an offset ends the text elsewise, and a cast would move it.
    iso = f"CASE WHEN strlen({raw}) = 19 AND {raw}[17] = ':' THEN TRY_CAST({raw} AS TIMESTAMP) END"
    first = f"try_strptime({raw}, '{usual}')" if usual else iso
    return _first_of(raw, first, f"moment({raw})")


def _first_of(raw: str, first: str, otherwise: str) -> str:
    return f"coalesce({first}, CASE WHEN {raw} IS NOT NULL THEN {otherwise} END)"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
