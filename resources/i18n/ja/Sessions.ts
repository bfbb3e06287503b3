<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Sessions</name>
    <message>
        <source>Preview</source>
        <translation>プレビュー</translation>
    </message>
    <message numerus="yes">
        <source>Copy %n session IDs</source>
        <translation>
            <numerusform>セッション ID をコピー</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing deletes this session.</source>
        <translation>このセッションが自動で削除されることはありません。</translation>
    </message>
    <message>
        <source>Never</source>
        <comment>deleted</comment>
        <translation>なし</translation>
    </message>
    <message>
        <source>{title}. {state}. {source}. {messages} messages, {size}. Last active: {updated}. Deleted in: {deleted}.</source>
        <translation>{title}。{state}。{source}。発言 {messages}、{size}。最終更新：{updated}。削除まで：{deleted}。</translation>
    </message>
    <message>
        <source>Parts of it cannot be read.</source>
        <translation>一部を読み取れません。</translation>
    </message>
    <message>
        <source>{tool} deletes this session after {moment}.</source>
        <translation>{moment} を過ぎると {tool} がこのセッションを削除します。</translation>
    </message>
    <message>
        <source>Project: {project}.</source>
        <translation>プロジェクト：{project}。</translation>
    </message>
    <message>
        <source>No project</source>
        <translation>プロジェクトなし</translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n ファイル</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose files to archive</source>
        <translation>保管するファイルを選択</translation>
    </message>
    <message>
        <source>Choose a folder to archive</source>
        <translation>保管するフォルダーを選択</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Whether the session is archived</source>
        <translation>セッションが保管されているかどうか</translation>
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
        <source>Source</source>
        <translation>ツール</translation>
    </message>
    <message>
        <source>The tool that wrote the session</source>
        <translation>セッションを記録したツール</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>プロジェクト</translation>
    </message>
    <message>
        <source>The folder that was worked in</source>
        <translation>作業していたフォルダー</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>発言</translation>
    </message>
    <message>
        <source>What you and the assistant wrote, without tools' results</source>
        <translation>あなたとアシスタントの発言の数 (ツールの結果を除く)</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>All files of the session on this computer</source>
        <translation>このコンピューターにある、セッションの全ファイルの合計</translation>
    </message>
    <message>
        <source>Last active</source>
        <translation>最終更新</translation>
    </message>
    <message>
        <source>How long ago the session last grew</source>
        <translation>セッションに最後に追記されてからの時間</translation>
    </message>
    <message>
        <source>Deleted in</source>
        <translation>削除まで</translation>
    </message>
    <message>
        <source>When the tool deletes the session from this computer</source>
        <translation>ツールがこのコンピューターからセッションを削除するまでの日数</translation>
    </message>
    <message>
        <source>Which sessions are listed</source>
        <translation>表示するセッション</translation>
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
        <source>All {count}</source>
        <translation>すべて {count}</translation>
    </message>
    <message>
        <source>Not archived {count}</source>
        <translation>未保管 {count}</translation>
    </message>
    <message>
        <source>Deleted soon {count}</source>
        <translation>まもなく削除 {count}</translation>
    </message>
    <message>
        <source>What is selected is archived already, or on its way.</source>
        <translation>選択したセッションは保管済みか、保管の途中です。</translation>
    </message>
    <message numerus="yes">
        <source>Archive %n sessions</source>
        <translation>
            <numerusform>%n 件のセッションを保管</numerusform>
        </translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>保管</translation>
    </message>
    <message>
        <source>Select the sessions to archive.</source>
        <translation>保管するセッションを選択してください。</translation>
    </message>
    <message>
        <source>What is selected is archived already.</source>
        <translation>選択したセッションはすでに保管されています。</translation>
    </message>
    <message>
        <source>Clear selection</source>
        <translation>選択を解除</translation>
    </message>
    <message numerus="yes">
        <source>%n selected · {size}</source>
        <translation>
            <numerusform>%n 件選択中 · {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions · {size}</source>
        <translation>
            <numerusform>%n 件のセッション · {size}</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking for sessions…</source>
        <translation>セッションを探しています…</translation>
    </message>
    <message>
        <source>The sessions cannot be listed</source>
        <translation>セッションを表示できません</translation>
    </message>
    <message>
        <source>No session matches</source>
        <translation>一致するセッションはありません</translation>
    </message>
    <message>
        <source>Other words or fewer filters may find it.</source>
        <translation>語句を変えるか、絞り込みを減らすと見つかることがあります。</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>ファイルを選択…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>フォルダーを選択…</translation>
    </message>
    <message>
        <source>No sessions on this computer yet</source>
        <translation>このコンピューターにはまだセッションがありません</translation>
    </message>
    <message>
        <source>Show them</source>
        <comment>places</comment>
        <translation>表示</translation>
    </message>
    <message>
        <source>You can also drop files or folders anywhere in this window.</source>
        <translation>ファイルやフォルダーをこのウィンドウにドロップすることもできます。</translation>
    </message>
    <message numerus="yes">
        <source>Looked in %n places</source>
        <translation>
            <numerusform>%n か所を探しました</numerusform>
        </translation>
    </message>
    <message>
        <source>others</source>
        <comment>other tools</comment>
        <translation>その他</translation>
    </message>
    <message>
        <source>Sessions from {tools} appear here by themselves.</source>
        <translation>{tools} のセッションは自動的にここに表示されます。</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>セッション</translation>
    </message>
    <message>
        <source>Search sessions</source>
        <translation>セッションを検索</translation>
    </message>
    <message>
        <source>Show preview</source>
        <translation>プレビューを表示</translation>
    </message>
    <message>
        <source>Scan again</source>
        <translation>もう一度スキャン</translation>
    </message>
    <message>
        <source>Clear the filters</source>
        <translation>絞り込みを解除</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>フォルダーを追加…</translation>
    </message>
    <message>
        <source>Archive the selected sessions</source>
        <translation>選択したセッションを保管</translation>
    </message>
    <message>
        <source>Show or hide the preview</source>
        <translation>プレビューの表示・非表示</translation>
    </message>
    <message>
        <source>Copy the selected sessions' IDs</source>
        <translation>選択したセッションの ID をコピー</translation>
    </message>
    <message>
        <source>Select all listed sessions</source>
        <translation>表示中のセッションをすべて選択</translation>
    </message>
    <message>
        <source>Places looked in</source>
        <translation>探した場所</translation>
    </message>
    <message numerus="yes">
        <source>{tool} · %n sessions · {size}</source>
        <translation>
            <numerusform>{tool} · %n 件のセッション · {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>ほか %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>{tool} · not there</source>
        <translation>{tool} · フォルダーがありません</translation>
    </message>
    <message>
        <source>{tool} · cannot be read</source>
        <translation>{tool} · 読み取れません</translation>
    </message>
    <message>
        <source>Show in Finder</source>
        <translation>Finder で表示</translation>
    </message>
    <message>
        <source>Show in Explorer</source>
        <translation>エクスプローラーで表示</translation>
    </message>
    <message>
        <source>Show in Files</source>
        <translation>ファイルマネージャーで表示</translation>
    </message>
    <message>
        <source>Scan</source>
        <translation>スキャン</translation>
    </message>
    <message>
        <source>Looking at what was added…</source>
        <translation>追加されたファイルを確認しています…</translation>
    </message>
    <message numerus="yes">
        <source>Reading {read} of %n sessions…</source>
        <translation>
            <numerusform>%n 件中 {read} 件のセッションを読み取っています…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show these %n</source>
        <translation>
            <numerusform>表示</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions were added and are being archived</source>
        <translation>
            <numerusform>%n 件のセッションを追加し、保管しています</numerusform>
        </translation>
    </message>
    <message>
        <source>Show them</source>
        <comment>what was left out</comment>
        <translation>表示</translation>
    </message>
    <message numerus="yes">
        <source>%n sessions will be deleted by {tool} within {days}</source>
        <translation>
            <numerusform>%n 件のセッションが {days}以内に {tool} によって削除されます</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions will be deleted by their tools within {days}</source>
        <translation>
            <numerusform>%n 件のセッションが {days}以内にそれぞれのツールによって削除されます</numerusform>
        </translation>
    </message>
    <message>
        <source>Archive both</source>
        <translation>2 件を保管</translation>
    </message>
    <message numerus="yes">
        <source>Archive these %n</source>
        <translation>
            <numerusform>%n 件を保管</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files or folders were left out of the list</source>
        <translation>
            <numerusform>%n 件のファイルやフォルダーは一覧にありません</numerusform>
        </translation>
    </message>
    <message>
        <source>Left out of the list</source>
        <translation>一覧にないもの</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>対象外のもの</translation>
    </message>
    <message>
        <source>{added}, {left_out}</source>
        <translation>{added}。{left_out}</translation>
    </message>
    <message numerus="yes">
        <source>%n sessions are being archived</source>
        <translation>
            <numerusform>%n 件のセッションを保管しています</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n items were left out</source>
        <translation>
            <numerusform>%n 件は対象外です</numerusform>
        </translation>
    </message>
    <message>
        <source>Show transfers</source>
        <translation>転送を表示</translation>
    </message>
    <message>
        <source>There is nothing to archive there</source>
        <translation>保管するものがありません</translation>
    </message>
    <message>
        <source>Archived sessions are on this computer only. No copy exists elsewhere.</source>
        <translation>保管したセッションはこのPC内のみにあり、ほかに控えはありません。</translation>
    </message>
    <message>
        <source>There is nothing to archive in “{name}”</source>
        <translation>「{name}」には保管するものがありません</translation>
    </message>
    <message>
        <source>Set up an archive…</source>
        <translation>保管先を設定…</translation>
    </message>
    <message>
        <source>“{name}” was left out</source>
        <translation>「{name}」は対象外です</translation>
    </message>
    <message>
        <source>Files</source>
        <comment>source</comment>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>このPC内のみ</translation>
    </message>
    <message>
        <source>Archived on this computer. No copy exists elsewhere.</source>
        <translation>このコンピューターに保管されています。ほかに控えはありません。</translation>
    </message>
    <message>
        <source>The last line is not finished.</source>
        <translation>最後の行が途中で終わっています。</translation>
    </message>
    <message>
        <source>Several entries stand on one line. All of them were read.</source>
        <translation>1 行に複数の記録がありますが、すべて読み取りました。</translation>
    </message>
    <message numerus="yes">
        <source>%n lines cannot be read.</source>
        <translation>
            <numerusform>読み取れない行が %n 行あります。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines hold no entry.</source>
        <translation>
            <numerusform>記録ではない行が %n 行あります。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines are too long to be read.</source>
        <translation>
            <numerusform>長すぎて読み取れない行が %n 行あります。</numerusform>
        </translation>
    </message>
    <message>
        <source>Some characters are damaged.</source>
        <translation>一部の文字が壊れています。</translation>
    </message>
    <message>
        <source>Parts are empty, as after a crash of the computer.</source>
        <translation>コンピューターの異常終了などで、一部が空になっています。</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>ファイルは空です。</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>ファイルを読み取れません。</translation>
    </message>
    <message>
        <source>The main log is gone. Other files of the session are here.</source>
        <translation>主なログがありません。セッションのほかのファイルは残っています。</translation>
    </message>
    <message>
        <source>The session that this agent worked for is gone.</source>
        <translation>このエージェントの元のセッションがありません。</translation>
    </message>
    <message>
        <source>The file is too large to be looked into.</source>
        <translation>ファイルが大きすぎて内容を確認できません。</translation>
    </message>
    <message>
        <source>The file is damaged.</source>
        <translation>ファイルが壊れています。</translation>
    </message>
    <message>
        <source>Another project has a session with the same ID.</source>
        <translation>同じ ID のセッションが別のプロジェクトにもあります。</translation>
    </message>
    <message>
        <source>“{name}” cannot be read</source>
        <translation>「{name}」を読み取れません</translation>
    </message>
    <message>
        <source>“{name}” is not there</source>
        <translation>「{name}」が見つかりません</translation>
    </message>
    <message>
        <source>“{name}” is a link that leads out of its folder</source>
        <translation>「{name}」はフォルダーの外を指すリンクです</translation>
    </message>
    <message>
        <source>“{name}” is a link that leads nowhere</source>
        <translation>「{name}」はリンク先がありません</translation>
    </message>
    <message>
        <source>“{name}” is not a regular file</source>
        <translation>「{name}」は通常のファイルではありません</translation>
    </message>
    <message>
        <source>New</source>
        <comment>state</comment>
        <translation>新規</translation>
    </message>
    <message>
        <source>Changed</source>
        <comment>state</comment>
        <translation>変更あり</translation>
    </message>
    <message>
        <source>Queued</source>
        <comment>state</comment>
        <translation>待機中</translation>
    </message>
    <message>
        <source>Uploading</source>
        <comment>state</comment>
        <translation>送信中</translation>
    </message>
    <message>
        <source>Archived</source>
        <comment>state</comment>
        <translation>保管済み</translation>
    </message>
    <message>
        <source>Failed</source>
        <comment>state</comment>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Not archived yet.</source>
        <translation>まだ保管されていません。</translation>
    </message>
    <message>
        <source>Archived before, and changed since.</source>
        <translation>保管した後に変更されました。</translation>
    </message>
    <message>
        <source>Waiting to be archived.</source>
        <translation>保管を待っています。</translation>
    </message>
    <message>
        <source>Being archived now.</source>
        <translation>保管しています。</translation>
    </message>
    <message>
        <source>Archived as it is on this computer, and verified.</source>
        <translation>このコンピューターにあるとおりに保管し、検証しました。</translation>
    </message>
    <message>
        <source>Archiving failed. Transfers says why.</source>
        <translation>保管に失敗しました。理由は「転送」に表示されます。</translation>
    </message>
    <message>
        <source>Archiving keeps the file as it is.</source>
        <translation>ファイルはそのまま保管されます。</translation>
    </message>
</context>
</TS>
