"""jsonschema, imported without checks of formats that no schema of ours names.

It imports every checker that happens to be installed; that of IRIs builds its grammar for more than
a second, in each process.
"""

from __future__ import annotations

import sys

_IRIS = "rfc3987_syntax"
_hidden = _IRIS not in sys.modules
if _hidden:
    sys.modules[_IRIS] = None  # type: ignore[assignment] # how Python is told: not installed

from jsonschema import Draft202012Validator, FormatChecker  # noqa: E402
from jsonschema.exceptions import ValidationError  # noqa: E402

if _hidden:
    del sys.modules[_IRIS]

__all__ = ["Draft202012Validator", "FormatChecker", "ValidationError"]
