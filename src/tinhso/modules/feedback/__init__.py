"""Reports of residents by the 1022 channel (phản ánh, kiến nghị): sent, followed, public."""
