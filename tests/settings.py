"""Django's settings for tests: the product's own, in a home that is thrown away.

The database is SQLite, or the PostgreSQL server that TINHSO_TEST_DATABASE_URL names.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

# Tests start hundreds of processes: each would compile all sources anew where this is set.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# All workers of one run inherit its first process's choice of a home: the sample is made once,
# and the process that started the run can stop and clear away what the workers left there.
_RUN = os.environ.setdefault("TEST_RUN_OF_TINHSO", str(os.getpid()))
HOME = Path(tempfile.gettempdir()) / f"tinhso-tests-{_RUN}"
HOME.mkdir(exist_ok=True)
os.environ["TINHSO_HOME"] = str(HOME)
for _name in [name for name in os.environ if name.startswith("TINHSO_")]:
    if _name not in ("TINHSO_HOME", "TINHSO_TEST_DATABASE_URL"):
        del os.environ[_name]
os.environ["TINHSO_DATABASE_URL"] = os.environ.get("TINHSO_TEST_DATABASE_URL", "")

from tinhso.web.settings import *  # noqa: E402, F403

# Tests run beside each other on few processors: a second thread for a small query only costs.
TINHSO_LAKE = replace(TINHSO_LAKE, threads=1)  # noqa: F405

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
