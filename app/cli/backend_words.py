"""The words of `backend`, in both languages; words.py takes them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "backend.planning": "Asking AWS about account {account}, region {region} …",
    "backend.new": "The stack {stack} would be created in the AWS account {account}, region {region}, with the AWS profile “{awsProfile}”:",
    "backend.changes": "The stack {stack} in the AWS account {account}, region {region}, would change:",
    "backend.add": "create",
    "backend.modify": "change",
    "backend.replace": "REPLACE",
    "backend.remove": "remove",
    "backend.code": "Besides, the function's code goes into the bucket {bucket}, which is created where it is missing.",
    "backend.cost": "While nobody uses it, this costs {dollars} US dollars a month ({parts}).",
    "backend.cost-none": "While nobody uses it, this costs nothing.",
    "backend.prices": "List prices of {region}, dated {dated}, without tax. What is archived comes on top: {storage} US dollars for each GB and month in S3 Standard, less in the classes that it moves to; and requests.",
    "backend.question": "Create this in your AWS account? [y/N] ",
    "backend.asks": "Nothing was created. If this is right, run it again with --yes.",
    "backend.declined": "Not agreed to: nothing was created.",
    "backend.as-before": "The stack {stack} in {region} is so already: nothing was changed.",
    "backend.step": "  {done}/{total} {resource} ({kind})",
    "backend.deployed": "The stack {stack} in {region} is deployed.",
    "backend.none": "There is no stack {stack} in the AWS account {account}, region {region}. `chatlog-uploader backend deploy` makes one.",
    "backend.is": "The stack {stack} in the AWS account {account}, region {region}: {status}",
    "backend.current": "It is the one that this version of the program deploys.",
    "backend.old": "This version of the program deploys another one: `chatlog-uploader backend deploy` shows what would change.",
    "backend.profiles": "Profiles that lead to it: {names}",
    "backend.goes": "From the stack {stack} in the AWS account {account}, region {region}, this would be removed:",
    "backend.stays": "This stays in the account, with all that is archived:",
    "backend.stays-cost": "What stays costs {dollars} US dollars a month, and {storage} for each GB and month in S3 Standard (list prices of {region}, dated {dated}, without tax). Without its key the archive could not be read any more: keep the key as long as the bucket.",
    "backend.remove-question": "Remove the stack? What is archived stays, but the program cannot reach it then. [y/N] ",
    "backend.remove-asks": "Nothing was removed. If this is right, run it again with --yes.",
    "backend.remove-declined": "Not agreed to: nothing was removed.",
    "backend.removed": "The stack {stack} in {region} is removed. What is archived is still there, in the bucket {bucket}: https://console.aws.amazon.com/s3/buckets/{bucket}?region={region}",
    "backend.removed-all": "The stack {stack} in {region} is removed, and nothing of it stays.",
}

JAPANESE: Mapping[str, str] = {
    "backend.planning": "アカウント {account}、リージョン {region} について AWS に問い合わせています …",
    "backend.new": "AWS アカウント {account}、リージョン {region} に、AWS プロファイル「{awsProfile}」でスタック {stack} を作成します：",
    "backend.changes": "AWS アカウント {account}、リージョン {region} のスタック {stack} を次のように変更します：",
    "backend.add": "作成",
    "backend.modify": "変更",
    "backend.replace": "置き換え",
    "backend.remove": "削除",
    "backend.code": "関数のコードはバケット {bucket} に置きます（なければ作成します）。",
    "backend.cost": "使わない月の費用は {dollars} 米ドルです（{parts}）。",
    "backend.cost-none": "使わない月の費用はかかりません。",
    "backend.prices": "{region} の定価（{dated} 時点、税別）です。保管した量に応じて、S3 Standard で 1 GB あたり月 {storage} 米ドル（移動先のクラスではこれより安価）と、リクエストの料金が加わります。",
    "backend.question": "AWS アカウントに作成しますか？ [y/N] ",
    "backend.asks": "何も作成していません。内容が正しければ、--yes を付けてもう一度実行してください。",
    "backend.declined": "同意されなかったため、何も作成していません。",
    "backend.as-before": "{region} のスタック {stack} はすでにこの内容です。何も変更していません。",
    "backend.step": "  {done}/{total} {resource}（{kind}）",
    "backend.deployed": "{region} にスタック {stack} をデプロイしました。",
    "backend.none": "AWS アカウント {account}、リージョン {region} にスタック {stack} はありません。`chatlog-uploader backend deploy` で作成できます。",
    "backend.is": "AWS アカウント {account}、リージョン {region} のスタック {stack}：{status}",
    "backend.current": "このプログラムのバージョンがデプロイするものと同じです。",
    "backend.old": "このプログラムのバージョンがデプロイするものとは違います。`chatlog-uploader backend deploy` で変更の内容を確認できます。",
    "backend.profiles": "ここにつながる保存先：{names}",
    "backend.goes": "AWS アカウント {account}、リージョン {region} のスタック {stack} から、次のものを削除します：",
    "backend.stays": "次のものは、保管したすべてとともにアカウントに残ります：",
    "backend.stays-cost": "残るものの費用は月 {dollars} 米ドルと、S3 Standard で 1 GB あたり月 {storage} 米ドルです（{region} の定価、{dated} 時点、税別）。鍵がなくなると保管したものを読み取れなくなるため、バケットがある間は鍵も残してください。",
    "backend.remove-question": "スタックを削除しますか？ 保管したものは残りますが、このプログラムからは使えなくなります。 [y/N] ",
    "backend.remove-asks": "何も削除していません。内容が正しければ、--yes を付けてもう一度実行してください。",
    "backend.remove-declined": "同意されなかったため、何も削除していません。",
    "backend.removed": "{region} のスタック {stack} を削除しました。保管したものはバケット {bucket} に残っています： https://console.aws.amazon.com/s3/buckets/{bucket}?region={region}",
    "backend.removed-all": "{region} のスタック {stack} を削除しました。残っているものはありません。",
}
