"""Cases (vụ việc): a request with a truthful clock, as a sequence of events.

`kinds` what may happen to a case of a kind, declared in `packs/cases` · `standing` what a sequence of
events makes of a case · `soundness` whether nothing gets stuck · `routing` who answers, and why ·
`models`, `actions`, `queries` the cases themselves · `contacts` who waits for an answer.
"""
