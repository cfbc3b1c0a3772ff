"""The ledger over the API: signed heads and proofs, for anyone. A uid and hashes tell nothing else."""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.ledger import queries
from tinhso.kernel.ledger.heads import Head, known_keys
from tinhso.kernel.ledger.models import Entry, TreeHead
from tinhso.kernel.people.access import public
from tinhso.kernel.units.api import (
    NotFoundError,
    Page,
    Paged,
    Parameters,
    Shape,
    conditional,
    next_address,
    operation,
    said,
)
from tinhso.measure.text import InputError, Place, message

NO_HEAD = message(
    "head-unknown",
    vi="Không có đầu cây cỡ {size}. Cỡ mới nhất: {newest}.",
    en="There is no tree head of size {size}. The newest: {newest}.",
)
NO_ENTRY = message(
    "entry-unknown",
    vi="Không có mục nhật ký {uid}.",
    en="There is no entry {uid} in the ledger.",
)
BACKWARDS = message(
    "consistency-backwards",
    vi="first ({first}) phải không lớn hơn second ({second}).",
    en="first ({first}) must not be larger than second ({second}).",
)

#: The size of a tree that the databases can count.
Size = Annotated[int, Field(ge=1, le=2**63 - 1)]


class HeadShape(Shape):
    """A signed tree head (RFC 9162). Hashes, keys and signatures are hexadecimal."""

    size: int = Field(description="How many entries it covers.", examples=[1000])
    root: str = Field(description="MTH of these entries' leaves (RFC 9162, 2.1.1).")
    at: str = Field(
        description="When it was signed, UTC.", examples=["2025-07-01T00:00:00.000000Z"]
    )
    key: str = Field(description="Which key signed it; see `keys`.")
    signature: str = Field(
        description="Ed25519 over `tinhso-ledger-head-1`, a line feed, and the JSON (RFC 8785) of at, root and size."
    )


class KeyShape(Shape):
    """A public key (Ed25519). Each but the first is endorsed by an earlier one."""

    key: str
    public: str
    endorsed_by: str
    signature: str = Field(
        description="Ed25519 by the endorsing key over `tinhso-ledger-key-1`, a line feed, and the key's 32 bytes."
    )


class HeadList(Page[HeadShape]):
    simulated: bool = Field(False, description="Acts on this site are real acts on this site.")
    keys: list[KeyShape]


class ConsistencyShape(Shape):
    """That the log at `first` is the beginning of the log at `second` (RFC 9162, 2.1.4)."""

    simulated: bool = False
    first: HeadShape
    second: HeadShape
    path: list[str]


class ProofShape(Shape):
    """That an entry is in the log (RFC 9162, 2.1.3). While it waits for a head: index and head null."""

    simulated: bool = False
    uid: uuid.UUID
    leaf: str
    index: int | None = Field(description="Its place in the log, from 0.")
    head: HeadShape | None
    path: list[str]


class ConsistencyAsked(Parameters):
    first: Annotated[
        Size, said("Cỡ của đầu cây cũ mà bạn giữ.", "Size of the older head that you keep.")
    ] = Field(examples=[1])
    second: Annotated[
        Size | None,
        said(
            "Cỡ của đầu cây mới hơn; mặc định mới nhất.",
            "Size of the newer; the newest by default.",
        ),
    ] = Field(None, examples=[None])


def _newest_key(_request: HttpRequest) -> list[str]:
    newest = queries.newest_head()
    return [newest.line() if newest else "no head"]


router = Router(tags=["ledger"])
router.add_decorator(conditional(_newest_key), mode="view")


@router.get(
    "/heads",
    response=HeadList,
    operation_id="listTreeHeads",
    **operation(
        "Các đầu cây đã ký của nhật ký",
        "Signed tree heads of the ledger",
        "Mới nhất trước, kèm mọi khóa công khai. Giữ lại một đầu cây ở nơi khác là có thể chứng minh về sau rằng nhật ký không bị viết lại.",
        "Newest first, with all public keys. Keep one elsewhere, and you can prove later that the ledger was not rewritten.",
    ),
)
@public
def list_heads(request: HttpRequest, asked: Query[Paged]) -> HeadList:
    total = TreeHead.objects.count()
    end = asked.offset + asked.limit
    rows = TreeHead.objects.order_by("-size")[asked.offset : end]
    return HeadList(
        simulated=False,
        total=total,
        limit=asked.limit,
        offset=asked.offset,
        next=next_address(request, end, asked.limit) if end < total else None,
        items=[_shape(Head.of(row)) for row in rows],
        keys=[KeyShape.model_validate(key) for key in known_keys().values()],
    )


@router.get(
    "/heads/{size}",
    response=HeadShape,
    operation_id="getTreeHead",
    **operation(
        "Đầu cây của một cỡ",
        "The tree head of a size",
        "Đầu cây đã ký cho đúng chừng ấy mục đầu tiên.",
        "The head that was signed for exactly so many first entries.",
    ),
)
@public
def get_head(
    request: HttpRequest, size: Annotated[Size, Path(examples=["1"])], asked: Query[Parameters]
) -> HeadShape:
    found = queries.head_of_size(size)
    if found is None:
        raise NotFoundError(NO_HEAD(Place("path.size"), size=size, newest=_newest_size()))
    return _shape(found)


@router.get(
    "/consistency",
    response=ConsistencyShape,
    operation_id="getConsistency",
    **operation(
        "Bằng chứng nhất quán giữa hai đầu cây",
        "A consistency proof between two tree heads",
        "Chứng minh nhật ký lúc sau bắt đầu bằng đúng nhật ký lúc trước: không mục nào bị sửa, xóa hay đổi chỗ.",
        "Proves that the later log begins with the earlier: no entry altered, deleted or moved.",
    ),
)
@public
def get_consistency(request: HttpRequest, asked: Query[ConsistencyAsked]) -> ConsistencyShape:
    newest = _newest_size()
    second = asked.second or newest
    if asked.first > second:
        raise InputError([BACKWARDS(Place("query.first"), first=asked.first, second=second)])
    sizes = {"query.first": asked.first, "query.second": second}
    found = {where: queries.head_of_size(size) for where, size in sizes.items()}
    problems = [
        NO_HEAD(Place(where), size=sizes[where], newest=newest)
        for where, head in found.items()
        if head is None
    ]
    older, newer = found.values()
    if older is None or newer is None:
        raise InputError(problems)
    proof = queries.consistency(older, newer)
    return ConsistencyShape(first=_shape(older), second=_shape(newer), path=proof.path)


@router.get(
    "/proof/{uid}",
    response=ProofShape,
    operation_id="getInclusion",
    **operation(
        "Bằng chứng một mục có trong nhật ký",
        "An inclusion proof of an entry",
        "Theo mã của mục, dưới đầu cây mới nhất. Chỉ có mã băm: không lộ nội dung của mục.",
        "By the entry's uid, under the newest head. Hashes only: it tells nothing of what the entry says.",
    ),
)
@public
def get_proof(
    request: HttpRequest,
    uid: Annotated[uuid.UUID, Path(examples=["00000000-0000-4000-8000-000000000000"])],
    asked: Query[Parameters],
) -> ProofShape:
    entry = Entry.objects.filter(uid=uid).first()
    if entry is None:
        raise NotFoundError(NO_ENTRY(Place("path.uid"), uid=uid))
    proof = queries.proof_of(entry)
    if proof is None:
        return ProofShape(uid=uid, leaf=entry.leaf, index=None, head=None, path=[])
    return ProofShape(
        uid=uid, leaf=entry.leaf, index=proof.index, head=_shape(proof.head), path=proof.path
    )


def _shape(head: Head) -> HeadShape:
    return HeadShape.model_validate(head)


def _newest_size() -> int:
    newest = queries.newest_head()
    return newest.size if newest else 0
