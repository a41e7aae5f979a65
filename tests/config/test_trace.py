"""Each rule of the contract, and what proves it: none loses its last proof unseen."""

from pathlib import Path

from baton.config.handbook import trace

ROOT = Path(__file__).parents[2]


def test_the_list_says_exactly_which_rules_nothing_proves() -> None:
    rules, proofs = trace.rules(ROOT), trace.proofs(ROOT)
    unproven = {rule for rule in rules if rule not in proofs}
    lost = sorted(unproven - rules.unproven)
    assert not lost, f"nothing names these any longer: {lost}"
    proven = sorted(rules.unproven - unproven)
    assert not proven, f"{trace.LIST} calls these unproven, and something names them: {proven}"


def test_what_proves_names_rules_that_there_are() -> None:
    areas = trace.rules(ROOT).areas
    named = {name for name in trace.proofs(ROOT) if not name.startswith("Z")}  # reminders
    assert named <= {*trace.rules(ROOT)}
    assert all((ROOT / f"{area.page}.md").exists() for area in areas.values())


def test_a_rule_is_led_to_its_stories_tests_and_pages(tmp_path: Path) -> None:
    for folder in ("docs", "stories", "tests/core"):
        (tmp_path / folder).mkdir(parents=True)
    listed = "E:\n  title: Escalation\n  rows: 3\n  page: docs/rules\n  unproven: [3]\n"
    (tmp_path / "docs/rows.yaml").write_text(listed)
    (tmp_path / "docs/words.md").write_text("Words are heard at once (E2).\n")
    (tmp_path / "stories/one.yaml").write_text("story: one\nrows: [E1,\n  E2]\nsteps: []\n")
    mark = "@pytest.mark." + 'req(\n    "E1",\n)\ndef test_it() -> None: ...\n'
    (tmp_path / "tests/core/test_rules.py").write_text(mark)
    told = trace.trace(tmp_path)
    assert "2 of 3 are named by at least one" in told
    assert (
        "| E1 | `stories/one.yaml`, `tests/core/test_rules.py` | [rules](../docs/rules.md) |"
        in told
    )
    assert "| E2 | `stories/one.yaml` | [words](../docs/words.md) |" in told
    assert "| E3 | **nothing yet** | [rules](../docs/rules.md) |" in told
