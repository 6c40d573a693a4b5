"""Ed25519 keys (RFC 8032) of those who keep a ledger."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from gnomon.errors import GnomonError
from gnomon.files import home, locked


def own_key() -> Ed25519PrivateKey:
    """The key of this home, `keys/ledger.pem`, which is made when it is first asked for. Only its owner can read it.

    Raises:
        GnomonError: the file is no such key.
    """
    path = home() / "keys" / "ledger.pem"
    with locked(path.with_suffix(".lock")):
        if not path.exists():
            _make(path)
        key = _loaded(path, lambda content: load_pem_private_key(content, None))
    if not isinstance(key, Ed25519PrivateKey):
        raise GnomonError(f"{path} is not an Ed25519 key; move it away and a new one is made.")
    return key


def _make(path: Path) -> None:
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def public_pem(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """The public key as PEM."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(path: Path) -> Ed25519PublicKey:
    """The public key of a PEM file.

    Raises:
        GnomonError: there is no such file, or it is no such key.
    """
    key = _loaded(path, load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise GnomonError(f"{path} is not a public Ed25519 key.")
    return key


def fingerprint(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of the public key."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def signed(key: Ed25519PrivateKey, content: bytes) -> str:
    """The signature of some bytes, in hexadecimal digits."""
    return key.sign(content).hex()


def is_signed(key: Ed25519PublicKey, content: bytes, signature: str) -> bool:
    """Whether a signature is that of the key's owner over these bytes."""
    try:
        key.verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _loaded(path: Path, load: Callable[[bytes], object]) -> object:
    try:
        return load(path.read_bytes())
    except (OSError, ValueError) as error:
        raise GnomonError(f"{path} cannot be read as a key ({error}).") from error
