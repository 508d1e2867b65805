"""DVC remotes for tests: a folder, an S3 server (moto) and an SSH server (asyncssh), all on this machine."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from end_to_end.slices import run


@dataclass(frozen=True)
class Remote:
    """Where a remote is, what its clients set, and how one of its objects is lost."""

    url: str
    settings: dict[str, str] = field(default_factory=dict)  # in .dvc/config, which git carries
    of_a_clone: dict[str, str] = field(default_factory=dict)  # in .dvc/config.local, which it doesn't
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None  # of the objects; None: a bucket

    def add(self, project: Path) -> None:
        run(project, "dvc", "remote", "add", "--default", "store", self.url)
        for name, value in self.settings.items():
            run(project, "dvc", "remote", "modify", "store", name, value)

    def log_in(self, project: Path) -> None:
        for name, value in self.of_a_clone.items():
            run(project, "dvc", "remote", "modify", "--local", "store", name, value)

    def objects(self) -> list[str]:
        if self.folder:
            return sorted(str(path) for path in self.folder.rglob("*") if path.is_file())
        return [entry.key for entry in self._bucket().objects.all()]

    def lose(self, name: str) -> None:
        if self.folder:
            Path(name).unlink()
        else:
            self._bucket().Object(name).delete()

    def _bucket(self):
        import boto3

        keys = {f"aws_{part}": "test" for part in ("access_key_id", "secret_access_key")}
        client = boto3.resource("s3", endpoint_url=self.settings["endpointurl"], region_name="us-east-1", **keys)
        return client.Bucket("study")


@contextmanager
def folder_remote(folder: Path) -> Iterator[Remote]:
    yield Remote(str(folder / "store"), folder=folder / "store")


@contextmanager
def s3_remote(folder: Path) -> Iterator[Remote]:
    """A bucket of moto's server."""
    port = _free_port()
    (folder / "aws").write_text("")  # /dev/null would break every client
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "aws"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "aws"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    remote = Remote("s3://study/path", {"endpointurl": f"http://127.0.0.1:{port}"}, environment=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/moto-api/")
        remote._bucket().create()
        yield remote
    finally:
        server.terminate()
        server.wait()


@contextmanager
def ssh_remote(folder: Path) -> Iterator[Remote]:
    """A folder behind asyncssh's SFTP server, which lets one key in."""
    import asyncssh

    key, port, store = asyncssh.generate_private_key("ssh-ed25519"), _free_port(), folder / "store"
    store.mkdir()
    key.write_private_key(str(folder / "key"))
    key.write_public_key(str(folder / "authorized"))
    (folder / "key").chmod(0o600)
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        await asyncssh.listen(
            "127.0.0.1",
            port,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            authorized_client_keys=str(folder / "authorized"),
            sftp_factory=True,
            server_factory=asyncssh.SSHServer,
        )

    loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    settings = {"port": str(port), "user": os.environ.get("USER", "root"), "timeout": "20"}
    try:
        yield Remote(f"ssh://127.0.0.1{store}", settings, {"keyfile": str(folder / "key")}, folder=store)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        shutil.rmtree(store)


REMOTES = {"folder": folder_remote, "s3": s3_remote, "ssh": ssh_remote}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 60
    while True:
        try:
            opener.open(url, timeout=1)
            return
        except OSError:
            assert time.monotonic() < deadline, f"{url} doesn't answer"
            time.sleep(0.1)
