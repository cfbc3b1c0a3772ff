"""An invented content that fills every placeholder: what a template is tried with before it is taken."""

from __future__ import annotations

from datetime import date

from tinhso.modules.documents.assignment import ShareLine, ShareTable
from tinhso.modules.documents.content import Annex, Content, Section, TargetLine, UnitLine
from tinhso.modules.documents.fields import day_in_words
from tinhso.modules.documents.kinds import Kind
from tinhso.modules.documents.points import PointLine

_TARGET = TargetLine(
    number="1",
    code="A-01",
    name="Chỉ tiêu thử",
    level="đạt 75 %",
    deadline="31/12/2025",
    tier="cấp tỉnh",
    known_by="từ bản ghi",
    value="70,0 %",
    parts="70/100",
    before="–",
    standing="chậm",
    short="5",
    lookup="0-000",
    given="lần 1, 1 đơn vị",
    standing_code="behind",
    drawn=70.0,
    drawn_target=75.0,
)
_SHARE = ShareLine(
    *("1", "Đơn vị thử", "75 %", "–", "40", "58", "75", "Chức danh thử", "70,0 %", "0-000"),
)
_POINT = PointLine("1", "Tiêu chí thử", "12,5", "30", "70,0 % (7/10)", "+1,20", "+2: thêm 1 hồ sơ")
_UNIT = UnitLine("1", "Đơn vị thử", "7", "10", "70,0 %", "chậm", "0-000")


def sample_content(kind: Kind, today: date) -> Content:
    """Every list has an item, so that what a template prints of items is tried too."""
    return Content(
        kind=kind.code,
        superior="CƠ QUAN CHỦ QUẢN",
        issuer="CƠ QUAN BAN HÀNH",
        numbering="Số: 1/BC",
        place_and_date=f"Nơi thử, {day_in_words(today)}",
        heading=kind.heading,
        abstract="Thử mẫu",
        addressee=("Nơi nhận thử",),
        sections=(Section("1. Phần thử", ("Đoạn thử.",), ("Ý thử",)),),
        targets=(_TARGET,),
        annexes=(Annex("1", "A-01. Chỉ tiêu thử", "Mức", (_UNIT,)),),
        shares=(ShareTable("A-01. Chỉ tiêu thử", "Đợt giao lần 1", "Đơn vị", (_SHARE,)),),
        points_about="Bộ chỉ số thử",
        points=(_POINT,),
        recipients=("Lưu: VT.",),
        authority="TM. CƠ QUAN",
        title="NGƯỜI KÝ",
        signer="Họ và Tên",
        simulated="THỬ MẪU",
        source="Nguồn thử",
        attached="(Kèm theo văn bản thử)",
        document_code="VB-00000000",
        address="https://tinh.example/so/VB-00000000/",
        unit="Đơn vị thử",
        period="kỳ thử",
        lookups="https://tinh.example/so/",
        whole=True,
    )
