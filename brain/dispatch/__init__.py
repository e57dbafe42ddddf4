"""Sewage dispatch: how the stations should pump for the next 24 hours, and what a change of that would do."""
