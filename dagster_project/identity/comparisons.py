"""How two records are compared, column by column, from the same value to nothing in common."""

from __future__ import annotations

from typing import Any

import duckdb

# Consecutive numbers of one household never are each other's digits in another order.
SWAPPED = (
    "damerau_levenshtein(card_no_l, card_no_r) = 1 and list_sort(string_split(card_no_l, '')) "
    "= list_sort(string_split(card_no_r, ''))"
)


def chances(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Per column, how often two records of ``known_face`` agree by chance: counted, not sampled."""
    return {
        column: con.execute(
            f"""
            select greatest(sum(n * (n - 1)), 1) / greatest(pow(sum(n), 2), 1)
            from (
                select count(*) as n from known_face where {column} is not null group by {column}
            )
            """
        ).fetchall()[0][0]
        or 1.0
        for column in ("canonical", "birth_date", "address", "card_no", "email", "phone")
    }


def comparisons(chance: dict[str, float]) -> list[Any]:
    """Splink's comparisons. ``chance``: of ``chances``."""
    return [
        *_of_person(chance),
        *_of_place(chance),
        *[_of_identifier(column, chance) for column in ("card_no", "email", "phone")],
    ]


def _compared(column: str, shown: str, levels: list[Any]) -> Any:
    """A comparison named ``column``; records that do not show ``shown`` are not compared."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[cll.NullLevel(shown), *levels, cll.ElseLevel()],
    )


def _exact(column: str, chance: dict[str, float], **options: bool) -> Any:
    import splink.comparison_level_library as cll

    level = cll.ExactMatchLevel(column, **options)
    return level.configure(u_probability=chance[column], fix_u_probability=True)


def _of_person(chance: dict[str, float]) -> list[Any]:
    import splink.comparison_level_library as cll

    name = [
        _exact("canonical", chance, term_frequency_adjustments=True),
        cll.CustomLevel(
            "jaro_winkler_similarity(canonical_l, canonical_r) >= 0.93 "
            "or jaro_winkler_similarity(name_l, name_r) >= 0.93",
            "nearly the same name",
        ),
        cll.CustomLevel("list_has_any(words_l, words_r)", "one name in common"),
        cll.CustomLevel(
            "jaro_winkler_similarity(canonical_l, canonical_r) >= 0.8", "a similar name"
        ),
    ]
    birth = [
        _exact("birth_date", chance),
        cll.DamerauLevenshteinLevel("birth_date", 1),
        cll.DamerauLevenshteinLevel("birth_date", 2),
    ]
    return [
        _compared("name", "canonical", name),
        _compared("birth_date", "birth_date", birth),
    ]


def _of_place(chance: dict[str, float]) -> list[Any]:
    import splink.comparison_level_library as cll

    address = [
        _exact("address", chance),
        cll.JaccardLevel("address", 0.9),
        cll.JaroWinklerLevel("address", 0.88),
        cll.CustomLevel("jaccard(address_l, address_r) >= 0.7", "a similar address"),
    ]
    place = [
        cll.CustomLevel("city_l = city_r and district_l = district_r", "the same district"),
        cll.ExactMatchLevel("city", term_frequency_adjustments=True),
        cll.JaroWinklerLevel("city", 0.88),
    ]
    postcode = [
        cll.ExactMatchLevel("postcode"),
        cll.DamerauLevenshteinLevel("postcode", 1),
    ]
    return [
        _compared("address", "address", address),
        _compared("place", "city", place),
        _compared("postcode", "postcode", postcode),
    ]


def _of_identifier(column: str, chance: dict[str, float]) -> Any:
    import splink.comparison_level_library as cll

    typed = [
        cll.CustomLevel(SWAPPED, "two digits swapped"),
        cll.DamerauLevenshteinLevel("card_no", 1),
    ]
    levels = [_exact(column, chance), *(typed if column == "card_no" else [])]
    return _compared(column, column, levels)
