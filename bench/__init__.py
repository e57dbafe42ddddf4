"""Claims of speed, one file a claim; each prints one JSON line with both sides measured in the same run."""
