"""What pytest tells about the marker: its options, and the words that they take."""


def test_the_help_of_the_marker_lists_options_and_values(project):
    project.run("--markers").stdout.fnmatch_lines(
        [
            "@pytest.mark.cassette(name=None, [*], mode, match_on, *, on_expiry*): record the *",
            "    mode: none, once, new_episodes, all, rewrite, verify, off",
            "    match_on: method, scheme, host, port, path, query, variant, body, uri, headers, *",
            "    on_unplayed: ignore, warn, fail",
            "    on_expiry: warn, fail, rerecord",
        ],
        consecutive=True,
    )
