"""F1 of components: span over the raw text and label must both agree."""

from collections import Counter
from collections.abc import Iterable, Sequence

from geo.address.batches import LABELS, Component
from geo.address.model import Segmenter
from segmenter.corpus import Example


def f1_by_label(pairs: Iterable[tuple[Iterable[Component], Iterable[Component]]]) -> dict[str, tuple[int, float]]:
    """Return how many gold components there are and F1, by label and for ``all``, of (gold, found) per address."""
    both: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for want, have in pairs:
        wanted, had = set(want), set(have)
        both.update(label for label, _, _ in wanted & had)
        gold.update(label for label, _, _ in wanted)
        found.update(label for label, _, _ in had)
    for counter in (both, gold, found):
        counter["all"] = counter.total()
    return {
        label: (gold[label], 2 * both[label] / (gold[label] + found[label]))
        for label in (*LABELS, "all")
        if gold[label]
    }


def on_raw(example: Example, components: Sequence[Component]) -> list[Component]:
    """Return components of the normalised text as components of the raw one."""
    return [(label, *example.normal.span(start, end)) for label, start, end in components]


def show(model: Segmenter, examples: Sequence[Example]) -> None:
    """Print F1 of grammar and model by label."""
    answers = model.label([e.normal.text for e in examples], [e.hints for e in examples])
    grammar = f1_by_label((e.gold, on_raw(e, e.hints)) for e in examples)
    learned = f1_by_label((e.gold, on_raw(e, answer)) for e, answer in zip(examples, answers, strict=True))
    for label, (count, score) in learned.items():
        print(f"{label:12} n={count:6} grammar {grammar[label][1]:.4f}  model {score:.4f}")
