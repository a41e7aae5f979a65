"""A text that says what stands in for a missing value may be sent; one that does not may not."""

import pytest

from baton.core.errors import InvalidInput
from baton.flows.render import render


@pytest.mark.req("TP2")
@pytest.mark.parametrize("facts", [{"run": {}}, {}, {"run": {"name": ""}}])
def test_a_default_stands_in_for_what_is_missing(facts: dict[str, object]) -> None:
    assert render("Hi {{ run.name | default: 'there' }}", facts) == "Hi there"


@pytest.mark.parametrize(
    "text", ["{{ run.name }}", "{{ run.name | upcase }}", "{{ run.at | day }}"]
)
def test_without_a_default_it_is_an_error(text: str) -> None:
    with pytest.raises(InvalidInput):
        render(text, {"run": {}})
