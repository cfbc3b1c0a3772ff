"""Signing in and one's own account, on django-allauth: its views and flows, our words and rules."""
