"""The engine that measures as fast as the machine can read: a plan as a compiled loop."""

from tinhso.measure.engines.kernel.persons import counted
from tinhso.measure.engines.kernel.run import changes

__all__ = ["changes", "counted"]
