"""Nobody without consent in an export: random people, from the files they came in to the list.

One brand is delivered, read into raw and the vault, and built to consents and requests to be
forgotten. What goes out is compared with a brute-force reading of the delivered rows.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.activation import decide, history
from dagster_project.activation.addresses import prepare
from dagster_project.activation.export import Request, export_audience
from dagster_project.activation.history import verified_log
from dagster_project.activation.look import look_up
from dagster_project.activation.rule import AudienceRule, read_rule
from dagster_project.activation.state import open_state
from dagster_project.build.dbt import Layer
from dagster_project.build.plan import write_plan
from dagster_project.ingest import ingest_landing
from dagster_project.privacy import erase_subjects, load_keys
from dagster_project.privacy.access_log import BrokenLog, exclusive_log
from dagster_project.settings import HOME_VARIABLE, Home, Settings
from tests.oracles.warehouse import CONFORM, Scratch, plan
from tests.pipeline.support import deliver

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]

PEOPLE = 400
AS_OF = date(2026, 3, 31)
FIRST = datetime(2026, 2, 20, 12)
CHANNELS = ("sms", "email", "wechat")
PURPOSES = ("marketing", "profiling", "third_party")
CORE = Layer(("member_identity", "dim_channel", "fct_touch", "fct_consent", "fct_erasure_request"))
SETTINGS = Settings()


@dataclass
class World:
    """What was delivered, by person, as a reader of the files would note it."""

    home: Home
    phones: dict[int, str] = field(default_factory=dict)
    consents: dict[tuple[int, str, str], list[tuple[datetime, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    touches: list[tuple[int, str, datetime, str, bool]] = field(default_factory=list)
    erased: set[int] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)

    def agrees(self, person: int, purpose: str, channel: str) -> bool:
        """The newest word until as_of is yes, and no refusal is as new."""
        said = [s for s in self.consents[person, purpose, channel] if s[0].date() <= AS_OF]
        newest = max((at for at, _ in said), default=None)
        return newest is not None and all(granted for at, granted in said if at == newest)

    def refuses(self, person: int, purpose: str, channel: str) -> bool:
        """Something was said until as_of, and the newest word is no."""
        said = [s for s in self.consents[person, purpose, channel] if s[0].date() <= AS_OF]
        return bool(said) and not self.agrees(person, purpose, channel)


def _records(person: int) -> list[tuple[str, str]]:
    """Channel and customer_id of the person's records: one or two."""
    return [("web", f"w{person}"), ("app", f"a{person}")][: 1 + person % 2]


def _deliver(world: World, rng: random.Random) -> None:
    rows: dict[str, list[dict]] = defaultdict(list)
    forms = ("{0}", "+86 {0}", "0086{0}", " {0} ")
    for person in range(PEOPLE):
        number = f"138{person if person % 10 else 11:08d}"  # every tenth shares 13800000011
        for channel, customer in _records(person):
            phone = rng.choice(forms).format(number) if person % 7 else ""
            rows[f"{channel}/customers"].append(
                {"customer_id": customer, "phone": phone, "name": f"=cmd|{person}",
                 "email": f"-p{person}@x.example" if person % 3 else "",
                 "registered_at": "2026-01-01 00:00:00", "updated_at": "2026-01-01 00:00:00"}
            )  # fmt: skip
            if phone:
                world.phones[person] = f"86{number}"
        for _ in range(rng.randrange(7)):
            _say(world, rng, rows, person)
        for _ in range(rng.randrange(4)):
            _touch(world, rng, rows, person)
    for person in rng.sample(range(PEOPLE), 24):
        _ask_to_forget(world, rng, rows, person)
    for name, listed in rows.items():
        deliver(world.home, name, listed)


def _say(world: World, rng: random.Random, rows: dict, person: int) -> None:
    channel, customer = rng.choice(_records(person))
    purpose, contact = rng.choice(PURPOSES[:1] * 3 + PURPOSES), rng.choice(CHANNELS)
    at, granted = FIRST + timedelta(days=rng.randrange(44)), rng.random() < 0.6
    key = (person, purpose, contact)
    if any(at == known for known, _ in world.consents[key]) and channel == "web":
        return  # one record says one thing at an instant; two records may differ
    world.consents[key].append((at, granted))
    rows[f"{channel}/consents"].append(
        {"customer_id": customer, "purpose": purpose, "contact_channel": contact,
         "changed_at": at.isoformat(" "), "granted": granted}
    )  # fmt: skip


def _touch(world: World, rng: random.Random, rows: dict, person: int) -> None:
    channel, customer = rng.choice(_records(person))
    contact, at = rng.choice(CHANNELS), FIRST + timedelta(days=rng.randrange(40))
    campaign, is_control = rng.choice(("K1", "X1", "")), rng.random() < 0.2
    left = at + timedelta(days=rng.randrange(5)) if rng.random() < 0.2 else None
    world.touches.append((person, contact, at, campaign, is_control))
    if left and at.date() <= AS_OF:
        world.consents[person, "marketing", contact].append((left, False))
    rows[f"{channel}/touches"].append(
        {"touch_id": f"t{len(world.touches)}", "campaign_id": campaign or "K2",
         "customer_id": customer, "contact_channel": contact, "is_control": is_control,
         "sent_at": at.isoformat(" "), "unsubscribed_at": left.isoformat(" ") if left else ""}
    )  # fmt: skip


def _ask_to_forget(world: World, rng: random.Random, rows: dict, person: int) -> None:
    at = FIRST + timedelta(days=rng.randrange(44))
    by = rng.choice(("customer_id", "phone", "email"))
    value = {"customer_id": _records(person)[0][1], "phone": f"138{person:08d}",
             "email": f"-P{person}@X.example"}[by]  # fmt: skip
    rows["web/erasure_requests"].append(
        {"request_id": f"r{person}", "customer_id": "", "phone": "", "email": "",
         "requested_at": at.isoformat(" "), by: value}
    )  # fmt: skip
    named = {
        "customer_id": {person},
        "phone": {p for p, phone in world.phones.items() if phone == f"86{value}"},
        "email": {person} if person % 3 else set(),
    }[by]
    if by == "phone":
        world.named.add(f"86{value}")
    if at.date() <= AS_OF:
        world.erased |= named


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    home = Home(tmp_path_factory.mktemp("audience") / "home")
    made = World(home)
    _deliver(made, random.Random(11))
    ingest_landing(home, SETTINGS, datetime(2026, 4, 5))
    scratch = Scratch(home.root)
    scratch.build(AS_OF, CONFORM)
    scratch.resolve(lambda key: f"m{int(key.split(':')[1][1:]):04d}")
    scratch.build(AS_OF, CORE)
    with scratch.connect() as con:
        con.execute("""
            create table identity.idn_link (record_key varchar, token varchar, link_rule varchar);
            create schema if not exists marts;
            create table marts.audience_member as
            select distinct 'win_back' as audience_code, member_id, '=1+1' as reason,
                date '2026-03-01' as since_on
            from core.member_identity""")
        build = replace(plan(AS_OF), batches=("b",), fingerprint="f")
        write_plan(con, build)
    home.next_database.rename(home.state_database)
    release = home.releases / "r1"
    release.mkdir(parents=True)
    facts = {"release_id": "r1", "as_of": str(AS_OF), "code_version": "f", "batches": ["b"]}
    (release / "release.json").write_text(json.dumps(facts))
    home.current.symlink_to(release)
    made.unreadable = {1, 2, 3, 4, 5, 6}
    erase_subjects(home, [f"{c}|{i}" for p in made.unreadable for c, i in _records(p)])
    return made


def _is_held_out(home: Home, code: str, member: str, share: float) -> bool:
    token = load_keys(home).token("holdout", f"{code}:{member}")
    return int(token[:13], 16) / 16**13 < share


Former = list[tuple[str, int, str, int, bool]]  # export, person, channel, days ago, went out


def _expected(
    world: World, rule: AudienceRule, former: Former, third_party: list[str], person: int
) -> str:
    """What must become of a member: by hand, from what was delivered."""
    if person in world.erased:
        return "erased"
    if not world.agrees(person, rule.purpose, rule.contact_channel):
        return "refused"
    if third_party and not any(world.agrees(person, "third_party", c) for c in third_party):
        return "refused"
    since = AS_OF - timedelta(days=rule.cap_days)
    names = {one[0] for one in former}
    contacts = sum(
        who == person and channel == rule.contact_channel and not is_control
        and since < at.date() <= AS_OF and campaign not in names
        for who, channel, at, campaign, is_control in world.touches
    ) + sum(
        who == person and channel == rule.contact_channel and went and days < rule.cap_days
        for _, who, channel, days, went in former
    )  # fmt: skip
    if contacts >= rule.cap_contacts:
        return "capped"
    held = _is_held_out(world.home, rule.code, f"m{person:04d}", rule.holdout_share)
    return "held_out" if held else "exported"


@st.composite
def cases(draw: st.DrawFn) -> tuple[AudienceRule, Former, list[str]]:
    rule = AudienceRule(
        "win_back", "Win-back", draw(st.sampled_from(PURPOSES)), draw(st.sampled_from(CHANNELS)),
        "phone", draw(st.integers(1, 3)), draw(st.integers(1, 45)),
        draw(st.sampled_from([0.0, 0.1, 0.5])), AS_OF,
    )  # fmt: skip
    one = st.tuples(
        st.sampled_from(["X1", "X2"]), st.integers(0, PEOPLE - 1), st.sampled_from(CHANNELS),
        st.integers(-3, 50), st.booleans(),
    )  # fmt: skip
    former = draw(st.lists(one, max_size=60))
    return rule, former, draw(st.lists(st.sampled_from(["sms", "email"]), unique=True))


@settings(max_examples=30, deadline=None)
@given(case=cases())
def test_only_who_may_be_contacted_is(world: World, case):
    rule, former, third_party = case
    with open_state(world.home, SETTINGS) as (con, _):
        prepare(con, load_keys(world.home), SETTINGS)
        history.lay_history(con, world.home)
        con.executemany(
            "insert into former values (?, 'a', ?, ?, ?, ?)",
            [(e, c, AS_OF - timedelta(days=d), f"m{p:04d}", "exported" if went else "held_out")
             for e, p, c, d, went in former] or [("none", "none", AS_OF, "nobody", "exported")],
        )  # fmt: skip
        decide.decide(con, rule, third_party)
        con.execute(
            "create temp table addresses as "
            "select member_id as holder, member_id as address_key from decision"
        )
        decide.conclude(con)
        found = dict(con.execute("select member_id, outcome from outcome").fetchall())
    merged = {"unsubscribed": "refused", "no_consent": "refused"}
    assert {m: merged.get(o, o) for m, o in found.items()} == {
        f"m{p:04d}": _expected(world, rule, former, third_party, p) for p in range(PEOPLE)
    }


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _rule_of(world: World) -> AudienceRule:
    with open_state(world.home, SETTINGS) as (con, state):
        return read_rule(con, "win_back", state.as_of)


def test_the_list_holds_those_who_agree_and_nobody_twice(world: World, tmp_path: Path):
    rule = _rule_of(world)
    assert (rule.purpose, rule.contact_channel, rule.cap_contacts) == ("marketing", "sms", 1)
    first = export_audience(world.home, SETTINGS, Request("win_back", str(tmp_path / "a.csv")))
    rows = _read(tmp_path / "a.csv")
    fit = [
        p for p in range(PEOPLE) if _expected(world, rule, [], [], p) in {"exported", "held_out"}
    ]
    reached = [p for p in fit if p in world.phones and p not in world.unreadable]
    unwanted = {
        phone for p, phone in world.phones.items()
        if p in world.erased or world.refuses(p, "marketing", "sms")
    }  # fmt: skip
    assert unwanted & {world.phones[p] for p in reached}
    unwanted |= world.named  # also when the request is later than as_of
    by_phone: dict[str, int] = {}
    for person in reached:
        by_phone.setdefault(world.phones[person], person)
    expected = {
        f"m{p:04d}": phone for phone, p in by_phone.items()
        if _expected(world, rule, [], [], p) == "exported" and phone not in unwanted
    }  # fmt: skip
    assert {row["member_id"]: row["address"] for row in rows} == expected
    assert len(expected) == len(rows) == first.exported > 20
    assert sum(first.outcomes.values()) == PEOPLE
    assert {row["reason"] for row in rows} == {"'=1+1"}

    again = export_audience(world.home, SETTINGS, Request("win_back", str(tmp_path / "b.csv")))
    assert again.exported == 0
    assert again.outcomes["capped"] >= first.exported
    assert again.outcomes["held_out"] == first.outcomes["held_out"] > 0
    keys = load_keys(world.home)
    told = verified_log(world.home, keys)
    assert [entry["exported"] for entry in told] == [first.exported, 0]
    assert told[0]["rule"]["contact_channel"] == "sms"
    text = world.home.access_log.read_text() + str(sorted(world.home.exports.iterdir()))
    assert not any(phone in text for phone in world.phones.values())

    path = history.members_path(world.home, first.export_id)
    members = duckdb.sql(f"select * from read_parquet('{path}') where outcome = 'exported'")
    assert {row[4] for row in members.fetchall()} == set(expected)
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    with pytest.raises(BrokenLog, match="changed or removed"):
        export_audience(world.home, SETTINGS, Request("win_back", str(tmp_path / "c.csv")))
    path.write_bytes(kept)
    assert not (tmp_path / "c.csv").exists()


def test_keys_of_a_platform_need_consent_to_third_parties(world: World, tmp_path: Path):
    import hashlib

    rule = replace(_rule_of(world), cap_contacts=10**6)
    made = export_audience(
        world.home, SETTINGS, Request("win_back", str(tmp_path / "m.csv"), "google")
    )
    rows = _read(tmp_path / "m.csv")
    assert len(rows) == made.exported
    sha = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731
    phones = {
        sha(f"+{world.phones[p]}") for p in world.phones
        if p not in world.erased and world.agrees(p, "third_party", "sms")
        and world.agrees(p, rule.purpose, "sms")
    }  # fmt: skip
    emails = {
        sha(f"-p{p}@x.example") for p in range(PEOPLE)
        if p not in world.erased and world.agrees(p, "third_party", "email")
        and world.agrees(p, rule.purpose, "sms")
    }  # fmt: skip
    assert {row["Phone"] for row in rows} - {""} <= phones
    assert {row["Email"] for row in rows} - {""} <= emails


def test_a_state_that_is_not_the_releases_exports_nothing(world: World, tmp_path: Path):
    facts = world.home.current / "release.json"
    kept = facts.read_text()
    facts.write_text(kept.replace('"f"', '"other"'))
    try:
        with pytest.raises(Exception, match="is not what the last run built"):
            export_audience(world.home, SETTINGS, Request("win_back", str(tmp_path / "a.csv")))
    finally:
        facts.write_text(kept)
    assert not (tmp_path / "a.csv").exists()


def test_dagster_hands_out_the_same(world: World, tmp_path: Path, monkeypatch):
    from dagster_project.definitions import defs

    monkeypatch.setenv(HOME_VARIABLE, str(world.home.root))
    target = tmp_path / "dagster.parquet"
    config = {"audience": "win_back", "to": str(target)}
    result = defs.resolve_job_def("export_audience").execute_in_process(
        run_config={"ops": {"hand_out": {"config": config}}}
    )
    assert result.success
    assert duckdb.sql(f"select * from read_parquet('{target}')").fetchall() == []  # all capped
    with exclusive_log(world.home):
        assert verified_log(world.home, load_keys(world.home))[-1]["to"] == target.name


def test_a_look_at_a_person_needs_the_key_and_stands_in_the_log(world: World):
    person = next(p for p in world.phones if p % 2 and p not in world.unreadable)
    keys = [f"{channel}:{customer}" for channel, customer in _records(person)]
    found = look_up(world.home, f"m{person:04d}", keys)
    assert {one["record"] for one in found} == set(keys)
    assert {one["name"] for one in found} == {f"=cmd|{person}"}
    last = verified_log(world.home, load_keys(world.home))[-1]
    assert (last["kind"], last["member_id"]) == ("look", f"m{person:04d}")
