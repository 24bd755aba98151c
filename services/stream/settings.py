"""Every setting of Claimstream, read from the environment and validated at start.

`CLAIMSTREAM_KAFKA__BOOTSTRAP=broker:9092` sets `settings.kafka.bootstrap`; see docs/settings.md.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]
Blank = Annotated[str | None, BeforeValidator(lambda value: value or None)]  # `NAME=` means unset
BlankPath = Annotated[Path | None, BeforeValidator(lambda value: value or None)]


class Group(BaseModel):
    """A group of settings; a misspelt name in it is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kafka(Group):
    """Where Kafka is and how topics are made."""

    bootstrap: Blank = Field(None, description="host:port[,host:port] of an outside Kafka; unset: the embedded broker.")
    port: Port = Field(29092, description="Port of the embedded broker on 127.0.0.1.")
    controller_port: Port = Field(29093, description="Port of the embedded broker's KRaft controller on 127.0.0.1.")
    topic_prefix: str = Field(
        "", pattern=r"^[a-zA-Z0-9._-]*$", description="Put before every topic and consumer group, to share a cluster."
    )
    partitions: int = Field(4, ge=1, description="Partitions of a topic made by `claimstream topics`.")
    replication: int = Field(1, ge=1, description="Replicas of a topic made by `claimstream topics`.")
    compression: Literal["none", "gzip", "lz4"] = Field("lz4", description="Compression of what is produced.")

    @property
    def address(self) -> str:
        """The bootstrap address in force."""
        return self.bootstrap or f"127.0.0.1:{self.port}"


class Processing(Group):
    """How a worker treats articles."""

    in_flight: int = Field(16, ge=1, le=256, description="Articles a worker holds at once; acks stay in order.")
    timeout_seconds: float = Field(
        30, gt=0, description="Longest time one article may take before its process is killed."
    )
    attempts: int = Field(2, ge=1, le=10, description="Tries before an article that fails is dead-lettered.")
    max_article_bytes: int = Field(
        4 * 1024 * 1024, ge=1024, le=15 * 1024 * 1024, description="Larger raw messages are dead-lettered."
    )
    max_characters: int = Field(
        200_000, ge=100, description="Longer texts are annotated up to here, with status `truncated`."
    )
    dead_letter_limit: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of dead letters among the last `dead_letter_window` at which a worker halts.",
    )
    dead_letter_window: int = Field(200, ge=10, description="Articles over which the dead-letter share is taken.")


class Models(Group):
    """Models to use instead of the shipped ones: folders in the formats that training/*/README.md give."""

    entities: BlankPath = Field(None, description="Folder of the entity model for English.")
    languages_entities: BlankPath = Field(
        None, description="Folder of the entity model for the languages in which claims are read."
    )
    multilingual_entities: BlankPath = Field(None, description="Folder of the entity model for other languages.")
    also_languages: str = Field(
        "",
        pattern=r"^([a-z]{2,3}(,[a-z]{2,3})*)?$",
        description="Languages (`de,uk`) to read entities in though the model's quality there is low or unmeasured.",
    )
    claims: BlankPath = Field(None, description="Folder of the claim model for English.")
    multilingual_claims: BlankPath = Field(None, description="Folder of the claim model for other languages.")
    also_claims: str = Field(
        "",
        pattern=r"^([a-z]{2,3}(,[a-z]{2,3})*)?$",
        description="Languages (`pl,tr`) to read claims in though the quality there is not shown; they need cue words.",
    )

    @property
    def also(self) -> tuple[str, ...]:
        """`also_languages`, one by one."""
        return tuple(filter(None, self.also_languages.split(",")))

    @property
    def also_in_claims(self) -> tuple[str, ...]:
        """`also_claims`, one by one."""
        return tuple(filter(None, self.also_claims.split(",")))


class Matching(Group):
    """Which earlier claims a claim is compared with."""

    days: int = Field(30, ge=1, le=365, description="Claims published within so many days of the latest.")
    limit: int = Field(100_000, ge=100, description="At most so many claims, the latest.")


class Metrics(Group):
    """Where each worker serves /metrics, /livez and /readyz."""

    host: str = Field("127.0.0.1", description="Address to bind; 0.0.0.0 in a container.")
    port: Port | None = Field(
        None, description="Port of this worker, + 1 a copy; unset: base_port + the service's place, + 10 a copy."
    )
    base_port: Port = Field(9460, description="First of the default ports.")
    prometheus_port: Port = Field(9490, description="Port of the Prometheus that `claimstream up` starts.")
    ready_lag_seconds: float = Field(
        300, gt=0, description="A worker whose oldest message has waited longer is not ready."
    )
    restarts: int = Field(0, ge=0, description="How often the worker was started again; the supervisor sets it.")


class Traces(Group):
    """Where the spans of articles go."""

    endpoint: Annotated[HttpUrl | None, BeforeValidator(lambda value: value or None)] = Field(
        None, description="`http://host:4318` of an OpenTelemetry collector that takes OTLP over HTTP; unset: no spans."
    )
    ratio: float = Field(1, ge=0, le=1, description="Share of the traces that begin here whose spans are sent.")

    @property
    def url(self) -> str | None:
        """Where to post spans: the endpoint, with OTLP's path where it has none."""
        if self.endpoint is None:
            return None
        bare = self.endpoint.path in (None, "/") and not self.endpoint.query
        return str(self.endpoint).rstrip("/") + "/v1/traces" if bare else str(self.endpoint)


class Console(Group):
    """The web page."""

    host: str = Field("127.0.0.1", description="Address to bind; any but a loopback address needs a token.")
    port: Port = Field(8470, description="Its port.")
    token: Annotated[SecretStr | None, BeforeValidator(lambda value: value or None)] = Field(
        None, min_length=16, description="What a user must give to enter. Unset: everyone on this machine may."
    )
    hosts: str = Field("", description="Host names, `a.example,b.example`, by which a browser may also reach it.")
    articles: int = Field(1000, ge=1, le=20_000, description="Recent articles that it holds in memory.")
    max_input_bytes: int = Field(
        1024 * 1024, ge=1024, le=15 * 1024 * 1024, description="Largest text or file it takes."
    )
    workers: str = Field(
        "",
        pattern=r"^([a-z_]+=https?://[^,/\s]+(,[a-z_]+=https?://[^,/\s]+)*)?$",
        description="`language=http://host:port,…`: where workers serve /metrics; unset: one each on this machine.",
    )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.token is None and not self.loopback:
            raise ValueError(f"{self.host} can be reached from other machines: set CLAIMSTREAM_CONSOLE__TOKEN as well")
        return self


class Log(Group):
    """How logs look."""

    format: Literal["text", "json"] = Field("text", description="Lines for people, or one JSON object a line.")


class Settings(BaseSettings):
    """All settings. Prefix `CLAIMSTREAM_`, groups joined by `__`."""

    model_config = SettingsConfigDict(
        env_prefix="CLAIMSTREAM_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    kafka: Kafka = Kafka()
    processing: Processing = Processing()
    models: Models = Models()
    matching: Matching = Matching()
    metrics: Metrics = Metrics()
    traces: Traces = Traces()
    log: Log = Log()
    console: Console = Console()
    state_dir: Path = Field(
        Path(".claimstream"), description="Where the embedded broker keeps its data and all logs lie."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Level of the workers' logs.")


@cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError where the environment is wrong."""
    return Settings()
