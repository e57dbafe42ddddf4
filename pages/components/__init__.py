"""What pages share: the board's renderer, sparklines, words and theme."""
