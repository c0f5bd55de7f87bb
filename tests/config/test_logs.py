"""What the log never says."""

from __future__ import annotations

import logging

import pytest

from config.logs import configure


@pytest.mark.parametrize("path", ["/sign-in/link/{}", "/feeds/{}.atom", "/unsubscribe/{}"])
def test_a_token_in_an_address_is_not_logged(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure()
        logging.getLogger("django.request").error("Internal Server Error: %s", path.format("s3cr3t:tok-en_1"))
    finally:
        logging.getLogger().handlers[:] = before[0]
        logging.getLogger().setLevel(before[1])
    said = capsys.readouterr().err
    assert "Internal Server Error" in said and "(hidden)" in said
    assert "s3cr3t" not in said and "tok-en" not in said
