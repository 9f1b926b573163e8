"""Measurements of time and memory on the machine at hand."""
