"""What is bought in a story, each through the service that the console calls."""

from baton.config.stories.order_parts import OrderAct, Orders
from baton.config.stories.world import World
from baton.core.orders import ScanState
from baton.core.records import LineRecord
from baton.services.orders import by_hand, keeping
from baton.services.orders.by_hand import Draft
from baton.store.models import Order


def act(world: World, orders: Orders) -> None:
    """Let something happen to an order; raises BatonError when it is refused."""
    house, workspace_id, actor = world.house, world.workspace_id, "system"
    contact_id = world.known(orders.who)
    if orders.act is OrderAct.PLACED:
        draft = Draft(
            contact_id=contact_id,
            number=orders.order,
            currency="USD",
            total_minor=orders.total,
            # Without a price nothing is known of what was bought.
            lines=(_line(orders),) if orders.total else (),
        )
        by_hand.write(house, workspace_id, draft, actor=actor)
        world.run_idle()
        return
    bought = Order.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    order_id = bought.get(plain_number=keeping.plain(orders.order)).id
    match orders.act:
        case OrderAct.PACKED:
            by_hand.pack(house, workspace_id, order_id, actor=actor)
        case OrderAct.CANCELLED:
            by_hand.cancel(house, workspace_id, order_id, actor=actor)
        case OrderAct.SENT:
            by_hand.send(house, workspace_id, order_id, "UPS", orders.tracking, actor=actor)
        case scanned:
            by_hand.see(
                house,
                workspace_id,
                order_id,
                ScanState(scanned.value),
                actor=actor,
                place=orders.place,
            )
    world.run_idle()


def _line(orders: Orders) -> LineRecord:
    return LineRecord(reference="1", title="A jumper", price_minor=orders.total, sku="J-1")
