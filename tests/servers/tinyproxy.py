"""tinyproxy, for absolute-form requests and CONNECT tunnels."""

from dataclasses import dataclass, field
from pathlib import Path

from servers.address import LOOPBACK, Address, free_port
from servers.process import Program, ServerFailedError, find_program

ATTEMPTS = 5  # it wants to be told its port, which may be taken in between

CONFIG = """
Port {port}
Listen {host}
Timeout 60
MaxClients 50
LogLevel Error
ViaProxyName "deck"
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running forward proxy.

    Attributes:
        address: Where it listens.
    """

    address: Address
    _program: Program = field(repr=False)

    def stop(self) -> None:
        """End the proxy and wait until it is gone."""
        self._program.stop()


def start_tinyproxy(folder: Path) -> Proxy:
    """Return a running tinyproxy whose files are in ``folder``.

    Raises:
        ServerMissingError: tinyproxy is not installed.
        ServerFailedError: It does not start.
    """
    program = find_program("tinyproxy")
    config = folder / "tinyproxy.conf"
    for _ in range(ATTEMPTS):
        address = Address(LOOPBACK, free_port())
        config.write_text(CONFIG.format(host=address.host, port=address.port))
        proxy = Program([program, "-d", "-c", f"{config}"], folder=folder)
        try:
            proxy.wait_for(address, tls=False)
        except ServerFailedError as failure:
            if "in use" not in f"{failure}" and "listen" not in f"{failure}":
                raise
            continue
        return Proxy(address, proxy)
    raise ServerFailedError(f"tinyproxy found no free port in {ATTEMPTS} attempts")
