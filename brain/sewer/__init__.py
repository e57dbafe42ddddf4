"""The sewers between rain and works: wells, pumps, mains, and how they hang together."""
