"""Which words of saying and citing are cues: verbs that report, and not what is only written like them.

السجل is no سجل, رد in `في رد` is a noun, `لم يعلن` says nothing, and `بأن تعلن` is what somebody should say.
"""

from __future__ import annotations

from rules.document import Document, Hit
from rules.normalise import fold
from rules.sources import OPENERS, folded, is_definite, verbs_of_saying

GROUPS = ("citing", "saying")
_VERBS = verbs_of_saying()
_NO_VERB_AFTER = folded("speaker", "limit", "negations") | folded("speaker", "limit", "prepositions")
_THAT = frozenset({"ان", "بان", "لان", "كي"})
_RELATIVES = folded("speaker", "limit", "figure_relatives")
_ELATIVE = fold("أبرز")
# These begin with ت and are past all the same.
_PERFECTS = folded("saying", "clause", "perfects")


def is_cue(doc: Document, hit: Hit) -> bool:
    """Whether the word is the verb itself and not a noun that is written like one (السجل, في رد)."""
    form = doc.form(hit.start)
    if hit.entry.group == "citing":
        return not is_definite(doc, hit.start)
    if hit.entry.values.get("sets"):
        return doc.form(hit.start - 1) in _RELATIVES
    if hit.entry.values.get("participle"):
        return not form.startswith(("ال", "وال")) and _goes_on(doc, hit)
    if hit.entry.values.get("continued"):
        return True
    if form not in _VERBS and not (form[0] in "وف" and form[1:] in _VERBS):
        return False
    # `وتتجلى أبرز هذه التدابير في`: the elative.
    if form.endswith(_ELATIVE) and doc.form(hit.end) in ("هذه", "هذا", "ما"):
        return False
    before = doc.form(hit.start - 1)
    # `طالب بأن تعلن الوزارة عن …`: what somebody should say nobody has said.
    urged = before in _THAT and form[0] in "يت" and form not in _PERFECTS
    return before not in _NO_VERB_AFTER and not (urged and doc.form(hit.start - 2) != "قبل")


def _goes_on(doc: Document, hit: Hit) -> bool:
    """Whether a participle stands on its own (`، مؤكدا في`, `قائلا: `) and does not describe a noun (حالة مؤكدة)."""
    if hit.start == 0 or not doc.words[hit.start - 1].is_word:
        return True
    return any(
        doc.form(index) in OPENERS or doc.form(index) in (":", '"') for index in (hit.end, hit.end + 1)
    )


def is_feminine(verb: str) -> bool:
    """Whether a verb of saying has a feminine subject, by its ending or its prefix."""
    return verb.endswith("ت") or verb.lstrip("وكغ").startswith("ت")
