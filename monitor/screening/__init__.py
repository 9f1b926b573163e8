"""Screening an archive: a row for each recording, by all cores of a machine or of a cluster."""
