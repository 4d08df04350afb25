"""The index of a cassette: which interaction answers a request, in constant time."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from cassette.locks import make_rlock
from cassette.matching.calls import origin_of
from cassette.model import CONNECT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from cassette.matching.explain import Explanation, Recordings
    from cassette.matching.options import Matching
    from cassette.model import Interaction, Request


class _Line:
    """Interactions in recorded order, of which the first unplayed one is wanted.

    Attributes:
        indices: The interactions.
        first: Position of the first one that may be unplayed.
    """

    __slots__ = ("first", "indices")

    def __init__(self, indices: list[int]) -> None:
        self.indices = indices
        self.first = 0

    def next(self, played: bytearray) -> int | None:
        """Return the first unplayed interaction; amortised constant time."""
        indices, first = self.indices, self.first
        while first < len(indices) and played[indices[first]]:
            first += 1
        self.first = first
        return indices[first] if first < len(indices) else None


class _Bucket(_Line):
    """The interactions of one call key, told apart by what stands in their requests.

    Their keys are read one by one, only as far as a search has to go, so a program that plays in
    recorded order costs one key a request.

    Attributes:
        scanned: Position of the first interaction whose request key is not known yet.
        lines: Interactions by request key.
        cut: Those whose request was cut short, since the server answered, or was gone, before it
            had all of it. They have no key: other requests may begin with them.
    """

    __slots__ = ("cut", "lines", "scanned")

    def __init__(self, indices: list[int]) -> None:
        super().__init__(indices)
        self.scanned = 0
        self.lines: dict[Hashable, _Line] = {}
        self.cut: list[int] = []


class Index:
    """Finds the interaction that answers a request, and remembers which were played.

    Each interaction answers once, in recorded order. Safe to share between threads: no two of
    them are given the same interaction, except by ``repeat``.

    Args:
        calls: The call line of each interaction; an empty one is left out, and answers nothing.
        fetch: Gives an interaction by its number, counted from 0.
        matching: What requests must have in common.
        repeat: Whether the last match answers again once all were played.
    """

    def __init__(
        self,
        calls: Sequence[str],
        fetch: Callable[[int], Interaction],
        matching: Matching,
        *,
        repeat: bool = False,
    ) -> None:
        self._calls = calls
        self._fetch = fetch
        self._matching = matching
        self._repeat = repeat
        # Reentrant, because a matcher of the user's may send a request itself.
        self._lock = make_rlock()
        self._played = bytearray(len(calls))
        self._slots = self._built()
        self._singles: dict[int, _Bucket] = {}
        self._origins: dict[str, _Line] = {}
        self._origins_scanned = 0
        self._places: dict[str, list[int]] | None = None  # whose masks are not known, by call

    def _built(self) -> dict[str, int | _Bucket]:
        """Return the interactions by the key of their call."""
        keys = self._matching.call_keys(self._calls)
        slots: dict[str, int | _Bucket] = {}
        for i, key in enumerate(keys):
            slot = slots.setdefault(key, i)
            if isinstance(slot, _Bucket):
                slot.indices.append(i)
            elif slot != i:
                slots[key] = _Bucket([slot, i])
        # The line itself leads to the same place, so that most requests need no key.
        for call, key in zip(self._calls, keys, strict=True):
            if call is not key:
                slots[call] = slots[key]
        return slots

    # -- finding

    def find(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers a request, and mark it as played.

        Args:
            call: The call line of the request.
            request: The request, complete.

        Returns:
            The first unplayed interaction that matches; with ``repeat`` the last match where all
            were played; None where nothing matches.

        Raises:
            CassetteFormatError: It is damaged, or one that had to be looked at.
        """
        with self._lock:
            slots, matching = self._slots, self._matching
            # Keys, and the lines that stand beside them, say what a canonical line says.
            slot = slots.get(call)
            if slot is None:
                slot = slots.get(matching.call_key(call))
            if slot is not None:
                found = self._take(slot, request)
                if found is not None:
                    return found
            return self._find_masked(call, request)

    def _find_masked(self, call: str, request: Request) -> Interaction | None:
        """Look again with the secrets of the request, and all known ones, masked wherever they are.

        Only after a miss: nearly all programs keep their secrets in fields of secret names, and
        those are equal anyway.
        """
        redactor = self._matching.redactor
        if self._recall(call):
            slot = self._slots.get(self._matching.call_key(call))
            found = None if slot is None else self._take(slot, request)
            if found is not None:
                return found
        news = redactor.learn(request)
        if not redactor.has_learned:
            return None
        masked = redactor.mask_call(call)
        if masked == call and not news:
            return None
        slot = self._slots.get(self._matching.call_key(masked))
        return None if slot is None else self._take(slot, request)

    def _recall(self, call: str) -> bool:
        """Let the redactor know under which names the recordings of a place have masks.

        What a program sends there in a test may be a dummy, which does not look like a secret.

        Returns:
            Whether there were new names, so that requests may be equal that were not before.
        """
        if self._places is None:
            self._places = {}
            for i, known in enumerate(self._calls):
                self._places.setdefault(known.partition("?")[0], []).append(i)
        redactor = self._matching.redactor
        here = self._places.pop(call.partition("?")[0], ())
        news = [redactor.recall(self._fetch(i)) for i in here]
        if not any(news):
            return False
        self._matching.keys.forget()
        self._singles.clear()
        self._slots = self._built()
        return True

    def _take(self, slot: int | _Bucket, request: Request) -> Interaction | None:
        """Return the interaction of a slot that answers, and mark it."""
        first = self._next(slot)
        if first is None:
            return None
        if not self._matching.deep or not request.raw:
            return self._marked(first, self._fetch(first))
        bucket = self._singles.get(slot) if isinstance(slot, int) else slot
        read: dict[int, Interaction] = {}
        if bucket is None or bucket.first >= bucket.scanned:
            # What is sent mostly is what was recorded here, and nothing else need be known.
            found = read[first] = self._fetch(first)
            if self._matching.certainly_match(found, request):
                return self._marked(first, found)
        answer = self._first_equal(self._bucket(slot), request, read)
        return (
            None
            if answer is None
            else self._marked(answer, read.get(answer) or self._fetch(answer))
        )

    def _marked(self, i: int, found: Interaction) -> Interaction:
        self._played[i] = 1
        found.number = i
        return found

    def _next(self, slot: int | _Bucket) -> int | None:
        """Return the first unplayed interaction of a slot, or by ``repeat`` the last of all."""
        if isinstance(slot, int):
            return None if self._played[slot] and not self._repeat else slot
        i = slot.next(self._played)
        return slot.indices[-1] if i is None and self._repeat else i

    def _bucket(self, slot: int | _Bucket) -> _Bucket:
        if not isinstance(slot, int):
            return slot
        bucket = self._singles.get(slot)
        if bucket is None:
            bucket = self._singles[slot] = _Bucket([slot])
        return bucket

    def _first_equal(
        self, bucket: _Bucket, request: Request, read: dict[int, Interaction]
    ) -> int | None:
        """Return the number of the interaction of a bucket that answers.

        Args:
            bucket: Interactions of one call key.
            request: The request.
            read: The interaction that was read last, by its number.
        """
        key = self._matching.request_key(request)
        accepts = self._acceptor(request, read)
        for i in self._unplayed_equal(bucket, key, request, read):
            if accepts(i):
                return i
        if not self._repeat:
            return None
        equal = bucket.lines[key].indices if key in bucket.lines else []
        begun = [i for i in bucket.cut if self._begins(i, request)]
        latest = heapq.merge(reversed(equal), reversed(begun), reverse=True)
        return next((i for i in latest if accepts(i)), None)

    def _acceptor(self, request: Request, read: dict[int, Interaction]) -> Callable[[int], bool]:
        """Return what looks at an interaction whose key is that of the request."""
        matching = self._matching
        incoming = matching.redactor.mask_request(request) if matching.custom else request

        def accepts(i: int) -> bool:
            found = self._read(i, read)
            return (not matching.varied or matching.answers(found, request)) and all(
                matching.objection(matcher, found.request, incoming) is None
                for matcher in matching.custom
            )

        return accepts

    def _read(self, i: int, read: dict[int, Interaction]) -> Interaction:
        if i not in read:
            read.clear()  # one is enough: the last that was read may be the answer
            read[i] = self._fetch(i)
        return read[i]

    def _unplayed_equal(
        self, bucket: _Bucket, key: Hashable, request: Request, read: dict[int, Interaction]
    ) -> Iterator[int]:
        """Yield the unplayed interactions of a bucket that a request, of this key, is equal to.

        Or begins with, where they were cut short. All of them in recorded order.
        """
        played, lines = self._played, bucket.lines
        known = self._unplayed(lines[key]) if key in lines else iter(())
        if bucket.cut:
            begun = (i for i in bucket.cut if not played[i] and self._begins(i, request))
            known = heapq.merge(known, begun)
        yield from known
        while bucket.scanned < len(bucket.indices):
            i = bucket.indices[bucket.scanned]
            bucket.scanned += 1
            if played[i] and not self._repeat:
                continue
            recorded = self._read(i, read).request
            found = self._matching.request_key(recorded)
            matches = found == key
            if not matches and not recorded.parsed.complete:
                bucket.cut.append(i)
                matches = self._begins(i, request)
            elif found in lines:
                lines[found].indices.append(i)
            else:
                lines[found] = _Line([i])
            if matches and not played[i]:
                yield i

    def _unplayed(self, line: _Line) -> Iterator[int]:
        line.next(self._played)
        for at in range(line.first, len(line.indices)):
            if not self._played[line.indices[at]]:
                yield line.indices[at]

    def _begins(self, i: int, request: Request) -> bool:
        return self._matching.begins(self._request(i), request)

    def _request(self, i: int) -> Request:
        return self._fetch(i).request

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would answer a call, judged without the body; mark none.

        For a client that waits for ``100 Continue`` before it sends its body: an interaction must
        be chosen by the head.
        """
        with self._lock:
            slot = self._slots.get(call)
            if slot is None:
                slot = self._slots.get(self._matching.call_key(call))
            first = None if slot is None else self._next(slot)
            return None if first is None else self._fetch(first)

    def next_failure(self, origin: str) -> Interaction | None:
        """Return the failure to connect to an origin if it is due, and mark it as played.

        It is due when it is the earliest interaction with this origin that was not played; with
        ``repeat`` also when it is the last of all, and all were played.
        """
        with self._lock:
            due = self._next_number(origin)
            if due is None or not self._calls[due].startswith(CONNECT):
                return None
            return self._marked(due, self._fetch(due))

    def next_for(self, origin: str) -> Interaction | None:
        """Return the earliest unplayed interaction of an origin, connect failures included.

        With ``repeat`` it is the last one where all were played. It is not marked.

        Args:
            origin: Such as ``https://api.example.com``, the default port left out.
        """
        number = self._next_number(origin)
        if number is None:
            return None
        found = self._fetch(number)
        found.number = number
        return found

    def _next_number(self, origin: str) -> int | None:
        with self._lock:
            line = self._origins.setdefault(origin, _Line([]))
            i = line.next(self._played)
            # Calls are looked at only as far as a search has to go.
            while i is None and self._origins_scanned < len(self._calls):
                at = self._origins_scanned
                self._origins_scanned += 1
                found = self._origins.setdefault(origin_of(self._calls[at]), _Line([]))
                found.indices.append(at)
                if found is line and not self._played[at]:
                    i = at
            return line.indices[-1] if i is None and self._repeat and line.indices else i

    # -- what was played

    def mark(self, number: int) -> None:
        """Mark an interaction as played: one that ``next_for`` gave, or another process."""
        with self._lock:
            self._played[number] = 1

    @property
    def left(self) -> list[int]:
        """Numbers of the interactions that were not played, in recorded order."""
        return [i for i, played in enumerate(self._played) if not played and self._calls[i]]

    def recordings(self, place: str = "") -> Recordings:
        """Return what ``explain`` compares requests with; ``place`` names the cassette in texts."""
        from cassette.matching.explain import Recordings  # noqa: PLC0415 - only failures pay for it

        return Recordings(place, self._calls, self._fetch)

    def explain(
        self, call: str, request: Request, beside: Sequence[Recordings] = ()
    ) -> Explanation:
        """Return why nothing answered a request: the nearest recordings, and what they differ in.

        Args:
            call: The call line that found no answer.
            request: The request.
            beside: Recordings in other cassettes, which did not answer either.

        Returns:
            Texts without secrets, for a message of about 40 lines.
        """
        from cassette.matching.explain import explain  # noqa: PLC0415 - only failures pay for it

        with self._lock:
            return explain(call, request, [self.recordings(), *beside], self._matching)
