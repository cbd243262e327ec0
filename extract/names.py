"""Class names and ids that say of an element that it holds no article text."""

from __future__ import annotations

import re
from functools import lru_cache

# Names that themes of all kinds give to what stands around a text: whole class names or ids first, which are
# believed even of large parts of a page; then words inside names.
_NEVER_NAME = re.compile(
    r"(?:^|\s)(?:comment-?(?:list|respond)|comments-area|respond|disqus_thread|fb-comments|footer|site-footer|page-footer|colophon)(?:\s|$)",
    re.IGNORECASE,
)
_STRONG_NAME = re.compile(
    r"(?:^|\s)(?:comments?|kommentar\w*|commentaires?|comments?-(?:form|section|wrap\w*|box|container)|"
    r"modal\S*|popup\S*|cookie\S*|consent\S*|gdpr\S*|cmplz-\S*|cky-\S*|borlabs\S*|onetrust\S*|iubenda\S*|didomi\S*|sidebar|widget-?area|related|related-\S+|recommended\S*|"
    r"twitter-tweet|twitter-video|instagram-media|tiktok-embed|fb-post|bluesky-embed|reddit-embed|telegram-post|jnews_inline\S*)(?:\s|$)",
    re.IGNORECASE,
)
_WEAK_NAME = re.compile(
    r"(?:^|[\s_-])(?<!\bno-)(?<!\bhas-)(?<!label-)(?<!\bwith-)(?<!\bwithout-)(?:comments?|disqus\w*|related\w*|read-?(?:more|also|next)|see-?also|"
    r"more-?(?:on|news|stories|posts|articles|topics?)|also-?(?:read|like)|you-?may\w*|recommend\w*|suggest\w*|outbrain|taboola|"
    r"shar(?:e|es|ing|edaddy)\w*|social\w*|follow\w*|sidebars?|side-?bar|footers?|foot|breadcrumbs?|crumbs?|nav|navbar|navigation|menus?|"
    r"tags?|taglist|tagcloud|topics?|keywords|newsletters?|subscri\w+|sign-?up|promos?|promotions?|advert\w*|ads?|adv|adslot|adbox|banners?|sponsor\w*|"
    r"popular\w*|trending\w*|most-?\w+|latest\w*|ticker|marquee|pagination|pager|pagelinks|prev-?next|post-?nav\w*|"
    r"author-?(?:box|bio|info|card|desc\w*)|about-?author|bio|biography|byline|credits?|captions?|copyrights?|meta|metadata|singlepostmeta|metatextline|"
    r"images?|img|photos?|pictures?|contentimage|pict\w*|timestamp|dateline|cookies?|consent|gdpr|login|modals?|popups?|overlay|tooltip|toolbar|hidden|hide|sr-only|"
    r"visually-?hidden|screen-reader\w*|skip-?link|carousel|slider|slideshow|gallery|teasers?|manualteaser\w*|poll|polls|quiz|rating|votes?|print|infobox|factbox|"
    r"addtoany\w*|a2a_kit|essb\w*|mashsb\w*|heateor\w*|feedback|disclaimer|contact-?form|cta|rules|podcasts?|end-of-\w+|not-prose)"
    r"(?:$|[\s_-])|(?:^|\s)widgets?(?:$|[\s_-])",
    re.IGNORECASE,
)
# What WordPress writes beside `hentry`: the article's own tags and categories, of any name.
_OF_A_POST = re.compile(r"(?:^|\s)(?:tag|category|format|author|has|tax|status)-\S+")
WEAK, STRONG, NEVER = 1, 2, 3


@lru_cache(maxsize=8192)
def junk_name(name: str) -> int:
    """Return 0, `WEAK`, `STRONG` or `NEVER`: how surely a class or id names what is no article text.

    Pages repeat their names, so the answers are kept.
    """
    if "hentry" in name or "type-post" in name:
        name = _OF_A_POST.sub(" ", name)
    if _NEVER_NAME.search(name) is not None:
        return NEVER
    if _STRONG_NAME.search(name) is not None:
        return STRONG
    return WEAK if _WEAK_NAME.search(name) is not None else 0
