"""The contracts of Claimstream: what every message on every topic looks like.

One module a kind of message, one table of topics (`schemas.topics`). Imports nothing of `services`.
"""

from schemas.article import Article, RawArticle
from schemas.claims import ArticleClaimIds, Attribution, Claim, ClaimsEvent, DetectedClaim
from schemas.entities import DateMention, Entities, EntitiesEvent, Entity, Mention, Nationality, Quantity
from schemas.event import ArticleEvent, Processor, Status
from schemas.language import Language, LanguageEvent, ParagraphLanguage
from schemas.matches import Cluster, FirstSaid, Match, MatchedClaim
from schemas.span import Span

__all__ = [
    "Article",
    "ArticleClaimIds",
    "ArticleEvent",
    "Attribution",
    "Claim",
    "ClaimsEvent",
    "Cluster",
    "DateMention",
    "DetectedClaim",
    "Entities",
    "EntitiesEvent",
    "Entity",
    "FirstSaid",
    "Language",
    "LanguageEvent",
    "Match",
    "MatchedClaim",
    "Mention",
    "Nationality",
    "ParagraphLanguage",
    "Processor",
    "Quantity",
    "RawArticle",
    "Span",
    "Status",
]
