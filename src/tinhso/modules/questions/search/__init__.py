"""Searching published answers: words as Vietnamese writes and mistypes them, and an index in memory."""
