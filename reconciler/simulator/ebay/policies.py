"""Business policies of the Account API: fulfillment, payment and return, each belonging to one site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from reconciler.simulator.ebay import normal, offers, policy_bodies, policy_rules
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import Shape, require
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import JSON, EbayCall, EbayRoute, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig, without_nulls
from reconciler.simulator.world import Json


def insert(world: EbayWorld, seller: str, kind: str, number: int, body: Json) -> None:
    world.store.run(
        "INSERT OR REPLACE INTO policies VALUES (?, ?, ?, ?, ?, ?)",
        number, seller, kind, body["marketplaceId"], body["name"], orjson.dumps(body),
    )  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """One kind of policy: its word in addresses, and how its list and its id are called."""

    kind: str
    many: str
    key: str
    parameter: str
    shape: Shape
    completed: Callable[[EbayCall, Json], Json]

    def rows(self, call: EbayCall) -> Reply:
        """GET: those of one site."""
        site = self._site(call)
        sql = "SELECT id, body FROM policies WHERE seller = ? AND kind = ? AND site = ? ORDER BY id"
        found = call.world.store.all(sql, call.seller, self.kind, site)
        shown = [self._view(number, orjson.loads(body)) for number, body in found]
        return Reply(200, {"total": len(shown), self.many: shown})

    def named(self, call: EbayCall) -> Reply:
        """GET …/get_by_policy_name."""
        site, name = self._site(call), call.arg("name")
        if not name:
            raise refuse(20401, "name")
        sql = "SELECT id, body FROM policies WHERE seller = ? AND kind = ? AND site = ? AND name = ?"
        row = call.world.store.one(sql, call.seller, self.kind, site, name)
        if row is None:
            raise refuse(20404, "name", name=name)
        return Reply(200, self._view(row[0], orjson.loads(row[1])))

    def read(self, call: EbayCall) -> Reply:
        """GET by id."""
        return Reply(200, self._view(*self._found(call)))

    def create(self, call: EbayCall) -> Reply:
        """POST: names are unique on a site."""
        body = self._body(call)
        self._check_name(call, body, None)
        number = call.world.policy_id()
        insert(call.world, call.seller, self.kind, number, body)
        where = f"/sell/account/v1/{self.kind}_policy/{number}"
        return Reply(201, {**self._view(number, body), "warnings": call.warnings}, headers={"Location": where})

    def replace(self, call: EbayCall) -> Reply:
        """PUT: the whole policy, on every listing that uses it."""
        number, old = self._found(call)
        body = self._body(call)
        if body["marketplaceId"] != old["marketplaceId"]:
            raise refuse(20403, "marketplaceId")
        self._check_name(call, body, number)
        insert(call.world, call.seller, self.kind, number, body)
        return Reply(200, {**self._view(number, body), "warnings": call.warnings})

    def remove(self, call: EbayCall) -> Reply:
        """DELETE: not while a listing uses it."""
        number, _ = self._found(call)
        for offer in offers.of_seller(call.world, call.seller):
            used = dig(offer.body, "listingPolicies", self.key) == str(number)
            if used and offers.live_listing(call.world, offer):
                raise Refusal(409, error(20409, "A listing uses it.", offerId=str(offer.id)))
        call.world.store.run("DELETE FROM policies WHERE id = ?", number)
        return Reply(204)

    def _site(self, call: EbayCall) -> str:
        site = call.arg("marketplace_id")
        if not site:
            raise refuse(20401, "marketplace_id")
        if site not in SITES:
            raise refuse(20403, "marketplace_id", marketplace_id=site)
        return site

    def _found(self, call: EbayCall) -> tuple[int, Json]:
        given = call.params[self.parameter]
        if not given.isdecimal() or len(given) > 18:
            raise refuse(20403, self.key)
        sql = "SELECT id, body FROM policies WHERE seller = ? AND kind = ? AND id = ?"
        row = call.world.store.one(sql, call.seller, self.kind, int(given))
        if row is None:
            raise Refusal(404, error(20404, self.key))
        return row[0], orjson.loads(row[1])

    def _body(self, call: EbayCall) -> Json:
        require(self.shape, call.body, 20403)
        body = self.completed(call, without_nulls(call.body))
        body["categoryTypes"] = [{"name": one["name"], "default": False} for one in body["categoryTypes"]]
        found: Json = normal.money(body) if call.world.normalises("money") else body
        return found

    def _check_name(self, call: EbayCall, body: Json, number: int | None) -> None:
        sql = "SELECT id FROM policies WHERE seller = ? AND kind = ? AND site = ? AND name = ?"
        row = call.world.store.one(sql, call.seller, self.kind, body["marketplaceId"], body["name"])
        if row is not None and row[0] != number:
            raise refuse(20400, "There is a policy of this name.", DuplicateProfileId=str(row[0]))

    def _view(self, number: int, body: Json) -> Json:
        return {**body, self.key: str(number)}

    def routes(self, read_scopes: tuple[str, ...], write_scopes: tuple[str, ...]) -> list[EbayRoute]:
        path = f"/sell/account/v1/{self.kind}_policy"
        one = f"{path}/{{{self.parameter}}}"
        return [
            EbayRoute("GET", path, self.rows, scopes=read_scopes),
            EbayRoute("GET", f"{path}/get_by_policy_name", self.named, scopes=read_scopes),
            EbayRoute("GET", one, self.read, scopes=read_scopes),
            EbayRoute("POST", path, self.create, content=JSON, scopes=write_scopes),
            EbayRoute("PUT", one, self.replace, content=JSON, scopes=write_scopes),
            EbayRoute("DELETE", one, self.remove, scopes=write_scopes),
        ]


KINDS = {
    "fulfillment": Policy(
        "fulfillment", "fulfillmentPolicies", "fulfillmentPolicyId", "fulfillmentPolicyId",
        policy_bodies.FULFILLMENT, policy_rules.fulfillment,
    ),
    "payment": Policy(
        "payment", "paymentPolicies", "paymentPolicyId", "payment_policy_id",
        policy_bodies.PAYMENT, policy_rules.payment,
    ),
    "return": Policy(
        "return", "returnPolicies", "returnPolicyId", "return_policy_id",
        policy_bodies.RETURN, policy_rules.returns,
    ),
}  # fmt: skip
