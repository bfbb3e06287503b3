<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Updates</name>
    <message>
        <source>Newer versions</source>
        <translation>新しいバージョン</translation>
    </message>
    <message>
        <source>Look now</source>
        <translation>今すぐ確認</translation>
    </message>
    <message>
        <source>Latest version</source>
        <translation>最新のバージョン</translation>
    </message>
    <message>
        <source>Ask for newer versions</source>
        <translation>新しいバージョンの問い合わせ</translation>
    </message>
    <message>
        <source>Releases address</source>
        <translation>リリースのアドレス</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use the releases address</source>
        <translation>リリースのアドレスを使用</translation>
    </message>
    <message>
        <source>Stop asking</source>
        <translation>問い合わせを停止</translation>
    </message>
    <message>
        <source>Off. An address that you set here is asked once a day, while the program runs, which versions there are. Nothing is downloaded or installed.</source>
        <translation>オフです。ここにアドレスを設定すると、プログラムの実行中、1 日に 1 回、どのバージョンがあるかをそこに問い合わせます。ダウンロードやインストールは行いません。</translation>
    </message>
    <message>
        <source>{host} is asked once a day, while the program runs, which versions there are. Nothing is downloaded or installed.</source>
        <translation>プログラムの実行中、1 日に 1 回、どのバージョンがあるかを {host} に問い合わせます。ダウンロードやインストールは行いません。</translation>
    </message>
    <message>
        <source>Open the release's page</source>
        <translation>リリースのページを開く</translation>
    </message>
    <message>
        <source>Version {version} of {date}</source>
        <translation>バージョン {version}（{date}）</translation>
    </message>
    <message>
        <source>No address is set, so nobody is asked</source>
        <translation>アドレスが設定されていないため、問い合わせていません</translation>
    </message>
    <message>
        <source>Show all notes</source>
        <translation>すべて表示</translation>
    </message>
    <message>
        <source>Show fewer notes</source>
        <translation>一部だけ表示</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>バージョン {version}</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>確認中…</translation>
    </message>
    <message>
        <source>Its page is at another host and is not opened from here: {address}</source>
        <translation>ページは別のホストにあるため、ここからは開きません：{address}</translation>
    </message>
    <message>
        <source>Version {version} is there; this is {current}</source>
        <translation>バージョン {version} があります（お使いのものは {current}）</translation>
    </message>
    <message>
        <source>Not looked yet</source>
        <translation>まだ確認していません</translation>
    </message>
    <message>
        <source>The last look did not succeed ({moment}); the next one comes within a day</source>
        <translation>前回の確認（{moment}）はできませんでした。1 日以内にもう一度確認します</translation>
    </message>
    <message>
        <source>{version} is up to date · looked: {moment}</source>
        <translation>{version} は最新です · 確認：{moment}</translation>
    </message>
    <message>
        <source>{name} {version} is there</source>
        <translation>{name} {version} があります</translation>
    </message>
    <message>
        <source>This is {version}. Nothing was downloaded.</source>
        <translation>お使いのものは {version} です。ダウンロードは行っていません。</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>新しい点</translation>
    </message>
</context>
</TS>
