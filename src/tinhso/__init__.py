"""Tỉnh Số: a province's digital-transformation plan, measured from records, each number openable."""
