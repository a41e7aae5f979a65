"""Every KPI that Baton measures; containment and automated resolution never alias (X10).

An assumed resolution and a proven one stand apart (FQ19), and no measure of efficiency
comes without what the contact got from it (K9, FQ13). A file a family.
"""

from baton.core.kpi_catalogue.bookings import BOOKINGS
from baton.core.kpi_catalogue.feedback import FEEDBACK
from baton.core.kpi_catalogue.members import MEMBERS
from baton.core.kpi_catalogue.money import MONEY
from baton.core.kpi_catalogue.orders import ORDERS
from baton.core.kpi_catalogue.outreach import OUTREACH
from baton.core.kpi_catalogue.people import PEOPLE
from baton.core.kpi_catalogue.talk import TALK
from baton.core.kpi_catalogue.winback import WINBACK

_FAMILIES = (TALK, PEOPLE, BOOKINGS, MONEY, MEMBERS, FEEDBACK, ORDERS, OUTREACH, WINBACK)

CATALOGUE = {kpi.name: kpi for family in _FAMILIES for kpi in family}
"""Every KPI by its name."""
