"""Official documents made from published figures, kept as they were made."""
