"""What a person does about advice and exceptions: kept as rows of table act, and nothing is ever written to a plant."""

from datetime import datetime
from typing import Literal, cast, get_args
from uuid import uuid4

import polars as pl

from data_sources.contracts import TABLES
from data_sources.lake import Lake

Verb = Literal["accept", "decline", "done", "acknowledge"]
MOST = 200
"""Characters of a subject or a note."""


class NoSuchAct(ValueError):
    """What is wrong with an act somebody wants to record."""


def checked(verb: str, subject: str, note: str | None) -> tuple[Verb, str, str | None]:
    """The act's parts, or NoSuchAct: an unknown verb, no subject, a refusal without a reason, too long a text."""
    if verb not in get_args(Verb):
        raise NoSuchAct(f"verb {verb!r}: expected one of {', '.join(get_args(Verb))}")
    subject, note = subject.strip(), (note or "").strip() or None
    if not subject or len(subject) > MOST:
        raise NoSuchAct(f"subject: expected the id of an advice or exception, of at most {MOST} characters")
    if note is not None and len(note) > MOST:
        raise NoSuchAct(f"note: expected at most {MOST} characters")
    if verb == "decline" and note is None:
        raise NoSuchAct("note: a reason is needed to decline")
    return cast(Verb, verb), subject, note


def record(lake: Lake, user: str, verb: str, subject: str, note: str | None, now: datetime) -> str:
    """Write the act; returns its id. When this returns it is safe on disk. Raises NoSuchAct as `checked`."""
    verb, subject, note = checked(verb, subject, note)
    act_id = f"{verb}/{now:%Y%m%dT%H%M%S}/{uuid4().hex[:8]}"
    row = {"act_id": act_id, "done_at": now, "user": user, "verb": verb, "subject": subject, "note": note}
    lake.write("act", pl.DataFrame([row], schema=TABLES["act"].columns), source="app")
    return act_id
