"""Reports to 1022 (phản ánh, kiến nghị)."""
