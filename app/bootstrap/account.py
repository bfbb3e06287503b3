"""Who uses the program, and where to: profiles, credentials, signing in, and setting up an archive of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.account.endpoints import is_loopback_host
from app.account.profiles import SANDBOX, ProfileStore
from app.bootstrap.built_once import built_once
from app.bootstrap.network import NetworkServices

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from app.account.loopback_page import PageLanguage
    from app.account.oidc import Provider
    from app.account.profile_editing import ProfileEditor
    from app.account.profiles import Profile
    from app.account.signin_flow import SignInFlow
    from app.account.signin_session import SignInSession
    from app.account.signin_settings import SignIn
    from app.account.vault import Vault
    from app.deployment.aws_profiles import AwsProfiles
    from app.deployment.deployer import Deployer


class AccountServices(NetworkServices):
    """Profiles, credentials, signing in and setting up."""

    @built_once
    def profiles(self) -> ProfileStore:
        """The profiles of this home."""
        return ProfileStore(self.paths.settings)

    @built_once
    def profile(self) -> Profile:
        """The profile in use, the sandbox's with its storage once it exists. Raises ConfigurationError."""
        return self.with_storage(self.profiles.current(self._profile_name, self._environ))

    @property
    def this_computer_only(self) -> bool:
        """Whether what is archived stays on this computer: in this home's sandbox, or in another home's."""
        storage = self.profile.storage
        return self.profile.kind == SANDBOX or (storage is not None and is_loopback_host(storage.s3_host))

    @built_once
    def vault(self) -> Vault:
        """Credentials."""
        from app.account.vault import open_vault

        return self._given_vault or open_vault(self.paths, self._home)

    @built_once
    def profile_editor(self) -> ProfileEditor:
        """Profiles and their credentials, changed together."""
        from app.account.profile_editing import ProfileEditor

        return ProfileEditor(self.profiles, self.vault, self._environ)

    def provider(self, sign_in: SignIn) -> Provider:
        """The OpenID provider of a team's profile; nothing is asked of it yet."""
        from app.account.oidc import Provider

        return Provider(sign_in, self.connections)

    def sign_in_flow(
        self, sign_in: SignIn, open_browser: Callable[[str], object], *, language: PageLanguage | None = None
    ) -> SignInFlow:
        """Signing in with the browser, for a profile that need not be written yet; to be run by a thread that waits."""
        from app.account.signin_flow import SignInFlow

        return SignInFlow(self.provider(sign_in), open_browser, language=language)

    def sign_in_session(self, profile: Profile) -> SignInSession:
        """The sign-in of a profile of the kind `signin`: one for all its uses in this run."""
        from dataclasses import replace

        from app.account.signin_session import SignInSession

        assert profile.sign_in is not None
        with self.building("sign_in_session"):
            key = replace(profile, storage=None)
            if key not in self._sign_ins:
                self._sign_ins[key] = SignInSession(
                    profile,
                    self.vault,
                    self.provider(profile.sign_in),
                    lock_file=self.paths.data_folder / "sign-in.lock",
                )
            return self._sign_ins[key]

    def aws_profiles(self) -> AwsProfiles:
        """The AWS profiles that there are to deploy with. Raises AwsSetUpWrong."""
        from app.deployment.aws_profiles import read_aws_profiles

        return read_aws_profiles(self._environ)

    def deployer(
        self, aws_profile: str | None, region: str | None, stopped: threading.Event | None = None
    ) -> Deployer:
        """Deploys the stack with an AWS profile in a region; None for those that AWS's own tools would take.

        `stopped` ends its waits; None: the end of these services does.
        """
        from app.deployment.aws import Account
        from app.deployment.deployer import Deployer
        from app.deployment.shipped import find_shipped

        account = Account(self._environ, aws_profile, region)
        return Deployer(account, find_shipped(), self.stopped if stopped is None else stopped)

    def with_storage(self, profile: Profile) -> Profile:
        """The sandbox's storage is known from its own state, whether it runs or not."""
        if profile.kind != SANDBOX:
            return profile
        from dataclasses import replace

        known = self.sandbox.known_storage()
        return profile if known is None else replace(profile, storage=known)
