<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Errors</name>
    <message>
        <source>Something went wrong</source>
        <translation>問題が起きました</translation>
    </message>
    <message>
        <source>The program could not do this: {details}.</source>
        <translation>この処理を行えませんでした：{details}。</translation>
    </message>
    <message>
        <source>Try again; if it happens again, copy the details for a report.</source>
        <translation>もう一度お試しください。繰り返す場合は、詳細をコピーして報告してください。</translation>
    </message>
    <message>
        <source>The set-up is not right</source>
        <translation>設定が正しくありません</translation>
    </message>
    <message>
        <source>Something in the settings does not fit: {details}.</source>
        <translation>設定に合わないところがあります：{details}。</translation>
    </message>
    <message>
        <source>Look at the profiles in Settings.</source>
        <translation>設定で保存先を確認してください。</translation>
    </message>
    <message>
        <source>A file or folder stood in the way</source>
        <translation>ファイルまたはフォルダーに問題があります</translation>
    </message>
    <message>
        <source>The archive did not do what was asked</source>
        <translation>保管先が要求どおりに応答しませんでした</translation>
    </message>
    <message>
        <source>The other side did not do it: {details}.</source>
        <translation>接続先で処理されませんでした：{details}。</translation>
    </message>
    <message>
        <source>Try again; if it happens again, ask whoever set up the archive.</source>
        <translation>もう一度お試しください。繰り返す場合は、保管先の管理者に問い合わせてください。</translation>
    </message>
    <message>
        <source>This cannot be done as it was asked</source>
        <translation>指定どおりには実行できません</translation>
    </message>
    <message>
        <source>The request made no sense: {reason}.</source>
        <translation>要求の内容に矛盾があります：{reason}。</translation>
    </message>
    <message>
        <source>Copy the details for a report.</source>
        <translation>詳細をコピーして報告してください。</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>設定を読み取れません</translation>
    </message>
    <message>
        <source>{path} cannot be understood: {reason}. The file was left as it is.</source>
        <translation>{path} の内容を解釈できません：{reason}。ファイルには手を加えていません。</translation>
    </message>
    <message>
        <source>Correct it in a text editor, or move it away to start with the defaults.</source>
        <translation>テキストエディターで直すか、別の場所に移すと初期設定で始められます。</translation>
    </message>
    <message>
        <source>There is no profile “{name}”</source>
        <translation>保存先「{name}」がありません</translation>
    </message>
    <message>
        <source>It may have been removed or renamed.</source>
        <translation>削除されたか、名前が変わった可能性があります。</translation>
    </message>
    <message>
        <source>Choose another profile.</source>
        <translation>別の保存先を選んでください。</translation>
    </message>
    <message>
        <source>The profile “{name}” cannot be used</source>
        <translation>保存先「{name}」は使えません</translation>
    </message>
    <message>
        <source>Its values do not fit together: {reason}.</source>
        <translation>設定値に矛盾があります：{reason}。</translation>
    </message>
    <message>
        <source>Correct them in the profile.</source>
        <translation>保存先の設定を直してください。</translation>
    </message>
    <message>
        <source>This name cannot be used</source>
        <translation>この名前は使えません</translation>
    </message>
    <message>
        <source>“{name}” cannot be a profile's name.</source>
        <translation>「{name}」は保存先の名前に使えません。</translation>
    </message>
    <message>
        <source>Use up to 64 letters and digits, with . - _ between them.</source>
        <translation>64 文字以内の文字と数字、その間に . - _ を使ってください。</translation>
    </message>
    <message>
        <source>“{name}” is a name that the program keeps for itself.</source>
        <translation>「{name}」はプログラムが使う名前です。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>別の名前を選んでください。</translation>
    </message>
    <message>
        <source>This name is taken</source>
        <translation>この名前は使われています</translation>
    </message>
    <message>
        <source>There is a profile “{name}” already.</source>
        <translation>保存先「{name}」はすでにあります。</translation>
    </message>
    <message>
        <source>It signs in in a way that this version of the program does not know.</source>
        <translation>このバージョンのプログラムが対応していないサインイン方法です。</translation>
    </message>
    <message>
        <source>Update the program, or choose another profile.</source>
        <translation>プログラムを更新するか、別の保存先を選んでください。</translation>
    </message>
    <message>
        <source>It has no address to connect to.</source>
        <translation>接続先のアドレスがありません。</translation>
    </message>
    <message>
        <source>Add the address to the profile.</source>
        <translation>保存先にアドレスを入力してください。</translation>
    </message>
    <message>
        <source>Its address cannot be used.</source>
        <translation>アドレスの形が正しくありません。</translation>
    </message>
    <message>
        <source>Give the whole address, as whoever set up the archive has it: https://…/</source>
        <translation>保管先の管理者から受け取ったアドレスを、https://…/ の形で全体を入力してください。</translation>
    </message>
    <message>
        <source>Its address does not begin with https://. Plain http is only allowed to this computer itself.</source>
        <translation>アドレスが https:// で始まっていません。http が使えるのは、このコンピューター自身だけです。</translation>
    </message>
    <message>
        <source>Correct the address in the profile.</source>
        <translation>保存先のアドレスを直してください。</translation>
    </message>
    <message>
        <source>Its address has a user name or password in it.</source>
        <translation>アドレスにユーザー名またはパスワードが含まれています。</translation>
    </message>
    <message>
        <source>Leave them out of the address.</source>
        <translation>アドレスから取り除いてください。</translation>
    </message>
    <message>
        <source>Its address has a part behind “#”.</source>
        <translation>アドレスに「#」以降の部分があります。</translation>
    </message>
    <message>
        <source>Leave that part out.</source>
        <translation>その部分を取り除いてください。</translation>
    </message>
    <message>
        <source>Its address has a part behind “?”.</source>
        <translation>アドレスに「?」以降の部分があります。</translation>
    </message>
    <message>
        <source>The address was changed meanwhile</source>
        <translation>途中でアドレスが変更されました</translation>
    </message>
    <message>
        <source>The address of “{name}” was changed while it was being checked.</source>
        <translation>確認している間に、保存先「{name}」のアドレスが変更されました。</translation>
    </message>
    <message>
        <source>Check the profile again.</source>
        <translation>もう一度、保存先を確認してください。</translation>
    </message>
    <message>
        <source>It stands for the address in the variable LAMBDA_FUNCTION_URL, which is not set.</source>
        <translation>環境変数 LAMBDA_FUNCTION_URL のアドレスを使いますが、設定されていません。</translation>
    </message>
    <message>
        <source>Set the variable before the program starts, or choose another profile.</source>
        <translation>変数を設定してからプログラムを起動するか、別の保存先を選んでください。</translation>
    </message>
    <message>
        <source>Its region is not the name of an AWS region.</source>
        <translation>リージョンが AWS のリージョン名ではありません。</translation>
    </message>
    <message>
        <source>Give one such as ap-northeast-1.</source>
        <translation>ap-northeast-1 のように入力してください。</translation>
    </message>
    <message>
        <source>Its region is not the one in its address.</source>
        <translation>リージョンがアドレスにあるものと違います。</translation>
    </message>
    <message>
        <source>Leave the region out, or correct the address.</source>
        <translation>リージョンの指定を外すか、アドレスを直してください。</translation>
    </message>
    <message>
        <source>The name of its AWS profile cannot be one.</source>
        <translation>AWS プロファイルの名前が正しくありません。</translation>
    </message>
    <message>
        <source>Choose one of the AWS profiles on this computer.</source>
        <translation>このコンピューターにある AWS プロファイルを選んでください。</translation>
    </message>
    <message>
        <source>It signs in with a token, so an AWS profile has no use.</source>
        <translation>トークンでサインインするため、AWS プロファイルは使いません。</translation>
    </message>
    <message>
        <source>Leave one of the two out.</source>
        <translation>どちらか一方だけを指定してください。</translation>
    </message>
    <message>
        <source>What is known of its storage is not a bucket with its region, owner and host.</source>
        <translation>記録されたストレージの情報が、バケット、リージョン、所有者、ホストとして正しくありません。</translation>
    </message>
    <message>
        <source>Check the profile: it asks the endpoint again.</source>
        <translation>保存先を確認すると、エンドポイントに問い合わせ直します。</translation>
    </message>
    <message>
        <source>This cannot be a credential</source>
        <translation>認証情報として使えません</translation>
    </message>
    <message>
        <source>It is empty, or has spaces, line breaks or other characters that no credential has.</source>
        <translation>空か、空白や改行など、認証情報には含まれない文字が入っています。</translation>
    </message>
    <message>
        <source>Copy it again, whole.</source>
        <translation>全体をコピーし直してください。</translation>
    </message>
    <message>
        <source>It does not say rightly how one signs in[ ({field})].</source>
        <translation>サインインの設定が正しくありません[（{field}）]。</translation>
    </message>
    <message>
        <source>Add it again with the connection from whoever set up the archive.</source>
        <translation>保管先の管理者から受け取った接続情報で、追加し直してください。</translation>
    </message>
    <message>
        <source>Credentials are needed</source>
        <translation>認証情報が必要です</translation>
    </message>
    <message>
        <source>The profile “{name}” has none to sign in with.</source>
        <translation>保存先「{name}」に、サインインに使う認証情報がありません。</translation>
    </message>
    <message>
        <source>Enter its token or its keys, or choose an AWS profile.</source>
        <translation>トークンかキーを入力するか、AWS プロファイルを選んでください。</translation>
    </message>
    <message>
        <source>The second profile cannot be used</source>
        <translation>予備の保存先は使えません</translation>
    </message>
    <message>
        <source>The profile “{name}” names itself.</source>
        <translation>保存先「{name}」の予備が、それ自身になっています。</translation>
    </message>
    <message>
        <source>Choose another one in the profile's settings.</source>
        <translation>保存先の編集で、別の予備を選んでください。</translation>
    </message>
    <message>
        <source>“{second}” is no archive elsewhere, as a second one has to be.</source>
        <translation>「{second}」は、予備に必要な、別の場所にあるスタックの保存先ではありません。</translation>
    </message>
    <message>
        <source>Choose another one in the settings of “{name}”.</source>
        <translation>保存先「{name}」の編集で、別の予備を選んでください。</translation>
    </message>
    <message>
        <source>“{second}” leads to the same archive as “{name}”.</source>
        <translation>「{second}」は「{name}」と同じバケットにつながっています。</translation>
    </message>
    <message>
        <source>Choose one of another stack in the settings of “{name}”.</source>
        <translation>保存先「{name}」の編集で、別のスタックのものを予備に選んでください。</translation>
    </message>
    <message>
        <source>The second profile is not ready</source>
        <translation>予備の保存先の準備ができていません</translation>
    </message>
    <message>
        <source>Nobody has accepted yet where “{name}” leads.</source>
        <translation>「{name}」のつながる先は、まだ承認されていません。</translation>
    </message>
    <message>
        <source>Check the profile: then its storage is shown, to be accepted.</source>
        <translation>保存先を確認してください。つながる先が表示され、承認できます。</translation>
    </message>
    <message>
        <source>This connection cannot be used</source>
        <translation>この接続情報は使えません</translation>
    </message>
    <message>
        <source>It is not as it should be: {reason}[ (field {field})].</source>
        <translation>正しい形ではありません：{reason}[（項目 {field}）]。</translation>
    </message>
    <message>
        <source>Ask whoever runs the archive for it anew.</source>
        <translation>保管先の管理者から受け取り直してください。</translation>
    </message>
    <message>
        <source>This is too large to be a connection.</source>
        <translation>接続情報としては大きすぎます。</translation>
    </message>
    <message>
        <source>Take the file or string that the deployment printed.</source>
        <translation>デプロイ時に表示されたファイルまたは文字列を使ってください。</translation>
    </message>
    <message>
        <source>This is no text in UTF-8.</source>
        <translation>UTF-8 のテキストではありません。</translation>
    </message>
    <message>
        <source>This is no connection: that begins with “chatlog-connection:”, or is the content of a .chatlog-connection file.</source>
        <translation>接続情報ではありません。接続情報は「chatlog-connection:」で始まる文字列か、.chatlog-connection ファイルの内容です。</translation>
    </message>
    <message>
        <source>A part of it may be missing.</source>
        <translation>一部が欠けている可能性があります。</translation>
    </message>
    <message>
        <source>It was made for another version of the program.</source>
        <translation>別のバージョンのプログラム用です。</translation>
    </message>
    <message>
        <source>Update the program, then try again.</source>
        <translation>プログラムを更新してから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>It does not say {field}.</source>
        <translation>{field} がありません。</translation>
    </message>
    <message>
        <source>Its {field} cannot be right.</source>
        <translation>{field} が正しくありません。</translation>
    </message>
    <message>
        <source>Its {field} and its {other} do not belong together. It may have been tampered with.</source>
        <translation>{field} と {other} が対応していません。改ざんされた可能性があります。</translation>
    </message>
    <message>
        <source>Do not use it; ask whoever runs the archive.</source>
        <translation>使わずに、保管先の管理者に問い合わせてください。</translation>
    </message>
    <message>
        <source>Its {field} does not begin with https://. Plain http is only allowed to this computer itself.</source>
        <translation>{field} が https:// で始まっていません。http が使えるのは、このコンピューター自身だけです。</translation>
    </message>
    <message>
        <source>No releases address is set</source>
        <translation>リリースのアドレスが設定されていません</translation>
    </message>
    <message>
        <source>Nobody was asked for newer releases.</source>
        <translation>新しいリリースは問い合わせていません。</translation>
    </message>
    <message>
        <source>Put releases_address into the settings file.</source>
        <translation>設定ファイルに releases_address を書いてください。</translation>
    </message>
    <message>
        <source>There is no keyring</source>
        <translation>キーリングがありません</translation>
    </message>
    <message>
        <source>The system's keyring, which keeps credentials safe, cannot be used[: {reason}].</source>
        <translation>認証情報を安全に保存するシステムのキーリングを使えません[：{reason}]。</translation>
    </message>
    <message>
        <source>Start GNOME Keyring or KWallet in your desktop session, then try again.</source>
        <translation>デスクトップのセッションで GNOME Keyring または KWallet を起動して、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The keyring is locked</source>
        <translation>キーリングがロックされています</translation>
    </message>
    <message>
        <source>The credentials are in the system's keyring, which is locked, or its question was not answered in time.</source>
        <translation>認証情報の入ったシステムのキーリングがロックされているか、確認画面への応答がありませんでした。</translation>
    </message>
    <message>
        <source>Unlock it, and it goes on where it stopped.</source>
        <translation>ロックを解除すると、続きから再開します。</translation>
    </message>
    <message>
        <source>The credentials could not be read</source>
        <translation>認証情報を取得できません</translation>
    </message>
    <message>
        <source>Those of the profile “{profile}” are not to be had[: {reason}].</source>
        <translation>保存先「{profile}」の認証情報を取得できませんでした[：{reason}]。</translation>
    </message>
    <message>
        <source>Sign in again, and it goes on where it stopped.</source>
        <translation>もう一度サインインすると、続きから再開します。</translation>
    </message>
    <message>
        <source>Not signed in</source>
        <translation>サインインしていません</translation>
    </message>
    <message>
        <source>No credentials are kept for the profile “{profile}”.</source>
        <translation>保存先「{profile}」の認証情報が登録されていません。</translation>
    </message>
    <message>
        <source>Sign in, and it goes on where it stopped.</source>
        <translation>サインインすると、続きから再開します。</translation>
    </message>
    <message>
        <source>No AWS credentials were found</source>
        <translation>AWS の認証情報が見つかりません</translation>
    </message>
    <message>
        <source>AWS's own set-up on this computer has none for the profile “{profile}”.</source>
        <translation>このコンピューターの AWS の設定に、保存先「{profile}」に使える認証情報がありません。</translation>
    </message>
    <message>
        <source>Sign in to AWS as you usually do, then try again.</source>
        <translation>いつもの方法で AWS にサインインして、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The AWS profile is not there</source>
        <translation>AWS プロファイルがありません</translation>
    </message>
    <message>
        <source>The profile “{profile}” uses the AWS profile “{awsProfile}”, which AWS's set-up on this computer does not have.</source>
        <translation>保存先「{profile}」の使う AWS プロファイル「{awsProfile}」が、このコンピューターの AWS の設定にありません。</translation>
    </message>
    <message>
        <source>Choose another AWS profile.</source>
        <translation>別の AWS プロファイルを選んでください。</translation>
    </message>
    <message>
        <source>The AWS sign-in has expired</source>
        <translation>AWS へのサインインの期限が切れました</translation>
    </message>
    <message>
        <source>The profile “{profile}” uses the AWS profile “{awsProfile}”, whose sign-in is over.</source>
        <translation>保存先「{profile}」の使う AWS プロファイル「{awsProfile}」のサインインが終了しています。</translation>
    </message>
    <message>
        <source>Sign in to AWS again, then try again: it goes on where it stopped.</source>
        <translation>AWS にサインインし直して、もう一度お試しください。続きから再開します。</translation>
    </message>
    <message>
        <source>AWS cannot be used</source>
        <translation>AWS を使えません</translation>
    </message>
    <message>
        <source>The AWS profile “{awsProfile}” does not work: {reason}[ ({detail})].</source>
        <translation>AWS プロファイル「{awsProfile}」が使えません：{reason}[（{detail}）]。</translation>
    </message>
    <message>
        <source>Look at AWS's set-up on this computer, or choose another AWS profile.</source>
        <translation>このコンピューターの AWS の設定を確認するか、別の AWS プロファイルを選んでください。</translation>
    </message>
    <message>
        <source>AWS's set-up on this computer has no AWS profile “{awsProfile}”.</source>
        <translation>このコンピューターの AWS の設定に、AWS プロファイル「{awsProfile}」がありません。</translation>
    </message>
    <message>
        <source>The AWS profile “{awsProfile}” has no credentials.</source>
        <translation>AWS プロファイル「{awsProfile}」に認証情報がありません。</translation>
    </message>
    <message>
        <source>The sign-in of the AWS profile “{awsProfile}” is over.</source>
        <translation>AWS プロファイル「{awsProfile}」のサインインの期限が切れました。</translation>
    </message>
    <message>
        <source>AWS does not know the access key</source>
        <translation>アクセスキーが認められません</translation>
    </message>
    <message>
        <source>The access key of the AWS profile “{awsProfile}” is not one that AWS knows, or its secret is another.</source>
        <translation>AWS プロファイル「{awsProfile}」のアクセスキーかシークレットが、AWS に認められません。</translation>
    </message>
    <message>
        <source>Put it right in AWS's set-up on this computer, then try again.</source>
        <translation>このコンピューターの AWS の設定を直してから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>Which region is not said</source>
        <translation>リージョンが決まっていません</translation>
    </message>
    <message>
        <source>There is no region to deploy to, or it is not the name of one.</source>
        <translation>デプロイ先のリージョンが指定されていないか、リージョンの名前ではありません。</translation>
    </message>
    <message>
        <source>Choose a region, such as ap-northeast-1.</source>
        <translation>リージョンを ap-northeast-1 のように指定してください。</translation>
    </message>
    <message>
        <source>The stack has no such parameter</source>
        <translation>パラメーターがありません</translation>
    </message>
    <message>
        <source>There is no parameter {detail}.</source>
        <translation>スタックにパラメーター {detail} はありません。</translation>
    </message>
    <message>
        <source>Choose a parameter that the stack has.</source>
        <translation>スタックにあるパラメーターを選んでください。</translation>
    </message>
    <message>
        <source>A parameter's value cannot be used</source>
        <translation>パラメーターの値を使えません</translation>
    </message>
    <message>
        <source>CloudFormation refused it: {detail}.</source>
        <translation>CloudFormation に受け付けられませんでした：{detail}。</translation>
    </message>
    <message>
        <source>Choose another value.</source>
        <translation>別の値を選んでください。</translation>
    </message>
    <message>
        <source>Sign in to “{profile}”</source>
        <translation>保存先「{profile}」にサインインしてください</translation>
    </message>
    <message>
        <source>The archive wants to know who you are.</source>
        <translation>この保管先を使うには、本人の確認が必要です。</translation>
    </message>
    <message>
        <source>Nobody is signed in to this profile.</source>
        <translation>この保存先にサインインしていません。</translation>
    </message>
    <message>
        <source>Sign in to “{profile}” again</source>
        <translation>保存先「{profile}」にもう一度サインインしてください</translation>
    </message>
    <message>
        <source>Your sign-in has ended: it expired, or was ended from elsewhere.</source>
        <translation>サインインが終わりました。期限が切れたか、ほかの場所で終了されました。</translation>
    </message>
    <message>
        <source>The file is no longer there</source>
        <translation>ファイルがなくなりました</translation>
    </message>
    <message>
        <source>{path} was deleted or moved, perhaps by its tool.</source>
        <translation>{path} は、ツールなどによって削除または移動されました。</translation>
    </message>
    <message>
        <source>What the archive already holds of it is kept.</source>
        <translation>すでに保管されたものは残っています。</translation>
    </message>
    <message>
        <source>The file cannot be read</source>
        <translation>ファイルを読み取れません</translation>
    </message>
    <message>
        <source>{path} could not be opened[: {reason}].</source>
        <translation>{path} を開けませんでした[：{reason}]。</translation>
    </message>
    <message>
        <source>Allow your user to read it, then try again.</source>
        <translation>読み取りを許可して、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The file is being rewritten</source>
        <translation>ファイルが書き換えられています</translation>
    </message>
    <message>
        <source>{path} became shorter while it was read.</source>
        <translation>{path} が読み取り中に短くなりました。</translation>
    </message>
    <message>
        <source>Try again when its tool is done.</source>
        <translation>ツールの処理が終わってから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The file keeps changing</source>
        <translation>ファイルが変わり続けています</translation>
    </message>
    <message>
        <source>{path} was rewritten each time it was read.</source>
        <translation>{path} は読み取るたびに書き換えられていました。</translation>
    </message>
    <message>
        <source>This is no file to archive</source>
        <translation>保管できるファイルではありません</translation>
    </message>
    <message>
        <source>{path} is not a regular file, or a link that leads out of its folder; such are never followed.</source>
        <translation>{path} は通常のファイルではないか、フォルダーの外を指すリンクのため、たどりません。</translation>
    </message>
    <message>
        <source>Take the file itself, where it lies.</source>
        <translation>リンクではなく、ファイルそのものを指定してください。</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>ディスクの空きがありません</translation>
    </message>
    <message>
        <source>There is no room left for {path}[: {needed} needed, {free} free].</source>
        <translation>{path} を書き込む空きがありません[（必要 {needed}、空き {free}）]。</translation>
    </message>
    <message>
        <source>Make room, then try again; nothing that was finished is lost.</source>
        <translation>空きを作って、もう一度お試しください。完了したものは失われません。</translation>
    </message>
    <message>
        <source>A folder cannot be written to</source>
        <translation>フォルダーに書き込めません</translation>
    </message>
    <message>
        <source>{path} could not be written[: {reason}].</source>
        <translation>{path} に書き込めませんでした[：{reason}]。</translation>
    </message>
    <message>
        <source>Allow your user to write there, then try again.</source>
        <translation>書き込みを許可して、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The record of transfers was damaged</source>
        <translation>転送の記録が壊れていました</translation>
    </message>
    <message>
        <source>{path} could not be read[; it was kept as {keptAs}].</source>
        <translation>{path} を読み取れませんでした[（{keptAs} として残しました）]。</translation>
    </message>
    <message>
        <source>Try again: what is archived already is found in S3 and not stored twice.</source>
        <translation>もう一度お試しください。保管済みのものは S3 で確かめ、二重には保管しません。</translation>
    </message>
    <message>
        <source>A newer version was used here</source>
        <translation>新しいバージョンのプログラムが使われました</translation>
    </message>
    <message>
        <source>{path} was written by a newer version of the program (format {version}; this one knows {known}).</source>
        <translation>{path} は新しいバージョンのプログラムが書いたものです（形式 {version}、このバージョンが扱えるのは {known} まで）。</translation>
    </message>
    <message>
        <source>Update the program.</source>
        <translation>プログラムを更新してください。</translation>
    </message>
    <message>
        <source>No connection</source>
        <translation>接続できません</translation>
    </message>
    <message>
        <source>{host} could not be reached[: {reason}].</source>
        <translation>{host} に接続できませんでした[：{reason}]。</translation>
    </message>
    <message>
        <source>Check the network, then try again; finished work is not repeated.</source>
        <translation>ネットワークを確認して、もう一度お試しください。完了したものは繰り返しません。</translation>
    </message>
    <message>
        <source>The connection broke</source>
        <translation>接続が切れました</translation>
    </message>
    <message>
        <source>{host} did not answer to the end[: {reason}].</source>
        <translation>{host} の応答が途中で途切れました[：{reason}]。</translation>
    </message>
    <message>
        <source>Try again: it looks first whether the work was done.</source>
        <translation>もう一度お試しください。済んでいるかどうかを先に確かめます。</translation>
    </message>
    <message>
        <source>The connection is not safe</source>
        <translation>安全に接続できません</translation>
    </message>
    <message>
        <source>The certificate of {host} is not trusted[: {reason}]. Nothing was sent.</source>
        <translation>{host} の証明書を信頼できません[：{reason}]。何も送っていません。</translation>
    </message>
    <message>
        <source>Check this computer's clock; behind a company's proxy, its certificate has to be set up first.</source>
        <translation>このコンピューターの時計を確認してください。社内プロキシがある場合は、先にその証明書を設定する必要があります。</translation>
    </message>
    <message>
        <source>Something else answered</source>
        <translation>別のものが応答しました</translation>
    </message>
    <message>
        <source>{host} answered, but not as an archive's endpoint does[ (status {status}, {contentType})]. A proxy or a sign-in page may have answered in its place.</source>
        <translation>{host} から応答がありましたが、保管先のエンドポイントのものではありません[（ステータス {status}、{contentType}）]。プロキシやサインインページが応答した可能性があります。</translation>
    </message>
    <message>
        <source>If this network asks for a sign-in, do that first, in a browser; otherwise check the profile's address.</source>
        <translation>ネットワークへのサインインが必要なら、先にブラウザーで済ませてください。それ以外の場合は、保存先のアドレスを確認してください。</translation>
    </message>
    <message>
        <source>The request was to be redirected</source>
        <translation>リダイレクトを拒否しました</translation>
    </message>
    <message>
        <source>{host} wanted to send it elsewhere[ (status {status})], which is never followed.</source>
        <translation>{host} が別の場所へのリダイレクトを返しましたが[（ステータス {status}）]、リダイレクトには従いません。</translation>
    </message>
    <message>
        <source>This is not the accepted storage</source>
        <translation>承認済みのストレージではありません</translation>
    </message>
    <message>
        <source>The endpoint gave an address at {host}[ and not at {pinned}]. Nothing was sent there.</source>
        <translation>エンドポイントが返したアドレスのホストは {host} で、承認済みのもの[（{pinned}）]ではありません。何も送っていません。</translation>
    </message>
    <message>
        <source>Ask whoever set up the archive.</source>
        <translation>保管先の管理者に問い合わせてください。</translation>
    </message>
    <message>
        <source>The profile leads to other storage</source>
        <translation>別のストレージにつながっています</translation>
    </message>
    <message>
        <source>The endpoint now leads to another bucket[, {found},] than was accepted[ ({pinned})]. Nothing was sent.</source>
        <translation>エンドポイントが、承認済みのもの[（{pinned}）]とは別のバケット[（{found}）]を指しています。何も送っていません。</translation>
    </message>
    <message>
        <source>If this is right, accept it in the profile.</source>
        <translation>正しい変更であれば、保存先で承認してください。</translation>
    </message>
    <message>
        <source>The sign-in is not valid</source>
        <translation>サインインが無効です</translation>
    </message>
    <message>
        <source>{host} does not know who asks: the credentials are wrong or have expired.</source>
        <translation>{host} に認証されませんでした。認証情報が違うか、期限が切れています。</translation>
    </message>
    <message>
        <source>Signing in did not work</source>
        <translation>サインインできませんでした</translation>
    </message>
    <message>
        <source>The browser and the archive did not come to terms[: {detail}].</source>
        <translation>ブラウザーでのサインインが完了しませんでした[：{detail}]。</translation>
    </message>
    <message>
        <source>Nobody signed in with the browser in time.</source>
        <translation>時間内にブラウザーでサインインされませんでした。</translation>
    </message>
    <message>
        <source>Try again, and sign in on the page that opens.</source>
        <translation>もう一度試し、開いたページでサインインしてください。</translation>
    </message>
    <message>
        <source>Other programs use all the ports on which the browser could come back to this one[: {detail}].</source>
        <translation>ブラウザーから戻るためのポートが、すべてほかのプログラムに使われています[：{detail}]。</translation>
    </message>
    <message>
        <source>End them, then try again.</source>
        <translation>それらを終了して、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The sign-in was declined in the browser.</source>
        <translation>ブラウザーでサインインが拒否されました。</translation>
    </message>
    <message>
        <source>Try again, or ask whoever set up the archive whether your account may use it.</source>
        <translation>もう一度試すか、使えるアカウントかどうかを保管先の管理者に確認してください。</translation>
    </message>
    <message>
        <source>The sign-in service[ {host}] did not accept it[: {detail}].</source>
        <translation>サインインのサービス[（{host}）]に受け付けられませんでした[：{detail}]。</translation>
    </message>
    <message>
        <source>The sign-in service[ {host}] is not set up as this program needs it[: {detail}]. Nothing was sent there.</source>
        <translation>サインインのサービス[（{host}）]が、このプログラムに必要な設定になっていません[：{detail}]。何も送っていません。</translation>
    </message>
    <message>
        <source>What the sign-in service[ {host}] answered is not to be trusted[: {detail}], so it was thrown away.</source>
        <translation>サインインのサービス[（{host}）]の応答を信頼できないため[（{detail}）]、破棄しました。</translation>
    </message>
    <message>
        <source>Check this computer's clock and try again; if it happens again, ask whoever set up the archive.</source>
        <translation>このコンピューターの時計を確認して、もう一度お試しください。続く場合は、保管先の管理者に問い合わせてください。</translation>
    </message>
    <message>
        <source>Your account may not use the archive</source>
        <translation>このアカウントでは保管先を使えません</translation>
    </message>
    <message>
        <source>You are known, but what is needed was not granted[: {detail}].</source>
        <translation>サインインはできましたが、必要な権限がありません[：{detail}]。</translation>
    </message>
    <message>
        <source>This is not allowed</source>
        <translation>許可されていません</translation>
    </message>
    <message>
        <source>{host} does not allow it[: {reason}].</source>
        <translation>{host} に許可されませんでした[：{reason}]。</translation>
    </message>
    <message>
        <source>Check that the profile's credentials are meant for this archive, and this computer's clock.</source>
        <translation>保存先の認証情報がこの保管先のものか、またこのコンピューターの時計を確認してください。</translation>
    </message>
    <message>
        <source>The permission has expired</source>
        <translation>許可の期限が切れました</translation>
    </message>
    <message>
        <source>The address that {host} was asked with is no longer valid.</source>
        <translation>{host} への署名付きアドレスが無効になりました。</translation>
    </message>
    <message>
        <source>Try again; if it happens at once, check this computer's clock.</source>
        <translation>もう一度お試しください。すぐに切れる場合は、このコンピューターの時計を確認してください。</translation>
    </message>
    <message>
        <source>The archive does not have it</source>
        <translation>保管されていません</translation>
    </message>
    <message>
        <source>There is nothing[ under {s3Key}] for this profile; it may have been deleted.</source>
        <translation>この保存先には[、{s3Key} に]保管されたものがありません。削除された可能性があります。</translation>
    </message>
    <message>
        <source>Read the archive again.</source>
        <translation>保管済みの一覧を読み込み直してください。</translation>
    </message>
    <message>
        <source>The endpoint refused the request</source>
        <translation>エンドポイントが要求を拒否しました</translation>
    </message>
    <message>
        <source>It did not take what it was sent[ (field {field})][: {detail}].</source>
        <translation>送った内容が受け付けられませんでした[（項目 {field}）][：{detail}]。</translation>
    </message>
    <message>
        <source>The program and the endpoint may be of different versions: ask whoever set up the archive.</source>
        <translation>プログラムとエンドポイントのバージョンが違う可能性があります。保管先の管理者に問い合わせてください。</translation>
    </message>
    <message>
        <source>The file is too large</source>
        <translation>ファイルが大きすぎます</translation>
    </message>
    <message>
        <source>It cannot be archived[: {size}, the limit is {limit}].</source>
        <translation>保管できる大きさを超えています[（{size}、上限 {limit}）]。</translation>
    </message>
    <message>
        <source>Split it, or leave it out.</source>
        <translation>分割するか、対象から外してください。</translation>
    </message>
    <message>
        <source>Too large to be previewed</source>
        <translation>プレビューするには大きすぎます</translation>
    </message>
    <message>
        <source>A preview unpacks up to {limit}[; this is {size}].</source>
        <translation>プレビューできるのは展開後 {limit} までです[（このファイルは {size}）]。</translation>
    </message>
    <message>
        <source>Download it to read it.</source>
        <translation>ダウンロードして内容を確認してください。</translation>
    </message>
    <message>
        <source>Too large to be brought back here</source>
        <translation>大きすぎて、ここでは削除を取り消せません</translation>
    </message>
    <message>
        <source>S3 cannot copy it over its delete marker[: {size}, the limit is {limit}]. Nothing is lost.</source>
        <translation>S3 では削除マーカーの上にコピーできません[：{size}、上限 {limit}]。データは残っています。</translation>
    </message>
    <message>
        <source>Download the hidden version and archive the file anew.</source>
        <translation>隠れているバージョンをダウンロードし、そのファイルを改めて保管してください。</translation>
    </message>
    <message>
        <source>The archive has it already</source>
        <translation>すでに保管されています</translation>
    </message>
    <message>
        <source>There is an object[ under {s3Key}] already.</source>
        <translation>[{s3Key} には]すでに保管されたものがあります。</translation>
    </message>
    <message>
        <source>Try again: it compares first.</source>
        <translation>もう一度お試しください。先に比較します。</translation>
    </message>
    <message>
        <source>Someone else was writing it</source>
        <translation>ほかから書き込まれていました</translation>
    </message>
    <message>
        <source>Another computer or program was writing the same object[, {s3Key}].</source>
        <translation>別のコンピューターまたはプログラムが、同じオブジェクト[（{s3Key}）]に書き込んでいました。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>もう一度お試しください。</translation>
    </message>
    <message>
        <source>It has to come back first</source>
        <translation>先に取り出しが必要です</translation>
    </message>
    <message>
        <source>{s3Key} lies in the archive class {storageClass}[ (return: {restore})] and cannot be read at once.</source>
        <translation>{s3Key} はアーカイブ用のクラス {storageClass} にあり[（取り出し：{restore}）]、すぐには読み取れません。</translation>
    </message>
    <message>
        <source>Ask for its return, which takes hours.</source>
        <translation>取り出しを依頼してください。数時間かかります。</translation>
    </message>
    <message>
        <source>It can be read at once</source>
        <translation>すぐに読み取れます</translation>
    </message>
    <message>
        <source>{s3Key} lies in no archive class[ but in {storageClass}].</source>
        <translation>{s3Key} はアーカイブ用のクラスにありません[（{storageClass}）]。</translation>
    </message>
    <message>
        <source>Download it; there is nothing to ask back.</source>
        <translation>取り出しは要りません。ダウンロードしてください。</translation>
    </message>
    <message>
        <source>Too many requests</source>
        <translation>要求が多すぎます</translation>
    </message>
    <message>
        <source>{host} asks for fewer requests[; it can be tried again in {retryAfter}].</source>
        <translation>{host} が要求を減らすよう求めています[。{retryAfter}後に再試行できます]。</translation>
    </message>
    <message>
        <source>Try again later; finished work is not repeated.</source>
        <translation>時間をおいて、もう一度お試しください。完了したものは繰り返しません。</translation>
    </message>
    <message>
        <source>The server failed</source>
        <translation>サーバーでエラーが起きました</translation>
    </message>
    <message>
        <source>{host} could not do it[ (status {status})][, request {requestId}].</source>
        <translation>{host} で処理できませんでした[（ステータス {status}）][、リクエスト {requestId}]。</translation>
    </message>
    <message>
        <source>Try again[ in {retryAfter}]; if it happens again, ask whoever set up the archive.</source>
        <translation>[{retryAfter}ほど待って、]もう一度お試しください。繰り返す場合は、保管先の管理者に問い合わせてください。</translation>
    </message>
    <message>
        <source>What is new is not known</source>
        <translation>新しいリリースの有無は分かりません</translation>
    </message>
    <message>
        <source>{host} did not say what is new[ (status {status})][: {detail}].</source>
        <translation>{host} から新しいリリースの情報を得られませんでした[（ステータス {status}）][：{detail}]。</translation>
    </message>
    <message>
        <source>Check the releases address.</source>
        <translation>リリースのアドレスを確認してください。</translation>
    </message>
    <message>
        <source>{host} did not answer[: {detail}].</source>
        <translation>{host} から応答がありませんでした[：{detail}]。</translation>
    </message>
    <message>
        <source>Try again when there is a connection.</source>
        <translation>ネットワークにつながっているときに、もう一度お試しください。</translation>
    </message>
    <message>
        <source>{host} took too long to answer.</source>
        <translation>{host} の応答に時間がかかりすぎました。</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>後でもう一度お試しください。</translation>
    </message>
    <message>
        <source>{host} answered with more than a list of releases can be.</source>
        <translation>{host} の応答は、リリースの一覧としては大きすぎます。</translation>
    </message>
    <message>
        <source>{host} did not say what is new[ (status {status})].</source>
        <translation>{host} から新しいリリースの情報を得られませんでした[（ステータス {status}）]。</translation>
    </message>
    <message>
        <source>Check the releases address, or try again later.</source>
        <translation>リリースのアドレスを確認するか、後でもう一度お試しください。</translation>
    </message>
    <message>
        <source>{host} wanted to send the request elsewhere[, to {detail}], which is not followed.</source>
        <translation>{host} がほかの場所[（{detail}）]へのリダイレクトを返しました。これには従いません。</translation>
    </message>
    <message>
        <source>{host} answered with something else than JSON, such as a login page.</source>
        <translation>{host} の応答は JSON ではありませんでした。ログインページなどの可能性があります。</translation>
    </message>
    <message>
        <source>{host} answered with JSON that is no list of releases[: {detail}].</source>
        <translation>{host} の応答は JSON ですが、リリースの一覧ではありませんでした[：{detail}]。</translation>
    </message>
    <message>
        <source>AWS did not do it</source>
        <translation>AWS で実行できませんでした</translation>
    </message>
    <message>
        <source>AWS could not do what was asked[ ({reason})][: {detail}].</source>
        <translation>AWS は要求を実行できませんでした[（{reason}）][：{detail}]。</translation>
    </message>
    <message>
        <source>Try again; if it stays, look at the stack[ {stack}] in the CloudFormation console[ of {region}].</source>
        <translation>もう一度試し、続く場合は[リージョン {region} の ]CloudFormation コンソールでスタック[「{stack}」]を確認してください。</translation>
    </message>
    <message>
        <source>AWS does not allow this</source>
        <translation>AWS に許可されませんでした</translation>
    </message>
    <message>
        <source>The AWS profile[ “{awsProfile}”] may not do this[: {detail}].</source>
        <translation>AWS プロファイル[「{awsProfile}」]にはこの操作が許可されていません[：{detail}]。</translation>
    </message>
    <message>
        <source>Choose one that may manage CloudFormation, Lambda, S3, KMS, IAM and logs.</source>
        <translation>CloudFormation、Lambda、S3、KMS、IAM、ログを管理できる AWS プロファイルを選んでください。</translation>
    </message>
    <message>
        <source>AWS asks for fewer requests</source>
        <translation>AWS への要求が多すぎます</translation>
    </message>
    <message>
        <source>There were too many requests at once[: {detail}].</source>
        <translation>一度に多くの要求がありました[：{detail}]。</translation>
    </message>
    <message>
        <source>Try again in a minute.</source>
        <translation>1 分ほど待って、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The stack is being changed</source>
        <translation>スタックは変更の途中です</translation>
    </message>
    <message>
        <source>Something else is changing the stack {stack} in {region} just now[ ({detail})].</source>
        <translation>{region} のスタック {stack} は、ほかで変更されている途中です[（{detail}）]。</translation>
    </message>
    <message>
        <source>Wait until that is done, then try again.</source>
        <translation>終わるのを待って、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The stack could not be created before</source>
        <translation>スタックは以前に作成できませんでした</translation>
    </message>
    <message>
        <source>The stack {stack} in {region} can only be removed[ ({detail})].</source>
        <translation>{region} のスタック {stack} は、削除しかできません[（{detail}）]。</translation>
    </message>
    <message>
        <source>Remove it in the CloudFormation console, then try again.</source>
        <translation>CloudFormation コンソールで削除してから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The stack is stuck</source>
        <translation>スタックが止まっています</translation>
    </message>
    <message>
        <source>CloudFormation cannot mend the stack {stack} in {region} by itself[ ({detail})].</source>
        <translation>{region} のスタック {stack} は、CloudFormation が自動では直せない状態です[（{detail}）]。</translation>
    </message>
    <message>
        <source>Continue or roll back the update in the CloudFormation console, then try again.</source>
        <translation>CloudFormation コンソールで更新を続けるかロールバックしてから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>There is another stack of that name</source>
        <translation>同じ名前の別のスタックがあります</translation>
    </message>
    <message>
        <source>This program did not deploy the stack {stack} in {region}[ ({detail})].</source>
        <translation>{region} のスタック {stack} は、このプログラムがデプロイしたものではありません[（{detail}）]。</translation>
    </message>
    <message>
        <source>Choose another region or AWS account.</source>
        <translation>別のリージョンか AWS アカウントを選んでください。</translation>
    </message>
    <message>
        <source>AWS has something of that name already</source>
        <translation>同じ名前のものがすでにあります</translation>
    </message>
    <message>
        <source>The stack {stack} in {region} was not deployed, because of a name that is taken[, that of {resource}]: {detail}.</source>
        <translation>[{resource} の]名前がすでに使われているため、{region} のスタック {stack} をデプロイできませんでした：{detail}。</translation>
    </message>
    <message>
        <source>It may have stayed from a stack that was removed: look into it before you delete it, or choose another region.</source>
        <translation>削除したスタックから残ったものかもしれません。削除する前に中身を確かめるか、別のリージョンを選んでください。</translation>
    </message>
    <message>
        <source>There is another bucket of that name</source>
        <translation>同じ名前の別のバケットがあります</translation>
    </message>
    <message>
        <source>Nothing shows that this program made the bucket {resource} for this AWS account and region[ ({detail})]. It is not touched, and nothing was created.</source>
        <translation>バケット {resource} は、このプログラムがこの AWS アカウントとリージョンのために作成したものと確認できません[（{detail}）]。変更せず、何も作成していません。</translation>
    </message>
    <message>
        <source>See in the S3 console whose it is, or choose another region.</source>
        <translation>だれのものかを S3 コンソールで確認するか、別のリージョンを選んでください。</translation>
    </message>
    <message>
        <source>The archive's key is gone</source>
        <translation>保管先の鍵がありません</translation>
    </message>
    <message>
        <source>The bucket {resource} with your archives is still there, but without its key {detail} nobody can read them. Nothing was created.</source>
        <translation>保管したものが入ったバケット {resource} はまだありますが、鍵 {detail} がないと、だれも読み取れません。何も作成していません。</translation>
    </message>
    <message>
        <source>Choose another region; or, if you give these archives up, delete the bucket in the S3 console and try again.</source>
        <translation>別のリージョンを選ぶか、保管したものをあきらめる場合は S3 コンソールでバケットを削除して、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The archive's key is about to be deleted</source>
        <translation>保管先の鍵の削除が予定されています</translation>
    </message>
    <message>
        <source>The bucket {resource} with your archives is still there. Once its key {detail} is deleted, nobody can read them. Nothing was created.</source>
        <translation>保管したものが入ったバケット {resource} はまだあります。鍵 {detail} が削除されると、だれも読み取れなくなります。何も作成していません。</translation>
    </message>
    <message>
        <source>Cancel the deletion in the KMS console and enable the key, then try again.</source>
        <translation>KMS コンソールで削除を取り消し、鍵を有効にしてから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The archive's key is disabled</source>
        <translation>保管先の鍵が無効です</translation>
    </message>
    <message>
        <source>The bucket {resource} with your archives is still there, but its key {detail} cannot be used. Nothing was created.</source>
        <translation>保管したものが入ったバケット {resource} はまだありますが、鍵 {detail} を使えません。何も作成していません。</translation>
    </message>
    <message>
        <source>Enable the key in the KMS console, then try again.</source>
        <translation>KMS コンソールで鍵を有効にしてから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The bucket's name is taken</source>
        <translation>バケットの名前が使われています</translation>
    </message>
    <message>
        <source>The bucket {detail} for the function's code belongs to another AWS account.</source>
        <translation>関数のコードを置くバケット {detail} は、別の AWS アカウントのものです。</translation>
    </message>
    <message>
        <source>Choose another region.</source>
        <translation>別のリージョンを選んでください。</translation>
    </message>
    <message>
        <source>AWS went back to how it was</source>
        <translation>AWS が元の状態に戻しました</translation>
    </message>
    <message>
        <source>AWS could not make[ {resource} of] the stack {stack} in {region}: {detail}.</source>
        <translation>AWS は {region} のスタック {stack} [の {resource} ]を作成できませんでした：{detail}。</translation>
    </message>
    <message>
        <source>Put that right, then try again.</source>
        <translation>原因を解消してから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The stack could not be removed</source>
        <translation>スタックを削除できませんでした</translation>
    </message>
    <message>
        <source>AWS could not remove[ {resource} of] the stack {stack} in {region}: {detail}. What is archived is untouched.</source>
        <translation>AWS は {region} のスタック {stack} [の {resource} ]を削除できませんでした：{detail}。保管したものはそのままです。</translation>
    </message>
    <message>
        <source>The connection to AWS was lost</source>
        <translation>AWS との接続が切れました</translation>
    </message>
    <message>
        <source>AWS goes on with the stack {stack} in {region} by itself.</source>
        <translation>{region} のスタック {stack} の処理は AWS で続いています。</translation>
    </message>
    <message>
        <source>Look at the network, then try again: what is done is not repeated.</source>
        <translation>ネットワークを確認して、もう一度お試しください。済んだことは繰り返しません。</translation>
    </message>
    <message>
        <source>CloudFormation does not accept the stack</source>
        <translation>スタックが受け付けられませんでした</translation>
    </message>
    <message>
        <source>The stack {stack} in {region} was refused: {detail}. Nothing was changed.</source>
        <translation>{region} のスタック {stack} が受け付けられませんでした：{detail}。何も変更していません。</translation>
    </message>
    <message>
        <source>The check did not agree</source>
        <translation>検証できませんでした</translation>
    </message>
    <message>
        <source>What S3 holds is not what was expected[ under {s3Key}]: {what} is {found}, not {expected}. It is not taken as archived.</source>
        <translation>S3 の内容が期待と違います[（{s3Key}）]：{what} は {expected} のはずが {found} でした。保管済みとは扱いません。</translation>
    </message>
    <message>
        <source>The data changed on its way</source>
        <translation>送る途中で内容が変わりました</translation>
    </message>
    <message>
        <source>{host} received other bytes than were sent.</source>
        <translation>{host} が受け取った内容が、送ったものと違います。</translation>
    </message>
    <message>
        <source>Try again; if it happens again, a proxy may be changing them.</source>
        <translation>もう一度お試しください。繰り返す場合は、プロキシが内容を書き換えている可能性があります。</translation>
    </message>
    <message>
        <source>The archive on this computer did not start</source>
        <translation>このコンピューターの保管先を起動できません</translation>
    </message>
    <message>
        <source>The program that keeps it did not start: {reason}.</source>
        <translation>保管先のプログラムが起動しませんでした：{reason}。</translation>
    </message>
    <message>
        <source>The archive on this computer cannot start</source>
        <translation>このコンピューターの保管先を使えません</translation>
    </message>
    <message>
        <source>Its names and keys, {log}, are damaged. What it holds is still there.</source>
        <translation>名前と鍵のファイル {log} が壊れています。保管されたものは残っています。</translation>
    </message>
    <message>
        <source>Put that file back from a backup.</source>
        <translation>このファイルをバックアップから戻してください。</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>中止しました</translation>
    </message>
    <message>
        <source>It was stopped before its end.</source>
        <translation>終わる前に中止されました。</translation>
    </message>
    <message>
        <source>Start it again to go on; finished work is kept.</source>
        <translation>続けるには、もう一度実行してください。完了したものは残っています。</translation>
    </message>
    <message>
        <source>A fault of the program</source>
        <translation>プログラムの不具合です</translation>
    </message>
    <message>
        <source>The program met a fault of its own: {reason}. Other files went on.</source>
        <translation>プログラム自身の不具合が起きました：{reason}。ほかのファイルは続けています。</translation>
    </message>
    <message>
        <source>{sentence}.</source>
        <translation>{sentence}。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Ask for its return…</source>
        <translation>取り出しを依頼…</translation>
    </message>
    <message>
        <source>Open profiles</source>
        <translation>保存先を開く</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>サインイン…</translation>
    </message>
    <message>
        <source>Unlock and try again</source>
        <translation>ロックを解除して再試行</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>フォルダーで表示</translation>
    </message>
    <message>
        <source>Open the settings file</source>
        <translation>設定ファイルを開く</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>詳細をコピー</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>アクセスが許可されていません</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>この操作は許可されていません</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>ファイルまたはフォルダーがありません</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>フォルダーです</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>フォルダーではありません</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>同じ名前のファイルがあります</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>読み取り専用のディスクです</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>ディスクに空きがありません</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>ディスクの割り当て量を超えています</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>ディスクの読み書きに失敗しました</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>開いているファイルが多すぎます</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>ファイル名が長すぎます</translation>
    </message>
    <message>
        <source>Too many levels of symbolic links</source>
        <translation>リンクがたどりきれません</translation>
    </message>
    <message>
        <source>Device or resource busy</source>
        <translation>ほかで使用中です</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>接続を拒否されました</translation>
    </message>
    <message>
        <source>Connection reset by peer</source>
        <translation>相手側で接続が切断されました</translation>
    </message>
    <message>
        <source>Connection timed out</source>
        <translation>応答がなく、時間切れになりました</translation>
    </message>
    <message>
        <source>Broken pipe</source>
        <translation>接続が途中で切れました</translation>
    </message>
    <message>
        <source>No route to host</source>
        <translation>相手までの経路がありません</translation>
    </message>
    <message>
        <source>Network is unreachable</source>
        <translation>ネットワークにつながっていません</translation>
    </message>
    <message>
        <source>Name or service not known</source>
        <translation>ホスト名が見つかりません</translation>
    </message>
    <message>
        <source>Temporary failure in name resolution</source>
        <translation>ホスト名を調べられませんでした</translation>
    </message>
    <message>
        <source>nodename nor servname provided, or not known</source>
        <translation>ホスト名が見つかりません</translation>
    </message>
</context>
</TS>
