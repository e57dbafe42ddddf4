"""Packets as stations sent them."""

from data_sources.hj212_protocol.encode import framed

ASK = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80"
    b"\r\n"
)
OLD = (
    b"##0178ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;060-Rtd=3.0943,060-Flag=N;"
    b"011-Rtd=18.0412,011-Flag=N;001-Rtd=8.2137,001-Flag=N;B01-Rtd=10.9890,B01-Flag=N&&a9c1\r\n"
)
HOUR = (
    b"##0197ST=32;CN=2061;QN=20190424002722671;PW=123456;MN=23040281003022;Flag=5;CP=&&DataTime=20190416010000;"
    b"w01018-Max=27.299999,w01018-Avg=27.299999,w01018-Min=27.299999,w01018-Cou=0.000000,w01018-Flag=N&&84C1\r\n"
)
MINUTES = (
    b"##0325QN=20160801085000001;ST=32;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
    b"DataTime=20160801084000;w00000-Cou=10.5,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;"
    b"w01001-Min=7.1,w01001-Avg=7.5,w01001-Max=7.8,w01001-Flag=N;w01018-Cou=10.5,w01018-Min=40.1,w01018-Avg=40.1,"
    b"w01018-Max=40.1,w01018-Flag=N&&6180\r\n"
)
TIME_OF_2025 = b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n"
ANSWER_TO_MINUTES = (
    b"##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&C241\r\n"
)
GOOD = (ASK, OLD, HOUR, MINUTES, TIME_OF_2025)
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def sent(cp: str, cn: str = "2011", mn: str = "MN1", flag: int = 5, more: str = "", encoding: str = "utf-8") -> bytes:
    """A packet with this text in CP."""
    head = f"QN=20260915081500000;ST=32;CN={cn};PW=123456;MN={mn};Flag={flag};{more}"
    return framed(f"{head}CP=&&{cp}&&".encode(encoding))
