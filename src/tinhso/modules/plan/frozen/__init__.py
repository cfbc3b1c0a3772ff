"""What a publication freezes, and what can be done with it later: export, reproduce, compare.

`cells` the figures with their marks · `freezing` the files that are kept · `files` how they are kept ·
`values_csv` the table of values · `readme` the words beside it · `archive` the ZIP · `thawing` definitions and map read back ·
`reproducing` computing again · `differences` what is measured otherwise today, and because of which batches ·
`naming` finding a publication by its name.
"""
