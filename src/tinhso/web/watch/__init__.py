"""Watching the site run: is it alive, is it ready, what does it do, what must be done about it."""
