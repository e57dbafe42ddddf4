"""What somebody gets who asks for a page that there is not: what happened, and the way to all pages."""

from html import escape

from pages.components.links import View
from pages.components.page import page_css
from pages.components.page_list import PAGES
from pages.components.theme import themes
from pages.components.words import words_in


def no_such_page_html(path: str, view: View) -> str:
    """A whole HTML document for an address whose path is no page's."""
    say = words_in(view.lang)
    title = escape(say("failure", "no_page"))
    links = "".join(f'<a href="{view.link(one.path, **dict(one.face))}">{escape(one.name(say))}</a>' for one in PAGES)
    return (
        f'<!doctype html><html lang="{view.lang}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{page_css(view.theme)}html{{background:{themes()[view.theme]['ground']}}}</style></head>"
        f'<body class="stApp"><main class="failure" role="alert"><h1>{title}</h1>'
        f"<p>{escape(say('failure', 'no_page_how', path=path))}</p>"
        f'<nav class="choices" aria-label="{escape(say("page", "menu"))}">{links}</nav></main></body></html>'
    )
