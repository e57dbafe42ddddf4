"""Real input with a few things done to it, the same for the same dice."""

import random
from collections.abc import Sequence


def mutated(data: bytes, dice: random.Random, tokens: Sequence[bytes]) -> bytes:
    """A few bytes changed, gone, doubled, turned round or put in between, or the end cut off."""
    now = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        i, j = sorted(dice.randrange(len(now) + 1) for _ in range(2))
        match dice.randrange(6):
            case 0 if i < len(now):
                now[i] = dice.randrange(256)
            case 1:
                del now[i:j]
            case 2:
                now[i:i] = now[i:j]
            case 3:
                now[i:i] = dice.choice(tokens)
            case 4:
                now[i:j] = bytes(reversed(now[i:j]))
            case _:
                del now[i:]
    return bytes(now)
