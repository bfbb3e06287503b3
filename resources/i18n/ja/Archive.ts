<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Archive</name>
    <message>
        <source>Version of {when}</source>
        <translation>{when} のバージョン</translation>
    </message>
    <message>
        <source>What is shown of the session</source>
        <translation>セッションについて表示するもの</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>詳細</translation>
    </message>
    <message>
        <source>More</source>
        <translation>その他</translation>
    </message>
    <message>
        <source>Hide the details</source>
        <translation>詳細を隠す</translation>
    </message>
    <message>
        <source>Select a session to see its details.</source>
        <translation>セッションを選ぶと詳細が表示されます。</translation>
    </message>
    <message>
        <source>Download</source>
        <comment>button</comment>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <source>Preview</source>
        <comment>button</comment>
        <translation>プレビュー</translation>
    </message>
    <message>
        <source>Ask for its return…</source>
        <translation>取り出しを依頼…</translation>
    </message>
    <message>
        <source>Undelete</source>
        <comment>button</comment>
        <translation>削除を取り消す</translation>
    </message>
    <message>
        <source>Download to…</source>
        <translation>フォルダーを選んでダウンロード…</translation>
    </message>
    <message>
        <source>Preview</source>
        <comment>noun</comment>
        <translation>プレビュー</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message numerus="yes">
        <source>%Ln companions</source>
        <translation>
            <numerusform>付属ファイル %Ln 件</numerusform>
        </translation>
    </message>
    <message>
        <source>{state}. After that it has to be asked back again.</source>
        <translation>{state}。その後は、もう一度取り出しを依頼する必要があります。</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>ストレージ</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>保管サイズ</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 件</translation>
    </message>
    <message>
        <source>Key</source>
        <comment>of an object</comment>
        <translation>キー</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>{state}. A download waits until it is there.</source>
        <translation>{state}。ダウンロードは取り出しが済むまで待ちます。</translation>
    </message>
    <message>
        <source>This session was deleted and lies in {storage}. Ask for its return first; then it can be undeleted.</source>
        <translation>このセッションは削除されていて、{storage} にあります。まず取り出しを依頼してください。取り出しが終わると、削除を取り消せます。</translation>
    </message>
    <message>
        <source>This session lies in {storage} and cannot be read at once. Ask for its return; then it can be downloaded.</source>
        <translation>このセッションは {storage} にあり、すぐには読み取れません。取り出しを依頼してください。取り出しが終わると、ダウンロードできます。</translation>
    </message>
    <message>
        <source>Deleted. Its versions are kept: it can be undeleted or downloaded.</source>
        <translation>削除済みです。バージョンは残っていて、削除の取り消しもダウンロードもできます。</translation>
    </message>
    <message>
        <source>Encrypted</source>
        <translation>暗号化</translation>
    </message>
    <message>
        <source>Only if this computer's disk is</source>
        <translation>ディスクの設定による</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>コンピューター</translation>
    </message>
    <message>
        <source>{stored} of {original}</source>
        <translation>{stored}（元のサイズ {original}）</translation>
    </message>
    <message>
        <source>{amount}, {packing}</source>
        <translation>{amount}、{packing}</translation>
    </message>
    <message>
        <source>1 log, {companions}</source>
        <translation>ログ 1 件、{companions}</translation>
    </message>
    <message>
        <source>Copy the key</source>
        <translation>キーをコピー</translation>
    </message>
    <message>
        <source>Copy the version</source>
        <translation>バージョンをコピー</translation>
    </message>
    <message>
        <source>Deleted · {when}</source>
        <translation>削除済み · {when}</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>このPC内のみ</translation>
    </message>
    <message>
        <source>Copy the SHA-256</source>
        <translation>SHA-256 をコピー</translation>
    </message>
    <message>
        <source>Archived and verified</source>
        <translation>保管・検証済み</translation>
    </message>
    <message>
        <source>In the archive</source>
        <translation>保管済み</translation>
    </message>
    <message>
        <source>Download to</source>
        <translation>ダウンロード先</translation>
    </message>
    <message>
        <source>To read what lies in “{second}” meanwhile, change to that profile.</source>
        <translation>その間に「{second}」にあるものを見るには、その保存先に切り替えてください。</translation>
    </message>
    <message>
        <source>Only in the archive</source>
        <translation>保管先のみ</translation>
    </message>
    <message>
        <source>Which sessions are shown</source>
        <translation>表示するセッション</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>ツール</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>プロジェクト</translation>
    </message>
    <message>
        <source>Deleted {count}</source>
        <translation>削除済み {count}</translation>
    </message>
    <message>
        <source>All</source>
        <translation>すべて</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>削除済み</translation>
    </message>
    <message>
        <source>All sources</source>
        <translation>すべてのツール</translation>
    </message>
    <message>
        <source>All projects</source>
        <translation>すべてのプロジェクト</translation>
    </message>
    <message>
        <source>All computers</source>
        <translation>すべてのコンピューター</translation>
    </message>
    <message>
        <source>Only in the archive {count}</source>
        <translation>保管先のみ {count}</translation>
    </message>
    <message>
        <source>Clear selection</source>
        <translation>選択を解除</translation>
    </message>
    <message numerus="yes">
        <source>Download %Ln sessions</source>
        <translation>
            <numerusform>%Ln 件のセッションをダウンロード</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} selected · {size}</source>
        <translation>{count} 件選択中 · {size}</translation>
    </message>
    <message numerus="yes">
        <source>Ask for the return of %Ln sessions?</source>
        <translation>
            <numerusform>%Ln 件のセッションの取り出しを依頼しますか？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It lies in {storage} and cannot be read at once. S3 makes a readable copy; what is archived stays as it is. AWS charges for the return.</source>
        <translation>
            <numerusform>{storage} にあり、すぐには読み取れません。S3 が読み取り用のコピーを作ります。保管したものはそのまま残ります。取り出しには AWS の料金がかかります。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Download it as soon as it is there</source>
        <translation>
            <numerusform>取り出しが済みしだいダウンロードする</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln sessions from the archive?</source>
        <translation>
            <numerusform>%Ln 件のセッションを保管先から削除しますか？</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete from the archive</source>
        <translation>保管先から削除</translation>
    </message>
    <message numerus="yes">
        <source>S3 puts a marker over every file of it and destroys nothing: all versions are kept, and Undelete brings it back.</source>
        <translation>
            <numerusform>S3 は各ファイルに削除の印を付けるだけで、何も消しません。すべてのバージョンが残り、「削除を取り消す」で元に戻せます。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What is on this computer stays. There the session then counts as new, so that archiving it again stores it again.</source>
        <translation>
            <numerusform>このコンピューターにあるものはそのまま残ります。セッションは「新規」の扱いになり、もう一度保管すると、あらためて保存されます。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln sessions</source>
        <translation>
            <numerusform>%Ln 件のセッションを削除</numerusform>
        </translation>
    </message>
    <message>
        <source>Ask for its return</source>
        <translation>取り出しを依頼</translation>
    </message>
    <message>
        <source>How fast</source>
        <translation>取り出しの速さ</translation>
    </message>
    <message>
        <source>Standard</source>
        <comment>speed</comment>
        <translation>標準</translation>
    </message>
    <message>
        <source>Bulk, at the lowest price</source>
        <translation>一括（最も安価）</translation>
    </message>
    <message>
        <source>Ask for its return</source>
        <comment>button</comment>
        <translation>取り出しを依頼</translation>
    </message>
    <message>
        <source>Readable for</source>
        <translation>読み取れる期間</translation>
    </message>
    <message>
        <source>Usually within 12 hours</source>
        <translation>通常 12 時間以内</translation>
    </message>
    <message>
        <source>Usually within 3 to 5 hours</source>
        <translation>通常 3～5 時間</translation>
    </message>
    <message>
        <source>Usually within 48 hours</source>
        <translation>通常 48 時間以内</translation>
    </message>
    <message>
        <source>Usually within 5 to 12 hours</source>
        <translation>通常 5～12 時間</translation>
    </message>
    <message>
        <source>Delete “{title}” from the archive?</source>
        <translation>「{title}」を保管先から削除しますか？</translation>
    </message>
    <message numerus="yes">
        <source>Ask for the return of %Ln sessions…</source>
        <translation>
            <numerusform>%Ln 件のセッションの取り出しを依頼…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Undelete %Ln sessions</source>
        <translation>
            <numerusform>%Ln 件のセッションの削除を取り消す</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln sessions…</source>
        <translation>
            <numerusform>%Ln 件のセッションを削除…</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy the session ID</source>
        <translation>セッション ID をコピー</translation>
    </message>
    <message>
        <source>Instant retrieval</source>
        <translation>即時取り出し</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>タイトル</translation>
    </message>
    <message>
        <source>What the session was about</source>
        <translation>セッションの内容</translation>
    </message>
    <message>
        <source>The folder that was worked in</source>
        <translation>作業していたフォルダー</translation>
    </message>
    <message>
        <source>The computer that archived the session last</source>
        <translation>このセッションを最後に保管したコンピューター</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>保管日時</translation>
    </message>
    <message>
        <source>When the newest file of the session was archived</source>
        <translation>セッションの最新のファイルが保管された日時</translation>
    </message>
    <message>
        <source>What the newest versions of all its files take up</source>
        <translation>全ファイルの最新バージョンの合計サイズ</translation>
    </message>
    <message>
        <source>The storage class of the session</source>
        <translation>セッションのストレージクラス</translation>
    </message>
    <message numerus="yes">
        <source>Asking for the return of %Ln sessions…</source>
        <translation>
            <numerusform>%Ln 件のセッションの取り出しを依頼しています…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>S3 is bringing %Ln sessions back.</source>
        <translation>
            <numerusform>S3 が %Ln 件のセッションを取り出しています。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions could not be asked for: {reason}</source>
        <translation>
            <numerusform>%Ln 件のセッションの取り出しを依頼できませんでした：{reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deleting %Ln sessions…</source>
        <translation>
            <numerusform>%Ln 件のセッションを削除しています…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Undeleting %Ln sessions…</source>
        <translation>
            <numerusform>%Ln 件のセッションの削除を取り消しています…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions deleted; all versions are kept.</source>
        <translation>
            <numerusform>%Ln 件のセッションを削除しました。すべてのバージョンが残っています。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions are back in the archive.</source>
        <translation>
            <numerusform>%Ln 件のセッションを保管先に戻しました。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions could not be deleted: {reason}</source>
        <translation>
            <numerusform>%Ln 件のセッションを削除できませんでした：{reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions could not be undeleted: {reason}</source>
        <translation>
            <numerusform>%Ln 件のセッションの削除を取り消せませんでした：{reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions</source>
        <translation>
            <numerusform>%Ln 件のセッション</numerusform>
        </translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>保管済み</translation>
    </message>
    <message>
        <source>Search the archive</source>
        <translation>保管済みを検索</translation>
    </message>
    <message>
        <source>Show the details</source>
        <translation>詳細を表示</translation>
    </message>
    <message>
        <source>Archived sessions</source>
        <translation>保管済みのセッション</translation>
    </message>
    <message>
        <source>{sessions} · {size} stored on this computer only</source>
        <translation>{sessions} · {size}（このPC内のみ）</translation>
    </message>
    <message>
        <source>{sessions} · {size} stored</source>
        <translation>{sessions} · {size}</translation>
    </message>
    <message>
        <source>Look into S3 again</source>
        <translation>S3 を再確認</translation>
    </message>
    <message>
        <source>Preview the session</source>
        <translation>セッションをプレビュー</translation>
    </message>
    <message>
        <source>Delete the selected sessions</source>
        <translation>選択したセッションを削除</translation>
    </message>
    <message>
        <source>Undo the deletion of a moment ago</source>
        <translation>直前の削除を元に戻す</translation>
    </message>
    <message>
        <source>{summary} · as of {when}</source>
        <translation>{summary} · {when} 時点</translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions have their titles again.</source>
        <translation>
            <numerusform>%Ln 件のセッションのタイトルが戻りました。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln files could not be read: {reason}</source>
        <translation>
            <numerusform>%Ln 件のファイルを読めませんでした：{reason}</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Reading the titles again…</source>
        <translation>タイトルを読み直しています…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions have no title here.</source>
        <translation>
            <numerusform>%Ln 件のセッションのタイトルがありません。</numerusform>
        </translation>
    </message>
    <message>
        <source>{trouble}. This is the list as of {when}.</source>
        <translation>{trouble}。{when} 時点の一覧です。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Read the titles again</source>
        <translation>タイトルを読み直す</translation>
    </message>
    <message>
        <source>S3 is asked for its return; then it is downloaded to {folder}</source>
        <translation>S3 に取り出しを依頼し、済みしだい {folder} にダウンロードします</translation>
    </message>
    <message>
        <source>Downloading to {folder}</source>
        <translation>{folder} にダウンロードしています</translation>
    </message>
    <message>
        <source>Show transfers</source>
        <translation>転送を表示</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>バージョン</translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln more</source>
        <translation>
            <numerusform>さらに %Ln 件を表示</numerusform>
        </translation>
    </message>
    <message>
        <source>Preview this version</source>
        <translation>このバージョンをプレビュー</translation>
    </message>
    <message>
        <source>Download this version</source>
        <translation>このバージョンをダウンロード</translation>
    </message>
    <message>
        <source>Asking S3…</source>
        <translation>S3 に問い合わせています…</translation>
    </message>
    <message>
        <source>Newest</source>
        <comment>version</comment>
        <translation>最新</translation>
    </message>
    <message>
        <source>Version {number}</source>
        <translation>バージョン {number}</translation>
    </message>
    <message>
        <source>Looking into the archive…</source>
        <translation>保管先を確認しています…</translation>
    </message>
    <message>
        <source>What S3 holds is listed in a moment.</source>
        <translation>S3 にあるものがまもなく表示されます。</translation>
    </message>
    <message>
        <source>Show sessions</source>
        <translation>セッションを表示</translation>
    </message>
    <message>
        <source>Nothing archived yet</source>
        <translation>まだ何も保管されていません</translation>
    </message>
    <message>
        <source>Sessions that you archive are listed here with all their versions.
You can look into them and download them at any time.</source>
        <translation>保管したセッションは、すべてのバージョンとともにここに表示されます。
いつでも中身を確認し、ダウンロードできます。</translation>
    </message>
    <message>
        <source>Clear search and filters</source>
        <translation>検索と絞り込みを解除</translation>
    </message>
    <message>
        <source>No session matches</source>
        <translation>一致するセッションはありません</translation>
    </message>
    <message>
        <source>Search looks at titles, projects, computers and keys.</source>
        <translation>タイトル、プロジェクト、コンピューター、キーから検索します。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln versions so far</source>
        <translation>
            <numerusform>これまでに %Ln 件のバージョン</numerusform>
        </translation>
    </message>
    <message>
        <source>Coming back, expected by {when}</source>
        <translation>取り出し中（{when} までの見込み）</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>標準</translation>
    </message>
    <message>
        <source>Infrequent access</source>
        <translation>低頻度アクセス</translation>
    </message>
    <message>
        <source>One zone</source>
        <translation>1 ゾーン</translation>
    </message>
    <message>
        <source>Intelligent tiering</source>
        <translation>自動階層化</translation>
    </message>
    <message>
        <source>Reduced redundancy</source>
        <translation>低冗長化</translation>
    </message>
    <message>
        <source>Express one zone</source>
        <translation>Express 1 ゾーン</translation>
    </message>
    <message>
        <source>Flexible retrieval</source>
        <translation>フレキシブル取り出し</translation>
    </message>
    <message>
        <source>Deep Archive</source>
        <translation>Deep Archive</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>M月d日</translation>
    </message>
    <message>
        <source>Available until {when}</source>
        <translation>{when} まで読み取れます</translation>
    </message>
    <message>
        <source>Coming back</source>
        <translation>取り出し中</translation>
    </message>
    <message>
        <source>Until {date}</source>
        <translation>{date} まで</translation>
    </message>
    <message>
        <source>Expected {date}</source>
        <translation>{date}の見込み</translation>
    </message>
</context>
</TS>
