"""What `--help` says, in Japanese. The English stands where the commands are made; it is the key here."""

from __future__ import annotations

import argparse
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

JAPANESE: Mapping[str, str] = {
    "Archives the AI chat sessions on this computer to your own encrypted S3 bucket, and brings them back.": "このコンピューターの AI チャットのセッションを、自分の暗号化された S3 バケットに保管し、取り戻します。",
    "positional arguments": "引数",
    "options": "オプション",
    "show this help message and exit": "このヘルプを表示して終了",
    "the profile to use for this command": "このコマンドで使う保存先",
    "keep settings, state and the sandbox under DIR (default: CHATLOG_HOME, else the system's folders)": "設定、記録、サンドボックスを DIR の下に置く（省略時は CHATLOG_HOME、なければシステムのフォルダー）",
    "show program's version number and exit": "バージョンを表示して終了",
    # commands
    "list the sessions on this computer": "このコンピューターのセッションを一覧表示",
    "archive sessions, files and folders": "セッション、ファイル、フォルダーを保管",
    "what S3 holds, newest first": "S3 にあるものを新しい順に一覧表示",
    "bring an object back, verified against the hash of the original": "オブジェクトを取り戻し、元のハッシュで検証",
    "ask for an object's return from an archive class": "アーカイブ用のクラスからの取り出しを依頼",
    "hide an object; its versions are kept, undelete brings it back": "オブジェクトを削除（バージョンは残り、undelete で元に戻せる）",
    "bring a deleted object back": "オブジェクトの削除を取り消す",
    "uploads and downloads that are queued, paused or past": "待機中、一時停止中、過去の転送",
    "the profile in use, whether it answers, what is archived": "使用中の保存先、応答の有無、保管の状況",
    "where to, as whom": "保存先の管理",
    "the archive in your own AWS account": "自分の AWS アカウントの保管先",
    "the embedded backend: everything works with no AWS account": "内蔵の保管先（AWS アカウントなしですべてを試せる）",
    "check the set-up and say how to mend it": "設定を点検し、直し方を表示",
    "forget what was read of sessions; the next scan reads all anew": "読み取ったセッションの情報を消去（次のスキャンですべて読み直す）",
    "ask the releases address in the settings what is new; nothing is downloaded": "設定したリリースのアドレスに新しいバージョンを問い合わせる（ダウンロードはしない）",
    # list, upload
    "JSON Lines on standard output, and nothing else there": "標準出力に JSON Lines だけを出力",
    "only this tool's sessions, e.g. claude-code": "このツールのセッションのみ（例：claude-code）",
    "only sessions that are not archived as they are now": "現在の内容がまだ保管されていないセッションのみ",
    "files or folders to list instead": "代わりに一覧表示するファイルまたはフォルダー",
    "every session on this computer": "このコンピューターのすべてのセッション",
    "every session that is not archived as it is now": "現在の内容がまだ保管されていないすべてのセッション",
    "with --all or --changed: only this tool's sessions": "--all または --changed とともに：このツールのセッションのみ",
    "store the bytes as they are": "圧縮せずにそのまま保管",
    "say what would be archived, and send nothing": "保管の対象を表示するだけで、何も送らない",
    "send no faster than this, like 512K, 2MiB/s or 20Mbit/s; off: without a limit (default: the settings')": "送信速度の上限（512K、2MiB/s、20Mbit/s など）。off で制限なし（省略時は設定のとおり）",
    "files or folders": "ファイルまたはフォルダー",
    # history, objects
    "every version, deleted objects' too": "すべてのバージョン（削除済みのものも含む）",
    "first read titles again where the session index lacks them": "先に、一覧にないタイトルを読み直す",
    "only this object": "このオブジェクトのみ",
    "this version instead of the newest": "最新ではなく、このバージョン",
    "the folder to put it into (default: here)": "ダウンロード先のフォルダー（省略時は現在のフォルダー）",
    "if it lies in an archive class, ask for its return and wait for that, which takes hours": "アーカイブ用のクラスにあれば、取り出しを依頼して待つ（数時間かかる）",
    "how long it can be read then: 1 to 14 days (default: 7)": "取り出した後に読み取れる日数：1～14（省略時は 7）",
    "Standard or Bulk, which is slower and cheaper (default: Standard)": "Standard、または遅くて安価な Bulk（省略時は Standard）",
    "receive no faster than this, like 512K, 2MiB/s or 20Mbit/s; off: without a limit (default: the settings')": "ダウンロード速度の上限（512K、2MiB/s、20Mbit/s など）。off で制限なし（省略時は設定のとおり）",
    # transfers
    "list the transfers, unfinished ones first": "転送を一覧表示（終わっていないものが先）",
    "leave transfers until they are gone on with": "転送を一時停止",
    "go on with paused transfers": "一時停止中の転送を再開",
    "do not do transfers; what is archived already stays": "転送を中止（保管済みのものは残る）",
    "a transfer, as `transfers list` names it": "転送（`transfers list` に表示される ID）",
    "every transfer that this can be done to": "対象になるすべての転送",
    # profiles
    "list the profiles": "保存先を一覧表示",
    "add a profile": "保存先を追加",
    "choose the profile for the commands to come": "今後のコマンドで使う保存先を選択",
    "remove a profile and its credentials": "保存先と認証情報を削除",
    "let another profile keep sessions too while this one is out": "この保存先が使えない間、別の保存先にも保管",
    "sign in to a team's profile with the browser": "チームの保存先にブラウザーでサインイン",
    "end the sign-in of a team's profile, here and at its sign-in service": "チームの保存先からサインアウト（サインインのサービスでも終了）",
    "ask a profile's endpoint, and check the bucket it leads to": "保存先の接続と、つながる先のバケットを確認",
    "the presign endpoint": "署名エンドポイントのアドレス",
    "what the deployment printed: a file, the string itself, or - for standard input": "デプロイ時に表示された接続情報：ファイル、文字列、または標準入力を表す -",
    "default: read off the endpoint, else ap-northeast-1": "省略時はエンドポイントのアドレスから判断、できなければ ap-northeast-1",
    "sign in with a token, read from standard input": "標準入力から読み取るトークンでサインイン",
    "sign with this profile of the AWS configuration files": "AWS の設定ファイルにあるこのプロファイルで署名",
    "sign with this access key; its secret is asked for, or read from standard input": "このアクセスキーで署名（シークレットは入力するか、標準入力から読み取る）",
    "replace a profile of that name": "同じ名前の保存先を置き換える",
    "accept what the connection says without being asked": "確認なしで接続情報の内容を承認",
    "a profile of a stack in another region": "別のリージョンのスタックの保存先",
    "no other profile": "別の保存先を使わない",
    "default: the profile in use": "省略時は使用中の保存先",
    "open no browser: print the address to visit, if any": "ブラウザーを開かず、開くアドレスを表示",
    "accept and pin another bucket than before": "以前とは別のバケットを承認して固定",
    # backend
    "show what would be created in AWS and what it costs; once agreed to, create it, with a profile for it": "AWS に作成するものと費用を表示し、同意すると保存先とともに作成",
    "tell how the stack in AWS is": "AWS のスタックの状態を表示",
    "remove the stack; what is archived stays, with its key": "スタックを削除（保管したものと鍵は残る）",
    "of the profile (default: aws)": "保存先の名前（省略時は aws）",
    "the profile of the AWS configuration files (default: AWS_PROFILE, else “default”)": "AWS の設定ファイルにあるプロファイル（省略時は AWS_PROFILE、なければ「default」）",
    "default: the AWS profile's": "省略時は AWS プロファイルの設定",
    "a value of the stack's parameters, such as Alarms=true; others stay as they are": "スタックのパラメーターの値（例：Alarms=true）。ほかは変えない",
    "agree without being asked": "確認なしで同意",
    # sandbox, doctor
    "start the sandbox and tell where it is, and its token": "サンドボックスを起動し、アドレスとトークンを表示",
    "stop the sandbox; what it holds is kept": "サンドボックスを停止（保管されたものは残る）",
    "erase the sandbox and everything archived in it": "サンドボックスと、保管されたものをすべて消去",
    "be the sandbox, in this process, until it is stopped or unused": "このプロセスでサンドボックスとして動作（停止するか、使われなくなるまで）",
    "really erase": "確認なしで消去",
    "measure instead: presigning, uploads of 1 MB and 10 MB, a cold start; what it uploads it deletes again": "代わりに測定する：署名、1 MB と 10 MB のアップロード、コールドスタート（アップロードしたものは削除する）",
}


_USAGE = "使い方："


def speak_japanese(parser: argparse.ArgumentParser) -> None:
    """Give a parser and those of its commands their Japanese. A text that is not known here stays as it is."""
    parser.formatter_class = JapaneseHelp
    parser.description = _said(parser.description)
    for group in parser._action_groups:  # noqa: SLF001 - argparse has no other name for these
        group.title = _said(group.title)
    for action in parser._actions:  # noqa: SLF001 - likewise
        action.help = _said(action.help)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for choice in action._choices_actions:  # noqa: SLF001 - likewise
                choice.help = _said(choice.help)
            for command in action.choices.values():
                speak_japanese(command)


class JapaneseHelp(argparse.HelpFormatter):
    """Breaks lines where Japanese may be broken, and counts its letters as two columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        # argparse breaks the usage by letters: those of the label take a column more each.
        self._width -= len(_USAGE)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Its label, in Japanese."""
        super().add_usage(usage, actions, groups, _USAGE if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in wrapped(text, width - len(indent)))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most so many columns; no word of Latin letters is cut, and no line begins with a closing mark."""
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if line and _columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """What stays together: a Japanese letter with the marks behind it, a Latin word with the space behind it."""
    pieces: list[str] = []
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        closing = letter in "、。：）」・ー～ っゃゅょッャュョ"
        last = pieces[-1] if pieces else ""
        opened = last.endswith(("（", "「"))
        latin = not wide and last and last[-1] != " " and unicodedata.east_asian_width(last[-1]) not in "WF"
        if last and (closing or opened or latin):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _said(text: str | None) -> str | None:
    return JAPANESE.get(text, text) if text is not None else None
