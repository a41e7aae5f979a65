"""What the demo's business sells: orders on their way, what comes back, and what buyers think."""

import random
from collections.abc import Callable
from datetime import timedelta

from baton.config import made_photos
from baton.config.demo.script import ShopPart
from baton.core.errors import BatonError
from baton.core.orders import OrderState, ScanState
from baton.core.return_states import State
from baton.core.returns import Reason
from baton.services.delivery.attachments import Upload
from baton.services.desk import return_desk
from baton.services.house import House
from baton.services.orders import by_hand
from baton.services.orders.by_hand import Draft
from baton.services.returns import intake
from baton.services.returns.intake import Sent
from baton.store.models import Order, OrderLine, Parcel, Return, User

_CURRENCY = "USD"
_MOST_ARTICLES = 3
_GOES_WRONG = 0.12  # of the days on which a parcel is out
_COMES_BACK = 0.4
_LOOKED_AFTER = 0.5
_REASONS = (Reason.SIZE, Reason.SIZE, Reason.MIND, Reason.DAMAGED)
_STEPS: tuple[tuple[timedelta, ScanState], ...] = (
    (timedelta(hours=9), ScanState.IN_TRANSIT),
    (timedelta(hours=20), ScanState.OUT_FOR_DELIVERY),
    (timedelta(hours=25), ScanState.DELIVERED),
)
"""How long after it was placed an order's parcel is seen where."""

_PACKED_AFTER, _SENT_AFTER = timedelta(hours=2), timedelta(hours=5)


class Shop:
    """The counter and the warehouse of the demo's business, on the demo's clock."""

    def __init__(
        self, house: House, told: ShopPart, workspace_id: str, source: random.Random
    ) -> None:
        self._house = house
        self._told = told
        self._workspace_id = workspace_id
        self._random = source
        self._number = told.first_number

    def sell(self, contact_id: str) -> None:
        """Let somebody buy a few things."""
        self._number += self._random.randint(1, 4)
        articles = self._told.articles
        count = self._random.randint(1, min(_MOST_ARTICLES, len(articles)))
        chosen = self._random.sample(articles, count)
        lines = tuple(one.as_line() for one in chosen)
        draft = Draft(
            contact_id=contact_id,
            number=str(self._number),
            currency=_CURRENCY,
            total_minor=sum(line.price_minor for line in lines),
            lines=lines,
        )
        by_hand.write(self._house, self._workspace_id, draft, actor="system")

    def go_on(self, run_idle: Callable[[], int]) -> None:
        """Let every order go on as far as it would have come by now."""
        mine = Order.objects.filter(workspace_id=self._workspace_id, system_id="")
        over = (OrderState.DELIVERED.value, OrderState.CANCELLED.value)
        for order in mine.exclude(state__in=over).order_by("id"):
            self._send_on(order, self._house.clock.now() - order.placed_at)
            run_idle()

    def take_back(self, run_idle: Callable[[], int]) -> None:
        """Let some buyers send back what has come, each order once."""
        came = Order.objects.filter(
            workspace_id=self._workspace_id, state=OrderState.DELIVERED.value
        ).exclude(id__in=Return.objects.values("order_id"))
        for order in came.order_by("id"):
            if order.delivered_at and self._is_drawn(f"back {order.number}", _COMES_BACK):
                self._send_back(order)
                run_idle()

    def look_after(self, staff: User, run_idle: Callable[[], int]) -> None:
        """Let the staff decide and pay some returns, and leave others for the visitor."""
        specialist = Return.objects.filter(
            workspace_id=self._workspace_id, state=State.SPECIALIST.value
        )
        for row in specialist.order_by("id"):
            if self._is_drawn(f"decide {row.number}", _LOOKED_AFTER):
                return_desk.approve(self._house, staff, row.id, row.refund_minor)
                return_desk.issue_label(self._house, staff, row.id)
                run_idle()
        labelled = Return.objects.filter(
            workspace_id=self._workspace_id, state=State.LABELLED.value
        )
        for row in labelled.order_by("id"):
            if self._is_drawn(f"refund {row.number}", _LOOKED_AFTER):
                try:
                    return_desk.refund(self._house, staff, row.id)
                except BatonError:
                    continue  # beyond their authority, or nobody spoke with the buyer yet
                run_idle()

    def _send_on(self, order: Order, age: timedelta) -> None:
        place = self._random.choice(self._told.towns)
        if order.state == OrderState.PLACED.value and age >= _PACKED_AFTER:
            by_hand.pack(self._house, self._workspace_id, order.id, actor="system")
        elif order.state == OrderState.PACKED.value and age >= _SENT_AFTER:
            tracking = f"1Z{order.number}E{self._random.randint(100, 999)}"
            by_hand.send(
                self._house, self._workspace_id, order.id, self._told.carrier, tracking,
                actor="system",
            )  # fmt: skip
        elif order.state == OrderState.SHIPPED.value:
            self._see(order, age, place)

    def _see(self, order: Order, age: timedelta, place: str) -> None:
        stands = Parcel.objects.filter(order_id=order.id).values_list("state", flat=True).first()
        seen = [state for after, state in _STEPS if age >= after]
        if not seen or seen[-1].value == stands:
            return
        state = seen[-1]
        day = f"{order.number} {self._house.clock.now().date()}"
        if state is ScanState.DELIVERED and self._is_drawn(day, _GOES_WRONG):
            state = ScanState.FAILED
        if state.value != stands:
            by_hand.see(
                self._house, self._workspace_id, order.id, state, actor="system", place=place
            )

    def _send_back(self, order: Order) -> None:
        lines = list(OrderLine.objects.filter(order_id=order.id).order_by("id"))
        line = self._random.choice(lines)
        sent = Sent(
            order_id=order.id,
            items={line.id: 1},
            reason=self._random.choice(_REASONS),
            photos=(Upload(content=made_photos.draw(self._random.randrange(10**6)), name="a.jpg"),),
        )
        intake.take(self._house, order.contact_id, sent)

    def _is_drawn(self, what: str, share: float) -> bool:
        """Return whether something is among a share of its kind; the same whenever it is asked."""
        return random.Random(what).random() < share  # noqa: S311 - a demo, no secret
