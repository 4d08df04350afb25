"""What is measured, against what, and the limits: the whole benchmark in one table of data."""

from dataclasses import replace

from harness import Contestant, Task, Work

# The limits of the client leave the room that an experiment with a lean pure-Python parser showed.
REPLAY_LIMITS = {
    ("http_client", 10): 1.20,
    ("http_client", 100): 0.95,
    ("http_client", 1000): 0.90,
    ("requests", 10): 1.08,
    ("requests", 100): 1.02,
    ("requests", 1000): 0.98,
}
EDITED_LIMIT = 2.2
# 4 microseconds an interaction, where the floor takes 36 for a request through `http.client`.
OPENING_LIMIT = 0.111
# Through `http.client` the floor is a copy in memory: measured without a limit.
LARGE_LIMITS = {"requests": 2.0}
SIZE_LIMITS = {"large-json": 1.01, "large-binary": 1.34}
RECORD_LIMITS = {"requests": 1.15, "http_client": 2.0}
FLAT_LIMIT = 1.05  # memory that does not grow, give or take what the allocator keeps
PLUGIN_IMPORT_LIMIT = 0.5  # 5 milliseconds, where json and decimal take 10
FIRST_USE_LIMIT = 4.0  # 30 milliseconds, where json and decimal take 7.5
PLUGIN_TEST_LIMIT = 2.3  # 1.6 milliseconds, where three requests to a dict take 0.7
OPENED_LIMIT = 1.0  # less than the file, which is mapped and not read
HELD_ONCE_LIMIT = 2.25  # the copy of the program and one of ours; a second of ours makes it 3

SMALL = {"header_lines": 12, "chunk_size": 16}

RIVALS = {"requests": ("vcrpy", "cassetter", "betamax"), "http_client": ("vcrpy",)}


def made(by: str, kind: str, n: int, edition: str = "") -> tuple[Task, ...]:
    """Return the tasks that record the cassette, and the one to warm up with."""
    cassettes = [
        Task.of("tape:make", by=by, kind="items", n=20),
        Task.of("tape:make", by=by, kind=kind, n=n),
    ]
    if edition:
        cassettes.append(Task.of("editing:edit", by=by, kind=kind, n=n, edition=edition))
    return tuple(dict.fromkeys(cassettes))


def taped(function: str, by: str, limit: float | None = None, **what: str | int) -> Contestant:
    """Return a contestant that opens cassettes of its own making."""
    rival = "" if by == "cassette" else by
    edition = str(what.get("edition", ""))
    before = made(by, str(what["kind"]), int(what["n"]), edition)
    return Contestant(by, Task.of(function, by=by, **what), before, limit, rival)


def replay(stack: str, kind: str, n: int) -> Work:
    """Return the work of opening a cassette of n interactions and playing them all."""
    what = {"stack": stack, "kind": kind, "n": n}
    return Work(
        f"replay-{stack}-{kind}-{n}",
        f"replay through {stack}, n = {n:,}" + (", equal requests" if kind == "equal" else ""),
        Contestant("floor", Task.of("tape:replay", by="floor", **what)),
        (
            taped("tape:replay", "cassette", REPLAY_LIMITS[stack, n], **what),
            *(taped("tape:replay", rival, **what) for rival in RIVALS[stack]),
        ),
        rounds=15,  # short samples, so that both contestants meet the same moments
        unit="µs",
    )


def opening(n: int) -> Work:
    what = {"stack": "http_client", "kind": "items", "n": n}
    return Work(
        f"opening-{n}",
        f"opening, an interaction in a file of {n:,} over a request",
        Contestant("floor", Task.of("tape:replay", by="floor", **what)),
        (
            taped("tape:opening", "cassette", OPENING_LIMIT, **what),
            taped("tape:opening", "vcrpy", **what),
        ),
        unit="µs",
    )


def edited(edition: str, limit: float | None) -> Work:
    what = {"stack": "http_client", "kind": "items", "n": 1000}
    return Work(
        f"edited-{edition}",
        f"replay, every entry edited {edition.replace('-', ' ')}",
        Contestant("floor", Task.of("tape:replay", by="floor", **what)),
        (taped("tape:replay", "cassette", limit, **what, edition=edition),),
        unit="µs",
    )


def large(stack: str, kind: str) -> Work:
    what = {"stack": stack, "kind": kind, "n": 50}
    return Work(
        f"{kind}-replay-{stack}",
        f"playing all of 50 bodies of 1 MiB ({kind}) through {stack}",
        Contestant("floor", Task.of("tape:replay", by="floor", **what)),
        (
            taped("tape:replay", "cassette", LARGE_LIMITS.get(stack), **what),
            *(taped("tape:replay", rival, **what) for rival in RIVALS[stack]),
        ),
    )


def large_opening() -> Work:
    """Return the work of opening a file of 27 MB, which must not take longer than one of 67 MB."""

    def opened(n: int, limit: float | None = None) -> Contestant:
        what = {"stack": "http_client", "kind": "large-binary", "n": n}
        return replace(taped("tape:play_one", "cassette", limit, **what), name=f"{n} bodies")

    return Work(
        "large-open", "opening binary bodies of 1 MiB, playing one", opened(50), (opened(20, 1.0),)
    )


def large_opening_memory(kind: str, n: int) -> Work:
    what = {"kind": kind, "n": n}
    return Work(
        f"large-peak-{kind}-{n}",
        f"opening {n} bodies of 1 MiB ({kind}), playing one: rise of the peak memory over the file",
        replace(taped("tape:file_size", "cassette", **what), name="file"),
        (
            taped("tape:opening_peak", "cassette", OPENED_LIMIT, stack="http_client", **what),
            taped("tape:opening_peak", "vcrpy", stack="http_client", **what),
        ),
        rounds=3,
        unit="MiB",
    )


def size(kind: str) -> Work:
    what = {"kind": kind, "n": 50}
    return Work(
        f"size-{kind}",
        f"file over payload, 50 bodies of 1 MiB ({kind})",
        Contestant("payload", Task.of("tape:payload_size", **what)),
        (
            taped("tape:file_size", "cassette", SIZE_LIMITS[kind], **what),
            *(taped("tape:file_size", rival, **what) for rival in RIVALS["requests"]),
        ),
        rounds=1,
        unit="MiB",
    )


def recording(stack: str, kind: str, title: str, limit: float | None) -> Work:
    what = {"stack": stack, "kind": kind, "n": 1000}
    return Work(
        f"record-{stack}-{kind}",
        f"recording 1,000 through {stack}{title}",
        Contestant("live", Task.of("tape:record", by="live", **what)),
        (
            Contestant("cassette", Task.of("tape:record", by="cassette", **what), (), limit),
            *(
                Contestant(rival, Task.of("tape:record", by=rival, **what), rival=rival)
                for rival in RIVALS[stack]
            ),
        ),
        unit="µs",
    )


def recording_memory() -> Work:
    def peak(n: int) -> Task:
        return Task.of("tape:record_peak", by="cassette", stack="requests", kind="items", n=n)

    return Work(
        "record-memory",
        "peak memory of recording 4,000 over recording 1,000",
        Contestant("cassette, n = 1,000", peak(1000)),
        (Contestant("cassette, n = 4,000", peak(4000), limit=FLAT_LIMIT),),
        rounds=3,
        unit="MiB",
    )


def download_memory(mode: str, read: str, limit: float | None) -> Work:
    def peak(by: str, mode: str) -> Task:
        return Task.of("download:peak", by=by, mode=mode, read=read)

    before = (peak("cassette", "record"),) if mode == "play" else ()
    return Work(
        f"download-{mode}-{read}",
        f"peak memory, {mode} 100 MiB, read {read.replace('-', ' ')}",
        Contestant("live", peak("live", mode)),
        (Contestant("cassette", peak("cassette", mode), before, limit),),
        rounds=3,
        unit="MiB",
    )


def client(name: str, title: str, limit: float, function: str, **what: str | int) -> Work:
    """Return the work of doing the same with either module."""
    ours = Task.of(function, module="cassette.client", **what)
    return Work(
        f"client-{name}",
        title,
        Contestant("http.client", Task.of(function, module="http.client", **what)),
        (Contestant("cassette.client", ours, limit=limit),),
    )


def parsing(name: str, title: str, limit: float, **what: int) -> Work:
    work = client(name, f"response out of memory, {title}", limit, "client:parse", **what)
    return replace(work, rounds=15)  # each takes a moment only


def streaming(read: str) -> Work:
    title = f"live stream of 512-byte chunks, {read}"
    return client(f"stream-{read}", title, 0.55, "client:stream", chunk_size=512, read=read)


def downloading(name: str, chunk_size: int) -> tuple[Work, Work]:
    title = f"100 MiB, {name.replace('-', ' ')}"
    seconds = client(f"download-{name}", title, 1.05, "client:download", chunk_size=chunk_size)
    task = "client:download_peak"
    peak = client(f"peak-{name}", f"{title}, peak memory", 1.02, task, chunk_size=chunk_size)
    return replace(seconds, rounds=5), replace(peak, rounds=3, unit="MiB")


def importing() -> Work:
    return Work(
        "client-import",
        "import cassette.client after http.client, over import http.client",
        Contestant("http.client", Task.of("importing:seconds", modules="http.client")),
        (
            Contestant(
                "cassette.client",
                Task.of("importing:seconds", after="http.client", modules="cassette.client"),
                limit=1.0,
            ),
        ),
    )


def plugin_importing() -> Work:
    """Return the work of importing what every run of pytest imports of this package."""
    modules = "cassette.pytest_plugin cassette.plugin.options cassette.plugin.reporter"
    return Work(
        "plugin-import",
        "import the plugin after pytest, over import json and decimal",
        Contestant("json, decimal", Task.of("importing:seconds", modules="json decimal")),
        (
            Contestant(
                "cassette",
                Task.of("importing:seconds", after="pytest", modules=modules),
                limit=PLUGIN_IMPORT_LIMIT,
            ),
        ),
    )


def first_use() -> Work:
    """Return the work of importing what the first replay imports; and of all that it does once."""
    what = {"by": "cassette", "kind": "items", "n": 20}

    def first(name: str, function: str, limit: float | None = None) -> Contestant:
        # Noting compiles what recording did not need.
        before = (*made("cassette", "items", 20), Task.of("importing:note_first_use", **what))
        return Contestant(name, Task.of(f"importing:{function}", **what), before, limit)

    return Work(
        "first-use",
        "first use after one of requests, over import json and decimal",
        Contestant("json, decimal", Task.of("importing:seconds", modules="json decimal")),
        (
            first("cassette, its imports", "first_use_imports", FIRST_USE_LIMIT),
            first("cassette, all that is done once", "first_use"),
        ),
        rounds=15,
    )


def plugin_per_test() -> Work:
    """Return the work of a test whose cassette plays three requests, an empty test taken off."""

    def over_empty(by: str, limit: float | None = None, rival: str = "") -> Contestant:
        return Contestant(
            by,
            Task.of("plugin:seconds_over_empty", by=by),
            (Task.of("plugin:make", by=by),),
            limit,
            rival,
        )

    return Work(
        "plugin-test",
        "a test with a cassette of 3 interactions through requests, over an empty fixture",
        Contestant("dict", Task.of("plugin:seconds_over_empty", by="adapter")),
        (
            over_empty("cassette", PLUGIN_TEST_LIMIT),
            *(over_empty(rival, rival=rival) for rival in RIVALS["requests"]),
        ),
    )


WORKS = (
    *(replay(stack, "items", n) for stack, n in REPLAY_LIMITS),
    *(replay(stack, "equal", 1000) for stack in RIVALS),
    *(opening(n) for n in (1000, 5000)),
    edited("by-hand", EDITED_LIMIT),
    edited("by-PyYAML", None),
    *(large(stack, kind) for stack in RIVALS for kind in SIZE_LIMITS),
    large_opening(),
    *(large_opening_memory("large-binary", n) for n in (20, 50)),
    large_opening_memory("large-json", 50),
    *(size(kind) for kind in SIZE_LIMITS),
    *(recording(stack, "items", "", RECORD_LIMITS[stack]) for stack in RIVALS),
    *(recording(stack, "signed", ", with credentials", None) for stack in RIVALS),
    recording_memory(),
    *(
        download_memory(mode, read, limit)
        for mode in ("record", "play")
        for read, limit in (("whole", HELD_ONCE_LIMIT), ("in-pieces", None))
    ),
    parsing("12-lines", "12 header lines, 1 KiB", 0.36, header_lines=12, size=1024),
    parsing("50-lines", "50 header lines, 1 KiB", 0.38, header_lines=50, size=1024),
    *(
        parsing(f"chunks-{size}", f"{size:,} bytes in 16-byte chunks", 0.30, size=size, **SMALL)
        for size in (1024, 65536)
    ),
    client("live", "live GET of 1 KiB, keep-alive", 0.72, "client:live"),
    *(streaming(read) for read in ("read", "read-n", "readinto", "read1", "iteration")),
    *downloading("content-length", 0),
    *downloading("64-KiB-chunks", 65536),
    importing(),
    plugin_importing(),
    first_use(),
    plugin_per_test(),
)
