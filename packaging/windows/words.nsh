; What the installer says, in both languages.
!macro Say NAME ENGLISH JAPANESE
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_JAPANESE} "${JAPANESE}"
!macroend

!insertmacro Say Comment \
  "Archives AI chat sessions to your own encrypted S3 bucket, and brings them back." \
  "AI チャットのセッションを自分の暗号化された S3 バケットに保存し、取り戻します。"
!insertmacro Say SessionLog "AI chat session" "AI チャットのセッション"
!insertmacro Say DesktopIcon "Icon on the desktop" "デスクトップのアイコン"
!insertmacro Say AboutDesktopIcon \
  "Files that are dropped onto it are archived." \
  "ファイルをここに落とすと保存されます。"
!insertmacro Say OnPath "Command chatlog-uploader" "コマンド chatlog-uploader"
!insertmacro Say AboutPath \
  "Puts the command on your PATH, for terminals and scripts." \
  "ターミナルやスクリプトで使えるように、コマンドを PATH に加えます。"
!insertmacro Say PathTooLong \
  "Your PATH is too long to be changed safely; it was left as it is." \
  "PATH が長すぎて安全に変更できないため、そのままにしました。"
!insertmacro Say WrongWindows \
  "This program needs Windows 10 or newer on a 64-bit processor." \
  "このプログラムには 64 ビットの Windows 10 以降が必要です。"
!insertmacro Say Running \
  "Chat Log Uploader is running. Quit it, then try again." \
  "Chat Log Uploader が動いています。終了してからやり直してください。"
!insertmacro Say SomebodyElses \
  "$INSTDIR holds files that are not this program's. Choose another folder." \
  "$INSTDIR にはこのプログラムのものではないファイルがあります。別のフォルダーを選んでください。"
!insertmacro Say DoesNotStart \
  "The program does not start on this computer. What was installed before is as it was." \
  "プログラムがこのコンピューターで起動しません。前にインストールされていたものは元のままです。"
!insertmacro Say NotReplaced \
  "The program's folder could not be replaced: something holds it open. What was installed before is as it was." \
  "プログラムのフォルダーを置き換えられませんでした。何かが開いています。前にインストールされていたものは元のままです。"
!insertmacro Say AskForData \
  "Delete your settings, the records of what was archived, and the sandbox with everything in it? They are kept otherwise. What is in your bucket stays there in any case.$\r$\n$\r$\n${DATA}" \
  "設定、保存の記録、サンドボックスとその中身すべても削除しますか？「いいえ」なら残ります。バケットにあるものはどちらでもそのまま残ります。$\r$\n$\r$\n${DATA}"
