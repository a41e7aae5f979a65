"""A pack of one's own: begun as a copy, checked file by file, and known by its name."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from baton.core.errors import InvalidInput, NotFound
from baton.services.flows import pack_checks
from baton.services.workspace import pack_beginnings, packs

UNTAUGHT = (
    "{name: towels, title: Towels, complexity: 0, emotion: 0, frequency_per_week: 9, value: 0}"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(Path(str(files("baton"))) / "packs" / "fitness", tmp_path / "fitness")
    )


def faults_of(folder: Path) -> list[tuple[str, str, str]]:
    found = pack_checks.check_folder(folder)
    assert all(fault.mend for fault in found)
    return [(fault.severity.value, fault.rule, fault.problem.text) for fault in found]


@pytest.mark.parametrize("name", packs.list_packs())
def test_no_pack_that_comes_with_baton_has_a_fault(name: str) -> None:
    assert faults_of(Path(str(packs.folder_of(name)))) == []


def test_every_file_is_looked_at_before_anything_is_told(folder: Path) -> None:
    (folder / "knowledge.yaml").unlink()
    (folder / "copy.yaml").write_bytes(b"greeting: \xff\n")
    (folder / "hard_stops.yaml").write_text("stops: {sadness: {for: x}}\n", "utf-8")
    intents = folder / "intents.yaml"
    intents.write_text(intents.read_text("utf-8").replace("wants:", "want:", 1), "utf-8")
    told = [text for _, _, text in faults_of(folder)]
    assert any("fitness/knowledge.yaml:1:1: there is no such file" in one for one in told)
    assert any("fitness/copy.yaml:1:1: no text in UTF-8" in one for one in told)
    assert any("fitness/hard_stops.yaml:1:9: stops.sadness" in one for one in told)
    assert any("did you mean 'wants'?" in one for one in told)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "pack.yaml",
            "request_types:\n",
            f"request_types:\n  - {UNTAUGHT}\n",
            ("warning", "few_examples", "fitness/pack.yaml:18:6"),
        ),
        (
            "pack.yaml",
            "{name: lost_property, title: Lost property, complexity: 1, emotion: 0",
            "{name: lost_property, title: Lost property, complexity: 1, emotion: 3",
            ("warning", "no_play", "people who take 'lost_property' have no card"),
        ),
        (
            "pack.yaml",
            "{name: lost_property, title: Lost property, complexity: 1",
            "{name: lost_property, title: Lost property, complexity: 5",
            ("warning", "never_given", "'lost_property' is for people"),
        ),
        (
            "playbook.yaml",
            "when: [injury_safety]",
            "when: [injury_safety, injury_safty]",
            ("warning", "unknown_cause", "nothing stops the bot for 'injury_safty'"),
        ),
        (
            "playbook.yaml",
            "never: Do not say",
            "nevver: Do not say",
            ("error", "pack", "did you mean 'never'?"),
        ),
        (
            "flows/csat.yaml",
            "then: done",
            "then: gone",
            ("error", "flow", "gone"),
        ),
    ],
)
def test_what_a_pack_lacks_is_told_where_it_stands(
    folder: Path, name: str, old: str, new: str, expected: tuple[str, str, str]
) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = faults_of(folder)
    severity, rule, words = expected
    assert any((s, words in text) == (severity, True) for s, _, text in found), found
    assert rule == "flow" or rule in {one for _, one, _ in found}


def test_a_pack_begins_as_a_copy_that_has_no_fault(tmp_path: Path) -> None:
    into = tmp_path / "dance_school"
    made = pack_beginnings.begin(packs.folder_of("wellness"), into, title='Dance: "the" school')
    assert {"pack.yaml", "flows/faq.yaml", "playbook.yaml"} <= set(made)
    # What alarms every trade is in every pack already.
    assert "hard_stops.yaml" not in made
    assert faults_of(into) == []
    assert packs.read_pack(into).title == 'Dance: "the" school'


@pytest.mark.parametrize(
    ("name", "title"), [("Dance", "Dance"), ("../dance", ""), ("dance", "two\nlines")]
)
def test_what_no_pack_can_be_called_is_refused(tmp_path: Path, name: str, title: str) -> None:
    with pytest.raises(InvalidInput):
        pack_beginnings.begin(packs.folder_of("fitness"), tmp_path / name, title=title)
    (tmp_path / "there").mkdir()
    with pytest.raises(InvalidInput):
        pack_beginnings.begin(packs.folder_of("fitness"), tmp_path / "there", title="There")


def test_an_installations_own_packs_are_known_and_hide_none_of_batons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "_own_folders", [])
    for name in ("ballroom", "retail"):
        pack_beginnings.begin(packs.folder_of("fitness"), tmp_path / name, title="Ballroom")
    with pytest.raises(NotFound):
        packs.folder_of("ballroom")
    packs.look_in(tmp_path)
    packs.look_in(tmp_path / "not_there")
    assert "ballroom" in packs.list_packs()
    assert packs.load_pack("ballroom").title == "Ballroom"
    assert packs.read_pack(packs.folder_of("retail")).title == "Retail"
