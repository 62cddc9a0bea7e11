"""The scenarios of docs/scenarios.md: each a story told in records, and who is who in the end.

Every identifier and key is put into the story's own name space; names and birth dates are told as
they are. The day of a record is when it was first seen.
"""

from __future__ import annotations

from dataclasses import replace

from tests.unit.identity.world import Record, record


def bought(key: str, day: int, times: int = 1, **shown: str) -> Record:
    """An account known only by the contacts on its orders."""
    return Record(key, day, {}, [(kind, token, times) for kind, token in shown.items()])


def gives(one: Record, *contacts: tuple[str, str, int]) -> Record:
    """A record with contacts on its orders."""
    return replace(one, contacts=list(contacts))


# id: (records, expected partition)
SCENARIOS: dict[str, tuple[list[Record], str]] = {
    "chain": ([
        record("web:1", 0, email="E", phone="P1"), record("app:1", 1, phone="P1", unionid="U"),
        record("wx:1", 2, unionid="U", openid="O"), record("wx:2", 3, openid="O")],
        "web:1 app:1 wx:1 wx:2"),
    "reverse_chain": ([
        record("web:1", 9, email="E", phone="P1"), record("app:1", 8, phone="P1", unionid="U"),
        record("wx:1", 2, unionid="U", openid="O"), record("wx:2", 1, openid="O")],
        "web:1 app:1 wx:1 wx:2"),
    "diamond": ([
        record("web:1", 0, email="E", phone="P"), record("pos:1", 1, email="E"),
        record("app:1", 2, phone="P"), record("svc:1", 3, email="E", phone="P")],
        "web:1 pos:1 app:1 svc:1"),
    "late_merge": ([
        record("web:1", 0, email="E"), record("app:1", 1, phone="P"),
        record("svc:1", 20, email="E", phone="P")],
        "web:1 app:1 svc:1"),
    "two_openids_then_one_unionid": ([
        record("oa:1", 0, openid="O1"), record("mini:1", 1, openid="O2"),
        record("oa:2", 9, openid="O1", unionid="U"),
        record("mini:2", 10, openid="O2", unionid="U")],
        "oa:1 mini:1 oa:2 mini:2"),
    "two_unionids_one_phone": ([
        record("wx:1", 0, unionid="U1", phone="P"), record("wx:2", 1, unionid="U2", phone="P")],
        "wx:1 | wx:2"),
    "guest_then_member": ([
        record("web:guest:1", 0, phone="P"), record("web:1", 5, phone="P", name="王芳")],
        "web:guest:1 web:1"),
    "guests_without_account": ([
        record("web:guest:1", 0, phone="P"), record("web:guest:2", 1, phone="P", email="E"),
        record("pos:guest:9", 2, email="E")],
        "web:guest:1 web:guest:2 pos:guest:9"),
    "browse_then_buy_in_store": ([
        gives(record("app:anon", 0), ("device_id", "D", 4)),
        gives(record("app:1", 1, phone="P"), ("device_id", "D", 2)),
        record("pos:1", 2, phone="P", card_no="C"), record("pos:guest:1", 3, card_no="C")],
        "app:anon app:1 pos:1 pos:guest:1"),
    "masked_then_full_phone": ([
        record("tmall:1", 0, marketplace_id="M", name="王**"),
        record("crm:1", 4, marketplace_id="M", phone="P", name="王芳"),
        record("app:1", 5, phone="P")],
        "tmall:1 crm:1 app:1"),
    "an_account_for_every_order": ([
        *(record(f"olist:{n}", n, marketplace_id="M", city="上海市") for n in range(17)),
        record("olist:17", 1, marketplace_id="N", city="上海市"),
        record("crm:1", 4, marketplace_id="M", phone="P")],
        " ".join([*(f"olist:{n}" for n in range(17)), "crm:1"]) + " | olist:17"),
    "masked_name_proves_nothing": ([
        record("tmall:1", 0, name="王**", city="上海市"),
        record("crm:1", 4, name="王芳", city="上海市")],
        "tmall:1 | crm:1"),
    "family_phone": ([
        record("web:1", 0, phone="P", name="王芳", birth_date="1980-02-03"),
        record("crm:1", 1, phone="P", name="王芳"),
        record("web:2", 0, phone="P", name="李强", birth_date="1979-05-06"),
        record("crm:2", 1, phone="P", name="李强")],
        "web:1 crm:1 | web:2 crm:2"),
    "family_phone_nobody_says_who": ([
        record("web:1", 0, phone="P", name="王芳"), record("web:2", 0, phone="P", name="李强"),
        record("app:1", 0, phone="P")],
        "web:1 | web:2 | app:1"),
    "household_email": ([
        record("web:1", 0, email="E", phone="P1", name="王芳"),
        record("web:2", 1, email="E", phone="P2", name="赵敏"),
        record("svc:1", 2, email="E", name="王")],
        "web:1 svc:1 | web:2"),
    "couple_with_unionids": ([
        record("wx:1", 0, unionid="U1", phone="P"), record("wx:2", 0, unionid="U2", phone="P"),
        record("crm:1", 1, unionid="U1", name="王芳"),
        record("web:1", 2, phone="P", name="王芳")],
        "wx:1 crm:1 web:1 | wx:2"),
    "twins": ([
        record("web:1", 0, phone="P1", name="王佳", birth_date="2001-03-04", address="A",
               gender="F"),
        record("web:2", 0, phone="P2", name="王宁", birth_date="2001-03-04", address="A",
               gender="F")],
        "web:1 | web:2"),
    "strangers_of_one_name_and_city": ([
        record("web:1", 0, phone="P1", name="李娜", city="上海市"),
        record("crm:1", 1, phone="P2", name="李娜", city="上海市")],
        "web:1 | crm:1"),
    "strangers_of_one_birthday": ([
        record("web:1", 0, phone="P1", name="李娜", birth_date="1993-07-08"),
        record("crm:1", 1, phone="P2", name="周洋", birth_date="1993-07-08")],
        "web:1 | crm:1"),
    "store_tablet": ([
        gives(record("pos:1", 0, phone="P1"), ("device_id", "T", 1)),
        gives(record("pos:2", 1, phone="P2"), ("device_id", "T", 1)),
        gives(record("pos:3", 2), ("device_id", "T", 1))],
        "pos:1 | pos:2 | pos:3"),
    "default_phone": (
        [record(f"pos:{n}", n, phone="D", email=f"E{n}") for n in range(12)],
        " | ".join(f"pos:{n}" for n in range(12))),
    "shop_phone_with_names": ([
        record("pos:1", 0, phone="S", name="王芳"), record("pos:2", 1, phone="S", name="李强"),
        record("pos:3", 2, phone="S", name="赵敏"), record("pos:4", 3, phone="S", name="周洋"),
        record("pos:5", 4, phone="S", name="孙丽"), record("pos:6", 5, phone="S", name="王芳")],
        "pos:1 | pos:2 | pos:3 | pos:4 | pos:5 | pos:6"),
    "reissued_phone": ([
        record("web:1", 0, phone="P", name="王芳"), record("pos:guest:1", 3, phone="P"),
        record("web:2", 60, phone="P", name="李强"), record("pos:guest:2", 80, phone="P")],
        "web:1 pos:guest:1 | web:2 pos:guest:2"),
    "handed_on_card": ([
        record("crm:1", 0, card_no="C", name="王芳"), record("pos:guest:1", 5, card_no="C"),
        record("crm:2", 50, card_no="C", name="李强"), record("pos:guest:2", 70, card_no="C")],
        "crm:1 pos:guest:1 | crm:2 pos:guest:2"),
    "gift_receiver": ([
        gives(record("web:1", 0, phone="P1", name="王芳"), ("phone", "P2", 9)),
        record("web:2", 1, phone="P2", name="李强")],
        "web:1 | web:2"),
    "no_own_phone_known_by_orders": ([
        bought("web:1", 0, 3, phone="P"), record("app:1", 1, phone="P")],
        "web:1 app:1"),
    "married_name": ([
        record("web:1", 0, phone="P", name="王佳慧", birth_date="1990-01-05"),
        record("crm:1", 30, phone="P", name="陈佳慧", birth_date="1990-01-05")],
        "web:1 crm:1"),
    "pinyin_and_characters": ([
        record("web:1", 0, email="E", name="zhang weiguo"),
        record("crm:1", 1, email="E", name="张伟国")],
        "web:1 crm:1"),
    "pinyin_without_a_key": ([
        record("web:1", 0, phone="P1", name="weiguo zhang", birth_date="1971-11-12"),
        record("crm:1", 1, phone="P2", name="张伟国", birth_date="1971-11-12")],
        "web:1 crm:1"),
    "surname_with_its_own_reading": ([
        record("web:1", 0, phone="P", name="zeng li"), record("crm:1", 1, phone="P", name="曾丽")],
        "web:1 crm:1"),
    "mistyped_name": ([
        record("web:1", 0, phone="P", name="王小明"), record("crm:1", 1, phone="P", name="王晓名"),
        record("svc:1", 2, phone="P", name="王小名")],
        "web:1 crm:1 svc:1"),
    "mistyped_phone": ([
        record("web:1", 0, phone="P1", name="王小明", birth_date="1988-08-09"),
        record("crm:1", 1, phone="P2", name="王小明", birth_date="1988-08-09")],
        "web:1 crm:1"),
    "mistyped_email": ([
        record("web:1", 0, email="a@exmaple.com", phone="P", name="王小明"),
        record("crm:1", 1, email="a@example.com", phone="P", name="王小明")],
        "web:1 crm:1"),
    "same_name_and_address": ([
        record("web:1", 0, phone="P1", name="诸葛明", address="解放路8号"),
        record("tel:1", 1, phone="P2", name="诸葛明", address="解放路8号")],
        "web:1 tel:1"),
    "father_and_son_of_one_name": ([
        record("web:1", 0, phone="P1", name="tom reid", birth_date="1950-01-01", gender="M"),
        record("web:2", 1, phone="P2", name="tom reid", birth_date="1980-01-01", gender="M")],
        "web:1 | web:2"),
    "one_name_two_sexes": ([
        record("web:1", 0, phone="P1", name="王小明", birth_date="1991-02-03", gender="M"),
        record("crm:1", 1, phone="P2", name="王小明", birth_date="1991-02-03", gender="F")],
        "web:1 | crm:1"),
    "erased_member_returns": ([record("web:1", 0), record("web:2", 90, phone="P", name="王芳")],
        "web:1 | web:2"),
    "nothing_to_go_by": ([record("web:1", 0), record("wx:1", None)], "web:1 | wx:1"),
}  # fmt: skip


def told(story: str) -> tuple[list[Record], set[frozenset[str]]]:
    """The records of a scenario in its own name space, and the partition expected."""
    records, expected = SCENARIOS[story]

    def place(key: str) -> str:
        channel, rest = key.split(":", 1)
        return f"{channel}_{story}:{rest}"

    moved = [
        replace(
            one,
            key=place(one.key),
            own={kind: f"{token}/{story}" for kind, token in one.own.items()},
            contacts=[(kind, f"{token}/{story}", n) for kind, token, n in one.contacts],
            person=one.person
            | ({"address": f"{one.person['address']}/{story}"} if "address" in one.person else {}),
        )
        for one in records
    ]
    parts = {frozenset(place(key) for key in part.split()) for part in expected.split("|")}
    return moved, parts
