"""The house's rules of SQL, as functions from the text of a file to what breaks them.

Jinja is taken out first, line by line: a reference becomes the relation's name, any other
expression ``jinja_value(...)`` with its numbers, statements and comments become blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlglot.errors import TokenError
from sqlglot.tokens import Token, Tokenizer, TokenType

from tests.structure.repository import Finding, relative

PLAIN_NUMBERS = {0.0, 1.0, 100.0}

REFERENCE = re.compile(r"^-?\s*(ref|source)\s*\((.*)\)\s*-?$", re.S)
QUOTED = re.compile(r"""['"]([^'"]*)['"]""")
# A string inside an expression may hold braces of its own.
JINJA_EXPRESSION = re.compile(r"""\{\{((?:"[^"]*"|'[^']*'|[^"'])*?)\}\}""")
JINJA_NUMBER = re.compile(r"(?<![\w.\-:\[])\d+(?:\.\d+)?(?![\w.\-:\]])")

# What is not allowed -> why, and what to write. Matched on SQL without comments and strings.
BANNED = {
    r"::": "write cast(x as type)",
    r"\bqualify\b": "number the rows in a CTE and filter in the next",
    r"\bgroup by all\b": "name the columns",
    r"\b(?:group|order) by \d": "name the columns instead of counting them",
    r"\[[^\]]*\bfor\b[^\]]*\]": "a list comprehension runs on DuckDB only: join or aggregate",
    r"\basof\b": "an ASOF join runs on DuckDB only: join on the range and number the rows",
    r"\b(?:date_?diff|date_?sub|date_?add|date_trunc|date_part)\s*\(": "use the macros for dates",
    r"\bquantile(?:_cont|_disc)?\s*\(": "use percentile_cont or median",
    r"\b(?:arg_max|arg_min)\s*\(": "use max_by or min_by",
    r"\*\s*(?:exclude|replace)\b": "name the columns",
    r"(?<!:)//": "use floor(a / b)",
    r"->>?": "parse JSON at the door, not in a model",
    r"\bepoch(?:_ms|_us|_ns)?\b": "use the macros for dates",
    r"\b(?:current_date|current_timestamp|localtimestamp)\b": "as_of() is the only clock",
    r"\b(?:now|today|get_current_timestamp)\s*\(": "as_of() is the only clock",
    r"\b(?:random|rand|uuid|gen_random_uuid|setseed)\s*\(": "a model gives the same rows each time",
    r"\bdistinct on\b": "number the rows in a CTE and filter in the next",
    r"\bby name\b": "name the columns on both sides of the union",
    r"\busing sample\b|\btablesample\b": "a model gives the same rows each time",
    r"\b(?:struct_pack|list_\w+|array_agg|unnest|string_agg|strptime|strftime)\s*\(": (
        "runs on DuckDB only, or differs: a dispatch macro in dbt/macros/dialect/"
    ),
    r'"': "a quoted identifier fails on Spark: choose a name that needs no quotes",
    r"\{": "a struct literal runs on DuckDB only",
}
# Matched on the file as written.
BANNED_JINJA = {
    r"\bsafe_cast\b": "dbt.safe_cast is not safe on DuckDB: use try_cast",
    r"\brun_query\b": "what a model says must not depend on when it is compiled",
}
COMPARISONS = {
    TokenType.EQ,
    TokenType.NEQ,
    TokenType.GT,
    TokenType.GTE,
    TokenType.LT,
    TokenType.LTE,
    TokenType.BETWEEN,
}
PREDICATE_STARTS = {"WHERE", "HAVING", "ON"}
PREDICATE_ENDS = {
    "SELECT", "FROM", "GROUP BY", "ORDER BY", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "WINDOW",
    "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "THEN",
}  # fmt: skip
# A number here gives a form (digits, length), not a threshold.
FORM_CALLS = {"ROUND", "DECIMAL", "NUMERIC", "VARCHAR", "CHAR", "SUBSTR", "SUBSTRING", "LPAD"}
FRAME_WORDS = {"PRECEDING", "FOLLOWING"}


@dataclass(frozen=True, order=True)
class Break:
    """A line of a text that breaks a rule."""

    line: int
    what: str
    remedy: str


def _blank(text: str) -> str:
    return "\n" * text.count("\n")


def _expression(match: re.Match[str]) -> str:
    body = match.group(1).strip()
    reference = REFERENCE.match(body)
    if reference and (names := QUOTED.findall(reference.group(2))):
        return ".".join(names) + _blank(match.group(0))
    if re.match(r"-?\s*config\s*\(", body):
        return _blank(match.group(0))
    return f"jinja_value({', '.join(JINJA_NUMBER.findall(body))})" + _blank(match.group(0))


def without_jinja(text: str) -> str:
    """The SQL of a file, each line where it was."""
    text = re.sub(r"\{#.*?#\}", lambda m: _blank(m.group(0)), text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", lambda m: _blank(m.group(0)), text, flags=re.S)
    return JINJA_EXPRESSION.sub(_expression, text)


def _bare(sql: str) -> str:
    """SQL without comments and without what stands in strings."""
    pattern = r"/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'"
    return re.sub(
        pattern, lambda m: ("''" if m.group(0)[0] == "'" else "") + _blank(m.group(0)), sql,
        flags=re.S,
    )  # fmt: skip


def _matches(patterns: dict[str, str], text: str) -> Iterator[Break]:
    for pattern, remedy in patterns.items():
        for match in re.finditer(pattern, text, flags=re.I):
            line = text.count("\n", 0, match.start()) + 1
            yield Break(line, f"`{' '.join(match.group(0).split())}` is not allowed", remedy)


def banned(text: str) -> Iterator[Break]:
    """Words and signs that are not portable, not deterministic or not readable."""
    yield from _matches(BANNED_JINJA, text)
    yield from _matches(BANNED, _bare(without_jinja(text)))


def tokens(text: str) -> list[Token]:
    """The tokens of a file's SQL."""
    return Tokenizer(dialect="duckdb").tokenize(without_jinja(text))


def _inside(found: list[Token], opening: int) -> list[Token]:
    """The tokens between the parenthesis at ``opening`` and its partner."""
    depth = 0
    for index in range(opening, len(found)):
        kind = found[index].token_type
        depth += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
        if depth == 0:
            return found[opening + 1 : index]
    return found[opening + 1 :]


def _order_items(window: list[Token]) -> Iterator[list[Token]]:
    """The items of a window's ``order by``, as tokens."""
    depth, item, ordered = 0, [], False
    for token in window:
        word = token.text.upper()
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth == 0 and word == "ORDER BY":
            ordered = True
        elif depth == 0 and ordered and word in {"ROWS", "RANGE", "GROUPS"}:
            break
        elif depth == 0 and ordered and token.token_type == TokenType.COMMA:
            yield item
            item = []
        elif ordered:
            item.append(token)
    if item:
        yield item


def windows(text: str) -> Iterator[Break]:
    """Windows whose order leaves the place of NULLs to the engine."""
    found = tokens(text)
    for index, token in enumerate(found[:-1]):
        named = (
            token.token_type == TokenType.ALIAS
            and index > 1
            and found[index - 2].text.upper() in {"WINDOW"}
        )
        starts = token.text.upper() == "OVER" or named
        if not starts or found[index + 1].token_type != TokenType.L_PAREN:
            continue
        for item in _order_items(_inside(found, index + 1)):
            words = [part.text.upper() for part in item]
            if words[0] == "JINJA_VALUE" and words[-1] == ")":
                continue
            if "NULLS" not in words[-2:] or words[-1] not in {"FIRST", "LAST"}:
                yield Break(
                    item[0].line,
                    f"window ordered by {' '.join(words).lower()} without a place for NULLs",
                    "end it with `nulls last` or `nulls first`",
                )


def literals(text: str) -> Iterator[Break]:
    """Numbers other than 0, 1 and 100 in predicates and case arms: rules hidden in code."""
    found = tokens(text)
    cases, calls, predicate = 0, [""], [False]
    for index, token in enumerate(found):
        word, kind = token.text.upper(), token.token_type
        before = found[index - 1] if index else token
        if kind == TokenType.L_PAREN:
            calls.append(before.text.upper())
            predicate.append(predicate[-1] or before.token_type == TokenType.IN)
        elif kind == TokenType.R_PAREN and len(calls) > 1:
            calls.pop()
            predicate.pop()
        elif kind in {TokenType.CASE, TokenType.END}:
            cases = max(cases + (1 if kind == TokenType.CASE else -1), 0)
        elif word in PREDICATE_STARTS:
            predicate[-1] = True
        elif word in PREDICATE_ENDS:
            predicate[-1] = False
        elif kind == TokenType.NUMBER and float(word) not in PLAIN_NUMBERS:
            after = found[min(index + 1, len(found) - 1)]
            ruling = cases or predicate[-1] or {before.token_type, after.token_type} & COMPARISONS
            if after.text.upper() in FRAME_WORDS:
                continue
            if ruling and calls[-1] not in FORM_CALLS:
                yield Break(
                    token.line,
                    f"the number {token.text} decides something here",
                    "make it a column of a seed in dbt/seeds/rules/",
                )


def divisions(text: str) -> Iterator[Break]:
    """Divisions by something that may be zero: infinity on DuckDB, NULL on Spark."""
    found = tokens(text)
    for index, token in enumerate(found[:-1]):
        if token.token_type != TokenType.SLASH:
            continue
        divisor = [part.text.upper() for part in found[index + 1 : index + 4]]
        guarded = divisor[0] == "NULLIF" or divisor[2:] == ["NULLIF"]
        if not guarded and found[index + 1].token_type != TokenType.NUMBER:
            yield Break(
                token.line,
                f"division by {divisor[0].lower()}, which may be zero",
                "divide by nullif(x, 0) or use safe_divide()",
            )


RULES = {
    "portable SQL": banned,
    "NULLs have a place": windows,
    "rules are rows": literals,
    "no division by zero": divisions,
}


def check(rule: str, path: Path) -> Iterator[Finding]:
    """What breaks one of ``RULES`` in a file."""
    try:
        for found in RULES[rule](path.read_text(encoding="utf-8")):
            yield Finding(relative(path), found.line, found.what, found.remedy)
    except TokenError as error:
        what = str(error).splitlines()[0]
        yield Finding(relative(path), 1, what, "write SQL that can be read without running Jinja")
