"""Reasons of quarantine in the reader's language: those that the product itself writes, and what stays as it is."""

import pytest

from data_sources.hj212_protocol.decode import decode
from data_sources.importer import import_file
from pages.components.refusals import refusal

MAP = 'source = "scada"\n[columns]\ntag = "tag"\nts = "time"\nvalue = "value"\nquality = "quality"\n'
ROWS = "tag,time,value,quality\nNO.SUCH,2026-09-01 00:00,1,good\nW1_FLOW,yesterday,1,good\nW1_FLOW,,1,good\n"
ROWS += "W1_FLOW,2026-09-01 00:00,much,good\nW1_FLOW,2026-09-01 00:05,1,fine\n"


def test_what_an_import_refuses_is_said_in_chinese(tmp_path, tiny_lake, tiny_utility):
    file, how = tmp_path / "file.csv", tmp_path / "map.toml"
    file.write_text(ROWS, encoding="utf-8")
    how.write_text(MAP, encoding="utf-8")
    report = import_file(tiny_lake, tiny_utility, file, "reading", how)
    reasons = tiny_lake.scan("quarantine").sort("row").collect()["reason"].to_list()
    assert report.rows_quarantined == 5
    assert [refusal(one, "zh") for one in reasons] == [
        "tag：“NO.SUCH”不是 points.csv 中 scada 的测点",
        "ts：应为 Asia/Shanghai 存在的 ISO 8601 时间，实为 'yesterday'",
        "ts：不能为空",
        "W1_FLOW：应为数字，实为 'much'",
        "quality：不在允许的取值之内",
    ]
    assert [refusal(one, "en") for one in reasons] == reasons


@pytest.mark.parametrize(
    ("capture", "said"),
    [
        (b"hello there\r\n", "不是数据包：应以 ## 和四位长度开头"),
        (b"##0020QN=20260901000000000;0000\r\n", None),
    ],
)
def test_what_a_packet_lacks_is_said_in_chinese(capture, said):
    (packet, *_) = decode(capture)
    told = refusal(packet.problem, "zh")
    assert told == said if said else told != packet.problem


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("value: must not be empty; ts: must not be empty", "value：不能为空；ts：不能为空"),
        ("MN: expected letters and digits, found '--'", "MN：应为字母和数字，实为 '--'"),
        ("CN: expected four digits, found '9'; encrypted", "CN：应为四位数字，实为 '9'；已加密，没有密钥"),
        ("checksum: the packet says 1C80, its text gives 1C81", "校验码不符：包内为 1C80，按正文算得 1C81"),
        ("day: expected a date %Y/%m/%d, found '1.9.'", "day：应为日期，格式 %Y/%m/%d，实为 '1.9.'"),
        ("a.csv has no column 'time'; it has when, flow", "a.csv 没有“time”一列，有的是 when, flow"),
        ("value: expected Float64", "value：应为 Float64"),
        ("a driver's own words", "a driver's own words"),
    ],
)
def test_each_of_several_reasons_is_said(reason, said):
    assert refusal(reason, "zh") == said
