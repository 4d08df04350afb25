"""Names of options: what a wrong one is answered with, also where another library calls it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cassette.errors import OptionError
from cassette.wording import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MASKS: Final = "redact=cassette.Redactor([NAME]), for what is not masked by default"

FOREIGN: Final = {
    # VCR.py, pytest-recording, pytest-vcr
    "record_mode": "mode",
    "allow_playback_repeats": "repeat",
    "decode_compressed_response": "decode",
    "ignore_hosts": "allow_hosts",
    "ignore_localhost": "allow_hosts=['localhost']",
    "allowed_hosts": "allow_hosts, with patterns such as *.local",
    "block_network": "the option --cassette-block-network",
    "disable_recording": "mode='off'",
    "filter_headers": _MASKS,
    "filter_query_parameters": f"{_MASKS}; or ignore=['query:NAME']",
    "filter_post_data_parameters": f"{_MASKS}; or ignore=['form:NAME'], ignore=['json:$.NAME']",
    "record_on_exception": "always off: what fails leaves its recording in NAME.yaml.partial",
    "drop_unused_requests": "mode='rewrite', or --cassette-prune",
    "cassette_library_dir": "a part of the path, or the option --cassette-dir",
    "library_dir": "a part of the path, or the option --cassette-dir",
    # betamax
    "record": "mode",
    "match_requests_on": "match_on",
    "re_record_interval": "max_age, with on_expiry='rerecord'",
    "placeholders": _MASKS,
    # responses, respx, pytest-httpx
    "assert_all_requests_are_fired": "on_unplayed='fail'",
    "assert_all_called": "on_unplayed='fail'",
    "assert_all_responses_were_requested": "on_unplayed='fail'",
    "can_send_already_matched_responses": "repeat=True",
    "passthrough": "allow_hosts",
    "passthru_prefixes": "allow_hosts",
}
"""Well-known names of other libraries, and what to write in their place."""


def check_names(given: Iterable[str], known: Collection[str], where: str = "") -> None:
    """Look at the names of options.

    Args:
        given: The names.
        known: Those that there are.
        where: Where the options stand, for the error; may be empty.

    Raises:
        OptionError: There is no option of a given name.
    """
    for name in given:
        if name not in known:
            ours = FOREIGN.get(name)
            hint = f"; here that is {ours}" if ours else suggestion(name, known)
            place = f"{where}: " if where else ""
            raise OptionError(
                f"{place}there is no option {name!r}{hint}\nOptions: {', '.join(known)}"
            )
