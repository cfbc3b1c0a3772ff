"""From records to numbers. Pure Python: knows no Django, no site database, no HTTP."""
