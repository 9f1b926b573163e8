"""The running monitor: sources, ring, worker and command line; its screen is ``monitor.dashboard``."""
