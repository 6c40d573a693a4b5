"""What the API is sent and answers, as OpenAPI describes it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gnomon.findings import Finding
from gnomon.leaderboard.ledger import LEVELS
from gnomon.leaderboard.plain_text import check_text
from gnomon.leaderboard.server.moderation import Decision
from gnomon.leaderboard.server.tables import Submitted

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000), AfterValidator(check_text)
]
Scope = Literal["read", "submit", "moderate", "admin", "metrics"]


class Sent(BaseModel):
    """What is sent may hold nothing that is not listed."""

    model_config = ConfigDict(extra="forbid")


class Said(BaseModel):
    """What is answered is read off rows."""

    model_config = ConfigDict(from_attributes=True)


class Reason(Sent):
    """Why, as a sentence that everybody can read."""

    reason: Text


class Verdict(Sent):
    """What a moderator decides on a flag or an appeal, and why."""

    decision: Decision
    answer: Text


class NewToken(Sent):
    """A further token of the own account; it can do no more, and lasts no longer, than the one that asks for it."""

    scopes: list[Scope] = Field(min_length=1, max_length=5)
    days: float = Field(30, gt=0, le=3660)


class Received(BaseModel):
    """An upload that is accepted, or was before."""

    id: str
    state: str
    url: str


class Findings(BaseModel):
    """Why an upload is no submission."""

    findings: list[Finding]


class Refusal(BaseModel):
    """Why not, as a sentence."""

    detail: str


class SubmissionLine(Said):
    """A submission in a list; times are seconds since 1970."""

    id: str
    algorithm: str
    suite: str
    protocol: str
    author: str
    runs: int
    score: float
    state: str
    level: str
    accepted: float
    since: float
    reason: str

    @classmethod
    def of(cls, row: Submitted) -> "SubmissionLine":
        """What a row says."""
        return cls.model_validate({**row.__dict__, "level": LEVELS[row.state]})  # pyright: ignore[reportArgumentType]


class ChangeLine(Said):
    """A change of state, as the ledger has it."""

    sequence: int
    state: str
    reason: str
    time: float
    hash: str
    evidence: dict[str, str]


class ComplaintLine(Said):
    """A flag or an appeal. Who flagged is between them and the moderators."""

    number: int
    kind: str
    subject: str
    reason: str
    time: float
    decision: str
    answer: str


class JobLine(Said):
    """A job."""

    number: int
    kind: str
    subject: str
    state: str
    attempts: int
    created: float
    error: str


class Story(BaseModel):
    """Everything on a submission."""

    submission: SubmissionLine
    changes: list[ChangeLine]
    complaints: list[ComplaintLine]
    jobs: list[JobLine]


class TokenLine(Said):
    """A token, but for its secret."""

    prefix: str
    scopes: str
    created: float
    expires: float
    revoked: float | None
    used: float | None


class MadeToken(BaseModel):
    """A new token; this answer is the only one that has it."""

    token: str
    prefix: str


class OwnAccount(BaseModel):
    """An account as its owner sees it."""

    account: str
    tokens: list[TokenLine]
    submissions: list[SubmissionLine]


class AuditLine(Said):
    """A line of the journal."""

    sequence: int
    time: float
    actor: str
    action: str
    subject: str
    detail: dict[str, str | int | float]


class Number(BaseModel):
    """The number that a flag or an appeal got."""

    number: int
