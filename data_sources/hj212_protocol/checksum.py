"""The checksum of HJ 212 (appendix A): neither MODBUS nor ARC, because the register's low byte is dropped each time."""


def _after(byte: int) -> int:
    register = byte
    for _ in range(8):
        register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    return register


_AFTER = tuple(_after(byte) for byte in range(256))


def checksum(data: bytes, register: int = 0xFFFF) -> int:
    """The 16 bits over `data`, going on from `register`; of no bytes 0xFFFF, of a single zero byte 0x4040."""
    for byte in data:
        register = _AFTER[register >> 8 ^ byte]
    return register
