"""How a state looks without its colour: shape and word."""

SHAPES = {"alarm": "▲", "warning": "◆", "normal": "○", "unknown": "▨"}
RANK = {"alarm": 0, "warning": 1, "unknown": 2, "normal": 3}
"""Worst first."""
