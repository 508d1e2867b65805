"""A test in a browser that isn't there is skipped with the reason, or fails where a browser is required."""

import pytest
from explorer.browsing import without_browser


def test_a_missing_browser_skips_with_the_reason_and_fails_where_one_is_required(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FIELDLINK_BROWSER", raising=False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        without_browser("no Chromium")
    monkeypatch.setenv("FIELDLINK_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        without_browser("no Chromium")
