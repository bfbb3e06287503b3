<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Settings</name>
    <message>
        <source>Where things are</source>
        <translation>ファイルの場所</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>このコンピューター</translation>
    </message>
    <message>
        <source>About</source>
        <translation>このプログラムについて</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>詳細設定</translation>
    </message>
    <message>
        <source>Erase…</source>
        <translation>消去…</translation>
    </message>
    <message>
        <source>List of sessions</source>
        <translation>セッションの一覧</translation>
    </message>
    <message>
        <source>Titles, projects and what the archive held; rebuilt at the next scan</source>
        <translation>タイトル、プロジェクト、保管済みの内容。次のスキャンで作り直します</translation>
    </message>
    <message>
        <source>Erase the list of sessions…</source>
        <translation>セッションの一覧を消去…</translation>
    </message>
    <message>
        <source>Set-up</source>
        <translation>設定の点検</translation>
    </message>
    <message>
        <source>Licences…</source>
        <translation>ライセンス…</translation>
    </message>
    <message>
        <source>Erase the list of sessions</source>
        <translation>セッションの一覧の消去</translation>
    </message>
    <message>
        <source>Erase the list of sessions?</source>
        <translation>セッションの一覧を消去しますか？</translation>
    </message>
    <message>
        <source>Erase the list</source>
        <translation>一覧を消去</translation>
    </message>
    <message>
        <source>Erased; it is being read anew</source>
        <translation>消去しました。読み直しています</translation>
    </message>
    <message>
        <source>Settings file</source>
        <translation>設定ファイル</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>データ</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>ログ</translation>
    </message>
    <message>
        <source>What was read of sessions and of the archive is forgotten on this computer. The next scan reads all logs anew, which may take a while.</source>
        <translation>このコンピューターで読み取ったセッションと保管済みの情報を消去します。次のスキャンですべてのログを読み直すため、時間がかかることがあります。</translation>
    </message>
    <message>
        <source>The logs themselves and everything archived stay as they are.</source>
        <translation>ログそのものと、保管したものはそのまま残ります。</translation>
    </message>
    <message>
        <source>MIT licence · Python {python} · Qt {qt}</source>
        <translation>MIT ライセンス · Python {python} · Qt {qt}</translation>
    </message>
    <message>
        <source>System</source>
        <comment>as the system has it</comment>
        <translation>システム</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外観</translation>
    </message>
    <message>
        <source>Language and appearance</source>
        <translation>言語と外観</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <source>Of the window and of the command line</source>
        <translation>ウィンドウとコマンドラインの言語</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>“System” follows the system as it changes</source>
        <translation>「システム」は、システムの設定に合わせて切り替わります</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>コントラスト</translation>
    </message>
    <message>
        <source>How strong lines and small text are</source>
        <translation>線と小さな文字の濃さ</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>動き</translation>
    </message>
    <message>
        <source>Whether things move on the screen</source>
        <translation>画面上の動きの有無</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字の大きさ</translation>
    </message>
    <message>
        <source>On top of the system's own</source>
        <translation>システムの設定に対する割合</translation>
    </message>
    <message>
        <source>{variable} says “{language}”, and goes before this choice</source>
        <translation>{variable} に「{language}」が指定されており、この設定より優先されます</translation>
    </message>
    <message>
        <source>More</source>
        <comment>contrast</comment>
        <translation>強</translation>
    </message>
    <message>
        <source>Reduced</source>
        <comment>motion</comment>
        <translation>減らす</translation>
    </message>
    <message>
        <source>{number} %</source>
        <translation>{number}%</translation>
    </message>
    <message>
        <source>Check the set-up</source>
        <translation>設定を点検</translation>
    </message>
    <message>
        <source>Settings, folders, disk, keyring, endpoint and clock</source>
        <translation>設定、フォルダー、ディスク、キーリング、エンドポイント、時計</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>点検</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>点検しています…</translation>
    </message>
    <message numerus="yes">
        <source>%n problems were found</source>
        <translation>
            <numerusform>%n 件の問題が見つかりました</numerusform>
        </translation>
    </message>
    <message>
        <source>No problem was found</source>
        <translation>問題は見つかりませんでした</translation>
    </message>
    <message>
        <source>Open Sessions</source>
        <translation>セッションを開く</translation>
    </message>
    <message>
        <source>Open Transfers</source>
        <translation>転送を開く</translation>
    </message>
    <message>
        <source>The settings can be read: {path}</source>
        <translation>設定を読み取れます：{path}</translation>
    </message>
    <message>
        <source>No settings yet, so the defaults hold; they would be in {path}</source>
        <translation>設定ファイルはまだなく、既定値を使います。場所：{path}</translation>
    </message>
    <message>
        <source>The profile in use is {name}</source>
        <translation>使用中の保存先は「{name}」です</translation>
    </message>
    <message>
        <source>{path} can be written</source>
        <translation>{path} に書き込めます</translation>
    </message>
    <message>
        <source>{size} are free on the disk</source>
        <translation>ディスクの空きは {size} です</translation>
    </message>
    <message>
        <source>The record of transfers is whole, and nothing waits</source>
        <translation>転送の記録は正常で、待っている転送はありません</translation>
    </message>
    <message numerus="yes">
        <source>%n transfers have not ended; Transfers shows them</source>
        <translation>
            <numerusform>終わっていない転送が %n 件あります。「転送」で確認できます</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions will be deleted within a week and are not archived</source>
        <translation>
            <numerusform>1 週間以内に削除される、未保管のセッションが %n 件あります</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions were found on this computer</source>
        <translation>
            <numerusform>このコンピューターで %n 件のセッションが見つかりました</numerusform>
        </translation>
    </message>
    <message>
        <source>The keyring can be used</source>
        <translation>キーリングを使えます</translation>
    </message>
    <message>
        <source>{name} answers; its bucket is {bucket}</source>
        <translation>「{name}」が応答しました。バケットは {bucket} です</translation>
    </message>
    <message numerus="yes">
        <source>This computer's clock is right (%n seconds apart)</source>
        <translation>
            <numerusform>時計は合っています（差 %n 秒）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This computer's clock is wrong by %n seconds, and S3 refuses requests with a wrong time. Let the system set it from the network.</source>
        <translation>
            <numerusform>このコンピューターの時計が %n 秒ずれています。S3 は時刻の違う要求を拒否します。時刻の自動設定を有効にしてください。</numerusform>
        </translation>
    </message>
    <message>
        <source>What this profile archives stays on this computer only: no copy elsewhere</source>
        <translation>この保存先に保管したものは、このPC内のみにあります。ほかに控えはありません</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>To know</source>
        <translation>注意</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>問題</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>ライセンス</translation>
    </message>
    <message>
        <source>This program is free software under the MIT licence. It stands on these libraries:</source>
        <translation>このプログラムは MIT ライセンスのフリーソフトウェアです。次のライブラリを使用しています。</translation>
    </message>
    <message>
        <source>Qt and PySide6 are used under the LGPL, version 3, and may be replaced.</source>
        <translation>Qt と PySide6 は LGPL バージョン 3 のもとで使っており、差し替えることができます。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Texts of all licences…</source>
        <translation>すべてのライセンス文…</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Profiles</source>
        <translation>保存先</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>ツール</translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation>転送</translation>
    </message>
    <message>
        <source>Switched off: not looked into</source>
        <translation>オフ：一覧に表示しません</translation>
    </message>
    <message>
        <source>The folder is not there yet</source>
        <translation>フォルダーはまだありません</translation>
    </message>
    <message>
        <source>{line} · from {variable}</source>
        <translation>{line} · {variable} の指定</translation>
    </message>
    <message>
        <source>The folder cannot be read</source>
        <translation>フォルダーを読み取れません</translation>
    </message>
    <message numerus="yes">
        <source>%n sessions</source>
        <translation>
            <numerusform>%n 件のセッション</numerusform>
        </translation>
    </message>
    <message>
        <source>{sessions} · {size}</source>
        <translation>{sessions} · {size}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Erase everything in it…</source>
        <translation>すべて消去…</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>サンドボックス</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>確認しています…</translation>
    </message>
    <message>
        <source>Erase the sandbox</source>
        <translation>サンドボックスの消去</translation>
    </message>
    <message>
        <source>Erase everything in the sandbox?</source>
        <translation>サンドボックスの中身をすべて消去しますか？</translation>
    </message>
    <message>
        <source>Erase everything</source>
        <translation>すべて消去</translation>
    </message>
    <message>
        <source>Running at {address} · {size}</source>
        <translation>{address} で動作中 · {size}</translation>
    </message>
    <message>
        <source>The tools' own logs on this computer stay as they are.</source>
        <translation>ツール自身のログは、このコンピューターにそのまま残ります。</translation>
    </message>
    <message>
        <source>I no longer need what is archived there</source>
        <translation>そこに保管したものはもう必要ありません</translation>
    </message>
    <message>
        <source>Not running; it starts when it is needed · {size}</source>
        <translation>停止中（必要になると起動します） · {size}</translation>
    </message>
    <message>
        <source>Nothing is archived in it yet</source>
        <translation>まだ何も保管されていません</translation>
    </message>
    <message>
        <source>All sessions archived on this computer only are lost: {size}.</source>
        <translation>このPC内のみに保管したセッションがすべて失われます（{size}）。</translation>
    </message>
    <message>
        <source>Where sessions come from</source>
        <translation>セッションを探す場所</translation>
    </message>
    <message>
        <source>More folders</source>
        <translation>追加のフォルダー</translation>
    </message>
    <message numerus="yes">
        <source>%n sessions are listed.</source>
        <translation>
            <numerusform>%n 件のセッションを表示しています。</numerusform>
        </translation>
    </message>
    <message>
        <source>Scan again</source>
        <translation>もう一度スキャン</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>フォルダーを追加…</translation>
    </message>
    <message>
        <source>Every file in them counts as a session, whatever tool wrote it.</source>
        <translation>どのツールのものでも、中のファイルはすべてセッションとして扱います。</translation>
    </message>
    <message>
        <source>{tool} deletes sessions {days} after their last use.</source>
        <translation>{tool} は、最後に使ってから {days}でセッションを削除します。</translation>
    </message>
    <message numerus="yes">
        <source>Reading {read} of %n sessions…</source>
        <translation>
            <numerusform>%n 件中 {read} 件のセッションを読み取っています…</numerusform>
        </translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>フォルダーの追加</translation>
    </message>
    <message>
        <source>{tool} keeps sessions for ever.</source>
        <translation>{tool} はセッションを削除しません。</translation>
    </message>
    <message>
        <source>List sessions of {source}</source>
        <translation>{source} のセッションを表示</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>外す</translation>
    </message>
    <message>
        <source>No folders</source>
        <translation>フォルダーはありません</translation>
    </message>
    <message>
        <source>For logs that lie elsewhere: a backup, another computer's disk</source>
        <translation>バックアップや別のコンピューターのディスクなど、ほかの場所にあるログを追加できます</translation>
    </message>
    <message>
        <source>Looking for sessions…</source>
        <translation>セッションを探しています…</translation>
    </message>
    <message>
        <source>Remove {folder}</source>
        <translation>{folder} を外す</translation>
    </message>
    <message>
        <source>How sessions are sent</source>
        <translation>セッションの送信</translation>
    </message>
    <message>
        <source>Compress</source>
        <translation>圧縮</translation>
    </message>
    <message>
        <source>About a quarter of the size for chat logs; nothing of them is lost</source>
        <translation>会話のログは約 4 分の 1 の大きさになります。内容は失われません</translation>
    </message>
    <message>
        <source>Uploads at once</source>
        <translation>同時に送信する数</translation>
    </message>
    <message>
        <source>More are faster on a good connection; fewer leave room for others</source>
        <translation>多いほど速く送れます。少なくすると、ほかの通信の妨げになりません</translation>
    </message>
    <message>
        <source>Send in parts above</source>
        <translation>分割して送るサイズ</translation>
    </message>
    <message>
        <source>Parts go side by side, and after a break only what is missing goes again</source>
        <translation>これより大きいものは分割して並行して送り、中断した後は足りない分だけを送り直します</translation>
    </message>
    <message>
        <source>Speed limits</source>
        <translation>速度の制限</translation>
    </message>
    <message>
        <source>Uploads together</source>
        <translation>送信の合計</translation>
    </message>
    <message>
        <source>Holds at once, for what is under way too</source>
        <translation>進行中の転送にもすぐに適用されます</translation>
    </message>
    <message>
        <source>Downloads together</source>
        <translation>ダウンロードの合計</translation>
    </message>
    <message>
        <source>Previews from the archive count too</source>
        <translation>保管済みのセッションのプレビューも含みます</translation>
    </message>
    <message>
        <source>Around the window</source>
        <translation>ウィンドウの動作</translation>
    </message>
    <message>
        <source>When the window closes during transfers</source>
        <translation>転送中にウィンドウを閉じるとき</translation>
    </message>
    <message>
        <source>What has not ended goes on the next time in any case</source>
        <translation>どの場合も、終わっていないものは次回に続きから再開します</translation>
    </message>
    <message>
        <source>Tell me when</source>
        <translation>通知するとき</translation>
    </message>
    <message>
        <source>Notices from the system</source>
        <translation>システムの通知</translation>
    </message>
    <message>
        <source>Ask me</source>
        <translation>確認する</translation>
    </message>
    <message>
        <source>Go on in the background</source>
        <translation>バックグラウンドで続ける</translation>
    </message>
    <message>
        <source>Stop, and go on next time</source>
        <translation>停止し、次回に続ける</translation>
    </message>
    <message>
        <source>Something fails</source>
        <translation>失敗したとき</translation>
    </message>
    <message>
        <source>Something fails or all is done</source>
        <translation>失敗したとき、すべて終わったとき</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>通知しない</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>制限なし</translation>
    </message>
</context>
</TS>
