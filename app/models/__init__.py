"""The tables, one class each, by theme. Text keys are those of ``geo.frames``; ``fid`` is GDAL's primary key."""

from app.models.accounts import AuditEntry, DataVersion, EndedSession, Setting, User
from app.models.base import Base
from app.models.contacts import Contact
from app.models.decisions import Decision
from app.models.divisions import Alias, Division, Outline
from app.models.enterprises import Enterprise, Headcount
from app.models.imports import ColumnMapping, ImportBatch, ImportChange, ImportRow
from app.models.ledger import FieldOutcome, LedgerStep, LedgerTask
from app.models.places import Place, SurveyPlace
from app.models.providers import ProviderAnswer, ProviderCandidate, ProviderUsage
from app.models.runs import Run
from app.models.suggestions import CaseStep
from app.models.surveys import SurveyFact, SurveyFirm, SurveyGroup, SurveyLink, SurveyRecord, SurveySame
from app.models.targets import Indicator, IndicatorScore, Target
from app.models.tokens import ApiToken
from app.models.unions import LaborUnion, Membership, SurveyUnion
from app.models.views import SavedView
from app.models.zones import ZoneDraft, ZoneEvent, ZoneStep

__all__ = [
    "Alias",
    "ApiToken",
    "AuditEntry",
    "Base",
    "CaseStep",
    "ColumnMapping",
    "Contact",
    "DataVersion",
    "Decision",
    "Division",
    "EndedSession",
    "Enterprise",
    "FieldOutcome",
    "Headcount",
    "ImportBatch",
    "ImportChange",
    "ImportRow",
    "Indicator",
    "IndicatorScore",
    "LaborUnion",
    "LedgerStep",
    "LedgerTask",
    "Membership",
    "Outline",
    "Place",
    "ProviderAnswer",
    "ProviderCandidate",
    "ProviderUsage",
    "Run",
    "SavedView",
    "Setting",
    "SurveyFact",
    "SurveyFirm",
    "SurveyGroup",
    "SurveyLink",
    "SurveyPlace",
    "SurveyRecord",
    "SurveySame",
    "SurveyUnion",
    "Target",
    "User",
    "ZoneDraft",
    "ZoneEvent",
    "ZoneStep",
]
