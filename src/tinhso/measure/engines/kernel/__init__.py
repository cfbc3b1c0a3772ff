"""The engine that measures as fast as the machine can read: a plan as a compiled loop."""

from tinhso.measure.engines.kernel.batches import shares
from tinhso.measure.engines.kernel.persons import counted
from tinhso.measure.engines.kernel.run import changes, is_ready

__all__ = ["changes", "counted", "is_ready", "shares"]
