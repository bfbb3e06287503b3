<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>FirstRun</name>
    <message>
        <source>Skip for now</source>
        <translation>今はスキップ</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Continue without testing</source>
        <translation>確認せずに続ける</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>続ける</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>手順 {step} / {steps}</translation>
    </message>
    <message>
        <source>Welcome to {app}</source>
        <translation>{app} へようこそ</translation>
    </message>
    <message>
        <source>Where should your sessions be kept?</source>
        <translation>セッションをどこに保管しますか？</translation>
    </message>
    <message>
        <source>Skipping uses this computer only, and the window says so.</source>
        <translation>スキップすると、このPC内のみに保管し、画面にもそう表示します。</translation>
    </message>
    <message>
        <source>Test and continue</source>
        <translation>確認して続ける</translation>
    </message>
    <message>
        <source>These sessions were found</source>
        <translation>見つかったセッション</translation>
    </message>
    <message>
        <source>Listing reads the logs on this computer; nothing is sent.</source>
        <translation>一覧は、このコンピューターのログを読み取るだけで、何も送信しません。</translation>
    </message>
    <message>
        <source>Archive your sessions</source>
        <translation>セッションの保管</translation>
    </message>
    <message>
        <source>Choose sessions yourself on the Sessions page.</source>
        <translation>「セッション」の画面で自分で選びます。</translation>
    </message>
    <message>
        <source>Archiving copies them; the logs on this computer stay as they are.</source>
        <translation>保管はコピーです。このコンピューターのログはそのまま残ります。</translation>
    </message>
    <message>
        <source>Skipping archives nothing now.</source>
        <translation>スキップすると、今は何も保管しません。</translation>
    </message>
    <message numerus="yes">
        <source>Archive %n sessions</source>
        <translation>
            <numerusform>%n 件のセッションを保管</numerusform>
        </translation>
    </message>
    <message>
        <source>This profile is in use already.</source>
        <translation>すでに使用中の保存先です。</translation>
    </message>
    <message>
        <source>Your team's archive</source>
        <translation>チームの保管先</translation>
    </message>
    <message>
        <source>Your AWS account</source>
        <translation>自分の AWS アカウント</translation>
    </message>
    <message>
        <source>Whoever set it up gives you a connection: a file, or a string to paste.
Nothing is sent before you have seen where it leads.</source>
        <translation>管理者から接続情報（ファイル、または貼り付ける文字列）を受け取ってください。
つながる先を確かめるまで、何も送りません。</translation>
    </message>
    <message>
        <source>The deployment printed a connection, and an address: the Function URL.
Nothing is sent before you have seen where it leads.</source>
        <translation>デプロイ時に、接続情報とアドレス（Function URL）が表示されます。
つながる先を確かめるまで、何も送りません。</translation>
    </message>
    <message>
        <source>Accept and sign in…</source>
        <translation>承認してサインイン…</translation>
    </message>
    <message>
        <source>Accept for this run</source>
        <translation>今回だけ承認</translation>
    </message>
    <message>
        <source>Accept and continue</source>
        <translation>承認して続ける</translation>
    </message>
    <message>
        <source>Scan</source>
        <translation>スキャン</translation>
    </message>
    <message>
        <source>This computer only: no copy elsewhere if the disk is lost.</source>
        <translation>このPC内のみ：ディスクが失われると控えがありません。</translation>
    </message>
    <message numerus="yes">
        <source>Archive all %n sessions now</source>
        <translation>
            <numerusform>%n 件のセッションをすべて今すぐ保管</numerusform>
        </translation>
    </message>
    <message>
        <source>{size} are read, compressed and verified; you can go on working.</source>
        <translation>{size} を読み取り、圧縮し、検証します。作業はそのまま続けられます。</translation>
    </message>
    <message numerus="yes">
        <source>Only the %n that are deleted soon</source>
        <translation>
            <numerusform>まもなく削除される %n 件だけを保管</numerusform>
        </translation>
    </message>
    <message>
        <source>{size}. Their tools delete them within a week.</source>
        <translation>{size}。1 週間以内にツールが削除します。</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>あとで</translation>
    </message>
    <message>
        <source>Nothing to archive yet</source>
        <translation>保管するものはまだありません</translation>
    </message>
    <message>
        <source>Open the window</source>
        <translation>ウィンドウを開く</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>このコンピューター</translation>
    </message>
    <message>
        <source>Try everything with no account.</source>
        <translation>アカウントなしで、すべてを試せます。</translation>
    </message>
    <message>
        <source>Team archive</source>
        <translation>チームの保管先</translation>
    </message>
    <message>
        <source>Use the archive that your team has set up.</source>
        <translation>チームが用意した保管先を使います。</translation>
    </message>
    <message>
        <source>You need its connection file or string from your team lead.</source>
        <translation>チームの管理者から受け取る接続情報が必要です。</translation>
    </message>
    <message>
        <source>AWS credentials</source>
        <translation>AWS の認証情報</translation>
    </message>
    <message>
        <source>Use a bucket in your own AWS account.</source>
        <translation>自分の AWS アカウントのバケットを使います。</translation>
    </message>
    <message>
        <source>Kept in the keyring of this computer, never in a file.</source>
        <translation>このコンピューターのキーリングに保管し、ファイルには書き込みません。</translation>
    </message>
    <message>
        <source>No bucket of your own yet?</source>
        <translation>自分のバケットがまだない場合：</translation>
    </message>
    <message>
        <source>You can change this later in Settings.</source>
        <translation>あとから設定で変更できます。</translation>
    </message>
    <message>
        <source>New ones are listed by themselves, from every tool that is switched on.</source>
        <translation>オンにしたツールの新しいセッションは、自動で一覧に加わります。</translation>
    </message>
    <message>
        <source>Go on with {name}</source>
        <translation>「{name}」を引き続き使う</translation>
    </message>
    <message>
        <source>Skipping goes on with {name}.</source>
        <translation>スキップすると、「{name}」を引き続き使います。</translation>
    </message>
    <message>
        <source>List sessions of {source}</source>
        <translation>{source} のセッションを表示</translation>
    </message>
    <message numerus="yes">
        <source>%n sessions were found here.</source>
        <translation>
            <numerusform>%n 件のセッションが見つかりました。</numerusform>
        </translation>
    </message>
    <message>
        <source>{tool} may delete the first of them any time.</source>
        <translation>最初の 1 件は、いつ {tool} に削除されてもおかしくありません。</translation>
    </message>
    <message>
        <source>No sessions were found here yet.</source>
        <translation>セッションはまだ見つかっていません。</translation>
    </message>
    <message>
        <source>{tool} will delete the first of them today.</source>
        <translation>最初の 1 件は、今日 {tool} に削除されます。</translation>
    </message>
    <message>
        <source>Looking for sessions on this computer…</source>
        <translation>このコンピューターのセッションを探しています…</translation>
    </message>
    <message>
        <source>{tool} will delete the first of them tomorrow.</source>
        <translation>最初の 1 件は、明日 {tool} に削除されます。</translation>
    </message>
    <message numerus="yes">
        <source>{tool} will delete the first of them in %n days.</source>
        <translation>
            <numerusform>最初の 1 件は、%n 日後に {tool} に削除されます。</numerusform>
        </translation>
    </message>
</context>
</TS>
