<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Transfers</name>
    <message>
        <source>Pause</source>
        <translation>一時停止</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>再開</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>詳細をコピー</translation>
    </message>
    <message>
        <source>More</source>
        <translation>その他</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>パスをコピー</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>一覧から削除</translation>
    </message>
    <message numerus="yes">
        <source>Cancel all %n transfers?</source>
        <translation>
            <numerusform>%n 件の転送をすべて中止しますか？</numerusform>
        </translation>
    </message>
    <message>
        <source>What was under way begins anew if you archive or download it again.</source>
        <translation>途中だったものは、もう一度保管またはダウンロードすると最初からやり直します。</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>すべて中止</translation>
    </message>
    <message>
        <source>What is kept on this computer already stays, and so do the tools' own logs.</source>
        <translation>このコンピューターに保存済みのものはそのまま残ります。ツール自身のログも変わりません。</translation>
    </message>
    <message>
        <source>What is archived already stays, and so do the logs on this computer.</source>
        <translation>保管済みのものはそのまま残ります。このコンピューターのログも変わりません。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>続ける</translation>
    </message>
    <message numerus="yes">
        <source>Cancel %n transfers</source>
        <translation>
            <numerusform>%n 件を中止</numerusform>
        </translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>今すぐ再試行</translation>
    </message>
    <message>
        <source>Trying again…</source>
        <translation>再試行しています…</translation>
    </message>
    <message>
        <source>Trying again in {time}</source>
        <translation>{time}後に再試行</translation>
    </message>
    <message>
        <source>Which transfers</source>
        <translation>表示する転送</translation>
    </message>
    <message>
        <source>All transfers</source>
        <translation>すべての転送</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失敗</translation>
    </message>
    <message numerus="yes">
        <source>Retry %n failed</source>
        <translation>
            <numerusform>失敗した %n 件を再試行</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel all…</source>
        <translation>すべて中止…</translation>
    </message>
    <message>
        <source>Clear done</source>
        <translation>完了を消去</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>すべて一時停止</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>すべて再開</translation>
    </message>
    <message>
        <source>All</source>
        <comment>filter</comment>
        <translation>すべて</translation>
    </message>
    <message>
        <source>In progress</source>
        <translation>進行中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>Failed {count}</source>
        <translation>失敗 {count}</translation>
    </message>
    <message>
        <source>Sessions that you archive and files that you download appear here.
They go on after a restart.</source>
        <translation>保管するセッションとダウンロードするファイルがここに表示されます。
再起動しても続きから再開します。</translation>
    </message>
    <message>
        <source>Nothing is lost, but the list of titles could not be written: {reason}</source>
        <translation>失われたものはありませんが、タイトルの一覧を書き込めませんでした：{reason}</translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation>転送</translation>
    </message>
    <message>
        <source>Go to sessions</source>
        <translation>セッションへ</translation>
    </message>
    <message>
        <source>No transfers yet</source>
        <translation>転送はまだありません</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>すべて表示</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Pause or resume the selected transfers</source>
        <translation>選択した転送を一時停止または再開</translation>
    </message>
    <message>
        <source>Try the selected transfers again</source>
        <translation>選択した転送を再試行</translation>
    </message>
    <message>
        <source>Cancel the selected transfers, or remove them from the list</source>
        <translation>選択した転送を中止、または一覧から削除</translation>
    </message>
    <message>
        <source>To the buttons of a transfer, and back</source>
        <translation>転送のボタンへ移動、または戻る</translation>
    </message>
    <message>
        <source>Nothing is in progress</source>
        <translation>進行中の転送はありません</translation>
    </message>
    <message>
        <source>Nothing has failed</source>
        <translation>失敗した転送はありません</translation>
    </message>
    <message>
        <source>Nothing is done yet</source>
        <translation>完了した転送はまだありません</translation>
    </message>
    <message>
        <source>Everything is archived and verified</source>
        <translation>すべて保管し、検証しました</translation>
    </message>
    <message numerus="yes">
        <source>%n left</source>
        <translation>
            <numerusform>残り %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>all paused</source>
        <translation>すべて一時停止中</translation>
    </message>
    <message>
        <source>Everything is kept on this computer and verified</source>
        <translation>すべてこのコンピューターに保存し、検証しました</translation>
    </message>
    <message>
        <source>{count} coming back</source>
        <translation>取り出し中 {count} 件</translation>
    </message>
    <message>
        <source>{count} paused</source>
        <translation>一時停止中 {count} 件</translation>
    </message>
    <message>
        <source>Nothing left to transfer</source>
        <translation>残っている転送はありません</translation>
    </message>
    <message>
        <source>All downloads are done</source>
        <translation>すべてのダウンロードが完了しました</translation>
    </message>
    <message>
        <source>{count} failed</source>
        <translation>失敗 {count} 件</translation>
    </message>
    <message>
        <source>{left}, {failed}</source>
        <translation>{left}、{failed}</translation>
    </message>
    <message>
        <source>{count} cancelled</source>
        <translation>中止 {count} 件</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>残り {time}</translation>
    </message>
    <message>
        <source>{progress}, {paused}</source>
        <translation>{progress}、{paused}</translation>
    </message>
    <message>
        <source>Uploading</source>
        <translation>送信中</translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n ファイル</numerusform>
        </translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>ダウンロード中</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>待機中</translation>
    </message>
    <message>
        <source>waiting for confirmation</source>
        <translation>確認を待っています</translation>
    </message>
    <message>
        <source>waiting for S3 to confirm</source>
        <translation>S3 の確認を待っています</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>検証中</translation>
    </message>
    <message>
        <source>Coming back</source>
        <translation>取り出し中</translation>
    </message>
    <message>
        <source>kept on this computer and verified {time}</source>
        <translation>{time} このコンピューターに保存・検証済み</translation>
    </message>
    <message>
        <source>archived and verified {time}</source>
        <translation>{time} 保管・検証済み</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>要対応</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Done today</source>
        <translation>今日完了</translation>
    </message>
    <message>
        <source>Done yesterday</source>
        <translation>昨日完了</translation>
    </message>
    <message>
        <source>Done earlier</source>
        <translation>それ以前に完了</translation>
    </message>
    <message>
        <source>{done} of {total} files</source>
        <translation>{done}/{total} ファイル</translation>
    </message>
    <message>
        <source>{size} → {stored}</source>
        <translation>{size} → {stored}</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>停止しています…</translation>
    </message>
    <message>
        <source>by a command outside this window</source>
        <translation>このウィンドウ以外のコマンドが実行中</translation>
    </message>
    <message>
        <source>next</source>
        <translation>次に開始</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>準備中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>一時停止中</translation>
    </message>
    <message>
        <source>paused by you</source>
        <translation>手動で停止</translation>
    </message>
    <message>
        <source>comparing checksums</source>
        <translation>チェックサムを照合しています</translation>
    </message>
    <message>
        <source>{size} sent</source>
        <translation>{size} 送信済み</translation>
    </message>
    <message>
        <source>nothing to compare it with</source>
        <translation>照合できる値がありません</translation>
    </message>
    <message>
        <source>unchanged, already kept on this computer {time}</source>
        <translation>{time} 変更なし（このコンピューターに保存済み）</translation>
    </message>
    <message>
        <source>unchanged, already archived {time}</source>
        <translation>{time} 変更なし（保管済み）</translation>
    </message>
    <message>
        <source>attempt {number}</source>
        <translation>{number} 回目</translation>
    </message>
    <message>
        <source>ready by about {when}</source>
        <translation>{when} ごろまでに準備できる見込み</translation>
    </message>
    <message>
        <source>Stopped at {amount}</source>
        <translation>{amount} で停止</translation>
    </message>
    <message>
        <source>{size} received</source>
        <translation>{size} 受信済み</translation>
    </message>
    <message>
        <source>downloaded {time}</source>
        <translation>{time} ダウンロード済み</translation>
    </message>
    <message>
        <source>downloaded and verified {time}</source>
        <translation>{time} ダウンロード・検証済み</translation>
    </message>
</context>
</TS>
