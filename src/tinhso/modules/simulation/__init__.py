"""Sample data that is honest: a province's year of records, invented from real starting points."""

from tinhso.modules.simulation.files import NOTICE
from tinhso.modules.simulation.scenario import STARTING, TARGETS, Sample, SampleFile, Scenario
from tinhso.modules.simulation.simulate import Progress, simulate

__all__ = [
    "NOTICE",
    "STARTING",
    "TARGETS",
    "Progress",
    "Sample",
    "SampleFile",
    "Scenario",
    "simulate",
]
