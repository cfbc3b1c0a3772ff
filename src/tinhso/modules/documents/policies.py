"""Who may see, make and sign documents, and change an office's templates."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

DOCUMENT = Policy(
    "documents.document",
    Text("văn bản", "a document"),
    [
        Verb("verify", Text("kiểm chứng", "verify"), public=True),
        Verb("view", Text("xem", "see")),
        Verb("make", Text("soạn, hoàn thành", "make")),
        Verb("sign", Text("ký số", "sign"), strong=True),
    ],
)

TEMPLATE = Policy(
    "documents.template",
    Text("mẫu văn bản", "a document's template"),
    [
        Verb("view", Text("xem", "see")),
        Verb("replace", Text("thay", "replace"), strong=True),
    ],
)

#: Acts that no policy names: they are ways of making.
ACTS |= {
    "documents.document.draft": Text("lập bản nháp văn bản", "draft a document"),
    "documents.document.change": Text("sửa bản nháp văn bản", "change a draft of a document"),
    "documents.document.discard": Text("bỏ bản nháp văn bản", "discard a draft of a document"),
}
