"""Who the text says a figure is from.

The figures of a sentence are divided among those who speak in it (`rules.speech`): what is reported goes before what
is cited, and the nearest goes first. A quotation goes on over the end of a sentence. A source that is only pointed
back to (المصدر ذاته) and a subject that the sentence does not name are nobody: their figures have no source.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from rules.cues import GROUPS, is_cue
from rules.document import Document, Hit
from rules.frames import DESCRIBED, UNDERSTOOD, Frame
from rules.mentions import Mention
from rules.sources import OPENERS, source_text
from rules.speech import Sentence

# How many sentences a quotation is followed back over.
_QUOTED = 4
# No speaker holds further than so many tokens; texts without full stops exist.
_FAR = 400
_BUT = frozenset({"بل", "لكن", "ولكن"})
_PARTS = frozenset("،؛:")


def attribute(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `source` of the quantities among `mentions` where the text says whom they are from."""
    reader: _Reader | None = None
    for mention in mentions:
        if mention.is_date:
            continue
        reader = reader or _Reader(doc)
        found = reader.frame_of(mention.first, mention.last)
        if found and found.source and not found.source.nobody:
            mention.source = source_text(doc, found.source)
            mention.rules.append(found.rule)


class _Reader:
    """The frames of the sentences that hold figures, read once each."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self._cues: dict[int, list[Hit]] = {}
        for hit in doc.grouped(GROUPS):
            if is_cue(doc, hit):
                self._cues.setdefault(doc.sentence_number(hit.start), []).append(hit)
        self._frames: dict[int, list[Frame]] = {}
        self._marks: list[int] | None = None

    def frames(self, number: int) -> list[Frame]:
        """The frames of a sentence, in order."""
        if number not in self._frames:
            cues = self._cues.get(number)
            self._frames[number] = (
                Sentence(self.doc, *self.doc.sentences[number], cues).frames() if cues else []
            )
        return self._frames[number]

    def frame_of(self, token: int, last: int) -> Frame | None:
        """The frame that speaks for the figure of tokens `[token, last)`."""
        number = self.doc.sentence_number(token)
        frames = _near(self.frames(number), token)
        if not frames:
            return self._quoting(number, token)
        found = next((frame for frame in frames if frame.rule == DESCRIBED and frame.back == last), None)
        limited = [frame for frame in frames if frame.near or frame.beside]
        if limited:
            frames = [frame for frame in frames if not self._is_corrected(frame, token)]
            found = found or next((frame for frame in limited if self._is_as_said(frame, last)), None)
            found = found or self._nearer(limited, _holding(frames, token), token)
        found = found or _holding(frames, token)
        if found and not found.reported and found.at < token:
            found = next((frame for frame in frames if self._is_cited_for(frame, last)), found)
        if found and found.source is None and found.rule == UNDERSTOOD:
            return self._last_speaker(number)
        return found or self._quoting(number, token)

    def _is_as_said(self, frame: Frame, last: int) -> bool:
        """Whether a frame stands behind the figure that ends before token `last`: `600 ألف أسرة، كما تدعي النقابات`."""
        if not frame.beside or not frame.back < last < frame.at:
            return False
        between = self.doc.words[last : frame.at - 1]
        return not any(word.numeral or word.is_number for word in between) and not any(
            word.form in _PARTS for word in between[:-1]
        )

    def _is_cited_for(self, frame: Frame, last: int) -> bool:
        """Whether a citation stands behind the figure that ends before token `last`: `80% حسب النقابات و30% حسب الوزارة`."""
        if frame.reported or frame.at < last or not frame.source or frame.source.nobody:
            return False
        return self._is_beside(last, frame.at)

    def _is_beside(self, last: int, place: int) -> bool:
        """Whether neither a figure nor the end of a part stands within tokens `[last, place)`."""
        between = self.doc.words[last:place]
        return not any(word.numeral or word.is_number or word.form in _PARTS for word in between)

    def _is_corrected(self, frame: Frame, token: int) -> bool:
        """Whether the figure is set against what somebody is said to claim: `كما تدعي النقابات، بل 200 ألف`."""
        if not frame.beside or token < frame.at:
            return False
        return any(self.doc.form(index) in _BUT for index in range(frame.at, token))

    def _nearer(self, frames: Sequence[Frame], held: Frame | None, token: int) -> Frame | None:
        """The citation within the clause of the figure, which goes before who reports the clause."""
        for frame in reversed(frames):
            if not frame.near or frame.at > token or (held is not None and held.start > frame.at):
                continue
            between = range(frame.at, token)
            if any(self._turns(index) for index in between):
                continue
            return frame if frame.source and not frame.source.nobody else held
        return held

    def _turns(self, index: int) -> bool:
        """Whether another clause begins at token `index`."""
        word = self.doc.words[index]
        if word.form == "؛" or (word.conjunction and word.form[1:] in OPENERS):
            return True
        hit = self.doc.hit_at(index, "speaker")
        return hit is not None and hit.entry.name == "contrast"

    def _last_speaker(self, number: int) -> Frame | None:
        """Who spoke last before a sentence that ends `"…"، يقول`."""
        if number and self._same_paragraph(number):
            for frame in reversed(self.frames(number - 1)):
                if frame.reported and frame.source:
                    return frame
        return None

    def _same_paragraph(self, number: int) -> bool:
        between = range(self.doc.sentences[number - 1][1], self.doc.sentences[number][0])
        return all(self.doc.form(index) != "\n" for index in between)

    def _quotes(self, start: int, end: int) -> int:
        """How many quotation marks stand in tokens `[start, end)`."""
        if self._marks is None:
            self._marks = [index for index, word in enumerate(self.doc.words) if word.form == '"']
        return bisect_left(self._marks, end) - bisect_left(self._marks, start)

    def _is_closed(self, number: int, token: int) -> bool:
        """Whether a quotation mark follows: a mark that nothing closes quotes nothing."""
        sentences = self.doc.sentences
        later = number
        while later + 1 < min(len(sentences), number + _QUOTED) and self._same_paragraph(later + 1):
            later += 1
        return self._quotes(token, sentences[later][1]) > 0

    def _quoting(self, number: int, token: int) -> Frame | None:
        """The frame of a quotation that was opened in a sentence before, or is closed in the one after."""
        sentences = self.doc.sentences
        opened = self._quotes(sentences[number][0], token) % 2 == 1
        earlier = number
        while earlier > max(0, number - _QUOTED) and self._same_paragraph(earlier):
            earlier -= 1
        speaking: Frame | None = None
        quoted = False
        for place in range(earlier, number):
            start, end = sentences[place]
            if self._quotes(start, end) % 2:
                quoted = not quoted
                speakers = [frame for frame in self.frames(place) if frame.reported and frame.start < end]
                speaking = speakers[-1] if quoted and speakers else None
        if quoted and not opened:
            return speaking if self._is_closed(number, token) else None
        after = number + 1
        if opened and not quoted and after < len(sentences) and self._same_paragraph(after):
            start = sentences[after][0]
            for frame in self.frames(after)[:1]:
                if self.doc.form(start) == '"' and frame.back == start and frame.at <= start + 2:
                    return frame
        return None


def _near(frames: list[Frame], token: int) -> list[Frame]:
    """The frames that may speak for `token`: all of them, in a sentence of usual length."""
    first = bisect_left(frames, token - _FAR, key=_place)
    return frames[first : bisect_left(frames, token + _FAR, key=_place)]


def _place(frame: Frame) -> int:
    return frame.at


def _holding(frames: Sequence[Frame], token: int) -> Frame | None:
    """The frame that speaks for `token`: what is reported goes before what is cited, the nearest first."""
    best: Frame | None = None
    for frame in frames:
        if frame.start <= token and (best is None or frame.reported or not best.reported):
            best = frame
    if best is None or best.source is None:
        for frame in frames:
            spoken = frame.source is not None or frame.rule == UNDERSTOOD
            if (
                frame.back <= token
                and spoken
                and frame.rule != DESCRIBED
                and (best is None or not frame.reported)
            ):
                return frame
    return best
