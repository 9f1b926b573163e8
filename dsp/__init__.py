"""Signal processing on numpy arrays: raw samples to classifier image, and synthetic heart sound."""
