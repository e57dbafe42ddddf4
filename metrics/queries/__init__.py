"""What pages ask beyond the snapshot: a file of named functions a subject; the board's own questions are SQL."""
