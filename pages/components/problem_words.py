"""What is wrong with a file, in the language of the page: data_sources and metrics say it in English."""

from data_sources.problems import Problem
from pages.components.refusals import in_language

SECTIONS = ("misfit", "problem", "catalogue_problem")
FAILING = ("misfit", "refusal", "problem")


def problem_message(message: str, lang: str) -> str:
    """A problem's message in a language; what no words_*.toml has, such as a library's own words, stays as it is."""
    if lang == "en":
        return message
    return (in_language(SECTIONS, message, lang) or message).strip()


def problem_line(problem: Problem, lang: str) -> str:
    """A problem as one line, in a language: file:line, column, message."""
    if lang == "en":
        return str(problem)
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return "：".join(filter(None, (where, problem.column, problem_message(problem.message, lang))))


def failure(text: str, lang: str) -> str:
    """What a source or process failed with, in a language; what stands before it, such as a file's name, stays."""
    if lang == "en":
        return text
    parts = text.split(": ")
    for at in range(len(parts)):
        if told := in_language(FAILING, ": ".join(parts[at:]), lang):
            return "：".join([*parts[:at], told])
    return text
