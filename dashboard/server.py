"""Serving the dashboard: gunicorn, with waitress in its place on Windows; a taken port is said before anything starts."""

from __future__ import annotations

import socket
import sys
from typing import Any

from geodata.errors import FirstMileError
from geodata.say import tr


def refuse_taken(host: str, port: int) -> None:
    """Raise FirstMileError, with what to do, where this address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        raise FirstMileError(
            tr("Port {port} may be opened by administrators only. Choose another, such as --port 8050.", port=port)
        ) from None
    except socket.gaierror:
        raise FirstMileError(
            tr(
                "{host} is not an address of this machine. Leave --host out, or use 0.0.0.0 for all its addresses.",
                host=host,
            )
        ) from None
    except OSError as error:
        raise FirstMileError(
            tr(
                "Port {port} on {host} cannot be opened ({strerror}): is another server running there? Choose another port: --port {port_2}, or PORT={port_2} with make run.",
                port=port,
                host=host,
                strerror=error.strerror,
                port_2=port + 1,
            )
        ) from None


def run(host: str, port: int, workers: int, greeting: str) -> None:
    """Serve until stopped; `greeting` is printed when visitors can come. The environment says which countries, and to whom."""
    # Imported before the fork, the parts are loaded once and shared by the workers. No data are opened here.
    from dashboard.app import create_server  # noqa: PLC0415 - heavy

    if sys.platform == "win32":
        import waitress  # noqa: PLC0415 - on Windows alone

        made = create_server()
        _say(greeting)
        waitress.serve(made, host=host, port=port, threads=4)
        return
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - not on Windows

    class Server(BaseApplication):  # type: ignore[misc]
        """gunicorn with our settings; each worker makes its own application, so no open data are shared across the fork."""

        def load_config(self) -> None:
            settings: dict[str, Any] = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": 4,
                "timeout": 120,
                "graceful_timeout": 5,
                "loglevel": "warning",
                "control_socket_disable": True,
                "when_ready": lambda _: _say(greeting),
            }
            for key, value in settings.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            return create_server()

    Server().run()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
