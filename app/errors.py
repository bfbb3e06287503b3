"""The one tree of expected errors.

Each class is a condition that users meet (no network, a locked keyring, a full disk). It carries a stable
`code`, parameters that say which thing is meant, and whether trying again later can help. It holds no words
for the screen: the command line and the desktop turn codes into sentences in the user's language.
Anything that is not a `ChatLogError` is a bug.
"""

from __future__ import annotations

from typing import ClassVar


class ChatLogError(Exception):
    """An expected condition. `parameters` are plain strings and numbers, fit for logs, JSON and messages."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(self, **parameters: str | float | None) -> None:
        self.parameters = parameters
        details = ", ".join(f"{name}={value}" for name, value in parameters.items())
        super().__init__(f"{self.code} ({details})" if details else self.code)


# ---- wrong use, configuration -----------------------------------------------------------------------------


class ConfigurationError(ChatLogError):
    """The set-up is wrong: nothing was sent; the command line exits with 2."""

    code = "configuration"


class WrongUse(ConfigurationError):
    """A command was called with words that make no sense together. Parameter: reason."""

    code = "wrong-use"


class SettingsCorrupt(ConfigurationError):
    """The settings file cannot be read as TOML, or a value is of the wrong kind. Parameters: path, reason, line."""

    code = "settings-corrupt"


class ProfileUnknown(ConfigurationError):
    """No profile has that name. Parameter: name."""

    code = "profile-unknown"


class ProfileInvalid(ConfigurationError):
    """A profile's values do not fit together. Parameters: name, reason (a code of app/account/profiles.py), field, second."""

    code = "profile-invalid"


class ConnectionInvalid(ConfigurationError):
    """A connection file or string is not one that can be used. Parameters: reason (a code of app/account/connections.py), field, other."""

    code = "connection-invalid"


class ReleasesAddressMissing(ConfigurationError):
    """No releases address is set, so nobody is asked for newer releases."""

    code = "releases-address-missing"


class KeyringMissing(ConfigurationError):
    """This computer has no usable keyring. Parameter: reason."""

    code = "keyring-missing"


class KeyringLocked(ConfigurationError):
    """The keyring is there but locked, or waits for a prompt nobody answers."""

    code = "keyring-locked"


class CredentialsMissing(ConfigurationError):
    """The profile in use has no credentials to sign with. Parameters: profile, reason (a code of app/account/signin.py), awsProfile."""

    code = "credentials-missing"


class AwsSetUpWrong(ConfigurationError):
    """AWS cannot be spoken to with that AWS profile. Parameters: reason (a code of app/deployment), awsProfile, detail."""

    code = "aws-set-up-wrong"


class SignInNeeded(ConfigurationError):
    """A person has to sign in with the browser. Parameters: profile, reason (a code of app/account/signin_session.py)."""

    code = "sign-in-needed"


# ---- this computer ----------------------------------------------------------------------------------------


class LocalError(ChatLogError):
    """Something about a file or folder of this computer."""

    code = "local"


class FileVanished(LocalError):
    """The file is no longer there. Parameter: path."""

    code = "file-vanished"


class FileUnreadable(LocalError):
    """The file or folder cannot be read. Parameters: path, reason."""

    code = "file-unreadable"


class FileShrank(LocalError):
    """The file became shorter while it was read: its tool rewrites it. Parameter: path."""

    code = "file-shrank"
    retryable = True


class FileKeepsChanging(LocalError):
    """The file was rewritten each time it was read. Parameter: path."""

    code = "file-keeps-changing"
    retryable = True


class NotARegularFile(LocalError):
    """A link out of its root, a socket, a device: never followed. Parameter: path."""

    code = "not-a-regular-file"


class DiskFull(LocalError):
    """No room left. Parameters: path, needed, free (both in bytes, where that was known beforehand)."""

    code = "disk-full"


class FolderNotWritable(LocalError):
    """A folder the program needs cannot be written. Parameters: path, reason."""

    code = "folder-not-writable"


class StateDamaged(LocalError):
    """state.db cannot be read; it was set aside, not deleted. Parameters: path, keptAs."""

    code = "state-damaged"


class StateTooNew(LocalError):
    """A newer version of the program wrote this database. Parameters: path, version, known."""

    code = "state-too-new"


# ---- the other side ---------------------------------------------------------------------------------------


class RemoteError(ChatLogError):
    """Something about the endpoint or S3."""

    code = "remote"


class Unreachable(RemoteError):
    """No connection: offline, refused, timed out, name unknown. Parameters: host, reason."""

    code = "unreachable"
    retryable = True


class ReplyLost(Unreachable):
    """The connection broke after the request had gone: whether it was done is not known. Parameters: host, reason."""

    code = "reply-lost"


class TlsFailed(RemoteError):
    """The other side's certificate is not trusted. Parameters: host, reason."""

    code = "tls-failed"


class NotOurProtocol(RemoteError):
    """Something answered, but not a presign endpoint (a proxy's page, a login portal). Parameters: host, status, contentType."""

    code = "not-our-protocol"


class RedirectRefused(RemoteError):
    """The reply was a redirect; redirects are never followed. Parameters: host, status."""

    code = "redirect-refused"


class HostNotPinned(RemoteError):
    """A presigned URL leads elsewhere than to the profile's bucket. Parameters: host, pinned."""

    code = "host-not-pinned"


class StorageChanged(RemoteError):
    """The endpoint now speaks for another bucket than the one that was accepted. Parameters: pinned, found."""

    code = "storage-changed"


class Unauthorized(RemoteError):
    """The endpoint does not know the caller (401). Parameter: host."""

    code = "unauthorized"


class SignInFailed(RemoteError):
    """Signing in with the browser did not come about. Parameters: reason (a code of app/account/signin_flow.py), host, detail."""

    code = "sign-in-failed"


class AccessDenied(RemoteError):
    """The caller is known and may not do this (403). Parameters: host, reason."""

    code = "access-denied"


class UrlExpired(RemoteError):
    """The presigned URL has died; signing again helps. Parameter: host."""

    code = "url-expired"
    retryable = True


class NotFound(RemoteError):
    """No such object, or not the caller's. Parameter: s3Key."""

    code = "not-found"


class InvalidRequest(RemoteError):
    """The endpoint refused a field. Parameters: field, detail."""

    code = "invalid-request"


class TooLarge(RemoteError):
    """Over the limit. Parameters: size, limit, reason ("preview": a look; "copy": S3 cannot copy it), s3Key, versionId."""

    code = "too-large"


class AlreadyThere(RemoteError):
    """An upload that must be the first found an object (412). Parameter: s3Key."""

    code = "already-there"


class Conflict(RemoteError):
    """Two writers at once (409). Parameter: s3Key."""

    code = "conflict"
    retryable = True


class ObjectArchived(RemoteError):
    """The object lies in an archive class and must be restored first. Parameters: s3Key, storageClass, restore, versionId."""

    code = "object-archived"


class NotArchived(RemoteError):
    """The object lies in no archive class, so there is nothing to restore. Parameters: s3Key, storageClass."""

    code = "not-archived"


class Throttled(RemoteError):
    """429 or SlowDown. Parameters: host, retryAfter (seconds)."""

    code = "throttled"
    retryable = True


class ServerFailed(RemoteError):
    """5xx. Parameters: host, status, retryAfter (seconds), requestId."""

    code = "server-failed"
    retryable = True


class ReleasesUnreadable(RemoteError):
    """A releases address did not answer as one does. Parameters: host, reason (a code of app/updates), status, detail."""

    code = "releases-unreadable"


class DeploymentFailed(RemoteError):
    """The stack could not be deployed or removed. Parameters: reason (a code of app/deployment), stack, region, awsProfile, resource, detail."""

    code = "deployment-failed"


class VerificationFailed(RemoteError):
    """What S3 reports, or what came back, is not what was sent. Parameters: s3Key, what, expected, found."""

    code = "verification-failed"


class BodyDamaged(RemoteError):
    """S3 received other bytes than were signed (BadDigest, wrong length); sending again helps once. Parameter: host."""

    code = "body-damaged"
    retryable = True


# ---- the sandbox ------------------------------------------------------------------------------------------


class SandboxFailed(ChatLogError):
    """The embedded backend did not start. Parameters: reason, log."""

    code = "sandbox-failed"


class Cancelled(ChatLogError):
    """The user stopped it."""

    code = "cancelled"


class Unexpected(ChatLogError):
    """A bug met one file among many; its trace is in the log, the others went on. Parameter: reason."""

    code = "unexpected"
