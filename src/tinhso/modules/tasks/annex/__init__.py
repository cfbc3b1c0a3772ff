"""From an annex as offices write it to rows that a person can check. Pure: no database, no HTTP."""
