"""Scorecards: trees of points over indicators, and what follows from them (bộ chỉ số, chấm điểm).

Pure and exact: fractions throughout, nothing rounded. `definitions` what a card says · `reading`
from its file · `scoring` one unit's points · `ranking` units against each other and why a rank
changed · `reaching` what would bring the points still missing, and places among peers.
"""
