"""The stages in order, on one page: registers in, a survey of the city out.

Everything a page, list or report shows is a selection or a sum over a ``Survey``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import geopandas as gpd
import pandas as pd

from geo import coverage, gazetteer, joint, ledger, linkage, places
from geo.address import Segmenter
from geo.beside import WORTH_TWO, beside
from geo.coverage import CoverageOptions
from geo.errors import AtlasError
from geo.frames import CASE_STEPS, FACTS, FIRMS, GIVEN, GROUPINGS, LOCATED, PLACES, STEPS, SURVEYED_UNIONS
from geo.gazetteer import Gazetteer
from geo.geocode import LocateOptions, locate
from geo.joint import JointOptions, life, respect
from geo.linkage import LinkOptions
from geo.rules import RuleSet

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, of)`` before each stage (``done`` stages of ``of``) and once at the end."""

STAGES = ("gazetteer", "geocode", "places", "same", "linkage", "coverage", "joint")
"""The stages in their order, also the keys of progress and tally."""


class CountError(AtlasError):
    """A stage lost or invented a row: a programmer's fault, never a user's."""

    code = "COUNT"


@dataclass(frozen=True)
class Inputs:
    """What a survey reads: one frame of ``geo.frames`` each. What people decided is an input like any other."""

    divisions: pd.DataFrame
    aliases: pd.DataFrame
    outlines: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    enterprises: pd.DataFrame
    unions: pd.DataFrame
    memberships: pd.DataFrame
    decisions: pd.DataFrame
    steps: pd.DataFrame = field(default_factory=STEPS.empty)
    case_steps: pd.DataFrame = field(default_factory=CASE_STEPS.empty)
    before: pd.DataFrame = field(default_factory=GROUPINGS.empty)
    """GROUPINGS of the survey before: who was grouped together may stay together."""


@dataclass(frozen=True)
class JointInputs:
    """What of the inputs the suggestions read beside firms, unions and places; frames as in ``Inputs``."""

    divisions: pd.DataFrame
    decisions: pd.DataFrame
    case_steps: pd.DataFrame
    before: pd.DataFrame


@dataclass(frozen=True)
class Options:
    """Every threshold of every stage, with its default; the law's numbers are not here but in the rule set."""

    locate: LocateOptions = field(default_factory=LocateOptions)
    linkage: LinkOptions = field(default_factory=LinkOptions)
    coverage: CoverageOptions = field(default_factory=CoverageOptions)
    joint: JointOptions = field(default_factory=JointOptions)


@dataclass(frozen=True)
class Tally:
    """Rows into and out of a stage; ``counts`` says what they became and sums to ``given``."""

    stage: str
    taken: int
    given: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Survey:
    """The city on one day. Frames as declared in ``geo.frames``; not a snapshot of a past register."""

    on: date
    rules_day: date
    firms: pd.DataFrame
    """FIRMS: one row per enterprise, in the order of the input."""
    places: gpd.GeoDataFrame
    """PLACES: the given ones and those learned from the addresses."""
    unions: pd.DataFrame
    """SURVEYED_UNIONS: one row per union, in the order of the input."""
    same: pd.DataFrame
    """SAME: pairs of records that are, or may be, one firm; a firm counts once."""
    links: pd.DataFrame
    """LINKS."""
    groups: pd.DataFrame
    """GROUPS: suggested joint unions, and existing ones that have room."""
    groupings: pd.DataFrame
    """GROUPINGS: one row per enterprise without coverage that a joint union may take in."""
    gazetteer_hash: str
    """Version of names and places that the firms were located with."""
    tally: tuple[Tally, ...]
    """One entry per stage, in order."""
    facts: pd.DataFrame = field(default_factory=FACTS.empty)
    """FACTS: what the addresses taught of names and counties, and the survey used."""
    proof: tuple[joint.Proof, ...] = ()
    """How near to the best the suggestions of each county are proved to be."""
    joint: JointOptions = field(default_factory=JointOptions)
    """What they were made by."""


def survey(
    inputs: Inputs,
    *,
    on: date,
    rules: RuleSet,
    options: Options | None = None,
    progress: Progress | None = None,
    segmenter: Segmenter | None = None,
    kept: gazetteer.Kept | None = None,
) -> Survey:
    """Survey a city on a day: locate its firms, link its unions, tell who is covered, and suggest joint unions.

    Parameters
    ----------
    inputs : the registers, layers and decisions, as declared in ``geo.frames``
    on : the day whose unions and enterprises count
    rules : the rule set to apply, usually that of the same day
    options : thresholds of the stages
    progress : told which stage begins
    segmenter : reads the components of addresses that hold unknown names; without it the grammar does
    kept : keeps names and doors of the layers for the next survey; it changes no result

    Raises
    ------
    CountError
        If a stage loses or invents a row.
    """
    with gazetteer.paused_collector():  # names without cycles: walking them cost a third of the time
        options, kept = options or Options(), kept or gazetteer.Kept()
        means = _Means(segmenter, kept, _Steps(progress))
        return _surveyed(inputs, means, on=on, rules=rules, options=options)


def _surveyed(inputs: Inputs, means: "_Means", *, on: date, rules: RuleSet, options: Options) -> Survey:
    steps, segmenter = means.steps, means.segmenter
    inputs = replace(inputs, enterprises=ledger.stated(inputs.enterprises, inputs.steps, on=on))
    steps.begin("gazetteer")
    names, known, facts = known_names(inputs, processes=options.locate.processes, kept=means.kept)
    steps.count("gazetteer", inputs.places, known, known["origin"], whole=False)
    steps.begin("geocode")
    located = locate(inputs.enterprises, names, options=options.locate, decisions=inputs.decisions, segmenter=segmenter)
    steps.count("geocode", inputs.enterprises, located, located["status"])
    known = places.with_named(known, names.entities, located)
    steps.begin("places")
    located = places.assign(located, known, inputs.outlines)
    steps.count("places", inputs.enterprises, located, located["level"])
    steps.begin("same")
    register = _register(inputs, located)
    pairs = linkage.same(
        inputs.enterprises, located, register=register, decisions=inputs.decisions, options=options.linkage,
        processes=options.locate.processes,
    )  # fmt: skip
    one_of = linkage.stands_for(pairs)
    inputs, located = _together(inputs, located, one_of)
    steps.count("same", inputs.enterprises, located, _meant(inputs.enterprises, pairs, one_of))
    steps.begin("linkage")
    links = linkage.link(
        inputs.unions,
        inputs.memberships,
        register=linkage.joined(register, one_of),
        decisions=inputs.decisions,
        options=options.linkage,
    )
    steps.count("linkage", _listed(inputs), links, links["status"])
    steps.begin("coverage")
    firms, unions = _covered(inputs, located, links, pairs, on=on, rules=rules, options=options)
    steps.count("coverage", inputs.enterprises, firms, firms["primary"].where(firms["eligible"], "excluded"))
    steps.begin("joint")
    settled = JointInputs(inputs.divisions, inputs.decisions, inputs.case_steps, inputs.before)
    lying = joint.laid_out(firms, known, options=options.joint)
    suggested = suggest_joint(lying, unions, settled, places=known, options=options.joint)
    firms = _grouped(firms, suggested.groupings)
    unions = SURVEYED_UNIONS.conform(unions.assign(place_id=suggested.seats.reindex(unions.index)))
    steps.count("joint", inputs.enterprises, firms, _fates(firms))
    steps.end()
    return Survey(
        on=on,
        rules_day=rules.day,
        firms=firms,
        places=known,
        unions=unions,
        same=pairs,
        links=links,
        groups=suggested.groups,
        groupings=suggested.groupings,
        gazetteer_hash=names.hash,
        tally=tuple(steps.tally),
        facts=facts,
        proof=suggested.proof,
        joint=options.joint,
    )


def suggest_joint(
    firms: pd.DataFrame,
    unions: pd.DataFrame,
    inputs: JointInputs,
    *,
    places: gpd.GeoDataFrame,
    options: JointOptions,
    hosts: pd.DataFrame | None = None,
) -> joint.Suggested:
    """Suggest joint unions around what people decided, as a survey does.

    Parameters
    ----------
    firms : FIRMS, best as ``joint.laid_out`` once for several calls
    unions : SURVEYED_UNIONS
    inputs : divisions, decisions, cases and the groups before
    places : PLACES of the survey
    hosts : ``joint.existing`` of these firms and unions, where several calls share it
    """
    edits = joint.edits.read(inputs.decisions)

    def suggest(free: pd.DataFrame, pairs: respect.Pairs) -> joint.Suggested:
        asked = edits.asked(inputs.before, pairs)
        return joint.suggest(
            free, unions, places=places, divisions=inputs.divisions, options=options, asked=asked, hosts=hosts
        )

    return respect.suggest_anew(firms, life.cases(inputs.case_steps), suggest)


def known_names(
    inputs: Inputs, *, processes: int = 1, kept: gazetteer.Kept | None = None
) -> tuple[Gazetteer, gpd.GeoDataFrame, pd.DataFrame]:
    """The gazetteer, taught by the addresses themselves; all places, given and learned; what was taught."""
    divisions, aliases, given = gazetteer.laid(inputs.decisions, inputs.divisions, inputs.aliases, inputs.places)
    kept = kept or gazetteer.Kept()
    bare = kept.names(divisions, aliases, given)
    rulings = gazetteer.read_rulings(inputs.decisions, bare.regions)
    doors, wanted = kept.doors(bare), processes > 1 and len(given) >= WORTH_TWO
    found = beside(lambda: doors or gazetteer.known_doors(bare, given), wanted=wanted and doors is None)
    taught = gazetteer.learn(_addresses(inputs.enterprises).tolist(), bare, amend=rulings.facts)
    learned = rulings.places(taught.places, given)
    new = learned[~learned.index.isin(given.index)]
    known = PLACES.conform(pd.concat([given, new])) if len(new) else given
    names = gazetteer.build(
        divisions, rulings.aliases(aliases, taught.places), known, facts=taught.facts, doors=kept.keep(bare, found())
    )
    return names, known, taught.facts


def _addresses(enterprises: pd.DataFrame) -> pd.Series:
    """The address that counts: where the firm operates, if that is known to differ."""
    return enterprises["operating_address"].fillna(enterprises["address"])


def _register(inputs: Inputs, located: pd.DataFrame) -> linkage.Register:
    facts = inputs.enterprises[["name", "uscc", "org_code", "former_names"]].assign(county_code=located["county_code"])
    return linkage.prepare(facts, linkage.region_words(inputs.divisions, inputs.aliases))


def _together(inputs: Inputs, located: pd.DataFrame, one_of: dict[str, str]) -> tuple[Inputs, pd.DataFrame]:
    """Registers and locations in which a record that stands for others knows what they know."""
    located = linkage.lent(located, inputs.enterprises, one_of)
    return replace(inputs, enterprises=linkage.filled(inputs.enterprises, one_of)), located


def _meant(enterprises: pd.DataFrame, pairs: pd.DataFrame, one_of: dict[str, str]) -> pd.Series:
    """What each record is: a firm of its own, one that stands for others, one of these, or one in doubt."""
    doubtful = pairs[pairs["status"].eq("review")]
    meant = pd.Series("single", index=enterprises.index, dtype="string")
    meant[meant.index.isin([*doubtful["one"], *doubtful["other"]])] = "review"
    meant[meant.index.isin(list(one_of.values()))] = "standing"
    meant[meant.index.isin(list(one_of))] = "merged"
    return meant


def _listed(inputs: Inputs) -> pd.Series:
    """What linkage has to answer: a host for each own union (and project union with one), and every membership."""
    hosted = linkage.hosted(inputs.unions)
    return pd.concat([inputs.unions.loc[hosted, "name"], inputs.memberships["member_name"]])


def _covered(
    inputs: Inputs,
    located: pd.DataFrame,
    links: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    on: date,
    rules: RuleSet,
    options: Options,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    cover = coverage.cover(
        inputs.enterprises, inputs.unions, links, on=on, rules=rules, options=options.coverage, same=pairs
    )
    register = inputs.enterprises.rename(columns=dict(GIVEN))
    firms = FIRMS.conform(pd.concat([register, located.rename(columns=dict(LOCATED)), cover], axis=1))
    unions = coverage.survey_unions(firms, inputs.unions, links, on=on, options=options.coverage)
    return firms, unions


def _grouped(firms: pd.DataFrame, groupings: pd.DataFrame) -> pd.DataFrame:
    found = groupings.reindex(firms.index)
    return FIRMS.conform(firms.assign(group_id=found["group_id"], left_because=found["left_because"]))


def _fates(firms: pd.DataFrame) -> pd.Series:
    """What became of each firm: excluded, covered, grouped, a reason for being left over, or of a size for its own."""
    fate = pd.Series("own_size", index=firms.index, dtype="string")
    fate[firms["left_because"].notna()] = firms["left_because"]
    fate[firms["group_id"].notna()] = "grouped"
    fate[firms["covered"].astype(bool)] = "covered"
    fate[~firms["eligible"].astype(bool)] = "excluded"
    return fate


@dataclass(frozen=True)
class _Means:
    """What a run works with beside its inputs and options."""

    segmenter: Segmenter | None
    kept: gazetteer.Kept
    steps: "_Steps"


class _Steps:
    """Progress and tally of one run: each stage begins, and is counted before its results are used."""

    def __init__(self, progress: Progress | None) -> None:
        self.tally: list[Tally] = []
        self._progress = progress

    def begin(self, stage: str) -> None:
        if self._progress is not None:
            self._progress(stage, STAGES.index(stage), len(STAGES))

    def end(self) -> None:
        if self._progress is not None:
            self._progress(STAGES[-1], len(STAGES), len(STAGES))

    def count(
        self, stage: str, taken: pd.DataFrame | pd.Series, given: pd.DataFrame, words: pd.Series, *, whole: bool = True
    ) -> None:
        """Tally a stage; ``whole`` stages must answer every row they took, in its place."""
        counts = {str(word): int(n) for word, n in words.fillna("unknown").value_counts().sort_index().items()}
        kept = len(taken) == len(given) if whole else len(taken) <= len(given)
        if whole and isinstance(taken, pd.DataFrame):
            kept = taken.index.equals(given.index)
        if not kept or sum(counts.values()) != len(given):
            raise CountError(
                f"stage {stage} took {len(taken)} rows and gave {len(given)}",
                detail={"stage": stage, "taken": len(taken), "given": len(given), "counts": counts},
            )
        self.tally.append(Tally(stage, len(taken), len(given), counts))
