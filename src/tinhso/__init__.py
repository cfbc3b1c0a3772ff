"""Tỉnh Số: a province's digital-transformation plan, measured from records, each number openable."""

__version__ = "0.1.0"
