"""node's http and https modules."""

from pathlib import Path

from servers import calls
from servers.address import address_of, listen
from servers.process import Program, Server, find_program
from servers.tls import Authority

SCRIPT = Path(__file__).parent / "programs" / "node_http.js"


def start_node(folder: Path, authority: Authority) -> Server:
    """Return a running node server whose log is in ``folder``.

    Raises:
        ServerMissingError: node is not installed.
        ServerFailedError: It does not start.
    """
    program = find_program("node", "nodejs")
    plain, secure = listen(), listen()
    addresses = address_of(plain), address_of(secure)
    node = Program(
        [
            program,
            f"{SCRIPT}",
            f"{plain.fileno()}",
            f"{secure.fileno()}",
            f"{authority.chain}",
            f"{authority.key}",
        ],
        folder=folder,
        inherit=(plain, secure),
    )
    node.wait_for(addresses[0], tls=False)
    node.wait_for(addresses[1], tls=True)
    return Server("node", *addresses, calls.WEB, node)
