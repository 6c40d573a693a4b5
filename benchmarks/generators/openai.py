"""OpenAI: any server that speaks the chat completions interface: vLLM, llama.cpp, TGI, and the hosted ones.

    openai:http://localhost:8000/v1            the first model that the server lists
    openai:http://localhost:8000/v1#my-model   that one

One request a sample, each with a seed of its own; several at once. Pictures go as `image_url`, sounds as `input_audio`,
parts of the message beside its text. The key, where the server wants one, is
`$OPENAI_API_KEY`. What a server makes of a seed is its own affair, so equal bytes are not promised.
"""

import base64
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generators import GENERATORS, GeneratorKind, sample_seed
from gnomon.benchmarks.media.png import SIGNATURE
from gnomon.errors import GnomonError, UsageError

if TYPE_CHECKING:
    from httpx2 import Client, Response

AT_ONCE = 8  # requests
PAUSES = (1.0, 4.0, 16.0)  # seconds before another attempt, where the server does not say how long
LONGEST_PAUSE = 60.0
PATIENCE = 600.0  # seconds that one completion may take
MAY_PASS = (408, 429, 500, 502, 503, 504)


class ChatServer:
    """A model behind an address; see the file's first lines."""

    def __init__(self, place: str, pauses: Sequence[float] = PAUSES) -> None:
        address, _, model = place.partition("#")
        if not address.startswith(("http://", "https://")):
            raise UsageError(f"{address!r} is no address of a server; write openai:http://HOST:PORT/v1#MODEL.")
        self._client, self._pauses = _client(address), pauses
        self._model = model or self._first_model()
        self.facts: Mapping[str, str] = {"address": address, "model": self._model, "requests at once": str(AT_ONCE)}

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        bodies = [
            self._body(prompt, sample_seed(seed, prompt, sample), sampling) for prompt in prompts for sample in range(n)
        ]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            completions = list(pool.map(self._completion, bodies))
        return [completions[start : start + n] for start in range(0, len(completions), n)]

    def _body(self, prompt: Prompt, seed: int, sampling: Sampling) -> dict[str, Any]:
        messages: list[dict[str, Any]] = [{"role": "user", "content": _content(prompt)}]
        body = {
            "model": self._model,
            "messages": messages,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "seed": seed % 2**31,  # what every server takes
        }
        if prompt.begun:  # vLLM's words for going on with a message that has begun; llama.cpp does so without
            messages.append({"role": "assistant", "content": prompt.begun})
            body |= {"continue_final_message": True, "add_generation_prompt": False}
        return body

    def _completion(self, body: Mapping[str, Any]) -> Completion:
        answer = self._asked("POST", "chat/completions", body)
        try:
            choice = answer["choices"][0]
            text, ended = choice["message"]["content"], choice.get("finish_reason") == "stop"
            if not isinstance(text, str | None):
                raise TypeError(f"the content is a {type(text).__name__}")
            usage = answer.get("usage") or {}
            tokens = int(usage.get("completion_tokens", len(text or "")))
            read = int(usage["prompt_tokens"]) if "prompt_tokens" in usage else None
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise GnomonError(
                f"The server's answer is no chat completion ({error!r} in {str(answer)[:200]})."
            ) from error
        return Completion(text, tokens, ended, read)

    def _first_model(self) -> str:
        try:
            return str(self._asked("GET", "models")["data"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            raise UsageError("The server lists no model; name one: openai:ADDRESS#MODEL.") from error

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of an answer; asked again where an error may pass."""
        import httpx2

        reason = ""
        for pause in (*self._pauses, None):
            try:
                response = self._client.request(method, path, json=body)
                if response.status_code == 200:
                    return response.json()
                reason = f"status {response.status_code}: {response.text[:200]}"
                pause = _pause(response, pause)
            except httpx2.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
            except ValueError as error:
                raise GnomonError(f"{self._client.base_url}{path} answers what is no JSON ({error}).") from error
            if pause is None:
                break
            time.sleep(pause)
        raise GnomonError(f"{self._client.base_url}{path} does not answer ({reason}); is the server running?")


def _content(prompt: Prompt) -> str | list[dict[str, Any]]:
    """The text of a message; where it is about a picture or a sound, that and the text as parts."""
    if not prompt.file:
        return prompt.text
    encoded = base64.b64encode(prompt.file).decode()
    if prompt.file.startswith(SIGNATURE):
        file = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded}"}}
    else:
        file = {"type": "input_audio", "input_audio": {"data": encoded, "format": "wav"}}
    return [file, {"type": "text", "text": prompt.text}]


def _client(address: str) -> "Client":
    import httpx2

    key = os.environ.get("OPENAI_API_KEY")
    return httpx2.Client(
        base_url=f"{address.rstrip('/')}/",
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=httpx2.Timeout(PATIENCE, connect=10.0),
        limits=httpx2.Limits(max_connections=AT_ONCE),
    )


def _pause(response: "Response", planned: float | None) -> float | None:
    """Seconds to wait: what the server asks for, within reason; none where another attempt would end alike."""
    if planned is None or response.status_code not in MAY_PASS:
        return None
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isdecimal() else planned


GENERATORS.add(
    "openai",
    GeneratorKind(
        summary="A server that speaks the chat completions interface (vLLM, llama.cpp, TGI).",
        place="address",
        make=ChatServer,
        prompts_at_once=8,
        sees_files=True,
    ),
)
