"""The command line's own words in both languages: columns, states, summaries. Errors have theirs in messages.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from app.cli import backend_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.cli.messages import Language

_SOON_DAYS = 2
"""From here down "deleted in" carries a mark, as LOOK.md has it."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Templates take the named values in braces."""

    texts: Mapping[str, str]
    list_columns: tuple[str, ...]
    history_columns: tuple[str, ...]
    version_columns: tuple[str, ...]
    transfer_columns: tuple[str, ...]

    @property
    def no_sessions(self) -> str:
        """Nothing to list."""
        return self.texts["no-sessions"]

    def say(self, name: str, /, **values: str | int) -> str:
        """The text of that name."""
        return self.texts[name].format(**values)

    def left_out(self, path: str, code: str) -> str:
        """A path a scan could not look into."""
        reason = self.texts.get(f"problem.{code}", code)
        return self.say("left-out", path=path, reason=reason)

    def state(self, state: str, *, this_computer_only: bool) -> str:
        """A session's state in words; the sandbox's "archived" says where that is."""
        if state == "archived" and this_computer_only:
            return self.texts["state.this-computer-only"]
        return self.texts[f"state.{state}"]

    def age(self, age: timedelta) -> str:
        """A short age: minutes, hours or days."""
        minutes = max(0, int(age.total_seconds() // 60))
        if minutes < 60:  # noqa: PLR2004 - an hour
            return self.say("age.minutes", n=minutes)
        if minutes < 60 * 24:
            return self.say("age.hours", n=minutes // 60)
        return self.say("age.days", n=minutes // (60 * 24))

    def deleted_in(self, left: timedelta | None) -> str:
        """When the tool deletes the session."""
        if left is None:
            return self.texts["deleted.never"]
        # As the window counts them: a day that has begun is a day.
        days = max(0, -(-left // timedelta(days=1)))
        if days == 0:
            return self.texts["deleted.today"]
        name = "deleted.soon" if days <= _SOON_DAYS else "deleted.days"
        return self.say(name if days != 1 else "deleted.one-day", n=days)

    def listed(self, count: int, size: str) -> str:
        """The line under a list of sessions."""
        return self.say("listed" if count != 1 else "listed-one", n=count, size=size)


ENGLISH = Words(
    list_columns=("State", "Title", "Project", "Messages", "Size", "Last active", "Deleted in"),
    history_columns=("Archived", "Title", "Project", "Size", "Key"),
    version_columns=("Stored", "Size", "Class", "Version", "Key"),
    transfer_columns=("State", "Kind", "Title", "Size", "Changed", "ID"),
    texts={
        **backend_words.ENGLISH,
        "row.queued": "Queued",
        "row.preparing": "Preparing",
        "row.sending": "Uploading",
        "row.verifying": "Verifying",
        "row.waiting": "Waiting",
        "row.paused": "Paused",
        "row.receiving": "Downloading",
        "row.returning": "Coming back",
        "row.done": "Done",
        "row.unchanged": "Unchanged",
        "row.failed": "Failed",
        "row.cancelled": "Cancelled",
        "kind.upload": "up",
        "kind.download": "down",
        "no-transfers": "No transfers.",
        "no-such-transfers": "There is no transfer that this can be done to.",
        "transfer-is": "{state}: {title} ({id})",
        "transfers-wait": "They go on when the window is opened; `upload` goes on with uploads too.",
        "transfer-held": "{id}: another program is working on it and did not do this. Stop that program (Ctrl+C), or wait for it.",
        "no-display": "There is no display to open the window on. These commands do the same on the command line:",
        "no-sessions": "No sessions were found. Give files or folders as arguments, or see `chatlog-uploader doctor`.",
        "listed": "{n} sessions, {size}",
        "listed-one": "1 session, {size}",
        "left-out": "Left out: {path} ({reason})",
        "problem.unreadable": "cannot be read",
        "problem.not-regular-file": "not a regular file",
        "problem.link-outside-root": "a link that leads out of its folder",
        "problem.link-broken": "a link that leads nowhere",
        "problem.missing": "not there",
        "state.new": "New",
        "state.archived": "Archived",
        "state.this-computer-only": "This computer only",
        "state.changed": "Changed",
        "state.queued": "Queued",
        "state.uploading": "Uploading",
        "state.failed": "Failed",
        "state.unchanged": "Unchanged",
        "age.minutes": "{n} min",
        "age.hours": "{n} h",
        "age.days": "{n} d",
        "deleted.never": "Never",
        "deleted.today": "today !",
        "deleted.one-day": "1 day !",
        "deleted.soon": "{n} days !",
        "deleted.days": "{n} days",
        "scanning": "Looking for sessions",
        "uploading": "Uploading",
        "downloading": "Downloading",
        "summary": "{archived} archived, {unchanged} unchanged, {failed} failed · {size} in {seconds} s",
        "summary-sandbox": "Kept in the sandbox: on this computer only.",
        "second-keeps": "“{first}” is out of reach. Its second profile, “{second}”, keeps the sessions for now.",
        "second-kept": "Safe in “{second}” for now: {n} of {total} sessions. The next `upload` sends them to “{first}” too.",
        "second-failed": "Not kept in “{second}”: {reason}",
        "second-trouble": "The second profile of “{first}” cannot keep them meanwhile: {reason}",
        "second-works": "“{second}” is the second profile of “{first}”: with `--profile {second}` every command works there meanwhile.",
        "dry-run": "Sessions to archive: {n}, {size}. Nothing was sent.",
        "failed-file": "Failed: {path}: {reason}",
        "failed-itself": "Failed: {reason}",
        "failed-more": "{n} more files failed for the same reason: {reason}",
        "failed-one-more": "1 more file failed for the same reason: {reason}",
        "index-not-written": "The list of titles could not be written; what was archived is safe, and the next run writes it. {reason}",
        "history-empty": "The archive is empty. `chatlog-uploader upload --all` archives the sessions on this computer.",
        "history-count": "Objects: {n}, {size} as stored",
        "deleted-marker": "deleted",
        "titles-lacking": "Objects without a title: {n}. `chatlog-uploader history --rebuild` reads the titles again.",
        "titles-back": "Sessions that have their titles back: {n}",
        "title-unread": "No title could be read from {key}: {reason}",
        "titles-unread": "Sessions without a title for the same reason: {n} more",
        "downloaded": "Saved and verified: {path} ({size})",
        "downloaded-unverified": "Saved: {path} ({size}). The archive holds no hash of the original, so only what S3 stored could be checked.",
        "restore-asked": "Asked for: {key}. It is expected by {when}; `chatlog-uploader download {named}` gets it then.",
        "return-waits": "S3 is bringing {key} back. This command waits for it and gets it then. Ctrl+C ends the waiting, not the return: the same command goes on.",
        "return-waits-until": "S3 is bringing {key} back; it is expected by {when}. This command waits for it and gets it then. Ctrl+C ends the waiting, not the return: the same command goes on.",
        "restore-there": "It can be read now: `chatlog-uploader download {named}` gets it.",
        "object-deleted": "Deleted: {key}. Its versions are kept; `chatlog-uploader undelete {key}` brings it back.",
        "object-undeleted": "Back in the archive: {key}",
        "profile-added": "Added the profile “{name}”.",
        "profile-pinned": "It leads to the bucket {bucket} in {region}, at {host}, for the owner {owner}. This is now pinned.",
        "profile-unpinned": "The bucket it leads to is not known yet: {reason} `chatlog-uploader profile test {name}` asks again and pins it.",
        "profile-changed": "Changed the profile “{name}”.",
        "profile-unchecked": "Whether its endpoint speaks for that bucket is not known yet: {reason} `chatlog-uploader profile test {name}` asks again.",
        "profile-sign-in": "Nobody is signed in yet: `chatlog-uploader profile sign-in {name}` does that in the browser.",
        "connection-says": "The connection for the profile “{name}” says:",
        "connection-changes": "This is other than the profile “{name}” has now:",
        "connection-question": "Accept this, and send sessions of this profile nowhere else? [y/N] ",
        "connection-asks": "Nothing was changed. If this is right, run it again with --yes to accept it.",
        "connection-declined": "Not accepted: nothing was changed.",
        "connection-as-before": "The profile “{name}” is so already: nothing was changed.",
        "connection.account": "AWS account",
        "connection.region": "Region",
        "connection.bucket": "Bucket",
        "connection.s3-host": "Storage",
        "connection.endpoint": "Endpoint",
        "connection.issuer": "Signs in with",
        "connection.client": "As the application",
        "connection.scope": "For",
        "connection.pages": "Sign-in pages at",
        "connection.ports": "Back to this computer's ports",
        "sign-in-opened": "The browser shows where to sign in. If it does not, visit this address in one on this computer: {address}",
        "sign-in-visit": "Visit this address with a browser on this computer, within five minutes:",
        "signed-in": "Signed in to the profile “{name}” as {who}.",
        "signed-out": "Signed out of the profile “{name}”, here and at its sign-in service.",
        "signed-out-here": "Signed out of the profile “{name}” here. Its sign-in service could not be told: there the sign-in lasts until it expires.",
        "sign-out-opened": "The browser ends its own sign-in too.",
        "sign-out-browser": "The browser may still be signed in there; closing all its windows can help.",
        "profile-used": "“{name}” is the profile in use.",
        "profile-second": "While “{name}” is out of reach, “{second}” keeps its sessions too.",
        "profile-second-none": "“{name}” has no second profile.",
        "profile-removed": "Removed the profile “{name}” and its credentials. Nothing was deleted in S3.",
        "profile-works": "“{name}” works: {endpoint} answered in {milliseconds} ms.",
        "profile-storage-changed": "The endpoint now leads to the bucket {found}; {pinned} was accepted before. If this is right, run `chatlog-uploader profile test {name} --accept`.",
        "token-prompt": "Token: ",
        "secret-prompt": "Secret access key: ",
        "sandbox-stopped": "The sandbox is stopped. What it holds is kept.",
        "sandbox-not-running": "The sandbox is not running.",
        "sandbox-reset": "The sandbox and everything it held are erased.",
        "sandbox-reset-asks": "This erases everything archived on this computer only ({folder}). Run it again with --yes to do it.",
        "index-erased": "What was read of the sessions and listed of the archive is forgotten. The next scan reads everything again.",
        "updates.none": "There is no newer release: this is {version}.",
        "updates.one": "1 newer release; this is {version}. Nothing was downloaded.",
        "updates.some": "{n} newer releases; this is {version}. Nothing was downloaded.",
        "yes": "yes",
        "colon": ": ",
        "no": "no",
        "status.profile": "Profile",
        "status.endpoint": "Endpoint",
        "status.bucket": "Bucket",
        "status.reachable": "Answers",
        "status.sessions": "Sessions on this computer",
        "status.last": "Last archived",
        "status.never": "never",
        "doctor.ok": "ok     ",
        "doctor.note": "note   ",
        "doctor.problem": "PROBLEM",
        "doctor.settings": "Settings: {path}",
        "doctor.settings-none": "No settings yet; the defaults are used. They would be in {path}",
        "doctor.profile": "Profile in use: {name}",
        "doctor.folder": "Can be written: {path}",
        "doctor.disk": "Free disk space: {size}",
        "doctor.state": "Receipts and transfers are whole, and nothing waits.",
        "doctor.waiting": "Transfers that have not ended: {n}. `chatlog-uploader upload --changed` goes on with them.",
        "doctor.sources": "Sessions found on this computer: {n}",
        "doctor.at-risk": "Sessions that their tool deletes within a week and that are not archived: {n}. `chatlog-uploader upload --changed` archives them.",
        "doctor.keyring": "The keyring can be used.",
        "doctor.this-computer-only": "What this profile archives stays on this computer only.",
        "doctor.endpoint": "The profile “{name}” answers; its bucket is {bucket}.",
        "doctor.clock": "The clock agrees with the endpoint's ({n} s apart).",
        "doctor.met": "met    ",
        "doctor.missed": "MISSED ",
        "doctor.unknown": "unknown",
        "measure.presign": "A presigned URL: {median} at the median, {p95} at the 95th percentile of {n} requests. Goal: {goal}.",
        "measure.upload": "{size} ({sample}, {stored} after packing) from click to verified: {seconds}. Goal: {goal}.",
        "measure.incompressible": "incompressible",
        "measure.log-like": "like a chat log",
        "measure.cold-start": "A cold start, as the first call's delay shows it from here: {seconds}. Goal: {goal}.",
        "measure.this-computer": "A cold start: there is none, since this profile's endpoint is a program on this computer. Goal on AWS: {goal}.",
        "measure.asked-before": "A cold start cannot be told: the endpoint had to be asked before the first measured call. Run this again after it was left alone for half an hour. Goal: {goal}.",
        "measure.awake": "A cold start cannot be told: the function was awake. Run this again after it was left alone for half an hour. Goal: {goal}.",
        "measure.tidied": "Deleted what the uploads made: {n}. Their versions stay in the bucket ({size}), as those of everything deleted do; its operator can purge them, and however often this is run, at most three of each are kept for good.",
        "measure.tidied-here": "Deleted what the uploads made: {n}. Their versions stay on this computer ({size}) until the sandbox is reset (`chatlog-uploader sandbox reset`).",
        "measure.left": "Not deleted: {keys}. {reason} Then `chatlog-uploader delete KEY` deletes each.",
        "doctor.clock-off": "This computer's clock and the endpoint's are {n} s apart; S3 refuses requests with a wrong time. Set the clock, or let the system set it from the network.",
    },
)

JAPANESE = Words(
    list_columns=("状態", "タイトル", "プロジェクト", "発言", "サイズ", "最終更新", "削除まで"),
    history_columns=("保管日時", "タイトル", "プロジェクト", "サイズ", "キー"),
    version_columns=("保存日時", "サイズ", "クラス", "バージョン", "キー"),
    transfer_columns=("状態", "種類", "タイトル", "サイズ", "変更", "ID"),
    texts={
        **backend_words.JAPANESE,
        "row.queued": "待機中",
        "row.preparing": "準備中",
        "row.sending": "送信中",
        "row.verifying": "検証中",
        "row.waiting": "再試行待ち",
        "row.paused": "一時停止中",
        "row.receiving": "ダウンロード中",
        "row.returning": "取り出し中",
        "row.done": "完了",
        "row.unchanged": "変更なし",
        "row.failed": "失敗",
        "row.cancelled": "中止",
        "kind.upload": "送信",
        "kind.download": "ダウンロード",
        "no-transfers": "転送はありません。",
        "no-such-transfers": "対象になる転送はありません。",
        "transfer-is": "{state}：{title}（{id}）",
        "transfers-wait": "ウィンドウを開くと続きを行います。送信は `upload` でも続けられます。",
        "transfer-held": "{id}：ほかのプログラムが作業中で、反映されませんでした。そのプログラムを止めるか（Ctrl+C）、終わるまで待ってください。",
        "no-display": "ウィンドウを開けるディスプレイがありません。次のコマンドで同じことができます：",
        "no-sessions": "セッションは見つかりませんでした。ファイルやフォルダーを引数に指定するか、`chatlog-uploader doctor` をご覧ください。",
        "listed": "{n} 件のセッション、{size}",
        "listed-one": "1 件のセッション、{size}",
        "left-out": "除外しました：{path}（{reason}）",
        "problem.unreadable": "読み取れません",
        "problem.not-regular-file": "通常のファイルではありません",
        "problem.link-outside-root": "フォルダーの外を指すリンクです",
        "problem.link-broken": "リンク先がありません",
        "problem.missing": "ありません",
        "state.new": "新規",
        "state.archived": "保管済み",
        "state.this-computer-only": "このPC内のみ",
        "state.changed": "変更あり",
        "state.queued": "待機中",
        "state.uploading": "送信中",
        "state.failed": "失敗",
        "state.unchanged": "変更なし",
        "age.minutes": "{n} 分前",
        "age.hours": "{n} 時間前",
        "age.days": "{n} 日前",
        "deleted.never": "なし",
        "deleted.today": "今日 ！",
        "deleted.one-day": "1 日 ！",
        "deleted.soon": "{n} 日 ！",
        "deleted.days": "{n} 日",
        "scanning": "セッションを探しています",
        "uploading": "送信中",
        "downloading": "ダウンロード中",
        "summary": "保管 {archived}、変更なし {unchanged}、失敗 {failed} · {size}、{seconds} 秒",
        "summary-sandbox": "サンドボックスに保管されています。このPC内のみにあり、ほかに控えはありません。",
        "second-keeps": "「{first}」に接続できません。予備の保存先「{second}」にひとまず保管します。",
        "second-kept": "「{second}」にひとまず保管されたセッション：{total} 件中 {n} 件。次の `upload` で「{first}」にも送ります。",
        "second-failed": "「{second}」に保管できませんでした：{reason}",
        "second-trouble": "「{first}」の予備の保存先にも、いまは保管できません：{reason}",
        "second-works": "「{first}」の予備の保存先は「{second}」です。その間、どのコマンドも `--profile {second}` でそちらを使えます。",
        "dry-run": "{n} 件のセッション、{size} が保管の対象です。何も送っていません。",
        "failed-file": "失敗：{path}：{reason}",
        "failed-itself": "失敗：{reason}",
        "failed-more": "同じ理由でほかに {n} ファイルが失敗しました：{reason}",
        "failed-one-more": "同じ理由でほかに 1 ファイルが失敗しました：{reason}",
        "index-not-written": "タイトルの一覧を書き込めませんでした。保管したものは無事で、一覧は次の実行で書き込みます。{reason}",
        "history-empty": "保管されたものはありません。`chatlog-uploader upload --all` で、このコンピューターのセッションを保管します。",
        "history-count": "オブジェクト：{n} 個、保管サイズ {size}",
        "deleted-marker": "削除",
        "titles-lacking": "タイトルのないオブジェクト：{n}。`chatlog-uploader history --rebuild` でタイトルを読み直します。",
        "titles-back": "タイトルを読み直したセッション：{n}",
        "title-unread": "{key} からタイトルを読み取れませんでした：{reason}",
        "titles-unread": "同じ理由でタイトルのないセッション：ほかに {n}",
        "downloaded": "保存し、検証しました：{path}（{size}）",
        "downloaded-unverified": "保存しました：{path}（{size}）。元のハッシュが保管されていないため、S3 に保存された内容だけを確認しました。",
        "restore-asked": "取り出しを依頼しました：{key}。{when} までに読み取れるようになる見込みです。その後 `chatlog-uploader download {named}` で取得できます。",
        "return-waits": "S3 が {key} を取り出しています。このコマンドはそれを待って取得します。Ctrl+C で終わるのは待つことだけで、取り出しは続きます。同じコマンドでまた待てます。",
        "return-waits-until": "S3 が {key} を取り出しています。{when} までに読み取れるようになる見込みです。このコマンドはそれを待って取得します。Ctrl+C で終わるのは待つことだけで、取り出しは続きます。同じコマンドでまた待てます。",
        "restore-there": "読み取れます。`chatlog-uploader download {named}` で取得できます。",
        "object-deleted": "削除しました：{key}。バージョンは残っており、`chatlog-uploader undelete {key}` で元に戻せます。",
        "object-undeleted": "元に戻しました：{key}",
        "profile-added": "保存先「{name}」を追加しました。",
        "profile-pinned": "{region} のバケット {bucket}（{host}、所有者 {owner}）につながります。これを固定しました。",
        "profile-unpinned": "つながる先のバケットはまだ分かりません：{reason}`chatlog-uploader profile test {name}` でもう一度確かめ、固定します。",
        "profile-changed": "保存先「{name}」を変更しました。",
        "profile-unchecked": "エンドポイントがこのバケットを指すかどうかは、まだ分かりません：{reason}`chatlog-uploader profile test {name}` でもう一度確かめます。",
        "profile-sign-in": "まだサインインしていません。`chatlog-uploader profile sign-in {name}` でブラウザーからサインインします。",
        "connection-says": "保存先「{name}」の接続情報の内容：",
        "connection-changes": "保存先「{name}」の現在の内容との違い：",
        "connection-question": "この内容を承認し、この保存先のセッションをほかへは送らないようにしますか？ [y/N] ",
        "connection-asks": "何も変更していません。内容が正しければ、--yes を付けてもう一度実行すると承認します。",
        "connection-declined": "承認されなかったため、何も変更していません。",
        "connection-as-before": "保存先「{name}」はすでにこの内容です。何も変更していません。",
        "connection.account": "AWS アカウント",
        "connection.region": "リージョン",
        "connection.bucket": "バケット",
        "connection.s3-host": "ストレージ",
        "connection.endpoint": "エンドポイント",
        "connection.issuer": "サインイン先",
        "connection.client": "アプリケーション",
        "connection.scope": "用途",
        "connection.pages": "サインインのページ",
        "connection.ports": "戻り先のポート（このコンピューター）",
        "sign-in-opened": "ブラウザーにサインインのページを開きました。開かないときは、このコンピューターのブラウザーで次のアドレスを開いてください： {address}",
        "sign-in-visit": "5 分以内に、このコンピューターのブラウザーで次のアドレスを開いてください：",
        "signed-in": "保存先「{name}」に {who} としてサインインしました。",
        "signed-out": "保存先「{name}」からサインアウトしました。サインインのサービスでも終了しています。",
        "signed-out-here": "保存先「{name}」から、このコンピューターではサインアウトしました。サインインのサービスには伝えられなかったため、そちらでは期限まで有効です。",
        "sign-out-opened": "ブラウザーのサインインも終了します。",
        "sign-out-browser": "ブラウザーではまだサインインしたままかもしれません。すべてのウィンドウを閉じると終了することがあります。",
        "profile-used": "保存先「{name}」を使います。",
        "profile-second": "「{name}」に接続できない間は、「{second}」にも保管します。",
        "profile-second-none": "「{name}」に予備の保存先はありません。",
        "profile-removed": "保存先「{name}」と認証情報を削除しました。S3 のデータは何も消していません。",
        "profile-works": "「{name}」は使えます：{endpoint} が {milliseconds} ミリ秒で応答しました。",
        "profile-storage-changed": "エンドポイントの指すバケットが {found} に変わりました。承認済みは {pinned} です。正しければ `chatlog-uploader profile test {name} --accept` を実行してください。",
        "token-prompt": "トークン：",
        "secret-prompt": "シークレットアクセスキー：",
        "sandbox-stopped": "サンドボックスを停止しました。保管されたものは残っています。",
        "sandbox-not-running": "サンドボックスは動いていません。",
        "sandbox-reset": "サンドボックスと、保管されていたものをすべて消去しました。",
        "sandbox-reset-asks": "このPC内のみに保管されたもの（{folder}）がすべて消えます。実行するには --yes を付けてください。",
        "index-erased": "読み取ったセッションと保管済みの一覧の情報を消去しました。次のスキャンですべてを読み直します。",
        "updates.none": "新しいリリースはありません。現在のバージョンは {version} です。",
        "updates.one": "新しいリリースが 1 件あります。現在のバージョンは {version} です。ダウンロードはしていません。",
        "updates.some": "新しいリリースが {n} 件あります。現在のバージョンは {version} です。ダウンロードはしていません。",
        "yes": "はい",
        "colon": "：",
        "no": "いいえ",
        "status.profile": "保存先",
        "status.endpoint": "エンドポイント",
        "status.bucket": "バケット",
        "status.reachable": "応答",
        "status.sessions": "このコンピューターのセッション",
        "status.last": "最後の保管",
        "status.never": "まだありません",
        "doctor.ok": "正常",
        "doctor.note": "注意",
        "doctor.problem": "問題",
        "doctor.settings": "設定：{path}",
        "doctor.settings-none": "設定ファイルはまだなく、既定値を使います。場所：{path}",
        "doctor.profile": "使用中の保存先：{name}",
        "doctor.folder": "書き込めます：{path}",
        "doctor.disk": "ディスクの空き：{size}",
        "doctor.state": "保管の記録は正常で、待っている転送はありません。",
        "doctor.waiting": "終わっていない転送：{n} 件。`chatlog-uploader upload --changed` で続きを行います。",
        "doctor.sources": "このコンピューターのセッション：{n} 件",
        "doctor.at-risk": "1 週間以内にツールが削除する、未保管のセッション：{n} 件。`chatlog-uploader upload --changed` で保管します。",
        "doctor.keyring": "キーリングを使えます。",
        "doctor.this-computer-only": "この保存先に保管したものは、このPC内のみにあります。",
        "doctor.endpoint": "保存先「{name}」が応答しました。バケットは {bucket} です。",
        "doctor.clock": "時計はエンドポイントと合っています（差 {n} 秒）。",
        "doctor.met": "達成  ",
        "doctor.missed": "未達成",
        "doctor.unknown": "不明  ",
        "measure.presign": "署名付き URL：{n} 回の中央値 {median}、95 パーセンタイル {p95}。目標 {goal}。",
        "measure.upload": "{size}（{sample}、圧縮後 {stored}）のクリックから検証まで：{seconds}。目標 {goal}。",
        "measure.incompressible": "圧縮できないデータ",
        "measure.log-like": "チャットログに似たデータ",
        "measure.cold-start": "コールドスタート（最初の呼び出しの遅れから、ここで見えた値）：{seconds}。目標 {goal}。",
        "measure.this-computer": "コールドスタート：この保存先のエンドポイントはこのコンピューターのプログラムなので、ありません。AWS での目標は {goal}。",
        "measure.asked-before": "コールドスタートは測れません：測る前にエンドポイントへ問い合わせる必要がありました。30 分ほど使わずにおいてから、もう一度実行してください。目標 {goal}。",
        "measure.awake": "コールドスタートは測れません：関数はすでに起動していました。30 分ほど使わずにおいてから、もう一度実行してください。目標 {goal}。",
        "measure.tidied": "測定で作ったオブジェクトを削除しました：{n} 件。削除したものはどれもそうですが、バージョン（{size}）はバケットに残ります。完全に消せるのは運用者だけです。何度測っても、残り続けるのはそれぞれ 3 つまでです。",
        "measure.tidied-here": "測定で作ったオブジェクトを削除しました：{n} 件。バージョン（{size}）は、サンドボックスをリセットするまで（`chatlog-uploader sandbox reset`）このコンピューターに残ります。",
        "measure.left": "削除できませんでした：{keys}。{reason}その後、それぞれ `chatlog-uploader delete KEY` で削除できます。",
        "doctor.clock-off": "このコンピューターの時計はエンドポイントと {n} 秒ずれています。S3 は時刻の違うリクエストを拒否します。時計を合わせるか、自動設定を有効にしてください。",
    },
)


def words(language: Language) -> Words:
    """The words of a language."""
    return JAPANESE if language == "ja" else ENGLISH
