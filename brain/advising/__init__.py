"""What the list of advice is made of: reasons, their words, what stays open, and what came of it."""
