"""Every question, in the order in which they are asked: who stands on another's answer comes after it."""

from brain.advice import QUESTION as ADVICE
from brain.question import Question
from brain.sewage_dispatch import QUESTION as SEWAGE_DISPATCH
from brain.storm_risk import QUESTION as STORM_RISK
from brain.water_demand import QUESTION as WATER_DEMAND

QUESTIONS: tuple[Question, ...] = (WATER_DEMAND, STORM_RISK, SEWAGE_DISPATCH, ADVICE)
