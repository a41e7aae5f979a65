"""What meanings say of intents: unseen scores are exact, a name teaches, strangers are far."""

import numpy as np
from numpy.typing import NDArray

from baton.nlu.calibration import dealt
from baton.nlu.doubt import TRAFFIC, Scored, Stage
from baton.nlu.encoder import WIDTH, Floats
from baton.nlu.likeness import ByExamples
from baton.nlu.meaning import Kernel, Meaning, MeaningModel
from baton.nlu.neighbours import Neighbours, last_layers

CHANCE = np.random.default_rng(3)
CLASSES, EACH, LAYERS = 4, 10, 3
RIDGE = 0.1
OWNERS = np.repeat(np.arange(CLASSES), EACH)
COARSE = Kernel(directions=64, sharpness=1.0, layers=(0.6, 0.6, 1.0))


def unit(rows: NDArray[np.float64]) -> Floats:
    layers = rows.reshape(len(rows), LAYERS, WIDTH)
    lengths = np.linalg.norm(layers, axis=2, keepdims=True)
    found: Floats = (layers / lengths).reshape(len(rows), -1).astype(np.float32)
    return found


CENTRES = CHANCE.normal(size=(CLASSES, LAYERS * WIDTH))
MEANINGS = unit(CENTRES[OWNERS] + 1.5 * CHANCE.normal(size=(len(OWNERS), LAYERS * WIDTH)))
NAMES = unit(CENTRES)


def test_scores_as_if_unseen_are_those_of_a_model_taught_without_the_example() -> None:
    left, rest = 7, np.delete(np.arange(len(OWNERS)), 7)
    _, unseen = ByExamples.taught(MEANINGS, OWNERS, NAMES)
    model, _ = ByExamples.taught(MEANINGS[rest], OWNERS[rest], NAMES)
    scores, near = model.tell(Meaning(MEANINGS[left]))
    assert np.allclose(unseen.scores[left], scores, atol=1e-3)
    assert np.isclose(unseen.near[left], near, atol=1e-5)
    _, of_features = MeaningModel.taught(MEANINGS, OWNERS, CLASSES, kernel=COARSE)
    without, _ = MeaningModel.taught(MEANINGS[rest], OWNERS[rest], CLASSES, kernel=COARSE)
    assert np.allclose(of_features[left], without.scores(Meaning(MEANINGS[left])), atol=1e-2)


def test_asked_for_a_side_only_scores_of_left_out_parts_are_those_of_the_others() -> None:
    parts = dealt(OWNERS)
    out, rest = parts == 1, parts != 1
    _, unseen = MeaningModel.taught_closely(MEANINGS, OWNERS, CLASSES, kernel=COARSE)
    model, _ = MeaningModel.taught_closely(MEANINGS[rest], OWNERS[rest], CLASSES, kernel=COARSE)
    told = np.array([model.scores(Meaning(row)) for row in MEANINGS[out]])
    assert np.allclose(unseen[out], told, atol=1e-3)


def test_without_directions_borders_are_straight() -> None:
    straight = Kernel(directions=0, sharpness=0.5, layers=(1.0, 1.0, 1.0))
    model, unseen = MeaningModel.taught_closely(MEANINGS, OWNERS, CLASSES, kernel=straight)
    first, last = (model.scores(Meaning(MEANINGS[row])) for row in (0, -1))
    between = model.scores(Meaning((MEANINGS[0] + MEANINGS[-1]) / np.float32(2)))
    assert np.allclose(between, (first + last) / 2, atol=1e-5)
    assert (unseen.argmax(axis=1) == OWNERS).mean() > 0.9


def test_where_examples_are_many_the_nearest_few_count() -> None:
    neighbours, near, others = Neighbours.taught(MEANINGS, OWNERS, few=3)
    likeness = last_layers(MEANINGS) @ last_layers(MEANINGS)[0]
    assert np.isclose(near[0], np.sort(likeness[1:])[-3:].mean(), atol=1e-5)
    assert np.isclose(others[0], np.sort(likeness[OWNERS[0] != OWNERS])[-3:].mean(), atol=1e-5)
    assert np.isclose(
        neighbours.nearest(Meaning(MEANINGS[0])), np.sort(likeness)[-3:].mean(), atol=1e-5
    )


def test_who_is_told_surer_than_asked_pulls_at_nothing() -> None:
    closely, _ = MeaningModel.taught_closely(MEANINGS, OWNERS, CLASSES, kernel=COARSE, ridge=RIDGE)
    told = np.array([closely.scores(Meaning(row)) for row in MEANINGS])
    sides = np.where(np.eye(CLASSES, dtype=bool)[OWNERS], 1.0, -1.0)
    # At the best weights the ridge is held by those alone that fall short of their side.
    short = sides * np.maximum(0.0, 1.0 - sides * told)
    features = np.array([Meaning(row).features(COARSE) for row in MEANINGS])
    pull, held = features.T @ short, RIDGE * closely._weights
    assert (short == 0).any()
    assert np.linalg.norm(pull - held) < 0.02 * np.linalg.norm(held)


def test_an_intent_s_name_teaches_it() -> None:
    # The last class has examples of something else; only its name lies where its texts do.
    meanings = MEANINGS.copy()
    meanings[OWNERS == CLASSES - 1] = unit(CHANCE.normal(size=(EACH, LAYERS * WIDTH)))
    model, _ = ByExamples.taught(meanings, OWNERS, NAMES)
    scores, _ = model.tell(Meaning(MEANINGS[-1]))
    assert scores.argmax() == CLASSES - 1


def test_the_nearest_example_is_told_and_names_are_none() -> None:
    model, unseen = ByExamples.taught(MEANINGS, OWNERS, NAMES)
    neighbours, near, others = Neighbours.taught(MEANINGS, OWNERS, few=1)
    expected = float((last_layers(MEANINGS) @ NAMES[0][-WIDTH:]).max())
    assert np.isclose(model.tell(Meaning(NAMES[0]))[1], expected, atol=1e-5)
    assert np.isclose(neighbours.nearest(Meaning(NAMES[0])), expected, atol=1e-5)
    assert (unseen.near == near).all()
    assert (others <= near).all()


def test_a_low_score_far_from_every_example_is_strange_whatever_the_words() -> None:
    near = CHANCE.normal(0.7, 0.05, size=len(OWNERS)).astype(np.float32)
    scores = CHANCE.normal(0.0, 0.1, size=(len(OWNERS), CLASSES)).astype(np.float32)
    scores[np.arange(len(OWNERS)), OWNERS] += 1.0
    known = np.full(len(OWNERS), 0.9)
    foreign = Scored(scores[:2] - 1.0, known[:2], near[:2] - np.float32(0.5))
    stage = Stage(Scored(scores, known, near), foreign, OWNERS, TRAFFIC, near - np.float32(0.3))
    told = np.stack([scores[0], scores[0] - 1.0, scores[0] - 1.0])
    judged = stage.judge(
        Scored(told, np.array([0.9, 0.9, 0.1]), np.array([0.7, 0.2, 0.2], np.float32))
    )
    usual, strange, strange_words = judged[:, 1]
    assert usual < 0.1
    assert strange > 0.9
    assert strange == strange_words
