"""What contacts' own pages say, in each language that they are written in.

Texts are Liquid, as those of flows are: dates, times and sums are said as the language says
them. A language that is not here is answered in English.
"""

from collections.abc import Mapping

from baton.core.json import Json
from baton.flows import render
from baton.flows.render import Manner

_EN = {
    "call": "Call {{ phone }}",
    "gone_title": "This link leads nowhere",
    "gone": "Was it copied as a whole? Open it from our message once more.",
    "ended_title": "This link has ended",
    "ended": "Use the one in our newest message, or write to us where you wrote before.",
    "missed_title": "That is not possible any more",
    "back": "See how it stands",
    "pay_title": "Invoice {{ number }}",
    "amount": "Amount",
    "due": "Please pay by",
    "about": "For",
    "day": "{{ at | date }}",
    "sum": "{{ amount | money }}",
    "pay_now": "Pay {{ amount | money }} now",
    "pay_card": "You pay on our payment provider's page. We never see your card.",
    "pay_else": "You can pay at our desk, or ask us for our bank details.",
    "pay_overdue": "This was due on {{ due | date }}.",
    "paid": "Thank you, this is paid.",
    "voided": "There is nothing to pay any more.",
    "pay_away": "Paying by card does not work right now. Nothing was charged. Try again in a"
    " few minutes, or pay at our desk.",
}
_ES = {
    "call": "Llamar al {{ phone }}",
    "gone_title": "Este enlace no lleva a ninguna parte",
    "gone": "¿Se copió entero? Ábralo de nuevo desde nuestro mensaje.",
    "ended_title": "Este enlace ha caducado",
    "ended": "Use el de nuestro último mensaje, o escríbanos por donde nos escribió antes.",
    "missed_title": "Eso ya no es posible",
    "back": "Ver cómo está",
    "pay_title": "Factura {{ number }}",
    "amount": "Importe",
    "due": "A pagar antes del",
    "about": "Por",
    "day": "{{ at | date }}",
    "sum": "{{ amount | money }}",
    "pay_now": "Pagar {{ amount | money }} ahora",
    "pay_card": "Paga en la página de nuestro proveedor de pagos. Nunca vemos su tarjeta.",
    "pay_else": "Puede pagar en recepción o pedirnos los datos bancarios.",
    "pay_overdue": "Venció el {{ due | date }}.",
    "paid": "Gracias, está pagado.",
    "voided": "Ya no hay nada que pagar.",
    "pay_away": "Ahora no se puede pagar con tarjeta. No se ha cobrado nada. Inténtelo de nuevo"
    " en unos minutos, o pague en recepción.",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}


def language_of(manner: Manner) -> str:
    """Return the language that a page is written in for somebody."""
    spoken = manner.locale.replace("_", "-").partition("-")[0].lower()
    return spoken if spoken in LANGUAGES else "en"


def say(manner: Manner, name: str, **facts: Json) -> str:
    """Return a text by its name, filled in."""
    language = language_of(manner)
    is_own = manner.locale.lower().startswith(language)
    spoken = manner if is_own else render.Manner(zone=manner.zone, currency=manner.currency)
    return render.render(LANGUAGES[language][name], facts, spoken)
