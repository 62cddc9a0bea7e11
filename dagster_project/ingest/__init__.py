"""Ingest: landing files become typed, tokenised, immutable batches of raw."""
