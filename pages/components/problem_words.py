"""What is wrong with a file, in the language of the page: data_sources says it in English."""

from data_sources.problems import Problem
from pages.components.refusals import in_language

SECTIONS = ("misfit", "problem")


def problem_message(message: str, lang: str) -> str:
    """A problem's message in a language; what no words_*.toml has, such as a library's own words, stays as it is."""
    if lang == "en":
        return message
    return in_language(SECTIONS, message, lang) or message


def problem_line(problem: Problem, lang: str) -> str:
    """A problem as one line, in a language: file:line, column, message."""
    if lang == "en":
        return str(problem)
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return "：".join(filter(None, (where, problem.column, problem_message(problem.message, lang))))
