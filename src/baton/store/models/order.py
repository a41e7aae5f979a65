"""What contacts bought and how it comes: ours, or mirrors of other systems.

Of orders and parcels, `system_id` is the connected system whose mirror a row is, "" for ours;
`reference` names the thing within that system, and `stamp` orders its states (`core.records`).
Money is in minor units of the order's currency.
"""

from django.db import models

from baton.core import ids
from baton.core.records import MAX_STAMP
from baton.store.models.base import id_field, ref_field


class Order(models.Model):
    """What somebody bought; `state` is a word of `core.orders.OrderState`.

    `said` is the state by its shop's own word: `state` goes further with its parcels.
    `number` is what people read; `plain_number` is what it is found by, without signs.
    `made_by` is "user:<id>" or "system:<id>".
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    reference = models.CharField(max_length=120)
    stamp = models.CharField(max_length=MAX_STAMP, blank=True, default="")
    contact_id = ref_field()
    number = models.CharField(max_length=40)
    plain_number = models.CharField(max_length=40)
    said = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    total_minor = models.IntegerField(default=0)
    placed_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    page_url = models.CharField(max_length=500, blank=True, default="")
    is_elsewhere = models.BooleanField(null=True)  # None: nobody told the addresses
    disputed_at = models.DateTimeField(null=True)  # the payment, with the bank
    dispute_stamp = models.CharField(max_length=MAX_STAMP, blank=True, default="")
    made_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "system_id", "reference"], name="order_once"
            )
        ]
        indexes = [
            models.Index(fields=["contact_id", "placed_at"], name="order_of_contact"),
            models.Index(fields=["workspace_id", "placed_at"], name="order_by_day"),
            models.Index(fields=["workspace_id", "plain_number"], name="order_by_number"),
        ]


class OrderLine(models.Model):
    """One article of an order; `price_minor` is for one piece."""

    id = id_field()
    workspace_id = ref_field()
    order_id = ref_field()
    reference = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    sku = models.CharField(max_length=80, blank=True, default="")
    category = models.CharField(max_length=80, blank=True, default="")
    quantity = models.IntegerField(default=1)
    price_minor = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "reference"], name="order_line_once")
        ]


class OrderMoney(models.Model):
    """Money that moved for an order, as its system tells: `kind` is paid or refunded."""

    id = id_field()
    workspace_id = ref_field()
    order_id = ref_field()
    reference = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    amount_minor = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "reference"], name="order_money_once")
        ]


class Parcel(models.Model):
    """A parcel of an order; a carrier may tell of it before its shop does, so of no order yet.

    `order_id` is "" until then. `state` is a word of `core.orders.ScanState`, "" before
    anything was scanned. `told` are the keys of what flows heard of it. `tracked` orders what
    its carrier says of it, and `look_at` is when it is looked at without being told. `ordered`
    is the order's reference in the same system, and `hint` its number as a carrier knows it.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    reference = models.CharField(max_length=120)
    stamp = models.CharField(max_length=MAX_STAMP, blank=True, default="")
    order_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    ordered = models.CharField(max_length=120, blank=True, default="")
    hint = models.CharField(max_length=40, blank=True, default="")
    carrier = models.CharField(max_length=60, blank=True, default="")
    tracking = models.CharField(max_length=80, blank=True, default="")
    tracked = models.CharField(max_length=MAX_STAMP, blank=True, default="")
    page_url = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=20, blank=True, default="")
    expected_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list)
    look_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "system_id", "reference"], name="parcel_once"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "tracking"],
                condition=~models.Q(tracking=""),
                name="parcel_tracked_once",
            ),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="parcel_of_order"),
            models.Index(fields=["workspace_id", "hint"], name="parcel_by_hint"),
        ]


class ParcelScan(models.Model):
    """A scan of a parcel (`core.orders.Scan`), once for each moment and state."""

    id = id_field()
    workspace_id = ref_field()
    parcel_id = ref_field()
    at = models.DateTimeField()
    state = models.CharField(max_length=20)
    place = models.CharField(max_length=120, blank=True, default="")
    words = models.CharField(max_length=200, blank=True, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel_id", "at", "state"], name="parcel_scan_once")
        ]
