"""The AWS profiles that a person may choose from, as AWS's own files have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.deployment.aws_profiles import AwsProfile, read_aws_profiles
from app.errors import AwsSetUpWrong

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


@pytest.mark.usefixtures("files")
def test_without_files_there_are_none() -> None:
    found = read_aws_profiles({})
    assert (found.profiles, found.usual) == ((), "")


def test_both_files_are_read_with_each_profile_s_region(files: Path) -> None:
    (files / "config").write_text("[default]\n[profile work]\nregion = eu-west-1\n", encoding="utf-8")
    (files / "credentials").write_text("[only-keys]\naws_access_key_id = AKIAEXAMPLE\n", encoding="utf-8")
    found = read_aws_profiles({})
    assert found.profiles == (
        AwsProfile("default", None),
        AwsProfile("only-keys", None),
        AwsProfile("work", "eu-west-1"),
    )
    assert found.usual == "default"


def test_the_environment_says_which_is_the_usual_one_and_where(files: Path) -> None:
    (files / "config").write_text("[default]\n[profile work]\nregion = eu-west-1\n", encoding="utf-8")
    found = read_aws_profiles({"AWS_PROFILE": "work", "AWS_REGION": "us-west-2"})
    assert found.usual == "work"
    assert {profile.region for profile in found.profiles} == {"us-west-2"}
    assert read_aws_profiles({"AWS_PROFILE": "gone"}).usual == ""


def test_damaged_files_are_an_error_of_ours(files: Path) -> None:
    (files / "config").write_text("no section\n", encoding="utf-8")
    with pytest.raises(AwsSetUpWrong):
        read_aws_profiles({})
