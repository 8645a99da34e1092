"""Finds credentials: keys and tokens by known formats, by how random they look, and by the name before them."""

import re
from collections.abc import Iterator

from chatdata.domain.redaction.randomness import looks_random
from chatdata.domain.redaction.shapes import (
    DIGITS,
    LETTERS,
    classes,
    has_digit,
    matches_at,
    places,
    runs,
    runs_with_digits,
    shape,
)
from chatdata.domain.redaction.spans import Span, lower

_PREFIXES = tuple(
    """
    sk- sk_ rk_live_ rk_test_ pk_live_ pk_test_ whsec_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt-
    glrt- glsa_ xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- xoxc- xoxd- xapp- AKIA ASIA AROA AIDA AIza GOCSPX- hf_
    npm_ pypi- key- dop_v1_ doo_v1_ dor_v1_ shpat_ shpca_ shppa_ shpss_ sq0atp- sq0csp- sqOatp- EAAA EAAC
    AGE-SECRET-KEY- lin_api_ ntn_ secret_ figd_ tskey- dapi r8_ gsk_ pplx- xai- nvapi- sntrys_ sntryu_
    dckr_pat_ hvs. hvb. PMAK- rubygems_ FLWSECK ATATT ATBB AKCp cio_ oy2 lsv2_ sbp_ phc_ phx_ NRAK- rnd_
    fly_ FlyV1 vercel_ nfp_ CFPAT- sl. wpat_ ops_ pat_ tvly- jina_ ysk- sk-ant- sess- eyJ
    """.split()  # noqa: SIM905
)
_SHORT_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:sk|rk|pk)[-_](?:live|test|proj|ant|or|svcacct)?[-_]?[A-Za-z0-9_-]{8,}"
    r"|(?<![A-Za-z0-9])(?:gh[pousr]_|xox[abceprsd]-|glpat-|AKIA|ASIA|AIza|hf_|npm_|SG\.|ya29\.)[A-Za-z0-9_.-]{8,}"
)
_SHORT_SHAPE, _SHORTEST_PREFIXED = classes(("a", LETTERS + "_.-"), ("0", DIGITS)), 11
_TOKEN_SHAPE, _SHORTEST_TOKEN = classes(("a", LETTERS + DIGITS + "_-+/")), b"a" * 16
_DIGIT = re.compile("[0-9]")
_DOTTED = re.compile(r"(?<![A-Za-z0-9_.-])[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]{3,}){1,4}(?![A-Za-z0-9_-])")
_JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ((?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?)-----([^\"'<>{}]*?)(?:-----END \1-----|\Z|(?=[\"'<>{}]))"
)
_HYPHENS_OF_UUID = 4
_CALL_IDS = re.compile(
    r"(?:call|toolu|tooluse|srvtoolu|msg|chatcmpl|cmpl|run|thread|asst|resp|fc|rs|step|batch|file|fp)[_-]"
)
_UUIDS = re.compile(
    r"(?:[A-Za-z]{1,12}[_-])?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_HASHED = re.compile(
    r"(?i)(?:commit|sha-?\d{0,3}|digest|md5|checksum|etag|integrity|hash|revision|\brev|tree|blob|parent|index)"
    r"[\w ]{0,6}[\"':=@ \-]{0,5}\Z"
)
_HEX = re.compile(r"[0-9a-fA-F]{32,128}\Z|[A-Za-z0-9+/]{43,88}={0,2}\Z")


def tokens(text: str) -> Iterator[Span]:
    """Yields private keys, tokens in known formats, and runs that look random."""
    if "PRIVATE KEY" in text:
        for found in _PRIVATE_KEY.finditer(text):
            yield Span(*found.span(), "secret", found[0])
    if "eyJ" in text:
        for found in _JWT.finditer(text):
            yield Span(*found.span(), "token", found[0])
    for start, end in runs_with_digits(shape(text, _SHORT_SHAPE), _SHORTEST_PREFIXED):
        yield from _prefixed(text, start, end)
    yield from _long(text)


def _prefixed(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _SHORT_PREFIXED.finditer(text, start, end):
        if any(map(str.isdigit, found[0][3:])):
            yield Span(*found.span(), "token", found[0])


def _long(text: str) -> Iterator[Span]:
    for start, end in _long_runs(text):
        written = text[start:end]
        if (
            not _CALL_IDS.match(written)
            and looks_random(_without_uuids(written))
            and not _is_digest(text, start, written)
        ):
            start += len(written) - len(written.lstrip("/-_+"))
            yield _whole(text, start, end)
        elif _DIGIT.search(written) and written.startswith(_PREFIXES) and _varied(written):
            yield _whole(text, start, end)


def _long_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yields the runs of 16 or more characters of tokens, with up to two equals signs, which may end base64."""
    for start, end in runs(shape(text, _TOKEN_SHAPE), _SHORTEST_TOKEN):
        padding = text[end : end + 2]
        yield start, end + (2 if padding == "==" else padding[:1] == "=")


def _whole(text: str, start: int, end: int) -> Span:
    """Returns the token with its parts after dots, as in SG.x.y."""
    dotted = _DOTTED.match(text, start)
    end = max(end, dotted.end()) if dotted else end
    return Span(start, end, "token", text[start:end])


def _without_uuids(written: str) -> str:
    return _UUIDS.sub("", written) if written.count("-") >= _HYPHENS_OF_UUID else written


def _varied(written: str) -> bool:
    """Returns whether the part after the prefix looks random and is not a path."""
    return "/" not in written and looks_random(written[3:] + written[3:])


def _is_digest(text: str, start: int, written: str) -> bool:
    """Returns whether it is a digest that is labelled as one."""
    return bool(_HEX.fullmatch(written) and _HASHED.search(text[max(start - 24, 0) : start]))


_STRONG = (
    r"pass(?:word|wd|phrase|code)s?|passwor[dt]|kennwort|contraseñ?n?a|senha|(?<=mot[ _]de[ _])passe|parola|wachtwoord|"
    r"пароль|密码|密碼|パスワード|비밀번호|pwd|secrets?(?:[_-]?key)?"
)
_OF_KEY = r"api|access|private|auth|signing|encryption|account|shared|master|subscription|license|ssh|secret"
_WEAK = (
    r"token|(?:(?<=api)|(?<=access)|(?<=private)|(?<=auth)|(?<=signing)|(?<=encryption)|(?<=account)|(?<=shared)|"
    r"(?<=master)|(?<=subscription)|(?<=license)|(?<=ssh)|(?<=[_ -]))key|credentials?|"
    r"(?<![a-z])pin(?:[ _-]?code)?|(?<![a-z])cvv2?|(?<![a-z])cvc2?|(?<![a-z])otp|(?<=security[ _-])code|"
    r"(?<=auth[ _-])code|cookie"
)
_NAMED = re.compile(rf"(?i)(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))(?![a-z])")
_KEY_OF = re.compile(rf"(?i)(?:{_OF_KEY})[_ -]?\Z")
_GIVEN = re.compile(
    r"[\"'`*_\x1f]{0,4}\]?(?:\s(?:for|of|to|on|at|für|von|zum|zur|de|del|du|pour|di|per|para)(?:\s[\w.@/-]{1,40}){1,4}?)?(?:\s{0,3}(?:=>|:=|={1,3}|:|：|->)\s{0,3}|\s{1,3}(?P<is>is|ist|lautet|est|es|è|é|was|это)\s{1,3}:?\s?|は\s?|是\s?)"
    r"\x1f?(?:(?P<prefix>[bruf]{0,2})(?P<quote>[\"'`])(?P<quoted>(?:(?!(?P=quote)).){1,500})(?:(?P=quote)|\Z)|(?P<open>[^\s\"'`<>,;(){}\[\]]{1,200}))",
    re.DOTALL,
)
_BARE = re.compile(
    r"[*_]{0,3}\s{1,3}(?:(?P<quote>[\"'`])(?P<quoted>(?:(?!(?P=quote)).){3,200})(?P=quote)|(?P<open>[^\s\"'`<>,;(){}\[\]]{3,200}))"
)
"""A value right behind its name, as in "password hunter2"."""
_PIN = re.compile(r"(?i)(?:pin|cvv|cvc|otp|code)")
_STEMS = (
    *(
        "pass",
        "kennwort",
        "contrase",
        "senha",
        "parola",
        "wachtwoord",
        "парол",
        "密码",
        "密碼",
        "パスワ",
        "비밀",
        "pwd",
    ),
    *("secret", "token", "key", "credential", "pin", "cvv", "cvc", "otp", "code", "cookie"),
)
_STEM_AT_RARE = re.compile(
    "k(?:ennwort|ey|(?<=tok)en)|p(?:ass|arola|wd|in|(?<=otp))"
    "|c(?:ontrase|redential|ode|ookie|v(?:v|(?=c))|(?<=sec)ret|(?<=wac)htwoord)"
)
"""The stems with a k, p or c, which are rare, from this letter on.

Where two share the letter, as in "otpin" and "tokennwort", only the longer rest counts: before it, no name can end.
"""
_FROM_THIRD_LETTER = frozenset({"ken", "p", "cret", "chtwoord"})
_STEMS_WITHOUT = tuple(stem for stem in _STEMS if not set(stem) & set("kpc"))
_NO_SECRET = re.compile(
    r"(?i)(?:true|false|null|none|nil|undefined|str(?:ing)?|text|int(?:eger)?|number|bool(?:ean)?|object|array|bytes|any|"
    r"required|optional|missing|invalid|expired?|wrong|incorrect|empty|unset|valid|hidden|redacted|masked|changeme|example|"
    r"self|this|os|env|config|settings|process|input|get\w*|varchar|char|password|secret|token|key|value|your|the|not|a|an|\*+|x+|\.+|…)\b[\w.$*-]{0,40}\Z"
)
_SCHEME = re.compile(r"(?i)(?<![\w-])(bearer|basic|digest|apikey|token|negotiate)\s+([A-Za-z0-9._~+/=:-]{8,})")
_SCHEMES = ("bearer", "basic", "digest", "apikey", "token", "negotiate")
_HEADER_WORDS = ("authorization", "cookie", "x-api", "x-auth")
_HEADER = re.compile(
    r"(?i)(?<![\w])(?:proxy-)?(?:authorization|set-cookie|cookie|x-api-key|x-auth-token)[\"']?\s*[:=]\s*[\"']?([^\n\r\"'<>]{4,2000})"
)
_COMMAND = re.compile(r"(?:(?<=\s)|^)(?:-u|--user|--password|--token|--api-key)[ =]([^\s\"'-][^\s\"']{3,200})")
_OPTIONS = ("-u ", "-u=", "--user", "--password", "--token", "--api-key")


def labelled_secrets(text: str) -> Iterator[Span]:
    """Yields values that follow a name such as password, secret, token or key."""
    lowered = lower(text)
    for name in _names(text, lowered):
        if value := _GIVEN.match(text, name.end()):
            span = _value(name, value)
        else:
            span = _bare(name, _BARE.match(text, name.end()))
        if span:
            yield span
    may_have_digits = not text.isascii() or has_digit(text)
    if "bearer" in lowered or (may_have_digits and any(word in lowered for word in ("basic ", "token ", "apikey"))):
        yield from _of_schemes(text, lowered)
    if (may_have_digits or "=" in text) and any(word in lowered for word in _HEADER_WORDS):
        yield from _of_headers(text)
    if ("-u" in text or "--" in text) and any(option in text for option in _OPTIONS):
        yield from _of_commands(text)


def _of_schemes(text: str, lowered: str) -> Iterator[Span]:
    for found in _schemes(text, lowered):
        if any(map(str.isdigit, found[2])) or (found[1].lower() == "bearer" and len(found[2]) > _LONG_WORD):
            yield Span(*found.span(2), "token", found[2])


def _schemes(text: str, lowered: str) -> Iterator[re.Match[str]]:
    if not text.isascii():  # then letters beyond ASCII can match those of a scheme's name
        return _SCHEME.finditer(text)
    names = ((at, at + len(name)) for name in _SCHEMES if name in lowered for at in places(lowered, name))
    return matches_at(_SCHEME, text, sorted(at for at, end in names if lowered[end : end + 1].isspace()))


def _of_headers(text: str) -> Iterator[Span]:
    for found in _HEADER.finditer(text):
        if any(map(str.isdigit, found[1])) or "=" in found[1]:
            written = found[1].rstrip()
            yield Span(found.start(1), found.start(1) + len(written), "token", written)


def _of_commands(text: str) -> Iterator[Span]:
    for found in _COMMAND.finditer(text):
        if ":" in found[1] or any(map(str.isdigit, found[1])):
            yield Span(*found.span(1), "secret", found[1])


def _names(text: str, lowered: str) -> Iterator[re.Match[str]]:
    """Yields the names of secrets; searching for stems first is many times faster than one pattern with all names."""
    for at in _stems(lowered):
        name = _NAMED.match(text, at)
        if name and (not lowered.startswith("key", at) or _KEY_OF.search(text, max(at - _LONG_WORD, 0), at)):
            yield name


def _stems(lowered: str) -> Iterator[int]:
    """Yields where stems begin: found by a rare letter that most of them have, and one by one without it."""
    for rare in _STEM_AT_RARE.finditer(lowered):
        yield rare.start() - (2 if rare[0] in _FROM_THIRD_LETTER else 0)
    for stem in _STEMS_WITHOUT:
        if stem in lowered:
            yield from places(lowered, stem)


_LONG_WORD = 16
_PIN_LENGTHS = range(3, 9)


def _value(name: re.Match[str], value: re.Match[str]) -> Span | None:
    part = "quoted" if value["quoted"] is not None else "open"
    written = value[part].rstrip("\x1f")
    if part == "open":
        written = written.rstrip(".!?:*_")
    start = value.start(part)
    strong = name["strong"] is not None
    if (
        not written
        or _NO_SECRET.match(written)
        or not is_secret(written, strong, quoted=part == "quoted", said=bool(value["is"]))
    ):
        return None
    return Span(start, start + len(written), "secret", written)


def _bare(name: re.Match[str], value: re.Match[str] | None) -> Span | None:
    """What no sign joins to its name is a value only if it can't be the sentence's next word."""
    if value is None:
        return None
    part = "quoted" if value["quoted"] is not None else "open"
    written = value[part].rstrip(".!?:*_") if part == "open" else value[part]
    if _NO_SECRET.match(written) or (part == "quoted" and name["strong"] is None):
        return None
    if part == "open" and not _can_be_no_word(written, name):
        return None
    start = value.start(part)
    return Span(start, start + len(written), "secret", written)


def _can_be_no_word(written: str, name: re.Match[str]) -> bool:
    if written.isdigit():
        return len(written) in _PIN_LENGTHS and (name["strong"] is not None or _PIN.match(name[0]) is not None)
    if name["strong"] is None or len(written) < 4:
        return False
    digits = any(map(str.isdigit, written))
    symbols = any(not character.isalnum() and character not in "._-/:" for character in written)
    return (
        any(map(str.isalpha, written))
        and (digits or symbols)
        and not written.startswith(("$", "{", "<", "%", "&", "@"))
    )


def is_secret(written: str, strong: bool, *, quoted: bool, said: bool = False) -> bool:
    """Returns whether a value is a secret, given its name: a password can be any text, a token is never a word.

    `strong` is for names of passwords, `quoted` for values in quotes and `said` for values after a verb ("is").
    """
    digits = sum(map(str.isdigit, written))
    if not strong:
        pin = digits == len(written) and len(written) in _PIN_LENGTHS
        token = (
            len(written) >= 8 and digits > 0 and digits < len(written) and (quoted or not re.search(r"[.\[(]", written))
        )
        return pin or (token and " " not in written) or (len(written) >= 16 and looks_random(written))
    if quoted:
        return len(written) >= 3 and not written.startswith(("$", "{", "<", "%"))
    if written.startswith(("$", "{", "<", "%", "&", "@")):
        return False
    symbols = any(not character.isalnum() and character not in "._-/" for character in written)
    if digits or symbols:
        return len(written) >= 4 and not (written.count(".") and not digits)
    return not said and len(written) >= 8 and "." not in written and "_" not in written
