"""What the design demands of the template in one of the modes, a function for each of its rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stack.templates import Stack

PRESIGN = {"Fn::GetAtt": ["PresignLambdaFunction", "Arn"]}
PORTS = (53682, 53683, 53684, 53685)
COUNTED_BEFORE_SIGN_IN = {
    f"{rule}_{place}" for rule in ("EC2MetaDataSSRF", "GenericRFI") for place in ("QUERYARGUMENTS", "BODY")
}
"""Rules that take a redirect to 127.0.0.1 for an attack."""


def f2_function_url(stack: Stack, stage: str) -> None:
    (url,) = stack.of_type("AWS::Lambda::Url").values()
    assert url["AuthType"] == "AWS_IAM"
    assert "Cors" not in url
    # What IAM does not guard, a permission for everybody would open.
    assert not stack.of_type("AWS::Lambda::Permission")
    assert not stack.of_type("AWS::ApiGateway::RestApi")
    assert stack.properties("PresignLambdaFunction")["Environment"]["Variables"]["AUTH_MODE"] == "iam"
    pattern = stack.parameters["AllowedOrigins"]["AllowedPattern"]
    assert re.fullmatch(pattern, "https://logs.example.org,https://b.example.org:8443")
    assert not any(
        re.fullmatch(pattern, one) for one in ("*", "https://*", "https://a.example,*", "http://a.example")
    )
    said = stack.statements("CallersPolicy")
    assert said.keys() == {"FunctionUrl", "ThroughTheFunctionUrlOnly"}
    assert said["FunctionUrl"]["Action"] == "lambda:InvokeFunctionUrl"
    assert said["FunctionUrl"]["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
    through = said["ThroughTheFunctionUrlOnly"]
    assert through["Action"] == "lambda:InvokeFunction"
    assert through["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    assert said["FunctionUrl"]["Resource"] == through["Resource"] == PRESIGN


def f2_origins(stack: Stack, stage: str) -> None:
    """With the parameter AllowedOrigins set."""
    (url,) = stack.of_type("AWS::Lambda::Url").values()
    assert url["Cors"]["AllowOrigins"] == {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]}
    assert url["Cors"]["AllowMethods"] == ["POST"]
    assert "AllowCredentials" not in url["Cors"]


def f8_patience(stack: Stack, stage: str) -> None:
    answers = {one["ResponseType"]: one for one in stack.of_type("AWS::ApiGateway::GatewayResponse").values()}
    assert answers.keys() == {"THROTTLED", "QUOTA_EXCEEDED"}
    for one in answers.values():
        assert one["StatusCode"] == "429"
        assert re.fullmatch("'[1-9][0-9]*'", one["ResponseParameters"]["gatewayresponse.header.Retry-After"])


def f9_api(stack: Stack, stage: str) -> None:
    assert not stack.of_type("AWS::Lambda::Url")
    assert not stack.of_type("AWS::ApiGatewayV2::Api")
    (method,) = stack.of_type("AWS::ApiGateway::Method").values()
    assert method["HttpMethod"] == "POST"
    assert method["AuthorizationType"] == "COGNITO_USER_POOLS"
    assert method["AuthorizerId"] == {"Ref": "ApiAuthorizer"}
    assert method["AuthorizationScopes"] == ["chatlog/archive"]
    assert stack.properties("ApiAuthorizer")["Type"] == "COGNITO_USER_POOLS"
    assert stack.properties("ApiAuthorizer")["ProviderARNs"] == [{"Fn::GetAtt": ["UserPool", "Arn"]}]
    assert stack.properties("ApiResource")["PathPart"] == "presigned-url-request"
    invoking = stack.properties("ApiInvokesPresign")
    assert invoking["Principal"] == "apigateway.amazonaws.com"
    assert invoking["SourceArn"]["Fn::Sub"].endswith(":${Api}/*/POST/presigned-url-request")
    assert stack.properties("ApiStage")["TracingEnabled"] is True


def f9_firewall(stack: Stack, stage: str) -> None:
    """Everywhere but on the emulator."""
    guarded = {
        one["ResourceArn"]: one["WebACLArn"]
        for one in map(_hashable, stack.of_type("AWS::WAFv2::WebACLAssociation").values())
    }
    assert guarded == {
        "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${ApiStage}": "ApiFirewall",
        "UserPool": "SignInFirewall",
    }
    counted = {
        "ApiFirewall": {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"},
        "SignInFirewall": COUNTED_BEFORE_SIGN_IN,
    }
    for name, exceptions in counted.items():
        rules = {one["Name"]: one for one in stack.properties(name)["Rules"]}
        assert rules.keys() == {"common", "known-bad-inputs", "rate"}
        groups = {
            one: rules[one]["Statement"]["ManagedRuleGroupStatement"]
            for one in ("common", "known-bad-inputs")
        }
        assert groups["common"]["Name"] == "AWSManagedRulesCommonRuleSet"
        assert groups["known-bad-inputs"]["Name"] == "AWSManagedRulesKnownBadInputsRuleSet"
        assert "RuleActionOverrides" not in groups["known-bad-inputs"]
        overrides = groups["common"]["RuleActionOverrides"]
        assert {one["Name"] for one in overrides} == exceptions
        assert all(one["ActionToUse"] == {"Count": {}} for one in overrides)
        assert all(rules[one]["OverrideAction"] == {"None": {}} for one in groups)
        assert rules["rate"]["Action"] == {"Block": {}}
        assert rules["rate"]["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
        logging = stack.properties(f"{name}Logging")
        assert {"SingleHeader": {"Name": "authorization"}} in logging["RedactedFields"]


def f10_pool(stack: Stack, stage: str) -> None:
    pool = stack.properties("UserPool")
    assert pool["MfaConfiguration"] == ("ON" if stage == "prod" else "OPTIONAL")
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["DeletionProtection"] == ("ACTIVE" if stage in {"staging", "prod"} else "INACTIVE")
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["UserPoolTier"] == "ESSENTIALS"
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14
    assert stack.properties("UserPoolDomain")["ManagedLoginVersion"] == 2
    assert ("UserPoolStyle" in stack.resources) == (stage != "emulated")


def f10_client(stack: Stack, stage: str) -> None:
    (client,) = stack.of_type("AWS::Cognito::UserPoolClient").values()
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthFlowsUserPoolClient"] is True
    assert client["AllowedOAuthScopes"] == ["openid", "chatlog/archive"]
    assert client["CallbackURLs"] == [f"http://127.0.0.1:{port}/callback" for port in PORTS]
    assert client["ExplicitAuthFlows"] == ["ALLOW_USER_SRP_AUTH"]
    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (15, "minutes")
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert client["RefreshTokenRotation"]["RetryGracePeriodSeconds"] <= 60
    assert client["EnableTokenRevocation"] is True
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    scopes = stack.properties("UserPoolScopes")
    assert (scopes["Identifier"], [one["ScopeName"] for one in scopes["Scopes"]]) == ("chatlog", ["archive"])
    variables = stack.properties("PresignLambdaFunction")["Environment"]["Variables"]
    assert variables["AUTH_MODE"] == "cognito"
    assert variables["USER_POOL_CLIENT_ID"] == {"Ref": "UserPoolClient"}
    assert variables["USER_POOL_ISSUER"]["Fn::Sub"].endswith("/${UserPool}")
    assert variables["REQUIRED_SCOPE"] == "chatlog/archive"


def f11_personal_owner(stack: Stack, stage: str) -> None:
    assert stack.properties("PresignLambdaFunction")["Environment"]["Variables"]["OWNER_ID"] == {
        "Ref": "OwnerId"
    }
    pattern = stack.parameters["OwnerId"]["AllowedPattern"]
    assert re.fullmatch(pattern, "aki-1")
    assert not any(re.fullmatch(pattern, one) for one in ("", "a/b", "../a", "a b", "*", "${aws:userid}"))


def f11_team_owner(stack: Stack, stage: str) -> None:
    pool = stack.properties("UserPool")
    (attribute,) = [one for one in pool["Schema"] if one["Name"] == "owner_id"]
    assert attribute["Mutable"] is False
    (client,) = stack.of_type("AWS::Cognito::UserPoolClient").values()
    # Without the list a client may write every attribute.
    assert client["WriteAttributes"] == ["email"]
    trigger = pool["LambdaConfig"]["PreTokenGenerationConfig"]
    assert trigger == {
        "LambdaArn": {"Fn::GetAtt": ["OwnerClaimLambdaFunction", "Arn"]},
        "LambdaVersion": "V2_0",
    }
    assert stack.properties("OwnerClaimLambdaFunction")["Handler"] == "backend.owner_claim.handler"
    invoking = stack.properties("UserPoolInvokesOwnerClaim")
    assert invoking["SourceArn"] == {"Fn::GetAtt": ["UserPool", "Arn"]}
    assert invoking["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "OWNER_ID" not in stack.properties("PresignLambdaFunction")["Environment"]["Variables"]


def b7_no_metrics(stack: Stack, stage: str) -> None:
    assert "MetricsConfigurations" not in stack.properties("Bucket")


def b7_metrics(stack: Stack, stage: str) -> None:
    assert stack.properties("Bucket")["MetricsConfigurations"] == [
        {"Id": "chat-logs", "Prefix": "chat-logs/"}
    ]


def _hashable(association: dict[str, Any]) -> dict[str, str]:
    """The names in an association's references."""

    def name(reference: dict[str, Any]) -> str:
        return str(reference["Fn::Sub"] if "Fn::Sub" in reference else reference["Fn::GetAtt"][0])

    return {key: name(reference) for key, reference in association.items()}
