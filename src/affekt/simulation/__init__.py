"""People who do not exist: each answer a draw by rank, their truth known."""

from affekt.simulation.fitting import Beta, Fitted, LogNormal, fit
from affekt.simulation.items import is_felt, looks_felt, paper_acceptance, prevalence
from affekt.simulation.kinds import KINDS, Drift, Traits
from affekt.simulation.known import Known, crowd_of
from affekt.simulation.people import mean_yes, population, prevalences, score
from affekt.simulation.person import Answer, Answers, Asked, Person, answers, votes_of

__all__ = [
    "KINDS",
    "Answer",
    "Answers",
    "Asked",
    "Beta",
    "Drift",
    "Fitted",
    "Known",
    "LogNormal",
    "Person",
    "Traits",
    "answers",
    "crowd_of",
    "fit",
    "is_felt",
    "looks_felt",
    "mean_yes",
    "paper_acceptance",
    "population",
    "prevalence",
    "prevalences",
    "score",
    "votes_of",
]
