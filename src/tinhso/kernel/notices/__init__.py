"""Notices to people (thông báo): so far by e-mail."""
