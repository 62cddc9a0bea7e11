"""What the programme, the community and the service desk deliver."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa

from dagster_project.sample import (
    advocacy,
    campaigns,
    experiments,
    gaming,
    grants,
    handles,
    voice,
)
from dagster_project.sample.chunk import Chunk, World
from dagster_project.sample.deliver import Delivery
from dagster_project.sample.ledger import entry_table
from dagster_project.sample.plan import APP, DAY, LOYALTY, SERVICE, WECHAT
from dagster_project.sample.text import constant, integers, numbered, times

TWO_ARMS_SHARE = 0.01
MOST_OVERRIDES = 10  # pairs of each kind, in the first chunk
CSAT_SHARE = 0.4
NAMED_OTHERWISE = ("identity_overrides", "referrals")  # their rows name members in other columns


def deliver_plans(world: World, delivery: Delivery) -> None:
    """Campaigns, their costs, partners and experiments."""
    plan = world.plan
    delivery.add(LOYALTY, "campaigns", campaigns.campaign_table(plan, world.campaigns))
    delivery.add(LOYALTY, "campaign_costs", campaigns.cost_table(plan, world.campaigns))
    delivery.add(LOYALTY, "partners", campaigns.partner_table(plan))
    delivery.add(LOYALTY, "experiments", experiments.experiment_table(plan, world.experiments))


class Programme:
    """Delivers one chunk's programme data; numbers run on from chunk to chunk."""

    def __init__(self, chunk: Chunk, delivery: Delivery, serials: Counter[str]) -> None:
        self.chunk, self.delivery, self.serials = chunk, delivery, serials
        self.plan, self.rng, self.people = chunk.desk.plan, chunk.desk.rng, chunk.people

    def _ids(self, channel: str, who: np.ndarray) -> pa.Array:
        index = np.where(who < 0, -1, self.people.index[who])
        return handles.customer_ids(channel, index)

    def _numbers(self, name: str, count: int) -> np.ndarray:
        first = self.serials[name]
        self.serials[name] += count
        return np.arange(first, first + count)

    def _deliver(self, channel: str, entity: str, key: tuple[str, str] | None, data: dict) -> None:
        """One entity of members' rows, sorted by time. ``key``: column and prefix of its number."""
        who, second = data["who"], data["second"]
        columns = {"customer_id": self._ids(channel, who)} | data["columns"]
        if entity in NAMED_OTHERWISE:
            del columns["customer_id"]
        sequence = np.argsort(second, kind="stable")
        table = pa.table(columns).take(pa.array(sequence))
        if key:
            ids = numbered(key[1], self._numbers(channel + ":" + entity, len(who)), 8)
            table = table.add_column(0, key[0], ids)
        self.delivery.add(channel, entity, table, second[sequence] // DAY)
        self.delivery.truth.counts[entity] += len(table)

    def deliver(self, order_ids: pa.Array) -> None:
        """Everything of this chunk; ``order_ids`` name the chunk's orders."""
        self._ledger(order_ids)
        self._measures()
        self._community()
        self._desk()
        plan, rng, people, since = self.plan, self.rng, self.people, self.chunk.since[LOYALTY]
        self._deliver(
            LOYALTY,
            "surveys",
            ("response_id", "SV"),
            voice.surveys(plan, rng, people, since, self.chunk.desk.frames.city_tiers),
        )
        brought = advocacy.referrals(plan, rng, people, since, self.chunk.number == 0)
        self._deliver(LOYALTY, "referrals", ("referral_id", "RF"), brought)
        known = advocacy.advocates(rng, people, since)
        self._deliver(LOYALTY, "advocates", ("advocate_id", "AD"), known)
        self._deliver(LOYALTY, "consents", None, grants.consents(plan, rng, people, since))
        self._deliver(
            LOYALTY, "tier_grants", ("grant_id", "TG"), grants.tier_grants(plan, rng, people, since)
        )
        self._deliver(
            LOYALTY,
            "benefit_grants",
            ("grant_id", "BG"),
            grants.benefit_grants(plan, rng, people, since),
        )
        self._deliver(
            LOYALTY,
            "erasure_requests",
            ("request_id", "ER"),
            grants.erasures(plan, rng, people, since),
        )
        if self.chunk.number == 0:
            self._deliver(
                LOYALTY,
                "identity_overrides",
                ("override_id", "OV"),
                grants.overrides(plan, people, MOST_OVERRIDES),
            )

    def _ledger(self, order_ids: pa.Array) -> None:
        entries = self.chunk.entries
        count = len(entries.member)
        order = pa.array(entries.order, mask=entries.order < 0)
        names = (
            numbered("PE", self._numbers("points", count), 9),
            self._ids(LOYALTY, entries.member),
            order_ids.take(order),
        )
        table = entry_table(self.plan, entries, names)
        self.delivery.add(LOYALTY, "points_entries", table, entries.second // DAY)
        self.delivery.truth.counts["points_entries"] += count
        since = self.chunk.since[LOYALTY]
        if self.chunk.number == 0:
            self.delivery.truth.gaming += advocacy.planted_rings(self.people, since)
        self.delivery.truth.gaming += gaming.planted(self.plan, self.people, since)

    def _measures(self) -> None:
        touched, assigned = self.chunk.touched, self.chunk.assigned
        first = int(self._numbers("touches", len(touched.person))[0])
        table = campaigns.touch_table(
            self.plan, self.rng, touched, self._ids(LOYALTY, touched.person), first
        )
        self.delivery.add(LOYALTY, "touches", table, touched.sent // DAY)
        counts = self.delivery.truth.counts
        counts["touches"] += len(table)
        counts["touches_control"] += int(touched.is_control.sum())
        counts["orders_by_campaign"] += int(touched.converts.sum())
        counts["orders_by_experiment"] += int(assigned.converts.sum())
        table = experiments.assignment_table(
            self.plan, assigned, self._ids(LOYALTY, assigned.person), assigned.variant
        )
        self.delivery.add(LOYALTY, "assignments", table, assigned.assigned // DAY)
        self._two_arms()

    def _two_arms(self) -> None:
        """A few members of the first experiment get the other variant in the app."""
        assigned = self.chunk.assigned
        eligible = (assigned.experiment == 0) & self.people.accounts[APP][assigned.person]
        both = eligible & (self.rng.random(len(eligible)) < TWO_ARMS_SHARE)
        table = experiments.assignment_table(
            self.plan, assigned, self._ids(APP, assigned.person), 1 - assigned.variant
        )
        self.delivery.add(
            APP, "assignments", table.filter(pa.array(both)), assigned.assigned[both] // DAY
        )
        self.delivery.truth.counts["members_in_two_arms"] += int(both.sum())

    def _community(self) -> None:
        plan, rng, people = self.plan, self.rng, self.people
        self._deliver(
            WECHAT,
            "contents",
            ("content_id", "CT"),
            voice.contents(plan, rng, people, self.chunk.orders),
        )
        members = voice.community_members(plan, rng, people, self.chunk.since[WECHAT])
        activities = voice.community_activities(plan, rng, members)
        self._deliver(WECHAT, "community_members", None, members)
        self._deliver(WECHAT, "community_activities", ("activity_id", "CA"), activities)

    def _desk(self) -> None:
        data = voice.tickets(self.plan, self.rng, self.people, self.chunk.since[SERVICE])
        self._deliver(SERVICE, "service_tickets", ("ticket_id", "TK"), data)
        asked = self.rng.random(len(data["who"])) < CSAT_SHARE
        who, second = data["who"][asked], data["second"][asked] + 2 * 3_600
        score = np.clip(np.rint(self.rng.normal(4.0, 1.0, len(who))), 1, 5).astype(np.int64)
        self._deliver(
            SERVICE,
            "surveys",
            ("response_id", "CS"),
            {
                "who": who,
                "second": second,
                "columns": {
                    "survey_type": constant("csat", len(who)),
                    "score": integers(score),
                    "asked_at": times(self.plan.start_day, second - 600),
                    "answered_at": times(self.plan.start_day, second),
                },
            },
        )
