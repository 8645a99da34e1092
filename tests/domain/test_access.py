"""Access rules: from claims and headers to a principal, and the settings behind them."""

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.access import Identity, Principal, from_claims, from_headers, principal_of
from chatdata.errors import SettingsError
from chatdata.settings.auth import AccessSettings
from chatdata.settings.stores import Settings

NOTES = {"note", "delete_notes"}
ISSUER = "https://login.example"
LISTS = {
    "INSPECTOR_VIEWERS": "Vera@Example.com, group:readers",
    "INSPECTOR_ANALYSTS": "ana@example.com,",
    "INSPECTOR_OPERATORS": "otto@example.com, vera-op@example.com, group:Support Leads",
    "INSPECTOR_ROLE_CLAIM": "realm.roles",
}


def settings(**more: str) -> AccessSettings:
    return Settings.readers_from_environment({**LISTS, **more})


def principal(claims: dict[str, Any], *, writable: bool = True, **more: str) -> Principal | str:
    rules = settings(**more)
    person = from_claims({"iss": ISSUER, "sub": "42", **claims}, rules.role_claim)
    assert person is not None
    return principal_of(person, rules, writable=writable)


@pytest.mark.parametrize(
    ("claims", "role", "view"),
    [
        ({"email": "vera@example.com"}, "viewer", "structure"),
        ({"email": " VERA@example.COM "}, "viewer", "structure"),
        ({"email": "ana@example.com"}, "analyst", "masked"),
        ({"email": "otto@example.com", "email_verified": True}, "operator", "full"),
        ({"sub": "x", "realm": {"roles": ["other", "readers"]}}, "viewer", "structure"),
        ({"sub": "x", "realm": {"roles": "Support Leads"}}, "operator", "full"),
        ({"sub": "x", "realm": {"roles": {"readers": {"org": "1"}}}}, "viewer", "structure"),
        ({"sub": "x", "realm.roles": ["readers"], "realm": {"roles": ["Support Leads"]}}, "viewer", "structure"),
        ({"email": "vera@example.com", "realm": {"roles": ["Support Leads"]}}, "operator", "full"),
    ],
)
def test_a_role_comes_from_a_list_or_a_claim_and_the_highest_counts(
    claims: dict[str, Any], role: str, view: str
) -> None:
    found = principal(claims)
    assert isinstance(found, Principal)
    assert (found.role, found.view) == (role, view)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nina@example.com"},
        {"email": "otto@example.com", "email_verified": False},
        {"email": "otto@example.com", "email_verified": "false"},
        {"name": "otto@example.com", "sub": "1"},
        {"preferred_username": "otto@example.com"},
        {"email": "Support Leads"},
        {"email": "group:Support Leads"},
        {"sub": "x", "realm": {"roles": ["operator", "support leads"]}},
        {"sub": "x", "realm": ["Support Leads"]},
        {"sub": "x", "realm": {"roles": [{"name": "Support Leads"}, 7]}},
        {"sub": "x", "roles": ["Support Leads"]},
    ],
)
def test_who_has_no_role_is_told_so(claims: dict[str, Any]) -> None:
    found = principal(claims)
    assert isinstance(found, str)
    assert "no role" in found


def test_a_claim_may_hold_the_roles_own_names_where_no_group_is_named() -> None:
    rules = Settings.readers_from_environment({"INSPECTOR_ROLE_CLAIM": "https://example.com/roles"})
    person = from_claims({"sub": "x", "https://example.com/roles": ["operator"]}, rules.role_claim)
    assert person is not None
    found = principal_of(person, rules, writable=False)
    assert isinstance(found, Principal)
    assert (found.role, found.name, found.may_repair) == ("operator", "x", False)


@pytest.mark.parametrize("claims", [{}, {"email": "x@example.com"}, {"sub": ""}, {"email": 7, "sub": None}])
def test_claims_without_a_subject_are_nobody(claims: dict[str, Any]) -> None:
    assert from_claims(claims, None) is None


def test_a_proxy_names_one_person_and_groups_apart() -> None:
    assert from_headers(["Ana@Example.com"], ["a, b", "c"]) == Identity(
        "Ana@Example.com", "Ana@Example.com", "ana@example.com", frozenset("abc")
    )
    assert from_headers([], ["a"]) is None
    assert from_headers([" "], []) is None
    assert from_headers(["ana@example.com", "otto@example.com"], []) is None


def test_an_identity_is_issuer_and_subject_and_an_unverified_address_is_marked() -> None:
    claims = {"iss": ISSUER, "sub": "42", "email": "Ana@Example.com", "email_verified": True}
    assert from_claims(claims, None) == Identity(f'["{ISSUER}", "42"]', "Ana@Example.com", "ana@example.com")
    unverified = from_claims({**claims, "email_verified": False}, None)
    assert unverified == Identity(f'["{ISSUER}", "42"]', "Ana@Example.com (unverified)", None)
    subjects = {
        found.subject
        for changed in ({}, {"sub": "43"}, {"iss": "https://other.example"}, {"iss": f'{ISSUER}", "4', "sub": "2"})
        if (found := from_claims({**claims, **changed}, None)) is not None
    }
    assert len(subjects) == 4


@pytest.mark.parametrize(
    ("subject", "name", "owned"),
    [
        ("42", "somebody else", True),
        ("43", "ana@example.com", False),
        ("", "Ana@Example.com", True),
        ("", "otto@example.com", False),
    ],
)
def test_what_was_recorded_belongs_to_a_subject_or_without_one_to_a_name_that_is_vouched_for(
    subject: str, name: str, owned: bool
) -> None:
    ana = Principal("42", "Ana", "analyst", "masked", known_as="ana@example.com")
    assert ana.owns(subject, name) is owned
    assert Principal("42", "Ana@Example.com (unverified)", "analyst", "masked").owns("", name) is False


@pytest.mark.parametrize(
    ("role", "view", "writable", "may"),
    [
        ("viewer", "structure", True, set()),
        ("analyst", "masked", True, {"search_words", "note", "scan"}),
        ("analyst", "full", True, {"search_words", "note", "scan", "send", "see_people"}),
        ("operator", "full", False, {*NOTES, "search_words", "scan", "send", "see_people", "see_audit"}),
        (
            "operator",
            "full",
            True,
            {*NOTES, "search_words", "scan", "send", "see_people", "see_audit", "repair", "import"},
        ),
    ],
)
def test_what_each_role_may(role: Any, view: Any, writable: bool, may: set[str]) -> None:
    names = [name for name in dir(Principal) if name.startswith("may_")]
    found = Principal("42", "x", role, view, writable=writable)
    assert {name.removeprefix("may_") for name in names if getattr(found, name)} == may


def test_an_analyst_reads_in_full_where_that_is_set() -> None:
    found = principal({"email": "ana@example.com"}, INSPECTOR_ANALYST_VIEW="full")
    assert isinstance(found, Principal)
    assert (found.view, found.may_send, found.may_repair) == ("full", True, False)


@given(st.dictionaries(st.text(max_size=9), st.recursive(st.none() | st.text(max_size=9), st.lists, max_leaves=4)))
def test_no_claims_of_a_stranger_give_a_role(claims: dict[str, Any]) -> None:
    person = from_claims({**claims, "email": "stranger@example.org", "sub": "42"}, "realm.roles")
    assert person is not None
    assert person.groups.isdisjoint({"readers", "Support Leads"})
    assert isinstance(principal_of(person, settings(), writable=True), str)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"INSPECTOR_ANALYST_VIEW": "all"}, "INSPECTOR_ANALYST_VIEW is 'all'; it should be masked or full"),
        ({"INSPECTOR_WITHOUT_SIGN_IN": "yes"}, "INSPECTOR_WITHOUT_SIGN_IN is 'yes'"),
        ({"INSPECTOR_SIGN_IN_SECONDS": "soon"}, "INSPECTOR_SIGN_IN_SECONDS is 'soon'"),
        ({"INSPECTOR_TRUSTED_USER_HEADER": "X-User"}, "INSPECTOR_TRUSTED_PROXIES"),
        ({"INSPECTOR_TRUSTED_USER_HEADER": "X User:"}, "should be the name of a header"),
        ({"INSPECTOR_TRUSTED_PROXIES": "10.0.0.1"}, "INSPECTOR_TRUSTED_USER_HEADER"),
        (
            {"INSPECTOR_TRUSTED_PROXIES": "proxy.local", "INSPECTOR_TRUSTED_USER_HEADER": "X-User"},
            "INSPECTOR_TRUSTED_PROXIES can't be read",
        ),
        (
            {"INSPECTOR_TRUSTED_PROXIES": "10.0.0.1", "INSPECTOR_TRUSTED_USER_HEADER": "X-User"},
            "nobody has a role",
        ),
        ({"INSPECTOR_VIEWERS": "group:readers"}, "set INSPECTOR_ROLE_CLAIM"),
    ],
)
def test_wrong_settings_are_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words.replace("(", r"\(")):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.1.0.7", True),
        ("::ffff:10.1.0.7", True),
        ("10.1.1.7", False),
        ("fd00::1%eth0", True),
        ("", False),
        (None, False),
        ("10.1.0.7, 9.9.9.9", False),
    ],
)
def test_a_proxy_is_known_by_its_address_alone(address: str | None, trusted: bool) -> None:
    networks = (ipaddress.ip_network("10.1.0.0/24"), ipaddress.ip_network("fd00::/8"))
    assert AccessSettings(proxies=networks).trusts(address) is trusted
