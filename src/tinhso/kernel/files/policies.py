"""Who may see a file that was sent. Taking one in belongs to what it is sent for."""

from __future__ import annotations

from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

FILE = Policy("files.file", Text("tệp", "a file"), [Verb("view", Text("mở", "open"))])
