"""What a person may do about an exception or an advice on the board: buttons that send an act to /api/act. Pure."""

from collections.abc import Sequence
from html import escape

from pages.components.words import Words

OF_ADVICE = {"open": ("accept", "decline"), "accept": ("done", "decline")}
"""By an advice's status, what may come next."""


def deeds(verbs: Sequence[str], subject: str, say: Words) -> str:
    """One button a verb. What is written about them in the browser (a reason, recorded, failed) goes with them."""
    buttons = "".join(
        f'<button type="button" class="deed" data-verb="{verb}" data-subject="{escape(subject)}">'
        f"{escape(say('act', verb))}</button>"
        for verb in verbs
    )
    said = " ".join(
        f'data-{word}="{escape(say("act", word))}"' for word in ("why", "send", "cancel", "recorded", "failed")
    )
    return f'<span class="deeds" {said}>{buttons}</span>' if verbs else ""
