"""One packet of HJ 212 as what it says: who, when, which numbers; or why it can't be read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from data_sources.hj212_protocol.checksum import checksum
from data_sources.hj212_protocol.codes import ANSWER_WANTED, DATA, IN_PARTS, VERSIONS
from data_sources.hj212_protocol.frame import Piece, is_encrypted
from data_sources.hj212_protocol.segment import Value, fields_of, parted, text_of, time_of
from data_sources.hj212_protocol.sm4 import decrypted

ENCRYPTED = "encrypted"
_MN = re.compile(r"[0-9A-Za-z_-]{1,40}")
_CN = re.compile(r"[0-9]{4}")
_ECHOED = re.compile(r"[ -~]{1,40}")
"""What of a header goes back to the station in an answer."""

Keys = Callable[[str], bytes | None]
"""The SM4 key of a station by its MN; None where there is none."""


@dataclass(frozen=True)
class Packet:
    """`error` is None where all of it could be read; else what is wrong, while `values` still holds what is right.

    `text` is what stands in CP, in clear. `part` is (number, of how many) where the station split a text, `missing`
    the parts of it that are not there.
    """

    raw: bytes
    error: str | None = None
    version: int | None = None
    st: str | None = None
    cn: str | None = None
    mn: str | None = None
    qn: str | None = None
    pw: str | None = None
    flag: int = 0
    part: tuple[int, int] | None = None
    missing: tuple[int, ...] = ()
    text: str = ""
    data_time: datetime | None = None
    values: tuple[Value, ...] = field(default=())

    @property
    def is_data(self) -> bool:
        """Whether it is of a kind that carries values."""
        return self.cn in DATA

    @property
    def wants_answer(self) -> bool:
        """Whether the station waits for 9014, and says to what."""
        return bool(self.flag & ANSWER_WANTED) and self.qn is not None and self.mn is not None

    @property
    def problem(self) -> str | None:
        """Everything that is wrong with it; None where nothing is."""
        problems = [self.error] if self.error else []
        if self.part is not None and self.missing:
            problems.insert(0, f"parts missing: {', '.join(map(str, self.missing))} of {self.part[1]}")
        return "; ".join(problems) or None

    def as_json(self) -> dict[str, Any]:
        """The JSON object of `data_sources decode hj212 --json`."""
        return {
            "ok": self.problem is None,
            "error": self.problem,
            "version": self.version,
            "mn": self.mn,
            "cn": self.cn,
            "qn": self.qn,
            "data_time": None if self.data_time is None else self.data_time.isoformat().replace("+00:00", "Z"),
            "values": [
                {"code": one.code, "suffix": one.suffix, "value": one.value, "flag": one.flag} for one in self.values
            ],
            "part": None if self.part is None else list(self.part),
        }


def read_header(piece: Piece) -> Packet:
    """Who sends what, and whether an answer is wanted; the numbers stay unread."""
    return _opened(piece)[0]


def read_packet(piece: Piece, key_of: Keys) -> Packet:
    """All that one piece of a stream says."""
    packet, body = _opened(piece)
    if packet.error is not None:
        return packet
    if is_encrypted(piece.segment):
        plain = _in_clear(piece, body, packet.mn or "", key_of)
        if isinstance(plain, str):
            return replace(packet, error=plain)
        body = plain
    packet = replace(packet, text=text_of(body))
    return packet if packet.part else with_values(packet)


def with_values(packet: Packet) -> Packet:
    """The packet with the values of its text; of control packets there are none to read."""
    if not packet.is_data:
        return packet
    fields = fields_of(packet.text)
    data_time = time_of(fields.others.get("DataTime"))
    problems = fields.problems
    if data_time is None:
        problems = [f"DataTime: expected YYYYMMDDHHMMSS, found {fields.others.get('DataTime', '')[:40]!r}", *problems]
    return replace(
        packet, data_time=data_time, values=tuple(fields.values), error="; ".join(problems[:5]) or packet.error
    )


def _opened(piece: Piece) -> tuple[Packet, bytes]:
    """The packet with its header, and the bytes of its text."""
    if piece.error is not None:
        return Packet(piece.raw, piece.error), b""
    split = parted(piece.segment)
    if split is None:
        return Packet(piece.raw, "segment: no CP=&&…&&"), b""
    header, body = split
    return _with_header(Packet(piece.raw), header), body


def _with_header(packet: Packet, header: dict[str, str]) -> Packet:
    mn, cn, flag_text = header.get("MN", ""), header.get("CN", ""), header.get("FLAG", "0")
    if not _MN.fullmatch(mn):
        return replace(packet, error=f"MN: expected letters and digits, found {mn[:40]!r}")
    if not _CN.fullmatch(cn):
        return replace(packet, mn=mn, error=f"CN: expected four digits, found {cn[:40]!r}")
    if not re.fullmatch(r"[0-9]{1,3}", flag_text) or int(flag_text) >> 2 not in VERSIONS:
        return replace(packet, mn=mn, cn=cn, error=f"Flag: no known version in {flag_text[:40]!r}")
    flag = int(flag_text)
    packet = replace(
        packet,
        mn=mn,
        cn=cn,
        flag=flag,
        version=VERSIONS[flag >> 2],
        st=header.get("ST"),
        qn=_echoed(header.get("QN")),
        pw=_echoed(header.get("PW")),
    )
    count, number = header.get("PNUM", ""), header.get("PNO", "")
    if not flag & IN_PARTS or not (count or number) or count == "1":
        return packet
    if not (re.fullmatch(r"[0-9]{1,4}", count) and re.fullmatch(r"[0-9]{1,4}", number)):
        return replace(packet, error=f"PNUM, PNO: expected numbers, found {count[:10]!r}, {number[:10]!r}")
    if not 1 <= int(number) <= int(count):
        return replace(packet, error=f"PNO: {number} is not between 1 and PNUM {count}")
    return replace(packet, part=(int(number), int(count)))


def _echoed(text: str | None) -> str | None:
    return text if text is not None and _ECHOED.fullmatch(text) else None


def _in_clear(piece: Piece, body: bytes, mn: str, key_of: Keys) -> bytes | str:
    """The plain text of an encrypted body, or why there is none; the checksum, of the plain text, has to fit."""
    try:
        key = key_of(mn)
        if key is None:
            return ENCRYPTED
        plain = decrypted(body, key)
    except ValueError as problem:
        return f"{ENCRYPTED}: {problem}"
    before = piece.segment[: piece.segment.index(body)]
    if checksum(before + plain + b"&&") != piece.printed:
        return f"{ENCRYPTED}: the key of this station gives a text that its checksum does not fit"
    return plain
