"""Settings from the environment, with every form of DATABASE_URL."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.errors import SettingsError
from chatdata.services.connect import connect
from chatdata.settings.stores import Endpoint, RedisSettings, Settings, without_password
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from chatdata.stores.database.url import parse_url

PASSWORD = "hush-hush"
PG = f"postgresql://ann:{PASSWORD}@db.example:5432/chat"
REDIS = f"redis://:{PASSWORD}@cache.example:6380/1"


def test_with_no_store_named_both_are_the_embedded_ones_and_may_be_written() -> None:
    settings = Settings.from_environment({})
    assert settings.embedded
    assert (settings.database_url, settings.redis, settings.access) == (None, None, "write")
    assert (settings.session_ttl, settings.statement_timeout) == (43200, 15.0)


@pytest.mark.parametrize("given_one", [{"DATABASE_URL": PG}, {"REDIS_URL": REDIS}, {"REDIS_HOST": "cache.example"}])
def test_with_one_store_named_the_other_is_not_configured_and_nothing_may_be_written(
    given_one: dict[str, str], tmp_path: Path
) -> None:
    settings = Settings.from_environment({**given_one, "INSPECTOR_DATA_DIR": str(tmp_path)})
    assert not settings.embedded
    assert settings.access == "read"
    with connect(settings) as connected:
        stores = (connected.stores.database, connected.stores.cache)
        assert [store is not None for store in stores] == ["DATABASE_URL" in given_one, "DATABASE_URL" not in given_one]
        assert connected.valkey is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_variable_is_no_setting() -> None:
    assert Settings.from_environment({"DATABASE_URL": "", "REDIS_URL": "", "SESSION_TTL": ""}).embedded


def test_os_environ_is_read_when_nothing_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_HOST", "cache.example")
    assert Settings.from_environment().redis == RedisSettings(url="redis://cache.example:6379/0")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"REDIS_URL": REDIS, "REDIS_CLUSTER_HOST": "c", "REDIS_HOST": "h"}, RedisSettings(url=REDIS)),
        (
            {"REDIS_CLUSTER_HOST": "c", "REDIS_CLUSTER_PORT": "7000", "REDIS_HOST": "h", "REDIS_PASSWORD": "p"},
            RedisSettings(cluster_host="c", cluster_port=7000, password="p"),
        ),
        (
            {"REDIS_HOST": "h", "REDIS_PORT": "6400", "REDIS_PASSWORD": "p"},
            RedisSettings(url="redis://h:6400/0", password="p"),
        ),
        ({"REDIS_HOST": "::1"}, RedisSettings(url="redis://[::1]:6379/0")),
    ],
    ids=["URL wins", "cluster over host", "host", "IPv6"],
)
def test_which_cache_is_named(environment: dict[str, str], expected: RedisSettings | None) -> None:
    assert Settings.from_environment(environment).redis == expected


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"SESSION_TTL": "60"}, 60),
        ({"CHAT_SESSION_TTL": "90"}, 90),
        ({"CHAT_SESSION_TTL": "90", "SESSION_TTL": "60"}, 90),
        ({"CHAT_SESSION_TTL": "", "SESSION_TTL": "60"}, 60),
    ],
)
def test_the_later_name_of_the_time_to_live_wins(environment: dict[str, str], seconds: int) -> None:
    assert Settings.from_environment(environment).session_ttl == seconds


def test_the_data_folder_is_absolute_and_knows_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert Settings.from_environment({"INSPECTOR_DATA_DIR": "~/x"}).data_dir == Path("/home/ann/x")
    assert Settings.from_environment({}).data_dir.is_absolute()


@pytest.mark.parametrize("access", ["read", "write"])
def test_access_is_what_was_set_for_embedded_and_named_stores(access: str) -> None:
    for stores in ({}, {"DATABASE_URL": PG}):
        assert Settings.from_environment({**stores, "INSPECTOR_ACCESS": access}).access == access


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INSPECTOR_ACCESS", "WRITE"),
        ("INSPECTOR_ACCESS", "yes"),
        *(("SESSION_TTL", value) for value in ("0", "-1", "1.5", "12h", "nan", "inf", "1e999")),
        ("CHAT_SESSION_TTL", "soon"),
        *(("INSPECTOR_STATEMENT_TIMEOUT", value) for value in ("0", "-1", "nan", "inf", "15s")),
        *(("INSPECTOR_CONNECT_TIMEOUT", value) for value in ("0", "-1", "soon")),
        *(("INSPECTOR_CACHE_TIMEOUT", value) for value in ("0", "-1", "2s")),
        *(("REDIS_PORT", value) for value in ("0", "65536", "-1", "six", "6379.0", "²")),
        ("REDIS_CLUSTER_PORT", "six"),
        *(("REDIS_URL", value) for value in ("localhost:6379", "http://h", "redis://[::1", "redis://h:six/0")),
        ("REDIS_URL", "redis://h:70000/0"),
        ("REDIS_URL", "redis://:12/slash@h:6379/0"),
        *(("INSPECTOR_SEND_TIMEOUT", value) for value in ("0", "never")),
        *(
            ("OPENAI_BASE_URL", value)
            for value in ("h/v1", "localhost:8000/v1", "ftp://h/v1", "http://", "http://[::1")
        ),
        *(("OPENAI_BASE_URL", value) for value in ("http://h:x/v1", "http://h\x01/v1", "http://a:1/2@h/v1")),
        *(("OPENAI_API_KEY", value) for value in ("sk one", "sk\n1", "schlüssel")),
        *(("DATABASE_URL", value) for value in ("chat.db", "mysql://h/d", "postgresql://h:six/d", "sqlite://")),
        *(("DATABASE_URL", value) for value in ("sqlite:///:memory:", "postgresql://[::1/d")),
    ],
)
def test_a_wrong_value_is_a_sentence_that_names_the_variable(name: str, value: str, tmp_path: Path) -> None:
    needs = {"REDIS_PORT": {"REDIS_HOST": "h"}, "REDIS_CLUSTER_PORT": {"REDIS_CLUSTER_HOST": "c"}}.get(name, {})
    environment = {**needs, name: value, "INSPECTOR_DATA_DIR": str(tmp_path)}
    with pytest.raises(SettingsError, match=name), connect(Settings.from_environment(environment)):
        pass


def test_a_parameter_that_the_client_cannot_read_is_told_when_the_cache_is_named() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL"):
        SessionCache(RedisSettings(url="redis://h/0?socket_timeout=soon"), session_ttl=60)


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABASE_URL": PG, "REDIS_URL": REDIS},
        {"REDIS_HOST": "h", "REDIS_PASSWORD": PASSWORD},
        {"REDIS_CLUSTER_HOST": "c", "REDIS_PASSWORD": PASSWORD},
        {"REDIS_URL": f"unix://:{PASSWORD}@/run/valkey.sock"},
        {"REDIS_URL": f"redis://h/0?password={PASSWORD}"},
        {"DATABASE_URL": f"postgresql://ann:12/{PASSWORD}@h:5432/d"},
        {"DATABASE_URL": f"postgresql://h/d?user=ann&password={PASSWORD}"},
        {"OPENAI_API_KEY": PASSWORD},
        {"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": f"https://{PASSWORD}:{PASSWORD}@h/v1?key={PASSWORD}"},
    ],
)
def test_no_password_is_in_what_settings_and_stores_show(environment: dict[str, str]) -> None:
    settings = Settings.from_environment(environment)
    shown = [repr(settings), str(settings), repr(settings.redis), settings.redis.shown if settings.redis else ""]
    if settings.database_url:
        database = Database.open(settings.database_url)
        shown += [database.where, repr(database)]
        database.close()
    assert not any(PASSWORD in text for text in shown)


@given(st.text(min_size=1, max_size=12))
def test_whatever_a_url_is_showing_it_never_fails(text: str) -> None:
    for url in (text, f"redis://{text}", f"redis://u:{text}@host:1/0", f"postgresql://{text}/d"):
        assert isinstance(without_password(url), str)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=16).filter(lambda text: "h" not in text))
def test_an_unquoted_password_is_never_shown_whole(password: str) -> None:
    assert password not in without_password(f"redis://:{password}@host:6379/0")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (REDIS, "redis://cache.example:6380/1"),
        ("rediss://ann:x@[::1]:6380", "rediss://ann@[::1]:6380"),
        ("unix:///run/valkey.sock?db=1", "unix:///run/valkey.sock"),
    ],
)
def test_a_url_is_shown_without_password_and_parameters(url: str, shown: str) -> None:
    assert without_password(url) == shown


# Models


def test_without_a_key_nothing_can_be_sent_and_a_model_is_named_all_the_same() -> None:
    settings = Settings.from_environment({"OPENAI_BASE_URL": "http://h/v1", "INSPECTOR_MODEL": "gpt-4.1"})
    assert (settings.model, settings.endpoint) == ("gpt-4.1", None)
    assert Settings.from_environment({}).model == "gpt-4o"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Endpoint("https://api.openai.com/v1", PASSWORD, "gpt-4o", 60.0)),
        (
            {"OPENAI_BASE_URL": "http://h:8000/v1", "INSPECTOR_MODEL": " llama ", "INSPECTOR_SEND_TIMEOUT": "2.5"},
            Endpoint("http://h:8000/v1", PASSWORD, "llama", 2.5),
        ),
    ],
    ids=["OpenAI", "another"],
)
def test_with_a_key_there_is_an_endpoint(more: dict[str, str], expected: Endpoint) -> None:
    assert Settings.from_environment({"OPENAI_API_KEY": f"{PASSWORD}\n", **more}).endpoint == expected


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        (f"https://ann:{PASSWORD}@[::1]:8443/v1?key={PASSWORD}#{PASSWORD}", "https://[::1]:8443/v1"),
        (f"http://{PASSWORD}@h/v1", "http://h/v1"),
        (f"http://ann:12/{PASSWORD}@h/v1", "(unreadable URL)"),
    ],
)
def test_an_endpoint_never_shows_key_user_or_password(url: str, shown: str) -> None:
    endpoint = Endpoint(url, PASSWORD, "gpt-4o", 60.0)
    assert endpoint.shown == shown
    assert not any(PASSWORD in text for text in (repr(endpoint), str(endpoint), f"{endpoint}", repr([endpoint])))


# DATABASE_URL


def test_prismas_form_gives_the_schema_and_drops_what_libpq_does_not_know(caplog: pytest.LogCaptureFixture) -> None:
    foreign = "connection_limit=5&pool_timeout=9&pgbouncer=true&statement_cache_size=0&sslaccept=strict"
    with caplog.at_level(logging.DEBUG, "chatdata"):
        target = parse_url(f"{PG}?schema=platform&connect_timeout=60&sslmode=require&options=-c%20x%3D1&{foreign}")
    assert target.schema == "platform"
    assert dict(target.url.query) == {"connect_timeout": "60", "sslmode": "require", "options": "-c x=1"}
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]
    assert "pgbouncer" in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
def test_any_name_of_postgresql_is_psycopg_here(scheme: str) -> None:
    target = parse_url(f"{scheme}://ann@h/d")
    assert (target.url.drivername, target.schema) == ("postgresql+psycopg", "public")
    assert target.shown == "postgresql://ann@h/d"


def test_sqlite_is_a_path_without_a_schema() -> None:
    target = parse_url("sqlite:////var/chat.db")
    assert (target.url.database, target.schema, target.shown) == ("/var/chat.db", None, "sqlite:////var/chat.db")


@pytest.mark.parametrize("name", ["REDIS_PASSWORD", "REDIS_PORT", "REDIS_CLUSTER_PORT"])
def test_a_part_of_redis_without_a_host_is_a_mistake_that_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: "6379"})


@pytest.mark.parametrize(
    ("text", "names", "origins"),
    [
        ("", set(), set()),
        ("inspector.internal", {"inspector.internal"}, set()),
        (" Inspector.Internal ,10.0.0.7, ", {"inspector.internal", "10.0.0.7"}, set()),
        ("::1, [2001:DB8:0::1]", {"[::1]", "[2001:db8::1]"}, set()),
        ("https://inspector.internal/", set(), {"https://inspector.internal"}),
        ("HTTPS://a.example:443, http://b:8501", set(), {"https://a.example", "http://b:8501"}),
    ],
)
def test_allowed_hosts_are_names_or_addresses_with_a_scheme(text: str, names: set[str], origins: set[str]) -> None:
    hosts = Settings.readers_from_environment({"INSPECTOR_ALLOWED_HOSTS": text}).hosts
    assert (hosts.names, {str(origin) for origin in hosts.origins}) == (names, origins)


@pytest.mark.parametrize(
    "text",
    ["*", "*.example", "a.example:8501", "ftp://a", "https://", "://a", "a b", "a/b", "https://u@a", "[::g]", ":::"],
)
def test_an_allowed_host_that_is_none_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="INSPECTOR_ALLOWED_HOSTS holds"):
        Settings.readers_from_environment({"INSPECTOR_ALLOWED_HOSTS": f"inspector.internal, {text}"})


def test_the_inspectors_own_database_is_postgres_and_never_the_one_that_is_inspected() -> None:
    own, inspected = "postgresql://otto:SECRET@db/own", "postgresql://reader:SECRET@db:5432/platform?schema=chat"
    given = {"INSPECTOR_APP_DATABASE_URL": own, "DATABASE_URL": inspected}
    assert Settings.from_environment(given).app_database_url == own
    for wrong in ("sqlite:///own.db", "postgresql://otto:SE/CRET@db/own", "postgresql://other:SECRET@db/platform"):
        with pytest.raises(SettingsError, match="INSPECTOR_APP_DATABASE_URL") as told:
            Settings.from_environment({**given, "INSPECTOR_APP_DATABASE_URL": wrong})
        assert "CRET" not in str(told.value)


def test_replicas_of_a_cluster_are_read_only_where_nothing_is_written() -> None:
    given = {"REDIS_CLUSTER_HOST": "cache", "INSPECTOR_CLUSTER_REPLICAS": "on"}
    redis = Settings.from_environment(given).redis
    assert redis is not None
    assert redis.from_replicas
    for wrong in ({"INSPECTOR_ACCESS": "write"}, {"INSPECTOR_CLUSTER_REPLICAS": "yes"}):
        with pytest.raises(SettingsError, match="INSPECTOR_CLUSTER_REPLICAS"):
            Settings.from_environment({**given, **wrong})
