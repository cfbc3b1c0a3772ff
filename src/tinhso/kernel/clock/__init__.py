"""Clocks that tell the truth (đồng hồ thời hạn): working days, due dates, pauses.

`calendar` which days and hours are worked, and why not · `terms` when something is due · `clock`
how a clock stands at any moment. All of it is pure: the same events, calendar and rule give the
same day, whenever one asks.
"""
