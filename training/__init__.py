"""Corpora, fitting and evaluation."""
