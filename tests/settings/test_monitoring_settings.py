"""The settings of monitoring: what is accepted, and that no secret is in a message."""

import pytest

from chatdata import Settings, SettingsError
from chatdata.settings.monitoring import MonitoringSettings, WebhookSettings

SECRET = "0123456789abcdef-0123456789-SECRET"
URL = "https://hooks.internal:8443/services/SECRET?key=SECRET"
HOOK = {"INSPECTOR_WEBHOOK_URL": URL, "INSPECTOR_WEBHOOK_SECRET": SECRET}


def read(**given: str) -> MonitoringSettings:
    return Settings.from_environment(given).monitoring


def test_everything_is_off_by_default() -> None:
    assert read() == MonitoringSettings(None, None, None)
    assert read(INSPECTOR_SCAN_EVERY="", INSPECTOR_METRICS_TOKEN=" ", INSPECTOR_WEBHOOK_URL="") == MonitoringSettings()


def test_what_is_given_is_read() -> None:
    assert read(INSPECTOR_SCAN_EVERY="1").scan_every == 1
    assert read(INSPECTOR_SCAN_EVERY="90.5").scan_every == 90.5
    assert read(INSPECTOR_METRICS_TOKEN=f" {SECRET}\n").metrics_token == SECRET
    assert read(**HOOK).webhook == WebhookSettings(URL, SECRET)


@pytest.mark.parametrize("every", ["0", "0.5", "-3", "soon", "nan", "inf", "1e9", "60s"])
def test_an_interval_is_a_number_of_seconds_from_1_on(every: str) -> None:
    with pytest.raises(SettingsError, match="INSPECTOR_SCAN_EVERY"):
        read(INSPECTOR_SCAN_EVERY=every)


@pytest.mark.parametrize(
    "secret",
    ["short-SECRET", "SECRET" * 9, "SSSSECRET" + "S" * 40, "x SECRET " * 8, "é-SECRET-0123456789-0123456789-abc"],
    ids=["short", "repeated", "few characters", "spaces", "not ASCII"],
)
@pytest.mark.parametrize("name", ["INSPECTOR_METRICS_TOKEN", "INSPECTOR_WEBHOOK_SECRET"])
def test_a_secret_that_can_be_guessed_is_refused_and_not_quoted(name: str, secret: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read(**{**HOOK, name: secret})
    assert "SECRET" not in str(refused.value).replace("WEBHOOK_SECRET", "")


@pytest.mark.parametrize(
    "url",
    ["hooks.internal", "ftp://hooks.internal/SECRET", "https://", "http://h:99999/", "http://[::1/", "http://h/\u00e9"],
)
def test_a_webhook_is_a_web_address(url: str) -> None:
    with pytest.raises(SettingsError, match="INSPECTOR_WEBHOOK_URL") as refused:
        read(**{**HOOK, "INSPECTOR_WEBHOOK_URL": url})
    assert "SECRET" not in str(refused.value)


def test_a_webhook_needs_a_key_to_sign_with() -> None:
    with pytest.raises(SettingsError, match="INSPECTOR_WEBHOOK_SECRET"):
        read(INSPECTOR_WEBHOOK_URL=URL)


def test_no_secret_is_in_a_representation() -> None:
    shown = repr(Settings.from_environment({**HOOK, "INSPECTOR_METRICS_TOKEN": SECRET}).monitoring)
    assert (
        shown
        == "MonitoringSettings(scan_every=None, metrics_token=set, webhook=WebhookSettings(https://hooks.internal))"
    )
