"""Secrets: from the environment only, and in no message."""

import pytest

from data_sources.hidden import filled, without_secrets
from data_sources.problems import BadInput

SETTINGS = {"url": "postgresql://u:${DB_PASSWORD}@h/d", "keys": ["${SM4}"], "options": {"token": "${DB_PASSWORD}"}}


def test_names_are_filled_from_the_environment(monkeypatch):
    monkeypatch.setenv("DB_PASSWORD", "s3cret")
    assert filled("u:${DB_PASSWORD}@h") == "u:s3cret@h"
    assert filled("nothing to fill, not even $HOME") == "nothing to fill, not even $HOME"


def test_one_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("DB_PASSWORD", raising=False)
    with pytest.raises(BadInput, match="DB_PASSWORD: is not set"):
        filled("${DB_PASSWORD}")


@pytest.mark.parametrize("written", ["pa@ss w/rd", "pa%40ss%20w%2Frd", "pa%40ss+w%2Frd"])
def test_no_message_shows_one_however_it_is_quoted(monkeypatch, written):
    monkeypatch.setenv("DB_PASSWORD", "pa@ss w/rd")
    monkeypatch.setenv("SM4", "")
    said = without_secrets(f"can't log in with {written} at h", SETTINGS)
    assert said == "can't log in with *** at h"
