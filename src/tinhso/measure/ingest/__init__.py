"""Records in: files become records of a stream, whole or not at all (nạp bản ghi).

    receipt = ingest(lake, "dossiers", path, boundaries=..., mode=Mode.ACCEPT_GOOD, ...)
    receipt = withdraw(lake, receipt.batch, reason="...")
    events = batches(lake.reader())

See docs/records-in.md for what senders may write, and what happens to rows that are not right.
"""

from tinhso.measure.ingest.load import ingest
from tinhso.measure.ingest.log import Event, batches, notes
from tinhso.measure.ingest.progress import OnProgress
from tinhso.measure.ingest.pseudonyms import pseudonym
from tinhso.measure.ingest.receipt import Mode, Receipt, Status, Tally
from tinhso.measure.ingest.rekeying import is_changed_to, rotate
from tinhso.measure.ingest.withdrawal import withdraw

__all__ = [
    "Event",
    "Mode",
    "OnProgress",
    "Receipt",
    "Status",
    "Tally",
    "batches",
    "ingest",
    "is_changed_to",
    "notes",
    "pseudonym",
    "rotate",
    "withdraw",
]
