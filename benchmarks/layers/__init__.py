"""Other metric layers, each run by the Python of an environment of their own: see metric_layers."""
