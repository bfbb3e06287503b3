"""The words for each error code.

A key is a code of app/errors.py, or `code.reason` where a reason deserves its own next step. Values in {braces} are
the error's parameters; a part in [brackets] is left out when one of its values is not known; `{details}` is all of
them. A title is one short line without a full stop; cause and next step are sentences for a person at a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desktop.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desktop.messages import ActionKind

    Marked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one kind of error."""

    title: Marked
    cause: Marked
    next_step: Marked
    action: ActionKind | None = None


WORDS: Mapping[str, Words] = {
    # kinds, for codes that have no words of their own yet
    "error": Words(
        mark("Errors", "Something went wrong"),
        mark("Errors", "The program could not do this: {details}."),
        mark("Errors", "Try again; if it happens again, copy the details for a report."),
        "retry",
    ),
    "configuration": Words(
        mark("Errors", "The set-up is not right"),
        mark("Errors", "Something in the settings does not fit: {details}."),
        mark("Errors", "Look at the profiles in Settings."),
        "open-profiles",
    ),
    "local": Words(
        mark("Errors", "A file or folder stood in the way"),
        mark("Errors", "The program could not do this: {details}."),
        mark("Errors", "Try again; if it happens again, copy the details for a report."),
        "retry",
    ),
    "remote": Words(
        mark("Errors", "The archive did not do what was asked"),
        mark("Errors", "The other side did not do it: {details}."),
        mark("Errors", "Try again; if it happens again, ask whoever set up the archive."),
        "retry",
    ),
    # wrong use, configuration
    "wrong-use": Words(
        mark("Errors", "This cannot be done as it was asked"),
        mark("Errors", "The request made no sense: {reason}."),
        mark("Errors", "Copy the details for a report."),
        "copy-details",
    ),
    "settings-corrupt": Words(
        mark("Errors", "The settings cannot be read"),
        mark("Errors", "{path} cannot be understood: {reason}. The file was left as it is."),
        mark("Errors", "Correct it in a text editor, or move it away to start with the defaults."),
        "open-settings-file",
    ),
    "profile-unknown": Words(
        mark("Errors", "There is no profile “{name}”"),
        mark("Errors", "It may have been removed or renamed."),
        mark("Errors", "Choose another profile."),
        "open-profiles",
    ),
    "profile-invalid": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its values do not fit together: {reason}."),
        mark("Errors", "Correct them in the profile."),
        "open-profiles",
    ),
    "profile-invalid.name-malformed": Words(
        mark("Errors", "This name cannot be used"),
        mark("Errors", "“{name}” cannot be a profile's name."),
        mark("Errors", "Use up to 64 letters and digits, with . - _ between them."),
        "open-profiles",
    ),
    "profile-invalid.name-reserved": Words(
        mark("Errors", "This name cannot be used"),
        mark("Errors", "“{name}” is a name that the program keeps for itself."),
        mark("Errors", "Choose another name."),
        "open-profiles",
    ),
    "profile-invalid.name-taken": Words(
        mark("Errors", "This name is taken"),
        mark("Errors", "There is a profile “{name}” already."),
        mark("Errors", "Choose another name."),
        "open-profiles",
    ),
    "profile-invalid.kind-unknown": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "It signs in in a way that this version of the program does not know."),
        mark("Errors", "Update the program, or choose another profile."),
        "open-profiles",
    ),
    "profile-invalid.endpoint-missing": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "It has no address to connect to."),
        mark("Errors", "Add the address to the profile."),
        "open-profiles",
    ),
    "profile-invalid.endpoint-malformed": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its address cannot be used."),
        mark("Errors", "Give the whole address, as whoever set up the archive has it: https://…/"),
        "open-profiles",
    ),
    "profile-invalid.endpoint-not-https": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark(
            "Errors",
            "Its address does not begin with https://. Plain http is only allowed to this computer itself.",
        ),
        mark("Errors", "Correct the address in the profile."),
        "open-profiles",
    ),
    "profile-invalid.endpoint-user-info": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its address has a user name or password in it."),
        mark("Errors", "Leave them out of the address."),
        "open-profiles",
    ),
    "profile-invalid.endpoint-fragment": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its address has a part behind “#”."),
        mark("Errors", "Leave that part out."),
        "open-profiles",
    ),
    "profile-invalid.endpoint-query": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its address has a part behind “?”."),
        mark("Errors", "Leave that part out."),
        "open-profiles",
    ),
    "profile-invalid.endpoint-changed": Words(
        mark("Errors", "The address was changed meanwhile"),
        mark("Errors", "The address of “{name}” was changed while it was being checked."),
        mark("Errors", "Check the profile again."),
        "open-profiles",
    ),
    "profile-invalid.environment-not-set": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "It stands for the address in the variable LAMBDA_FUNCTION_URL, which is not set."),
        mark("Errors", "Set the variable before the program starts, or choose another profile."),
        "open-profiles",
    ),
    "profile-invalid.region-malformed": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its region is not the name of an AWS region."),
        mark("Errors", "Give one such as ap-northeast-1."),
        "open-profiles",
    ),
    "profile-invalid.region-mismatch": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "Its region is not the one in its address."),
        mark("Errors", "Leave the region out, or correct the address."),
        "open-profiles",
    ),
    "profile-invalid.aws-profile-malformed": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "The name of its AWS profile cannot be one."),
        mark("Errors", "Choose one of the AWS profiles on this computer."),
        "open-profiles",
    ),
    "profile-invalid.aws-profile-unused": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "It signs in with a token, so an AWS profile has no use."),
        mark("Errors", "Leave one of the two out."),
        "open-profiles",
    ),
    "profile-invalid.storage-malformed": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "What is known of its storage is not a bucket with its region, owner and host."),
        mark("Errors", "Check the profile: it asks the endpoint again."),
        "open-profiles",
    ),
    "profile-invalid.secret-malformed": Words(
        mark("Errors", "This cannot be a credential"),
        mark("Errors", "It is empty, or has spaces, line breaks or other characters that no credential has."),
        mark("Errors", "Copy it again, whole."),
        "sign-in",
    ),
    "profile-invalid.sign-in-malformed": Words(
        mark("Errors", "The profile “{name}” cannot be used"),
        mark("Errors", "It does not say rightly how one signs in[ ({field})]."),
        mark("Errors", "Add it again with the connection from whoever set up the archive."),
        "open-profiles",
    ),
    "profile-invalid.credentials-needed": Words(
        mark("Errors", "Credentials are needed"),
        mark("Errors", "The profile “{name}” has none to sign in with."),
        mark("Errors", "Enter its token or its keys, or choose an AWS profile."),
        "sign-in",
    ),
    "profile-invalid.second-itself": Words(
        mark("Errors", "The second profile cannot be used"),
        mark("Errors", "The profile “{name}” names itself."),
        mark("Errors", "Choose another one in the profile's settings."),
        "open-profiles",
    ),
    "profile-invalid.second-reserved": Words(
        mark("Errors", "The second profile cannot be used"),
        mark("Errors", "“{second}” is no archive elsewhere, as a second one has to be."),
        mark("Errors", "Choose another one in the settings of “{name}”."),
        "open-profiles",
    ),
    "profile-invalid.second-same-place": Words(
        mark("Errors", "The second profile cannot be used"),
        mark("Errors", "“{second}” leads to the same archive as “{name}”."),
        mark("Errors", "Choose one of another stack in the settings of “{name}”."),
        "open-profiles",
    ),
    "profile-invalid.second-not-accepted": Words(
        mark("Errors", "The second profile is not ready"),
        mark("Errors", "Nobody has accepted yet where “{name}” leads."),
        mark("Errors", "Check the profile: then its storage is shown, to be accepted."),
        "open-profiles",
    ),
    "connection-invalid": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "It is not as it should be: {reason}[ (field {field})]."),
        mark("Errors", "Ask whoever runs the archive for it anew."),
        "open-profiles",
    ),
    "connection-invalid.too-large": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "This is too large to be a connection."),
        mark("Errors", "Take the file or string that the deployment printed."),
        "open-profiles",
    ),
    "connection-invalid.not-text": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "This is no text in UTF-8."),
        mark("Errors", "Take the file or string that the deployment printed."),
        "open-profiles",
    ),
    "connection-invalid.not-a-connection": Words(
        mark("Errors", "This connection cannot be used"),
        mark(
            "Errors",
            "This is no connection: that begins with “chatlog-connection:”, or is the content of a .chatlog-connection file.",
        ),
        mark("Errors", "Copy it again, whole."),
        "open-profiles",
    ),
    "connection-invalid.damaged": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "A part of it may be missing."),
        mark("Errors", "Copy it again, whole."),
        "open-profiles",
    ),
    "connection-invalid.version-unknown": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "It was made for another version of the program."),
        mark("Errors", "Update the program, then try again."),
        "open-profiles",
    ),
    "connection-invalid.field-missing": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "It does not say {field}."),
        mark("Errors", "Ask whoever runs the archive for it anew."),
        "open-profiles",
    ),
    "connection-invalid.field-malformed": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "Its {field} cannot be right."),
        mark("Errors", "Ask whoever runs the archive for it anew."),
        "open-profiles",
    ),
    "connection-invalid.fields-disagree": Words(
        mark("Errors", "This connection cannot be used"),
        mark("Errors", "Its {field} and its {other} do not belong together. It may have been tampered with."),
        mark("Errors", "Do not use it; ask whoever runs the archive."),
        "open-profiles",
    ),
    "connection-invalid.endpoint-not-https": Words(
        mark("Errors", "This connection cannot be used"),
        mark(
            "Errors",
            "Its {field} does not begin with https://. Plain http is only allowed to this computer itself.",
        ),
        mark("Errors", "Ask whoever runs the archive for it anew."),
        "open-profiles",
    ),
    "releases-address-missing": Words(
        mark("Errors", "No releases address is set"),
        mark("Errors", "Nobody was asked for newer releases."),
        mark("Errors", "Put releases_address into the settings file."),
    ),
    "keyring-missing": Words(
        mark("Errors", "There is no keyring"),
        mark("Errors", "The system's keyring, which keeps credentials safe, cannot be used[: {reason}]."),
        mark("Errors", "Start GNOME Keyring or KWallet in your desktop session, then try again."),
        "retry",
    ),
    "keyring-locked": Words(
        mark("Errors", "The keyring is locked"),
        mark(
            "Errors",
            "The credentials are in the system's keyring, which is locked, or its question was not answered in time.",
        ),
        mark("Errors", "Unlock it, and it goes on where it stopped."),
        "unlock-keyring",
    ),
    "credentials-missing": Words(
        mark("Errors", "The credentials could not be read"),
        mark("Errors", "Those of the profile “{profile}” are not to be had[: {reason}]."),
        mark("Errors", "Sign in again, and it goes on where it stopped."),
        "sign-in",
    ),
    "credentials-missing.none-kept": Words(
        mark("Errors", "Not signed in"),
        mark("Errors", "No credentials are kept for the profile “{profile}”."),
        mark("Errors", "Sign in, and it goes on where it stopped."),
        "sign-in",
    ),
    "credentials-missing.none-found": Words(
        mark("Errors", "No AWS credentials were found"),
        mark("Errors", "AWS's own set-up on this computer has none for the profile “{profile}”."),
        mark("Errors", "Sign in to AWS as you usually do, then try again."),
        "retry",
    ),
    "credentials-missing.aws-profile-unknown": Words(
        mark("Errors", "The AWS profile is not there"),
        mark(
            "Errors",
            "The profile “{profile}” uses the AWS profile “{awsProfile}”, which AWS's set-up on this computer does not have.",
        ),
        mark("Errors", "Choose another AWS profile."),
        "open-profiles",
    ),
    "credentials-missing.sso-expired": Words(
        mark("Errors", "The AWS sign-in has expired"),
        mark("Errors", "The profile “{profile}” uses the AWS profile “{awsProfile}”, whose sign-in is over."),
        mark("Errors", "Sign in to AWS again, then try again: it goes on where it stopped."),
        "retry",
    ),
    "aws-set-up-wrong": Words(
        mark("Errors", "AWS cannot be used"),
        mark("Errors", "The AWS profile “{awsProfile}” does not work: {reason}[ ({detail})]."),
        mark("Errors", "Look at AWS's set-up on this computer, or choose another AWS profile."),
        "retry",
    ),
    "aws-set-up-wrong.aws-profile-unknown": Words(
        mark("Errors", "The AWS profile is not there"),
        mark("Errors", "AWS's set-up on this computer has no AWS profile “{awsProfile}”."),
        mark("Errors", "Choose another AWS profile."),
        "retry",
    ),
    "aws-set-up-wrong.none-found": Words(
        mark("Errors", "No AWS credentials were found"),
        mark("Errors", "The AWS profile “{awsProfile}” has no credentials."),
        mark("Errors", "Sign in to AWS as you usually do, then try again."),
        "retry",
    ),
    "aws-set-up-wrong.sso-expired": Words(
        mark("Errors", "The AWS sign-in has expired"),
        mark("Errors", "The sign-in of the AWS profile “{awsProfile}” is over."),
        mark("Errors", "Sign in to AWS as you usually do, then try again."),
        "retry",
    ),
    "aws-set-up-wrong.key-refused": Words(
        mark("Errors", "AWS does not know the access key"),
        mark(
            "Errors",
            "The access key of the AWS profile “{awsProfile}” is not one that AWS knows, or its secret is another.",
        ),
        mark("Errors", "Put it right in AWS's set-up on this computer, then try again."),
        "retry",
    ),
    "aws-set-up-wrong.region-missing": Words(
        mark("Errors", "Which region is not said"),
        mark("Errors", "There is no region to deploy to, or it is not the name of one."),
        mark("Errors", "Choose a region, such as ap-northeast-1."),
        "retry",
    ),
    "aws-set-up-wrong.parameter-unknown": Words(
        mark("Errors", "The stack has no such parameter"),
        mark("Errors", "There is no parameter {detail}."),
        mark("Errors", "Choose a parameter that the stack has."),
        "retry",
    ),
    "aws-set-up-wrong.parameter-refused": Words(
        mark("Errors", "A parameter's value cannot be used"),
        mark("Errors", "CloudFormation refused it: {detail}."),
        mark("Errors", "Choose another value."),
        "retry",
    ),
    # this computer
    "sign-in-needed": Words(
        mark("Errors", "Sign in to “{profile}”"),
        mark("Errors", "The archive wants to know who you are."),
        mark("Errors", "Sign in again, and it goes on where it stopped."),
        "sign-in",
    ),
    "sign-in-needed.signed-out": Words(
        mark("Errors", "Sign in to “{profile}”"),
        mark("Errors", "Nobody is signed in to this profile."),
        mark("Errors", "Sign in, and it goes on where it stopped."),
        "sign-in",
    ),
    "sign-in-needed.sign-in-expired": Words(
        mark("Errors", "Sign in to “{profile}” again"),
        mark("Errors", "Your sign-in has ended: it expired, or was ended from elsewhere."),
        mark("Errors", "Sign in again, and it goes on where it stopped."),
        "sign-in",
    ),
    "file-vanished": Words(
        mark("Errors", "The file is no longer there"),
        mark("Errors", "{path} was deleted or moved, perhaps by its tool."),
        mark("Errors", "What the archive already holds of it is kept."),
    ),
    "file-unreadable": Words(
        mark("Errors", "The file cannot be read"),
        mark("Errors", "{path} could not be opened[: {reason}]."),
        mark("Errors", "Allow your user to read it, then try again."),
        "retry",
    ),
    "file-shrank": Words(
        mark("Errors", "The file is being rewritten"),
        mark("Errors", "{path} became shorter while it was read."),
        mark("Errors", "Try again when its tool is done."),
        "retry",
    ),
    "file-keeps-changing": Words(
        mark("Errors", "The file keeps changing"),
        mark("Errors", "{path} was rewritten each time it was read."),
        mark("Errors", "Try again when its tool is done."),
        "retry",
    ),
    "not-a-regular-file": Words(
        mark("Errors", "This is no file to archive"),
        mark(
            "Errors",
            "{path} is not a regular file, or a link that leads out of its folder; such are never followed.",
        ),
        mark("Errors", "Take the file itself, where it lies."),
        "show-file",
    ),
    "disk-full": Words(
        mark("Errors", "The disk is full"),
        mark("Errors", "There is no room left for {path}[: {needed} needed, {free} free]."),
        mark("Errors", "Make room, then try again; nothing that was finished is lost."),
        "retry",
    ),
    "folder-not-writable": Words(
        mark("Errors", "A folder cannot be written to"),
        mark("Errors", "{path} could not be written[: {reason}]."),
        mark("Errors", "Allow your user to write there, then try again."),
        "retry",
    ),
    "state-damaged": Words(
        mark("Errors", "The record of transfers was damaged"),
        mark("Errors", "{path} could not be read[; it was kept as {keptAs}]."),
        mark("Errors", "Try again: what is archived already is found in S3 and not stored twice."),
        "retry",
    ),
    "state-too-new": Words(
        mark("Errors", "A newer version was used here"),
        mark(
            "Errors",
            "{path} was written by a newer version of the program (format {version}; this one knows {known}).",
        ),
        mark("Errors", "Update the program."),
    ),
    # the other side
    "unreachable": Words(
        mark("Errors", "No connection"),
        mark("Errors", "{host} could not be reached[: {reason}]."),
        mark("Errors", "Check the network, then try again; finished work is not repeated."),
        "retry",
    ),
    "reply-lost": Words(
        mark("Errors", "The connection broke"),
        mark("Errors", "{host} did not answer to the end[: {reason}]."),
        mark("Errors", "Try again: it looks first whether the work was done."),
        "retry",
    ),
    "tls-failed": Words(
        mark("Errors", "The connection is not safe"),
        mark("Errors", "The certificate of {host} is not trusted[: {reason}]. Nothing was sent."),
        mark(
            "Errors",
            "Check this computer's clock; behind a company's proxy, its certificate has to be set up first.",
        ),
        "retry",
    ),
    "not-our-protocol": Words(
        mark("Errors", "Something else answered"),
        mark(
            "Errors",
            "{host} answered, but not as an archive's endpoint does[ (status {status}, {contentType})]. A proxy or a sign-in page may have answered in its place.",
        ),
        mark(
            "Errors",
            "If this network asks for a sign-in, do that first, in a browser; otherwise check the profile's address.",
        ),
        "open-profiles",
    ),
    "redirect-refused": Words(
        mark("Errors", "The request was to be redirected"),
        mark("Errors", "{host} wanted to send it elsewhere[ (status {status})], which is never followed."),
        mark(
            "Errors",
            "If this network asks for a sign-in, do that first, in a browser; otherwise check the profile's address.",
        ),
        "open-profiles",
    ),
    "host-not-pinned": Words(
        mark("Errors", "This is not the accepted storage"),
        mark(
            "Errors", "The endpoint gave an address at {host}[ and not at {pinned}]. Nothing was sent there."
        ),
        mark("Errors", "Ask whoever set up the archive."),
        "copy-details",
    ),
    "storage-changed": Words(
        mark("Errors", "The profile leads to other storage"),
        mark(
            "Errors",
            "The endpoint now leads to another bucket[, {found},] than was accepted[ ({pinned})]. Nothing was sent.",
        ),
        mark("Errors", "If this is right, accept it in the profile."),
        "open-profiles",
    ),
    "unauthorized": Words(
        mark("Errors", "The sign-in is not valid"),
        mark("Errors", "{host} does not know who asks: the credentials are wrong or have expired."),
        mark("Errors", "Sign in again, and it goes on where it stopped."),
        "sign-in",
    ),
    "sign-in-failed": Words(
        mark("Errors", "Signing in did not work"),
        mark("Errors", "The browser and the archive did not come to terms[: {detail}]."),
        mark("Errors", "Try again; if it happens again, ask whoever set up the archive."),
        "retry",
    ),
    "sign-in-failed.timed-out": Words(
        mark("Errors", "Signing in did not work"),
        mark("Errors", "Nobody signed in with the browser in time."),
        mark("Errors", "Try again, and sign in on the page that opens."),
        "retry",
    ),
    "sign-in-failed.ports-taken": Words(
        mark("Errors", "Signing in did not work"),
        mark(
            "Errors",
            "Other programs use all the ports on which the browser could come back to this one[: {detail}].",
        ),
        mark("Errors", "End them, then try again."),
        "retry",
    ),
    "sign-in-failed.declined": Words(
        mark("Errors", "Signing in did not work"),
        mark("Errors", "The sign-in was declined in the browser."),
        mark("Errors", "Try again, or ask whoever set up the archive whether your account may use it."),
        "retry",
    ),
    "sign-in-failed.provider-refused": Words(
        mark("Errors", "Signing in did not work"),
        mark("Errors", "The sign-in service[ {host}] did not accept it[: {detail}]."),
        mark("Errors", "Try again; if it happens again, ask whoever set up the archive."),
        "retry",
    ),
    "sign-in-failed.provider-unsuitable": Words(
        mark("Errors", "Signing in did not work"),
        mark(
            "Errors",
            "The sign-in service[ {host}] is not set up as this program needs it[: {detail}]. Nothing was sent there.",
        ),
        mark("Errors", "Ask whoever set up the archive."),
        "copy-details",
    ),
    "sign-in-failed.token-untrusted": Words(
        mark("Errors", "Signing in did not work"),
        mark(
            "Errors",
            "What the sign-in service[ {host}] answered is not to be trusted[: {detail}], so it was thrown away.",
        ),
        mark(
            "Errors",
            "Check this computer's clock and try again; if it happens again, ask whoever set up the archive.",
        ),
        "retry",
    ),
    "sign-in-failed.scope-missing": Words(
        mark("Errors", "Your account may not use the archive"),
        mark("Errors", "You are known, but what is needed was not granted[: {detail}]."),
        mark("Errors", "Ask whoever set up the archive."),
        "copy-details",
    ),
    "access-denied": Words(
        mark("Errors", "This is not allowed"),
        mark("Errors", "{host} does not allow it[: {reason}]."),
        mark(
            "Errors",
            "Check that the profile's credentials are meant for this archive, and this computer's clock.",
        ),
        "open-profiles",
    ),
    "url-expired": Words(
        mark("Errors", "The permission has expired"),
        mark("Errors", "The address that {host} was asked with is no longer valid."),
        mark("Errors", "Try again; if it happens at once, check this computer's clock."),
        "retry",
    ),
    "not-found": Words(
        mark("Errors", "The archive does not have it"),
        mark("Errors", "There is nothing[ under {s3Key}] for this profile; it may have been deleted."),
        mark("Errors", "Read the archive again."),
        "retry",
    ),
    "invalid-request": Words(
        mark("Errors", "The endpoint refused the request"),
        mark("Errors", "It did not take what it was sent[ (field {field})][: {detail}]."),
        mark(
            "Errors",
            "The program and the endpoint may be of different versions: ask whoever set up the archive.",
        ),
        "copy-details",
    ),
    "too-large": Words(
        mark("Errors", "The file is too large"),
        mark("Errors", "It cannot be archived[: {size}, the limit is {limit}]."),
        mark("Errors", "Split it, or leave it out."),
    ),
    "too-large.preview": Words(
        mark("Errors", "Too large to be previewed"),
        mark("Errors", "A preview unpacks up to {limit}[; this is {size}]."),
        mark("Errors", "Download it to read it."),
    ),
    "too-large.copy": Words(
        mark("Errors", "Too large to be brought back here"),
        mark(
            "Errors",
            "S3 cannot copy it over its delete marker[: {size}, the limit is {limit}]. Nothing is lost.",
        ),
        mark("Errors", "Download the hidden version and archive the file anew."),
    ),
    "already-there": Words(
        mark("Errors", "The archive has it already"),
        mark("Errors", "There is an object[ under {s3Key}] already."),
        mark("Errors", "Try again: it compares first."),
        "retry",
    ),
    "conflict": Words(
        mark("Errors", "Someone else was writing it"),
        mark("Errors", "Another computer or program was writing the same object[, {s3Key}]."),
        mark("Errors", "Try again."),
        "retry",
    ),
    "object-archived": Words(
        mark("Errors", "It has to come back first"),
        mark(
            "Errors",
            "{s3Key} lies in the archive class {storageClass}[ (return: {restore})] and cannot be read at once.",
        ),
        mark("Errors", "Ask for its return, which takes hours."),
        "ask-return",
    ),
    "not-archived": Words(
        mark("Errors", "It can be read at once"),
        mark("Errors", "{s3Key} lies in no archive class[ but in {storageClass}]."),
        mark("Errors", "Download it; there is nothing to ask back."),
    ),
    "throttled": Words(
        mark("Errors", "Too many requests"),
        mark("Errors", "{host} asks for fewer requests[; it can be tried again in {retryAfter}]."),
        mark("Errors", "Try again later; finished work is not repeated."),
        "retry",
    ),
    "server-failed": Words(
        mark("Errors", "The server failed"),
        mark("Errors", "{host} could not do it[ (status {status})][, request {requestId}]."),
        mark("Errors", "Try again[ in {retryAfter}]; if it happens again, ask whoever set up the archive."),
        "retry",
    ),
    "releases-unreadable": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} did not say what is new[ (status {status})][: {detail}]."),
        mark("Errors", "Check the releases address."),
        "retry",
    ),
    "releases-unreadable.no-connection": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} did not answer[: {detail}]."),
        mark("Errors", "Try again when there is a connection."),
        "retry",
    ),
    "releases-unreadable.too-slow": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} took too long to answer."),
        mark("Errors", "Try again later."),
        "retry",
    ),
    "releases-unreadable.too-long": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} answered with more than a list of releases can be."),
        mark("Errors", "Check the releases address."),
        "retry",
    ),
    "releases-unreadable.refused": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} did not say what is new[ (status {status})]."),
        mark("Errors", "Check the releases address, or try again later."),
        "retry",
    ),
    "releases-unreadable.redirected": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} wanted to send the request elsewhere[, to {detail}], which is not followed."),
        mark("Errors", "Check the releases address."),
        "retry",
    ),
    "releases-unreadable.not-json": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} answered with something else than JSON, such as a login page."),
        mark("Errors", "Check the releases address."),
        "retry",
    ),
    "releases-unreadable.other-shape": Words(
        mark("Errors", "What is new is not known"),
        mark("Errors", "{host} answered with JSON that is no list of releases[: {detail}]."),
        mark("Errors", "Check the releases address."),
        "retry",
    ),
    "deployment-failed": Words(
        mark("Errors", "AWS did not do it"),
        mark("Errors", "AWS could not do what was asked[ ({reason})][: {detail}]."),
        mark(
            "Errors",
            "Try again; if it stays, look at the stack[ {stack}] in the CloudFormation console[ of {region}].",
        ),
        "retry",
    ),
    "deployment-failed.access-denied": Words(
        mark("Errors", "AWS does not allow this"),
        mark("Errors", "The AWS profile[ “{awsProfile}”] may not do this[: {detail}]."),
        mark("Errors", "Choose one that may manage CloudFormation, Lambda, S3, KMS, IAM and logs."),
        "retry",
    ),
    "deployment-failed.throttled": Words(
        mark("Errors", "AWS asks for fewer requests"),
        mark("Errors", "There were too many requests at once[: {detail}]."),
        mark("Errors", "Try again in a minute."),
        "retry",
    ),
    "deployment-failed.busy": Words(
        mark("Errors", "The stack is being changed"),
        mark("Errors", "Something else is changing the stack {stack} in {region} just now[ ({detail})]."),
        mark("Errors", "Wait until that is done, then try again."),
        "retry",
    ),
    "deployment-failed.creation-failed": Words(
        mark("Errors", "The stack could not be created before"),
        mark("Errors", "The stack {stack} in {region} can only be removed[ ({detail})]."),
        mark("Errors", "Remove it in the CloudFormation console, then try again."),
        "retry",
    ),
    "deployment-failed.stuck": Words(
        mark("Errors", "The stack is stuck"),
        mark("Errors", "CloudFormation cannot mend the stack {stack} in {region} by itself[ ({detail})]."),
        mark("Errors", "Continue or roll back the update in the CloudFormation console, then try again."),
        "retry",
    ),
    "deployment-failed.name-taken": Words(
        mark("Errors", "There is another stack of that name"),
        mark("Errors", "This program did not deploy the stack {stack} in {region}[ ({detail})]."),
        mark("Errors", "Choose another region or AWS account."),
        "retry",
    ),
    "deployment-failed.resource-taken": Words(
        mark("Errors", "AWS has something of that name already"),
        mark(
            "Errors",
            "The stack {stack} in {region} was not deployed, because of a name that is taken[, that of {resource}]: {detail}.",
        ),
        mark(
            "Errors",
            "It may have stayed from a stack that was removed: look into it before you delete it, or choose another region.",
        ),
        "retry",
    ),
    "deployment-failed.archive-there": Words(
        mark("Errors", "There is another bucket of that name"),
        mark(
            "Errors",
            "Nothing shows that this program made the bucket {resource} for this AWS account and region[ ({detail})]. It is not touched, and nothing was created.",
        ),
        mark("Errors", "See in the S3 console whose it is, or choose another region."),
        "retry",
    ),
    "deployment-failed.kept-key-gone": Words(
        mark("Errors", "The archive's key is gone"),
        mark(
            "Errors",
            "The bucket {resource} with your archives is still there, but without its key {detail} nobody can read them. Nothing was created.",
        ),
        mark(
            "Errors",
            "Choose another region; or, if you give these archives up, delete the bucket in the S3 console and try again.",
        ),
        "retry",
    ),
    "deployment-failed.kept-key-deleting": Words(
        mark("Errors", "The archive's key is about to be deleted"),
        mark(
            "Errors",
            "The bucket {resource} with your archives is still there. Once its key {detail} is deleted, nobody can read them. Nothing was created.",
        ),
        mark("Errors", "Cancel the deletion in the KMS console and enable the key, then try again."),
        "retry",
    ),
    "deployment-failed.kept-key-off": Words(
        mark("Errors", "The archive's key is disabled"),
        mark(
            "Errors",
            "The bucket {resource} with your archives is still there, but its key {detail} cannot be used. Nothing was created.",
        ),
        mark("Errors", "Enable the key in the KMS console, then try again."),
        "retry",
    ),
    "deployment-failed.code-bucket-taken": Words(
        mark("Errors", "The bucket's name is taken"),
        mark("Errors", "The bucket {detail} for the function's code belongs to another AWS account."),
        mark("Errors", "Choose another region."),
        "retry",
    ),
    "deployment-failed.rolled-back": Words(
        mark("Errors", "AWS went back to how it was"),
        mark("Errors", "AWS could not make[ {resource} of] the stack {stack} in {region}: {detail}."),
        mark("Errors", "Put that right, then try again."),
        "retry",
    ),
    "deployment-failed.removal-failed": Words(
        mark("Errors", "The stack could not be removed"),
        mark(
            "Errors",
            "AWS could not remove[ {resource} of] the stack {stack} in {region}: {detail}. What is archived is untouched.",
        ),
        mark("Errors", "Put that right, then try again."),
        "retry",
    ),
    "deployment-failed.lost-sight": Words(
        mark("Errors", "The connection to AWS was lost"),
        mark("Errors", "AWS goes on with the stack {stack} in {region} by itself."),
        mark("Errors", "Look at the network, then try again: what is done is not repeated."),
        "retry",
    ),
    "deployment-failed.refused": Words(
        mark("Errors", "CloudFormation does not accept the stack"),
        mark("Errors", "The stack {stack} in {region} was refused: {detail}. Nothing was changed."),
        mark("Errors", "Put that right, then try again."),
        "retry",
    ),
    "verification-failed": Words(
        mark("Errors", "The check did not agree"),
        mark(
            "Errors",
            "What S3 holds is not what was expected[ under {s3Key}]: {what} is {found}, not {expected}. It is not taken as archived.",
        ),
        mark("Errors", "Try again."),
        "retry",
    ),
    "body-damaged": Words(
        mark("Errors", "The data changed on its way"),
        mark("Errors", "{host} received other bytes than were sent."),
        mark("Errors", "Try again; if it happens again, a proxy may be changing them."),
        "retry",
    ),
    # the sandbox
    "sandbox-failed": Words(
        mark("Errors", "The archive on this computer did not start"),
        mark("Errors", "The program that keeps it did not start: {reason}."),
        mark("Errors", "Try again; if it happens again, copy the details for a report."),
        "retry",
    ),
    "sandbox-failed.identity-damaged": Words(
        mark("Errors", "The archive on this computer cannot start"),
        mark("Errors", "Its names and keys, {log}, are damaged. What it holds is still there."),
        mark("Errors", "Put that file back from a backup."),
        "show-file",
    ),
    # others
    "cancelled": Words(
        mark("Errors", "Stopped"),
        mark("Errors", "It was stopped before its end."),
        mark("Errors", "Start it again to go on; finished work is kept."),
        "retry",
    ),
    "unexpected": Words(
        mark("Errors", "A fault of the program"),
        mark("Errors", "The program met a fault of its own: {reason}. Other files went on."),
        mark("Errors", "Try again; if it happens again, copy the details for a report."),
        "copy-details",
    ),
}
