<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Profiles</name>
    <message>
        <source>This computer</source>
        <translation>このコンピューター</translation>
    </message>
    <message>
        <source>From the environment</source>
        <translation>環境変数の指定</translation>
    </message>
    <message>
        <source>Accept it only if it comes from whoever runs the archive.</source>
        <translation>保管先の管理者から受け取ったものであることを確かめてから承認してください。</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>接続情報</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>ファイルを選択…</translation>
    </message>
    <message>
        <source>Where this connection leads</source>
        <translation>この接続情報のつながる先</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>リージョン</translation>
    </message>
    <message>
        <source>Bucket</source>
        <translation>バケット</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>ストレージ</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>アドレス</translation>
    </message>
    <message>
        <source>It says what the profile has already.</source>
        <translation>この保存先の現在の内容と同じです。</translation>
    </message>
    <message>
        <source>Paste the string that begins with chatlog-connection:</source>
        <translation>chatlog-connection: で始まる文字列を貼り付けてください</translation>
    </message>
    <message>
        <source>This is needed.</source>
        <translation>入力してください。</translation>
    </message>
    <message>
        <source>Choose a connection file</source>
        <translation>接続情報のファイルを選択</translation>
    </message>
    <message>
        <source>Connections ({pattern})</source>
        <translation>接続情報（{pattern}）</translation>
    </message>
    <message>
        <source>All files ({pattern})</source>
        <translation>すべてのファイル（{pattern}）</translation>
    </message>
    <message>
        <source>It differs from what was accepted before:</source>
        <translation>承認済みの内容と違うところがあります：</translation>
    </message>
    <message>
        <source>{label}, before</source>
        <translation>{label}（以前）</translation>
    </message>
    <message>
        <source>Reached in {time} ms, encrypted by S3 ({algorithm})</source>
        <translation>{time} ミリ秒で応答、S3 による暗号化（{algorithm}）</translation>
    </message>
    <message>
        <source>Only if this computer's disk is</source>
        <translation>ディスクの設定による</translation>
    </message>
    <message>
        <source>The endpoint does not say</source>
        <translation>エンドポイントからの情報なし</translation>
    </message>
    <message>
        <source>With a KMS key</source>
        <translation>KMS キーによる</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>所有者</translation>
    </message>
    <message>
        <source>AWS account</source>
        <translation>AWS アカウント</translation>
    </message>
    <message>
        <source>Sign-in pages</source>
        <translation>サインイン画面</translation>
    </message>
    <message>
        <source>Signs in with</source>
        <translation>サインイン先</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>アプリケーション</translation>
    </message>
    <message>
        <source>By S3 ({algorithm})</source>
        <translation>S3 による（{algorithm}）</translation>
    </message>
    <message>
        <source>Reached in {time} ms</source>
        <translation>{time} ミリ秒で応答</translation>
    </message>
    <message>
        <source>Reached in {time} ms, encrypted with KMS</source>
        <translation>{time} ミリ秒で応答、KMS で暗号化</translation>
    </message>
    <message>
        <source>{pinned} was accepted before. From now on sessions would go to other storage.</source>
        <translation>以前に承認したのは {pinned} です。今後は別のストレージに送ることになります。</translation>
    </message>
    <message>
        <source>Sessions would be kept here. It stays the only place they may go to.</source>
        <translation>セッションはここに保管されます。承認後は、ほかの場所には送りません。</translation>
    </message>
    <message>
        <source>Encryption</source>
        <translation>暗号化</translation>
    </message>
    <message>
        <source>Sessions would be kept on this computer only: no copy elsewhere.</source>
        <translation>セッションはこのPC内のみに保管されます。ほかに控えはありません。</translation>
    </message>
    <message>
        <source>Asking {host}…</source>
        <translation>{host} に問い合わせています…</translation>
    </message>
    <message>
        <source>Up to 64 letters and digits, with . - _ between them, without spaces.</source>
        <translation>64 文字以内の文字と数字、その間に . - _ を使えます。空白は使えません。</translation>
    </message>
    <message>
        <source>The program keeps this name for itself.</source>
        <translation>プログラムが使う名前です。</translation>
    </message>
    <message>
        <source>There is a profile of this name already.</source>
        <translation>同じ名前の保存先がすでにあります。</translation>
    </message>
    <message>
        <source>The address is needed.</source>
        <translation>アドレスを入力してください。</translation>
    </message>
    <message>
        <source>This is no address such as https://…/.</source>
        <translation>https://…/ の形のアドレスではありません。</translation>
    </message>
    <message>
        <source>It has to begin with https://. Only this computer itself may have http://.</source>
        <translation>https:// で始めてください。http:// を使えるのは、このコンピューター自身だけです。</translation>
    </message>
    <message>
        <source>Leave out the user name and password.</source>
        <translation>ユーザー名とパスワードを取り除いてください。</translation>
    </message>
    <message>
        <source>Leave out what stands behind “#”.</source>
        <translation>「#」以降を取り除いてください。</translation>
    </message>
    <message>
        <source>Leave out what stands behind “?”.</source>
        <translation>「?」以降を取り除いてください。</translation>
    </message>
    <message>
        <source>This is no AWS region such as ap-northeast-1.</source>
        <translation>ap-northeast-1 のような AWS のリージョン名ではありません。</translation>
    </message>
    <message>
        <source>The address names another region.</source>
        <translation>アドレスのリージョンと違います。</translation>
    </message>
    <message>
        <source>This cannot be the name of an AWS profile.</source>
        <translation>AWS プロファイルの名前として使えません。</translation>
    </message>
    <message>
        <source>It has spaces or other characters that no credential has. Copy it again, whole.</source>
        <translation>空白など、認証情報には含まれない文字があります。全体をコピーし直してください。</translation>
    </message>
    <message>
        <source>Credentials</source>
        <translation>認証情報</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>接続を確認</translation>
    </message>
    <message>
        <source>Known after the first connection</source>
        <translation>最初の接続で分かります</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>編集…</translation>
    </message>
    <message>
        <source>{pinned} was accepted; the address leads to {found} now. Nothing is sent there before you accept it.</source>
        <translation>承認済みは {pinned} ですが、アドレスは {found} を指しています。承認するまで何も送りません。</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>サインアウト</translation>
    </message>
    <message>
        <source>{bucket} · {region}</source>
        <translation>{bucket} · {region}</translation>
    </message>
    <message>
        <source>{place}, account {account}</source>
        <translation>{place}、アカウント {account}</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>予備</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>確認しています…</translation>
    </message>
    <message>
        <source>You, with the browser</source>
        <translation>ブラウザーでサインイン済み</translation>
    </message>
    <message>
        <source>Signed in as</source>
        <translation>サインイン</translation>
    </message>
    <message>
        <source>The keyring is locked</source>
        <translation>キーリングがロックされています</translation>
    </message>
    <message>
        <source>The credentials can be read once it is unlocked. The system asks you for it.</source>
        <translation>ロックを解除すると認証情報を読み取れます。システムの確認画面が表示されます。</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>サインイン…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>削除…</translation>
    </message>
    <message>
        <source>Starting the sandbox of this computer…</source>
        <translation>このコンピューターのサンドボックスを起動しています…</translation>
    </message>
    <message>
        <source>This address now leads to other storage</source>
        <translation>アドレスが別のストレージを指しています</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>「{name}」を使用</translation>
    </message>
    <message>
        <source>The storage has not been accepted yet</source>
        <translation>ストレージがまだ承認されていません</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>「{name}」のその他の操作</translation>
    </message>
    <message>
        <source>Unlock…</source>
        <translation>ロックを解除…</translation>
    </message>
    <message>
        <source>Nobody is signed in to this profile</source>
        <translation>この保存先にサインインしていません</translation>
    </message>
    <message>
        <source>Sign in with the browser to go on with it.</source>
        <translation>使い続けるには、ブラウザーでサインインしてください。</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>確認…</translation>
    </message>
    <message>
        <source>No credentials are kept for this profile</source>
        <translation>この保存先の認証情報がありません</translation>
    </message>
    <message>
        <source>Enter them again to go on with it.</source>
        <translation>続けるには、もう一度入力してください。</translation>
    </message>
    <message>
        <source>It leads to {bucket}.</source>
        <translation>{bucket} を指しています。</translation>
    </message>
    <message>
        <source>Save</source>
        <comment>a profile</comment>
        <translation>保存</translation>
    </message>
    <message>
        <source>Add a profile</source>
        <translation>保存先の追加</translation>
    </message>
    <message>
        <source>Edit the profile</source>
        <translation>保存先の編集</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Accept and sign in…</source>
        <translation>承認してサインイン…</translation>
    </message>
    <message>
        <source>Add for this run</source>
        <translation>今回だけ追加</translation>
    </message>
    <message>
        <source>Add profile</source>
        <translation>保存先を追加</translation>
    </message>
    <message>
        <source>Add without testing</source>
        <translation>確認せずに追加</translation>
    </message>
    <message>
        <source>Save without testing</source>
        <translation>確認せずに保存</translation>
    </message>
    <message>
        <source>Accept and add</source>
        <translation>承認して追加</translation>
    </message>
    <message>
        <source>Accept and save</source>
        <translation>承認して保存</translation>
    </message>
    <message>
        <source>Address and access token</source>
        <translation>アドレスとアクセストークン</translation>
    </message>
    <message>
        <source>AWS credentials</source>
        <translation>AWS の認証情報</translation>
    </message>
    <message>
        <source>Way to sign in</source>
        <translation>サインインの方法</translation>
    </message>
    <message>
        <source>Use it from now on</source>
        <translation>今後はこの保存先を使う</translation>
    </message>
    <message>
        <source>Kept; leave empty to go on with it</source>
        <translation>登録済み（空のままなら変更なし）</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>アクセストークン</translation>
    </message>
    <message>
        <source>AWS profile</source>
        <translation>AWS プロファイル</translation>
    </message>
    <message>
        <source>Access key ID</source>
        <translation>アクセスキー ID</translation>
    </message>
    <message>
        <source>Secret access key</source>
        <translation>シークレットアクセスキー</translation>
    </message>
    <message>
        <source>Session token</source>
        <translation>セッショントークン</translation>
    </message>
    <message>
        <source>For temporary keys only</source>
        <translation>一時的なキーの場合のみ</translation>
    </message>
    <message>
        <source>As in the address</source>
        <translation>アドレスのとおり</translation>
    </message>
    <message>
        <source>From an AWS profile</source>
        <translation>AWS プロファイル</translation>
    </message>
    <message>
        <source>Access key</source>
        <translation>アクセスキー</translation>
    </message>
    <message>
        <source>The system asks you to unlock it when the profile is saved.</source>
        <translation>保存先を保存するときに、システムがロックの解除を求めます。</translation>
    </message>
    <message>
        <source>Credentials are kept until the program ends</source>
        <translation>認証情報はプログラムの終了まで保持されます</translation>
    </message>
    <message>
        <source>AWS credentials, profile “{profile}” · {region}</source>
        <translation>AWS の認証情報、プロファイル「{profile}」 · {region}</translation>
    </message>
    <message>
        <source>This computer only: no copy elsewhere</source>
        <translation>このPC内のみ：ほかに控えなし</translation>
    </message>
    <message>
        <source>Another sandbox on this computer only: no copy elsewhere</source>
        <translation>このPC内のみの別のサンドボックス：ほかに控えなし</translation>
    </message>
    <message>
        <source>Signs in through the browser</source>
        <translation>ブラウザーでサインイン</translation>
    </message>
    <message>
        <source>AWS credentials, address from LAMBDA_FUNCTION_URL</source>
        <translation>AWS の認証情報、アドレスは LAMBDA_FUNCTION_URL の指定</translation>
    </message>
    <message>
        <source>Signs in with an access token</source>
        <translation>アクセストークンでサインイン</translation>
    </message>
    <message>
        <source>Access token · {host}</source>
        <translation>アクセストークン · {host}</translation>
    </message>
    <message>
        <source>In the keyring of this computer</source>
        <translation>このコンピューターのキーリング</translation>
    </message>
    <message>
        <source>Kept until the program ends</source>
        <translation>プログラムの終了まで保持</translation>
    </message>
    <message>
        <source>In a file that only you can read</source>
        <translation>本人だけが読めるファイル</translation>
    </message>
    <message>
        <source>None needed</source>
        <translation>不要</translation>
    </message>
    <message>
        <source>None kept on this computer</source>
        <translation>このコンピューターにはありません</translation>
    </message>
    <message>
        <source>In the keyring, which is locked</source>
        <translation>キーリング（ロック中）</translation>
    </message>
    <message>
        <source>Sign-in through the browser · {host}</source>
        <translation>ブラウザーでサインイン · {host}</translation>
    </message>
    <message>
        <source>AWS access key · {region}</source>
        <translation>AWS アクセスキー · {region}</translation>
    </message>
    <message>
        <source>Where AWS's own tools find them</source>
        <translation>AWS のツールの設定</translation>
    </message>
    <message>
        <source>From AWS profile “{name}”</source>
        <translation>AWS プロファイル「{name}」</translation>
    </message>
    <message>
        <source>Where sessions are kept</source>
        <translation>セッションの保存先</translation>
    </message>
    <message>
        <source>Add a profile…</source>
        <translation>保存先を追加…</translation>
    </message>
    <message>
        <source>One profile is in use at a time. Changing it deletes nothing.</source>
        <translation>使用する保存先は一度に 1 つです。切り替えても何も削除されません。</translation>
    </message>
    <message>
        <source>What is in the bucket {bucket} stays there: nothing is deleted.</source>
        <translation>バケット {bucket} の中身はそのまま残ります。何も削除しません。</translation>
    </message>
    <message>
        <source>Remove a profile</source>
        <translation>保存先の削除</translation>
    </message>
    <message>
        <source>Remove the profile</source>
        <translation>保存先を削除</translation>
    </message>
    <message>
        <source>Review the storage</source>
        <translation>ストレージの確認</translation>
    </message>
    <message>
        <source>Once accepted, sessions of this profile go nowhere else.</source>
        <translation>承認すると、この保存先のセッションはほかの場所には送られません。</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>承認</translation>
    </message>
    <message>
        <source>What it has archived stays where it is: nothing is deleted.</source>
        <translation>保管したものはそのまま残ります。何も削除しません。</translation>
    </message>
    <message>
        <source>Your AWS profile is left as it is.</source>
        <translation>AWS プロファイルはそのまま残ります。</translation>
    </message>
    <message>
        <source>Its credentials are forgotten on this computer.</source>
        <translation>認証情報は、このコンピューターから消去されます。</translation>
    </message>
    <message>
        <source>It is in use: from then on sessions are kept on this computer only.</source>
        <translation>使用中の保存先です。削除すると、セッションはこのPC内のみに保管されます。</translation>
    </message>
    <message>
        <source>Keep the sessions of “{name}” here?</source>
        <translation>「{name}」のセッションをここに保管しますか？</translation>
    </message>
    <message>
        <source>Accepted before</source>
        <translation>以前の承認</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>Remove “{name}”?</source>
        <translation>「{name}」を削除しますか？</translation>
    </message>
    <message>
        <source>The address leads to other storage than was accepted. If whoever runs it has not told you of a change, cancel and ask.</source>
        <translation>アドレスが、承認済みのものとは別のストレージを指しています。管理者から変更の連絡がなければ、キャンセルして問い合わせてください。</translation>
    </message>
    <message>
        <source>Cape Town</source>
        <translation>ケープタウン</translation>
    </message>
    <message>
        <source>Hong Kong</source>
        <translation>香港</translation>
    </message>
    <message>
        <source>Taipei</source>
        <translation>台北</translation>
    </message>
    <message>
        <source>Tokyo</source>
        <translation>東京</translation>
    </message>
    <message>
        <source>Seoul</source>
        <translation>ソウル</translation>
    </message>
    <message>
        <source>Osaka</source>
        <translation>大阪</translation>
    </message>
    <message>
        <source>Mumbai</source>
        <translation>ムンバイ</translation>
    </message>
    <message>
        <source>Hyderabad</source>
        <translation>ハイデラバード</translation>
    </message>
    <message>
        <source>Singapore</source>
        <translation>シンガポール</translation>
    </message>
    <message>
        <source>Sydney</source>
        <translation>シドニー</translation>
    </message>
    <message>
        <source>Jakarta</source>
        <translation>ジャカルタ</translation>
    </message>
    <message>
        <source>Melbourne</source>
        <translation>メルボルン</translation>
    </message>
    <message>
        <source>Malaysia</source>
        <translation>マレーシア</translation>
    </message>
    <message>
        <source>Thailand</source>
        <translation>タイ</translation>
    </message>
    <message>
        <source>Canada, central</source>
        <translation>カナダ中部</translation>
    </message>
    <message>
        <source>Calgary</source>
        <translation>カルガリー</translation>
    </message>
    <message>
        <source>Frankfurt</source>
        <translation>フランクフルト</translation>
    </message>
    <message>
        <source>Zurich</source>
        <translation>チューリッヒ</translation>
    </message>
    <message>
        <source>Stockholm</source>
        <translation>ストックホルム</translation>
    </message>
    <message>
        <source>Milan</source>
        <translation>ミラノ</translation>
    </message>
    <message>
        <source>Spain</source>
        <translation>スペイン</translation>
    </message>
    <message>
        <source>Ireland</source>
        <translation>アイルランド</translation>
    </message>
    <message>
        <source>London</source>
        <translation>ロンドン</translation>
    </message>
    <message>
        <source>Paris</source>
        <translation>パリ</translation>
    </message>
    <message>
        <source>Tel Aviv</source>
        <translation>テルアビブ</translation>
    </message>
    <message>
        <source>United Arab Emirates</source>
        <translation>アラブ首長国連邦</translation>
    </message>
    <message>
        <source>Bahrain</source>
        <translation>バーレーン</translation>
    </message>
    <message>
        <source>Mexico, central</source>
        <translation>メキシコ中部</translation>
    </message>
    <message>
        <source>São Paulo</source>
        <translation>サンパウロ</translation>
    </message>
    <message>
        <source>N. Virginia</source>
        <translation>バージニア北部</translation>
    </message>
    <message>
        <source>Ohio</source>
        <translation>オハイオ</translation>
    </message>
    <message>
        <source>N. California</source>
        <translation>北カリフォルニア</translation>
    </message>
    <message>
        <source>Oregon</source>
        <translation>オレゴン</translation>
    </message>
    <message>
        <source>{place} ({region})</source>
        <translation>{place}（{region}）</translation>
    </message>
    <message>
        <source>Second, while this one is out</source>
        <translation>接続できない間の予備</translation>
    </message>
    <message>
        <source>After two minutes what waits is kept there too. This one stays the home of everything and gets it when it is back.</source>
        <translation>2 分続けて接続できなければ、待っているものを予備にも保管します。すべてが集まるのはこちらのままで、戻ればこちらにも送ります。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>{name} (no longer there)</source>
        <translation>{name}（もうありません）</translation>
    </message>
    <message>
        <source>Waiting for the browser…</source>
        <translation>ブラウザーでのサインインを待っています…</translation>
    </message>
    <message>
        <source>Sign in on the page that has opened. Then come back here.</source>
        <translation>開いたページでサインインしてから、ここに戻ってください。</translation>
    </message>
    <message>
        <source>Opening the sign-in page in the browser…</source>
        <translation>サインイン画面をブラウザーで開いています…</translation>
    </message>
    <message>
        <source>The browser did not open</source>
        <translation>ブラウザーを開けませんでした</translation>
    </message>
    <message>
        <source>Copy the page's address and open it in a browser on this computer.</source>
        <translation>ページのアドレスをコピーして、このコンピューターのブラウザーで開いてください。</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>サインイン</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>アドレスをコピー</translation>
    </message>
    <message>
        <source>Sign in to “{name}”</source>
        <translation>「{name}」にサインイン</translation>
    </message>
    <message>
        <source>Your password is for the browser's page alone, never for this window.</source>
        <translation>パスワードはブラウザーのページにだけ入力してください。このウィンドウでは尋ねません。</translation>
    </message>
    <message>
        <source>Cancel the sign-in</source>
        <translation>サインインを中止</translation>
    </message>
    <message>
        <source>Open the page again</source>
        <translation>ページをもう一度開く</translation>
    </message>
</context>
</TS>
