"""Tỉnh Số: a province's digital-transformation plan, measured from records, each number openable."""

__version__ = "0.2.0.dev0"
