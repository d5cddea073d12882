"""Looking at a page as its readers do: with axe for whoever hears it, at 320 pixels, by keyboard alone."""

from typing import Any

from playwright.sync_api import Page

# What a theme or a size can change beside the layout: how letters stand out, how large is what is touched.
OF_THE_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Page, axe: str, look_alone: bool = False) -> list[str]:
    """Return what axe finds wrong, each with the rule and the places; none is what we want.

    `look_alone` leaves to another look what no theme and no text size changes: names, roles, headings, order.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    asked = {"type": "rule", "values": OF_THE_LOOK} if look_alone else {"type": "tag", "values": RULES}
    found: dict[str, Any] = page.evaluate(
        "(asked) => axe.run(document, {runOnly: asked, resultTypes: ['violations']})", asked
    )
    return [
        f"{one['id']}: {one['help']} — {'; '.join(node['html'][:160] for node in one['nodes'][:3])}"
        for one in found["violations"]
    ]


def wider_than_the_screen(page: Page) -> list[str]:
    """Return what stands out to the right, so that the page would scroll sideways."""
    wide: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
            [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .slice(0, 5).map(e => e.outerHTML.slice(0, 160))"""
    )
    return wide


def unreached(page: Page) -> list[str]:
    """Return the links, buttons and fields that pressing Tab from the top never comes to."""
    wanted: int = page.evaluate(
        """() => { const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
            .filter(e => e.checkVisibility() && !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0);
            all.forEach(e => e.dataset.wanted = '1'); document.body.focus(); return all.length; }"""
    )
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        page.evaluate("() => document.activeElement && delete document.activeElement.dataset.wanted")
    left: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('[data-wanted]')]
            .filter(e => !(e.type === 'radio' && document.querySelector(`[name="${e.name}"]:not([data-wanted])`)))
            .map(e => e.outerHTML.slice(0, 160))"""
    )
    return left
