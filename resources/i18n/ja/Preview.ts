<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Preview</name>
    <message>
        <source>The log does not hold its text.</source>
        <translation>ログに本文がありません。</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>入力</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>出力</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>No words.</source>
        <translation>本文はありません。</translation>
    </message>
    <message>
        <source>The log holds no result.</source>
        <translation>ログに結果がありません。</translation>
    </message>
    <message>
        <source>No output.</source>
        <translation>出力はありません。</translation>
    </message>
    <message>
        <source>{image}: {address}</source>
        <translation>{image}：{address}</translation>
    </message>
    <message>
        <source>Find in session</source>
        <translation>セッション内を検索</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>前の箇所</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>次の箇所</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>見つかりません</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>検索中…</translation>
    </message>
    <message>
        <source>Messages that show the text</source>
        <translation>この語を含む発言の数</translation>
    </message>
    <message>
        <source>{count}+</source>
        <translation>{count}+</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>{number}/{total}</translation>
    </message>
    <message>
        <source>Copy session ID</source>
        <translation>セッション ID をコピー</translation>
    </message>
    <message>
        <source>More</source>
        <translation>その他の操作</translation>
    </message>
    <message>
        <source>Hide preview</source>
        <translation>プレビューを隠す</translation>
    </message>
    <message>
        <source>Preview</source>
        <comment>noun</comment>
        <translation>プレビュー</translation>
    </message>
    <message>
        <source>Find in session…</source>
        <translation>セッション内を検索…</translation>
    </message>
    <message>
        <source>Go to beginning</source>
        <translation>先頭へ移動</translation>
    </message>
    <message>
        <source>Go to end</source>
        <translation>末尾へ移動</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>発言をコピー</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Select message</source>
        <translation>発言を選択</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>リンクをコピー</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>読み込み中…</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>発言</translation>
    </message>
    <message>
        <source>This image cannot be shown.</source>
        <translation>この画像は表示できません。</translation>
    </message>
    <message>
        <source>Select a session to read it here.</source>
        <translation>セッションを選ぶと、ここで読めます。</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>コードをコピー</translation>
    </message>
    <message>
        <source>open</source>
        <translation>開いています</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>閉じています</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Link: {address}</source>
        <translation>リンク：{address}</translation>
    </message>
    <message>
        <source>This session has grown.</source>
        <translation>このセッションには続きがあります。</translation>
    </message>
    <message>
        <source>Show the newest</source>
        <translation>最新を表示</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Only the beginning is shown.</source>
        <translation>先頭だけを表示しています。</translation>
    </message>
    <message>
        <source>You</source>
        <translation>あなた</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>ツール</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>拒否</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>The log ends in the middle of an entry.</source>
        <translation>ログは記録の途中で終わっています。</translation>
    </message>
    <message>
        <source>A part that cannot be read.</source>
        <translation>読み取れない部分があります。</translation>
    </message>
    <message>
        <source>This is no valid JSON. Its text is shown as it is.</source>
        <translation>正しい JSON ではないため、本文をそのまま表示しています。</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>ファイルは空です。</translation>
    </message>
    <message>
        <source>The conversation so far was replaced by a summary.</source>
        <translation>ここまでの会話は要約に置き換えられました。</translation>
    </message>
    <message>
        <source>You stopped the answer.</source>
        <translation>回答を中断しました。</translation>
    </message>
    <message>
        <source>Written while the assistant was at work.</source>
        <translation>作業中に送った発言です。</translation>
    </message>
    <message>
        <source>The rest of this message is not shown.</source>
        <translation>この発言の続きは表示していません。</translation>
    </message>
    <message>
        <source>Another conversation</source>
        <translation>別の会話</translation>
    </message>
    <message>
        <source>Attachment</source>
        <translation>添付ファイル</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>アシスタント</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>要約</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>システムプロンプト</translation>
    </message>
    <message>
        <source>Input {input}, output {output}, written to cache {written}, read from cache {read} tokens</source>
        <translation>トークン：入力 {input}、出力 {output}、キャッシュ書き込み {written}、キャッシュ読み取り {read}</translation>
    </message>
    <message numerus="yes">
        <source>{count} messages</source>
        <translation>
            <numerusform>発言 {count}</numerusform>
        </translation>
    </message>
    <message>
        <source>This file of {size} is no text.</source>
        <translation>このファイル（{size}）はテキストではありません。</translation>
    </message>
    <message>
        <source>Another conversation: {title}</source>
        <translation>別の会話：{title}</translation>
    </message>
    <message>
        <source>Attachment: {file}</source>
        <translation>添付：{file}</translation>
    </message>
    <message>
        <source>exit {code}</source>
        <translation>終了コード {code}</translation>
    </message>
    <message numerus="yes">
        <source>{count} lines of the log cannot be read.</source>
        <translation>
            <numerusform>ログの {count} 行を読み取れません。</numerusform>
        </translation>
    </message>
    <message>
        <source>An entry of {size} is too long to be shown.</source>
        <translation>{size} の記録は長すぎるため表示できません。</translation>
    </message>
    <message>
        <source>This document of {size} is too large to be read as a conversation. Its text is shown as it is.</source>
        <translation>{size} の文書は会話として読むには大きすぎるため、本文をそのまま表示しています。</translation>
    </message>
    <message>
        <source>Content that cannot be shown: {kind}</source>
        <translation>表示できない内容：{kind}</translation>
    </message>
    <message>
        <source>This file is no text: {type}, {size}.</source>
        <translation>このファイルはテキストではありません（{type}、{size}）。</translation>
    </message>
    <message>
        <source>{width} × {height}</source>
        <translation>{width} × {height}</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count}トークン</translation>
    </message>
</context>
</TS>
