"""HJ 212, the protocol of China's online water quality stations: from the bytes of a socket to rows, and the answer."""
