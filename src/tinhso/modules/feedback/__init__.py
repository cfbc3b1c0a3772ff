"""Reports to 1022 (phản ánh, kiến nghị): residents send, agencies answer, everybody sees."""
