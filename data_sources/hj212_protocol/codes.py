"""Codes of HJ 212: factors (codes.csv beside this file), kinds of data, flags."""

import csv
import re
from pathlib import Path

with (Path(__file__).parent / "codes.csv").open(encoding="utf-8", newline="") as _file:
    _FACTORS = list(csv.DictReader(_file))

UNITS = {row["code"]: row["unit"] for row in _FACTORS}
"""Each factor's unit by the standard (of Rtd, Min, Avg, Max; of the flow L/s)."""

_OF_2005 = {row["code_2005"]: row["code"] for row in _FACTORS if row["code_2005"]}
_MODERN = re.compile(r"[A-Za-z][0-9]{5}")

VERSIONS = {0: 2005, 1: 2017, 2: 2025}
"""Flag >> 2 → edition of the standard."""
ANSWER_WANTED, IN_PARTS = 1, 2
"""Bits of Flag: an answer is wanted; PNUM and PNO say which part of how many this is."""

INSTANT, MINUTES, HOUR, DAY = "2011", "2051", "2061", "2031"
SPANS_S = {INSTANT: 0, HOUR: 3600, DAY: 86_400}
"""Seconds from DataTime that a value stands for; of 2051 the station's interval says it."""
DATA = {INSTANT, MINUTES, HOUR, DAY, "2021", "2041"}
"""Kinds that carry values; 2021 is the state of devices and 2041 their running hours. All others are control."""
ANSWER = "9014"

SUFFIXES = {"Rtd", "Min", "Avg", "Max", "Cou", "RS", "RT"}
"""What a number of a factor can be; others (Flag, SampleTime, Info) are no numbers."""

GOOD, MANUAL, SUSPECT, BAD = "good", "manual", "suspect", "bad"
_QUALITY = {None: GOOD, "N": GOOD, "S": MANUAL, "T": SUSPECT}


def quality(flag: str | None) -> str:
    """What a flag means for a reading: N good, S set by hand, T out of range; stopped, maintenance, fault, … bad."""
    return _QUALITY.get(flag, BAD)


def modern(code: str) -> str:
    """The code of 2017 for one of 2005; others as they are, w-codes in lower case."""
    return _OF_2005.get(code.upper()) or (code.lower() if _MODERN.fullmatch(code) else code)
