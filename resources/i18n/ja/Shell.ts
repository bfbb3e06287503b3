<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Shell</name>
    <message>
        <source>Stopping…</source>
        <translation>停止しています…</translation>
    </message>
    <message>
        <source>What is not finished goes on at the next start.</source>
        <translation>終わっていないものは、次回の起動時に続きから再開します。</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>すべての画面</translation>
    </message>
    <message numerus="yes">
        <source>%n transfers are not finished</source>
        <translation>
            <numerusform>%n 件の転送が終わっていません</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Always do this</source>
        <translation>常にこの動作にする</translation>
    </message>
    <message>
        <source>Close when they are finished</source>
        <translation>終わってから閉じる</translation>
    </message>
    <message>
        <source>The window stays open until then.</source>
        <translation>それまでウィンドウは開いたままです。</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>停止して終了</translation>
    </message>
    <message>
        <source>Nothing is lost: they go on at the next start.</source>
        <translation>失われるものはありません。次回の起動時に続きから再開します。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Go on in the background</source>
        <translation>バックグラウンドで続ける</translation>
    </message>
    <message>
        <source>The icon in the system's bar shows how far it is.</source>
        <translation>進み具合は、システムのバーにあるアイコンで確認できます。</translation>
    </message>
    <message>
        <source>Close window</source>
        <translation>ウィンドウを閉じる</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>待つ</translation>
    </message>
    <message>
        <source>The window closes when the transfers are finished.</source>
        <translation>転送が終わると、ウィンドウを閉じます。</translation>
    </message>
    <message>
        <source>The window stays open: some transfers failed.</source>
        <translation>失敗した転送があるため、ウィンドウを開いたままにしています。</translation>
    </message>
    <message>
        <source>Stay open</source>
        <translation>閉じない</translation>
    </message>
    <message>
        <source>Show transfers</source>
        <translation>転送を表示</translation>
    </message>
    <message numerus="yes">
        <source>Drop to archive %n items</source>
        <translation>
            <numerusform>ドロップすると %n 個の項目を保管します</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to archive %n files</source>
        <translation>
            <numerusform>ドロップすると %n 個のファイルを保管します</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to archive %n folders</source>
        <translation>
            <numerusform>ドロップすると %n 個のフォルダーを保管します</numerusform>
        </translation>
    </message>
    <message>
        <source>Unknown formats are archived as they are.</source>
        <translation>対応していない形式も、そのまま保管します。</translation>
    </message>
    <message>
        <source>Drop to archive {files} and {folders}</source>
        <translation>ドロップすると{files}と{folders}を保管します</translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform> %n 個のファイル</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folders</source>
        <translation>
            <numerusform> %n 個のフォルダー</numerusform>
        </translation>
    </message>
    <message>
        <source>Unknown formats are archived as they are. The copies stay on this computer.</source>
        <translation>対応していない形式も、そのまま保管します。保管されるのは、このPC内のみです。</translation>
    </message>
    <message>
        <source>Drop to add a profile</source>
        <translation>ドロップすると保存先を追加します</translation>
    </message>
    <message>
        <source>You see where the connection leads before you accept it.</source>
        <translation>承認する前に、つながる先を確かめられます。</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>ようこそ</translation>
    </message>
    <message numerus="yes">
        <source>%n transfers failed</source>
        <translation>
            <numerusform>%n 件の転送が失敗しました</numerusform>
        </translation>
    </message>
    <message>
        <source>Transfers need attention</source>
        <translation>転送に問題があります</translation>
    </message>
    <message>
        <source>Transfers finished</source>
        <translation>転送が終わりました</translation>
    </message>
    <message numerus="yes">
        <source>%n finished</source>
        <translation>
            <numerusform>%n 件が終わりました</numerusform>
        </translation>
    </message>
    <message>
        <source>Back from S3, and downloaded</source>
        <translation>S3 からの取り出しとダウンロードが済みました</translation>
    </message>
    <message>
        <source>{name} is running already but does not answer. End it, then start it again.</source>
        <translation>{name} はすでに起動していますが、応答しません。終了してから、もう一度起動してください。</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>セッション</translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation>転送</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>保管済み</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Archive files…</source>
        <translation>ファイルを保管…</translation>
    </message>
    <message>
        <source>Archive a folder…</source>
        <translation>フォルダーを保管…</translation>
    </message>
    <message>
        <source>Archive the files that were copied</source>
        <translation>コピーしたファイルを保管</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>検索</translation>
    </message>
    <message>
        <source>The menu of what is selected</source>
        <translation>選択したもののメニュー</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>Nothing archived yet</source>
        <translation>まだ保管していません</translation>
    </message>
    <message>
        <source>Archived just now</source>
        <translation>たった今保管</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>ページ</translation>
    </message>
    <message>
        <source>Profiles…</source>
        <translation>保存先…</translation>
    </message>
    <message>
        <source>Archived {age} ago</source>
        <translation>{age}に保管</translation>
    </message>
    <message>
        <source>No profile</source>
        <translation>保存先なし</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>使えません</translation>
    </message>
    <message>
        <source>{page}, {count}</source>
        <translation>{page}、{count}</translation>
    </message>
    <message numerus="yes">
        <source>{page}, %n failed</source>
        <translation>
            <numerusform>{page}、失敗 %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>Profile: {name}. {state}</source>
        <translation>保存先：{name}。{state}</translation>
    </message>
    <message>
        <source>No copy elsewhere</source>
        <translation>ほかに控えなし</translation>
    </message>
    <message>
        <source>{page}, nothing goes on</source>
        <translation>{page}、停止中</translation>
    </message>
    <message>
        <source>“{first}” is still tried, and gets these sessions too when it is back.</source>
        <translation>「{first}」への接続は試し続けており、戻ればこれらのセッションをそちらにも送ります。</translation>
    </message>
    <message>
        <source>“{first}” is still tried.</source>
        <translation>「{first}」への接続は試し続けています。</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>今すぐ再試行</translation>
    </message>
    <message>
        <source>“{first}” is out of reach, and its second profile cannot keep what waits</source>
        <translation>「{first}」に接続できず、予備の保存先にも保管できません</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting sessions are safe in “{second}” for now</source>
        <translation>
            <numerusform>待っているセッション %n 件は、ひとまず「{second}」に保管されています</numerusform>
        </translation>
    </message>
    <message>
        <source>“{first}” is out of reach, so “{second}” keeps what waits for now</source>
        <translation>「{first}」に接続できないため、待っているものをひとまず「{second}」に保管します</translation>
    </message>
    <message>
        <source>Archive files</source>
        <translation>ファイルを保管</translation>
    </message>
    <message>
        <source>Archive a folder</source>
        <translation>フォルダーを保管</translation>
    </message>
    <message>
        <source>No transfers</source>
        <translation>転送はありません</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>すべて一時停止</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>すべて再開</translation>
    </message>
    <message numerus="yes">
        <source>%n left</source>
        <translation>
            <numerusform>残り %n 件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>失敗 %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <comment>between two counts</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>{name} を開く</translation>
    </message>
    <message>
        <source>The program met a fault of its own</source>
        <translation>プログラムの不具合が起きました</translation>
    </message>
    <message>
        <source>This is a bug in {name}, nothing you did. What is archived is safe; if something looks wrong, start the program again.</source>
        <translation>{name} 自身の不具合で、操作の誤りではありません。保管済みのものは無事です。表示がおかしいときは、プログラムを起動し直してください。</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>詳細をコピー</translation>
    </message>
</context>
</TS>
