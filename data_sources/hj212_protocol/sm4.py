"""Texts that HJ 212-2025 sends encrypted: SM4 (GB/T 32907) in ECB mode without padding, one key a station."""

import os
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16
KEY_VARIABLE = "WATER_SM4_"
"""A station's key stands in the environment variable of this name and its MN: 32 hex digits."""
_BLOCKS = re.compile(rb"\{((?:\s*0[xX][0-9A-Fa-f]{1,2}\s*,?)+)\s*\}")
_BYTE = re.compile(rb"0[xX]([0-9A-Fa-f]{1,2})")


def key_of(mn: str) -> bytes | None:
    """The station's key from the environment; None where there is none. Raises ValueError where it is no key."""
    text = os.environ.get(f"{KEY_VARIABLE}{mn}", "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", text):
        raise ValueError(f"{KEY_VARIABLE}{mn} is no SM4 key: expected 32 hex digits")
    return bytes.fromhex(text)


def decrypted(text: bytes, key: bytes) -> bytes:
    """The plain text of `{0xE4,…}tail`: whole blocks are encrypted, the tail is in clear.

    Raises ValueError where the blocks are not whole.
    """
    found = _BLOCKS.match(text.strip())
    if found is None:
        raise ValueError("expected {0x..,0x..}")
    blocks = bytes(int(byte, 16) for byte in _BYTE.findall(found[1]))
    if len(blocks) % BLOCK:
        raise ValueError(f"{len(blocks)} encrypted bytes, expected a multiple of {BLOCK}")
    reader = Cipher(algorithms.SM4(key), modes.ECB()).decryptor()
    return reader.update(blocks) + reader.finalize() + text.strip()[found.end() :]


def encrypted(text: bytes, key: bytes) -> bytes:
    """`text` as a station writes it: `{0xE4,…}tail`."""
    whole = len(text) // BLOCK * BLOCK
    writer = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    blocks = writer.update(text[:whole]) + writer.finalize()
    return b"{" + ",".join(f"0x{byte:02X}" for byte in blocks).encode() + b"}" + text[whole:]
