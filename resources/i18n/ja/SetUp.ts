<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>SetUp</name>
    <message>
        <source>Set up in my AWS account…</source>
        <translation>自分の AWS アカウントに用意…</translation>
    </message>
    <message>
        <source>An archive of your own, in your own AWS account: what would be made and what it costs is shown first, and nothing is made before you agree.</source>
        <translation>自分の AWS アカウントに、自分専用の保管先を用意します。作成するものと費用を先に表示し、同意するまで何も作成しません。</translation>
    </message>
    <message>
        <source>AWS profile</source>
        <translation>AWS プロファイル</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>リージョン</translation>
    </message>
    <message>
        <source>From AWS's configuration files; its keys stay where they are.</source>
        <translation>AWS の設定ファイルにあるものです。キーは移動もコピーもしません。</translation>
    </message>
    <message>
        <source>Where what you archive is kept. It cannot be changed later.</source>
        <translation>保管したものを置く場所です。後から変更できません。</translation>
    </message>
    <message>
        <source>There is no AWS profile on this computer yet</source>
        <translation>このコンピューターには AWS プロファイルがまだありません</translation>
    </message>
    <message>
        <source>Choose a region…</source>
        <translation>リージョンを選択…</translation>
    </message>
    <message>
        <source>An AWS profile is how AWS's own tools know you. Install the AWS CLI, open a terminal, and run “{command}”, or “{sso}” where your company signs in to AWS in the browser. Then come back here.</source>
        <translation>AWS プロファイルは、AWS のツールが利用者を知るための設定です。AWS CLI をインストールし、ターミナルで「{command}」を実行してください。会社でブラウザーから AWS にサインインしている場合は「{sso}」を実行します。その後、ここに戻ってください。</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>コマンドをコピー</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>もう一度確認</translation>
    </message>
    <message>
        <source>Make these changes</source>
        <translation>この内容に変更</translation>
    </message>
    <message>
        <source>Set up in my AWS account</source>
        <translation>自分の AWS アカウントに用意する</translation>
    </message>
    <message>
        <source>Show what would be made</source>
        <translation>作成するものを表示</translation>
    </message>
    <message>
        <source>The profile “{name}” is in use: what you archive from now on goes to the bucket {bucket} in {region}, and nowhere else.</source>
        <translation>保存先「{name}」を使用中です。これから保管するものは、{region} のバケット {bucket} だけに送られます。</translation>
    </message>
    <message>
        <source>AWS goes on by itself. In a few minutes open this page again, with the same AWS profile and region: it finds what is there, and makes the profile.</source>
        <translation>AWS での作業は続きます。数分後に、同じ AWS プロファイルとリージョンでこの画面をもう一度開いてください。できているものを見つけて、保存先を作成します。</translation>
    </message>
    <message>
        <source>Set up again in my AWS account</source>
        <translation>自分の AWS アカウントにもう一度用意</translation>
    </message>
    <message>
        <source>Create in my AWS account</source>
        <translation>自分の AWS アカウントに作成</translation>
    </message>
    <message>
        <source>Name of the profile in this program</source>
        <translation>このプログラムでの保存先の名前</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>Looking for AWS profiles…</source>
        <translation>AWS プロファイルを探しています…</translation>
    </message>
    <message>
        <source>Asking AWS what would be made…</source>
        <translation>作成するものを AWS に問い合わせています…</translation>
    </message>
    <message>
        <source>It is in {region}, in the AWS account {account}, and has no profile here yet.</source>
        <translation>{region}、AWS アカウント {account} にあります。このプログラムにはまだ保存先がありません。</translation>
    </message>
    <message>
        <source>Waiting until the archive answers…</source>
        <translation>保管先の応答を待っています…</translation>
    </message>
    <message>
        <source>Writing the profile…</source>
        <translation>保存先を書き込んでいます…</translation>
    </message>
    <message>
        <source>Your archive is ready</source>
        <translation>保管先の用意ができました</translation>
    </message>
    <message>
        <source>Your archive is there</source>
        <translation>保管先はできています</translation>
    </message>
    <message>
        <source>The archive is there already, only its profile is missing. Open this page again, with the same AWS profile and region: it makes the profile.</source>
        <translation>保管先はすでにあり、保存先の作成だけが残っています。同じ AWS プロファイルとリージョンでこの画面をもう一度開くと、保存先を作成します。</translation>
    </message>
    <message>
        <source>Close although it is not finished?</source>
        <translation>終わる前に閉じますか？</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Add the profile and use it</source>
        <translation>保存先を追加して使用</translation>
    </message>
    <message>
        <source>Your archive is there, and up to date</source>
        <translation>保管先はすでにあり、最新です</translation>
    </message>
    <message>
        <source>It is in {region}, in the AWS account {account}, and the profile “{name}” that is in use leads to it.</source>
        <translation>{region}、AWS アカウント {account} にあり、使用中の保存先「{name}」がここにつながっています。</translation>
    </message>
    <message>
        <source>It is in {region}, in the AWS account {account}, and the profile “{name}” leads to it.</source>
        <translation>{region}、AWS アカウント {account} にあり、保存先「{name}」がここにつながっています。</translation>
    </message>
    <message>
        <source>Taking the profile into use…</source>
        <translation>保存先を切り替えています…</translation>
    </message>
    <message>
        <source>Go on waiting</source>
        <translation>待機を続行</translation>
    </message>
    <message>
        <source>Close, and finish later</source>
        <translation>閉じて後で続行</translation>
    </message>
    <message>
        <source>Use “{name}”</source>
        <translation>「{name}」を使用</translation>
    </message>
    <message>
        <source>The archive in {region}, in the AWS account {account}, would be brought up to date. Nothing has been changed yet.</source>
        <translation>{region}、AWS アカウント {account} の保管先を最新にします。まだ何も変更していません。</translation>
    </message>
    <message>
        <source>Your archive in {region}, in the AWS account {account}, would be set up again. Nothing has been made yet.</source>
        <translation>{region}、AWS アカウント {account} の保管先を、もう一度使えるようにします。まだ何も作成していません。</translation>
    </message>
    <message>
        <source>This would be made in {region}, in the AWS account {account}. What you archive is kept there, encrypted. Nothing has been made yet.</source>
        <translation>{region}、AWS アカウント {account} に次のものを作成します。保管したものは暗号化してそこに置かれます。まだ何も作成していません。</translation>
    </message>
    <message>
        <source>The function's code goes into the bucket {bucket}, made where it is missing.</source>
        <translation>関数のコードはバケット {bucket} に置きます。なければ作成します。</translation>
    </message>
    <message>
        <source>AWS is at work: {done} of {total} done</source>
        <translation>AWS が作業しています：{total} 個中 {done} 個が完了</translation>
    </message>
    <message>
        <source>To create</source>
        <translation>作成</translation>
    </message>
    <message>
        <source>To use again</source>
        <translation>再利用</translation>
    </message>
    <message>
        <source>To change</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>To replace</source>
        <translation>置き換え</translation>
    </message>
    <message>
        <source>To remove</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>It stays as it is, with its key, and what lies in its folder {folder} is listed again. All else is made anew around it.</source>
        <translation>鍵とともにそのまま使い、フォルダー {folder} にあるものを再び一覧に表示します。ほかのものは新しく作成します。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進行状況</translation>
    </message>
    <message>
        <source>AWS has been asked to begin…</source>
        <translation>AWS に開始を依頼しました…</translation>
    </message>
    <message>
        <source>Something that is there would go</source>
        <translation>今あるものがなくなります</translation>
    </message>
    <message>
        <source>Look at AWS's own names below before you agree.</source>
        <translation>同意する前に、下の AWS での名前を確認してください。</translation>
    </message>
    <message>
        <source>Hide AWS's own names</source>
        <translation>AWS での名前を隠す</translation>
    </message>
    <message>
        <source>Show AWS's own names</source>
        <translation>AWS での名前を表示</translation>
    </message>
    <message>
        <source>{action}: {resource}</source>
        <translation>{action}：{resource}</translation>
    </message>
    <message>
        <source>Your bucket {bucket} with its archives is still there</source>
        <translation>保管したものが入ったバケット {bucket} が残っています</translation>
    </message>
    <message>
        <source>{resource}: done</source>
        <translation>{resource}：完了</translation>
    </message>
    <message>
        <source>Other parts</source>
        <translation>その他</translation>
    </message>
    <message>
        <source>What the archive needs besides</source>
        <translation>保管先に必要なほかのもの</translation>
    </message>
    <message>
        <source>While nobody uses it, this costs {dollars} US dollars a month</source>
        <translation>使わない月の費用は {dollars} 米ドルです</translation>
    </message>
    <message>
        <source>What you archive comes on top: {storage} US dollars for each GB and month, less once it has moved to colder classes, and requests. AWS's list prices of {region}, dated {date}, without tax.</source>
        <translation>これに、保管した 1 GB あたり月 {storage} 米ドル（アクセスの少ないクラスに移ると、これより安価）と、リクエストの料金が加わります。{region} の AWS の定価、{date} 時点、税別です。</translation>
    </message>
    <message>
        <source>Buckets</source>
        <translation>バケット</translation>
    </message>
    <message>
        <source>For what you archive, and for a log of who asked for it</source>
        <translation>保管するものと、アクセスの記録を置きます</translation>
    </message>
    <message>
        <source>Encryption key</source>
        <translation>暗号化キー</translation>
    </message>
    <message>
        <source>Encrypts all that is archived</source>
        <translation>保管するすべてを暗号化します</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>関数</translation>
    </message>
    <message>
        <source>Says who may send and fetch; what you archive does not pass through it</source>
        <translation>送信と取得を許可します。保管するものは関数を通りません</translation>
    </message>
    <message>
        <source>Permissions</source>
        <translation>権限</translation>
    </message>
    <message>
        <source>What the function may do, and who may ask it</source>
        <translation>関数にできることと、関数を呼び出せる人を決めます</translation>
    </message>
    <message>
        <source>Watching</source>
        <translation>監視</translation>
    </message>
    <message>
        <source>Where AWS reports what goes wrong and who did what</source>
        <translation>問題や操作を AWS が知らせる先です</translation>
    </message>
    <message>
        <source>While nobody uses it, this costs nothing</source>
        <translation>使わない月の費用はかかりません</translation>
    </message>
    <message numerus="yes">
        <source>%n to use again</source>
        <translation>
            <numerusform>再利用 %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to create</source>
        <translation>
            <numerusform>作成 %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to change</source>
        <translation>
            <numerusform>変更 %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to replace</source>
        <translation>
            <numerusform>置き換え %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to remove</source>
        <translation>
            <numerusform>削除 %n 個</numerusform>
        </translation>
    </message>
</context>
</TS>
