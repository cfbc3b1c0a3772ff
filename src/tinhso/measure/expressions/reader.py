"""Reading an expression: parsing, admitting node by node, typing, and saying what is wrong."""

from __future__ import annotations

import re
from datetime import date

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from tinhso.measure.expressions.tree import (
    DAY,
    FIELD_TYPES,
    FUNCTIONS,
    NUMBER,
    TYPE_NAMES,
    UNIT_LEVEL,
    Apply,
    Constant,
    Expression,
    Ref,
    Type,
    fields_of,
)
from tinhso.measure.streams import Stream
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, Text, message, nearest

SYNTAX = message(
    "expression-syntax",
    vi="Biểu thức viết chưa đúng gần “{near}”. Ví dụ đúng: submitted_online and fee > 0.",
    en="The expression cannot be read near “{near}”. A right example: submitted_online and fee > 0.",
)
UNKNOWN_FIELD = message(
    "expression-unknown-field",
    vi="Luồng “{stream}” không có trường “{name}”.{hint}",
    en="Stream “{stream}” has no field “{name}”.{hint}",
)
UNKNOWN_FUNCTION = message(
    "expression-unknown-function",
    vi="Không có hàm “{name}”.{hint} Các hàm dùng được: {known}.",
    en="There is no function “{name}”.{hint} Functions to use: {known}.",
)
ARGUMENTS = message(
    "expression-arguments",
    vi="Hàm {signature} nhận {wanted} tham số, ở đây có {given}.",
    en="Function {signature} takes {wanted} arguments, here are {given}.",
)
WRONG_TYPE = message(
    "expression-type",
    vi="“{what}” là {found}; chỗ này cần {wanted}.",
    en="“{what}” is {found}; this place needs {wanted}.",
)
NOT_COMPARABLE = message(
    "expression-not-comparable",
    vi="Không so sánh được “{left}” ({left_type}) với “{right}” ({right_type}).",
    en="“{left}” ({left_type}) cannot be compared with “{right}” ({right_type}).",
)
UNKNOWN_VALUE = message(
    "expression-unknown-value",
    vi="Trường “{name}” không có giá trị “{value}”.{hint} Các giá trị: {known}.",
    en="Field “{name}” has no value “{value}”.{hint} Its values: {known}.",
)
DIVISION = message(
    "expression-division",
    vi="Không chia trong một phần: tử số và mẫu số phải cộng được, phép chia làm sau cùng.",
    en="No division inside a part: numerator and denominator must add up, the division comes last.",
)
PRODUCT = message(
    "expression-product",
    vi="Không nhân hai trường với nhau: tích có thể vượt 64 bit. Hãy ghi tích thành một trường của luồng.",
    en="Two fields cannot be multiplied: the product may exceed 64 bits. Make a field of the stream of it.",
)
NOT_ALLOWED = message(
    "expression-not-allowed",
    vi="Không dùng được “{what}” trong biểu thức. Chỉ dùng trường của luồng, hằng, and/or/not, so sánh, in, between, is null, + - * % và các hàm đã liệt kê.",
    en="“{what}” cannot be used in an expression. Use the stream's fields, constants, and/or/not, comparisons, in, between, is null, + - * % and the listed functions.",
)
TOO_LONG = message(
    "expression-too-long",
    vi="Biểu thức dài hoặc lồng quá sâu (tối đa {limit} ký tự). Hãy tách thành trường trong luồng.",
    en="The expression is too long or nested too deeply (at most {limit} characters). Make a field of the stream of it.",
)

LONGEST = 2000
#: How many operators and brackets may stand inside each other.
DEEPEST = 50
#: What a node may be made of. Anything else (`between symmetric`) changes its meaning unseen.
_ARGUMENTS = frozenset({"this", "expression", "expressions", "low", "high", "to", "is_string"})
_HINT = Text(vi=" Có phải “{0}”?", en=" Did you mean “{0}”?")
_NO_HINT = Text(vi="", en="")


_LOGIC = {exp.And: "and", exp.Or: "or"}
_COMPARE = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Mod: "%"}


def parse(text: str, stream: Stream, place: Place = NOWHERE) -> Expression:
    """The typed tree of a filter over `stream`; always of type true/false.

    `place` is where `text` begins in its file. Raises InputError with every problem found.
    """
    reader = _Reader(text, stream, place)
    tree = reader.read()
    if reader.problems:
        raise InputError(reader.problems)
    assert tree is not None
    return tree


class _Reader:
    """One reading of one text: collects problems instead of stopping at the first."""

    def __init__(self, text: str, stream: Stream, place: Place) -> None:
        self.text = text
        self.stream = stream
        self.start = place
        self.fields = {field.name: field for field in (*stream.fields, UNIT_LEVEL)}
        self.problems: list[Problem] = []

    def read(self) -> Expression | None:
        if len(self.text) > LONGEST:
            self.problems.append(TOO_LONG(self.start, limit=LONGEST))
            return None
        if not self.text.isprintable() and (odd := _UNWRITABLE.search(self.text)):
            self.problems.append(SYNTAX(self._at(odd.start()), near=ascii(odd[0])[1:-1]))
            return None
        try:
            found = sqlglot.parse(self.text, dialect="duckdb")
        except ParseError as error:
            detail = error.errors[0] if error.errors else {}
            near = str(detail.get("highlight") or self.text)
            self.problems.append(SYNTAX(self._line_col(detail), near=near))
            return None
        except TokenError:
            self.problems.append(SYNTAX(self.start, near=self.text))
            return None
        except RecursionError:
            self.problems.append(TOO_LONG(self.start, limit=LONGEST))
            return None
        if len(found) != 1 or found[0] is None:
            self.problems.append(SYNTAX(self.start, near=self.text))
            return None
        if _depth(found[0]) > DEEPEST:
            self.problems.append(TOO_LONG(self.start, limit=LONGEST))
            return None
        return self.want(found[0], frozenset({Type.BOOLEAN}))

    # Every `admit_*` returns None after noting a problem, so that its caller can go on looking.

    def admit(self, node: exp.Expr) -> Expression | None:
        kind = type(node)
        if kind is exp.Column:
            return self.admit_field(node)
        if not isinstance(node, exp.Func) and _more_than(node, _ARGUMENTS):
            return self.refuse(NOT_ALLOWED(self.place(node), what=_short(node)))
        if kind is exp.Paren:
            return self.admit(node.this)
        if kind in (exp.Literal, exp.Boolean, exp.Cast):
            return self.admit_constant(node)
        if kind in _LOGIC:
            return self.binary(_LOGIC[kind], node, frozenset({Type.BOOLEAN}), Type.BOOLEAN)
        if kind in _ARITHMETIC:
            return self.binary(_ARITHMETIC[kind], node, NUMBER, Type.NUMBER)
        if kind in _COMPARE:
            return self.compare(_COMPARE[kind], [node.this, node.expression])
        if kind is exp.Between:
            return self.compare("between", [node.this, node.args["low"], node.args["high"]])
        if kind is exp.In and node.expressions and not node.args.get("query"):
            return self.compare("in", [node.this, *node.expressions])
        if kind is exp.Is:
            return self.admit_is(node)
        if kind is exp.Not:
            inner = self.want(node.this, frozenset({Type.BOOLEAN}))
            return inner and Apply("not", (inner,), Type.BOOLEAN)
        if kind is exp.Neg:
            inner = self.want(node.this, NUMBER)
            return inner and Apply("neg", (inner,), Type.NUMBER)
        if kind in (exp.Div, exp.IntDiv):
            return self.refuse(DIVISION(self.place(node)))
        if isinstance(node, exp.Func):
            return self.admit_call(node)
        return self.refuse(NOT_ALLOWED(self.place(node), what=_short(node)))

    def refuse(self, problem: Problem) -> Expression | None:
        self.problems.append(problem)
        return None

    def want(self, node: exp.Expr, types: frozenset[Type]) -> Expression | None:
        found = self.admit(node)
        if found is None or found.type in types:
            return found
        wanted = TYPE_NAMES[min(types)]
        return self.refuse(
            WRONG_TYPE(
                self.place(node), what=_short(node), found=TYPE_NAMES[found.type], wanted=wanted
            )
        )

    def binary(
        self, op: str, node: exp.Expr, types: frozenset[Type], gives: Type
    ) -> Expression | None:
        left, right = self.want(node.this, types), self.want(node.expression, types)
        if op == "*" and left and right and any(fields_of(left)) and any(fields_of(right)):
            return self.refuse(PRODUCT(self.place(node)))
        return Apply(op, (left, right), gives) if left and right else None

    def admit_field(self, node: exp.Expr) -> Expression | None:
        assert isinstance(node, exp.Column)
        name = ".".join(part.name for part in node.parts)
        field = self.fields.get(name)
        if field is None:
            hint = _did_you_mean(nearest(name, self.fields))
            return self.refuse(
                UNKNOWN_FIELD(self.place(node), stream=self.stream.code, name=name, hint=hint)
            )
        return Ref(name, FIELD_TYPES[field.type], field.values)

    def admit_constant(self, node: exp.Expr) -> Expression | None:
        if isinstance(node, exp.Boolean):
            return Constant(bool(node.this), Type.BOOLEAN)
        if isinstance(node, exp.Literal):
            if node.is_string:
                return Constant(str(node.this), Type.TEXT)
            if re.fullmatch(r"\d{1,18}", str(node.this)):
                return Constant(int(node.this), Type.NUMBER)
            return self.refuse(NOT_ALLOWED(self.place(node), what=str(node.this)))
        inner = node.this
        if node.args["to"].this == exp.DataType.Type.DATE and isinstance(inner, exp.Literal):
            try:
                return Constant(date.fromisoformat(str(inner.this)), Type.DATE)
            except ValueError:
                return self.refuse(
                    WRONG_TYPE(
                        self.place(inner),
                        what=str(inner.this),
                        found=TYPE_NAMES[Type.TEXT],
                        wanted=Text("ngày dạng '2025-06-30'", "a date like '2025-06-30'"),
                    )
                )
        return self.refuse(NOT_ALLOWED(self.place(node), what=_short(node)))

    def admit_is(self, node: exp.Expr) -> Expression | None:
        right = node.expression
        if isinstance(right, exp.Null):
            inner = self.admit(node.this)
            return inner and Apply("is null", (inner,), Type.BOOLEAN)
        if isinstance(right, exp.Boolean):
            inner = self.want(node.this, frozenset({Type.BOOLEAN}))
            return inner and Apply(
                f"is {'true' if right.this else 'false'}", (inner,), Type.BOOLEAN
            )
        return self.refuse(NOT_ALLOWED(self.place(node), what=_short(node)))

    def compare(self, op: str, sides: list[exp.Expr]) -> Expression | None:
        found = [self.admit(side) for side in sides]
        args = [arg for arg in found if arg is not None]
        if len(args) < len(sides):
            return None
        first = args[0]
        for side, arg in zip(sides[1:], args[1:], strict=True):
            if arg.type is not first.type and not {arg.type, first.type} <= DAY:
                return self.refuse(
                    NOT_COMPARABLE(
                        self.place(side),
                        left=_short(sides[0]),
                        left_type=TYPE_NAMES[first.type],
                        right=_short(side),
                        right_type=TYPE_NAMES[arg.type],
                    )
                )
        known = [
            self.known_value(ref, constant, side)
            for ref in args
            for constant, side in zip(args, sides, strict=True)
        ]
        return Apply(op, tuple(args), Type.BOOLEAN) if all(known) else None

    def known_value(self, ref: Expression, constant: Expression, side: exp.Expr) -> bool:
        """A constant beside a field with listed values must be one of them."""
        if not (isinstance(ref, Ref) and ref.values and isinstance(constant, Constant)):
            return True
        if constant.value in ref.values:
            return True
        value = str(constant.value)
        self.refuse(
            UNKNOWN_VALUE(
                self.place(side),
                name=ref.name,
                value=value,
                hint=_did_you_mean(nearest(value, ref.values)),
                known=", ".join(ref.values),
            )
        )
        return False

    def admit_call(self, node: exp.Func) -> Expression | None:
        names = [node.name] if isinstance(node, exp.Anonymous) else node.sql_names()
        name = next((n for n in map(str.lower, names) if n in FUNCTIONS), names[0].lower())
        function = FUNCTIONS.get(name)
        if function is None:
            return self.refuse(
                UNKNOWN_FUNCTION(
                    self.place(node),
                    name=name,
                    hint=_did_you_mean(nearest(name, FUNCTIONS)),
                    known=", ".join(f.signature for f in FUNCTIONS.values()),
                )
            )
        given = [arg for arg in _arguments(node) if arg is not None]
        if len(given) != len(function.takes):
            return self.refuse(
                ARGUMENTS(
                    self.place(node),
                    signature=function.signature,
                    wanted=len(function.takes),
                    given=len(given),
                )
            )
        args = [self.want(arg, types) for arg, types in zip(given, function.takes, strict=True)]
        admitted = tuple(arg for arg in args if arg is not None)
        return Apply(name, admitted, function.gives) if len(admitted) == len(args) else None

    def place(self, node: exp.Expr) -> Place:
        """Where the first written word of `node` stands in the file."""
        starts = [int(n.meta["start"]) for n in node.walk() if "start" in n.meta]
        return self._at(min(starts, default=0))

    def _at(self, offset: int) -> Place:
        before = self.text[:offset]
        line = before.count("\n")
        column = offset - (before.rfind("\n") + 1)
        start = self.start
        return Place(
            start.file,
            None if start.line is None else start.line + line,
            None if start.column is None else (start.column if line == 0 else 1) + column,
        )

    def _line_col(self, detail: dict[str, object]) -> Place:
        # sqlglot's column is that of the last character of the word it stopped at.
        line, col = int(str(detail.get("line") or 1)), int(str(detail.get("col") or 1))
        width = len(str(detail.get("highlight") or ""))
        rows = self.text.split("\n")
        offset = sum(len(row) + 1 for row in rows[: line - 1]) + max(0, col - max(width, 1))
        return self._at(offset)


def _arguments(node: exp.Func) -> list[exp.Expr]:
    """All that is written between a function's brackets, whatever the parser takes it for."""
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    found: list[exp.Expr] = []
    for value in node.args.values():
        found += [a for a in (value if isinstance(value, list) else [value]) if a is not None]
    return found


def _more_than(node: exp.Expr, known: frozenset[str]) -> bool:
    return any(value for key, value in node.args.items() if key not in known)


def _depth(node: exp.Expr) -> int:
    """How deeply the tree is nested; found without recursion, which too deep a tree would end."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [below for one in level for below in one.iter_expressions()]
    return deepest


#: Characters that no engine takes: the null character, and halves of characters.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def _did_you_mean(name: str) -> Text:
    return Text(_HINT.vi.format(name), _HINT.en.format(name)) if name else _NO_HINT


def _short(node: exp.Expr) -> str:
    text = node.sql(dialect="duckdb")
    return text if len(text) <= 40 else text[:39] + "…"
