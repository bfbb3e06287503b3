; The installer for one person on Windows: no administrator, nothing outside the person's own folders and registry.
; tools/package-windows.sh compiles it: -DVERSION -DPAYLOAD (the frozen folder) -DICON -DOUTPUT, -DSIGN if there is a
; certificate. A new version is unpacked beside the old one, seen to start, and takes its place by a rename.
;
; Silent: /S, then also /NoDesktop (no icon there), /NoPath (PATH as it is), /D=C:\folder (the last one, no quotes).
; Exit codes: 0 done, 1 cancelled, 2 failed, 3 the program is running, 4 the folder is somebody else's.

Unicode true
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 32

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh

!define NAME "Chat Log Uploader"
!define WINDOW "Chat Log Uploader.exe"
!define COMMAND "chatlog-uploader.exe"
!define DATA "$LOCALAPPDATA\chatlog-uploader"
!define CLASSES "Software\Classes"
!define KIND "ChatLogUploader.Session"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\ChatLogUploader"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL}" InstallLocation
BrandingText "${NAME} ${VERSION}"
!ifdef SIGN
  !finalize '${SIGN} "%1"'
  !uninstfinalize '${SIGN} "%1"'
!endif

VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Installs ${NAME}"
VIAddVersionKey CompanyName "The Chat Log Uploader authors"
VIAddVersionKey LegalCopyright "MIT License"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOW}"
!define MUI_COMPONENTSPAGE_SMALLDESC
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE Japanese
!include "words.nsh"

Var Problem ; what .onInstFailed has to say
Var Tries

; ---- shared by installing and removing ----------------------------------------------------------------------

; A program that runs cannot be opened for writing.
!macro Idle FILE LABEL
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $0 "${FILE}" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(Running)" /SD IDCANCEL IDRETRY ${LABEL}
      SetErrorLevel 3
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; Nobody uses the program in $INSTDIR any more. The sandbox goes on for a while without the window.
!macro WaitUntilIdle
  !define HERE ${__LINE__}
  idle_${HERE}:
  ${If} ${FileExists} "$INSTDIR\${COMMAND}"
    nsExec::Exec '"$INSTDIR\${COMMAND}" --profile sandbox sandbox stop'
    Pop $0
  ${EndIf}
  !insertmacro Idle "$INSTDIR\${WINDOW}" idle_${HERE}
  !insertmacro Idle "$INSTDIR\${COMMAND}" idle_${HERE}
  !undef HERE
!macroend

!macro ForEachExtension ACTION
  !insertmacro ${ACTION} ".json"
  !insertmacro ${ACTION} ".jsonl"
  !insertmacro ${ACTION} ".ndjson"
  !insertmacro ${ACTION} ".md"
  !insertmacro ${ACTION} ".markdown"
!macroend

; "Open with" only: what a person opens these files with stays as it is.
!macro Offer EXTENSION
  WriteRegStr HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids" "${KIND}" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${WINDOW}\SupportedTypes" "${EXTENSION}" ""
!macroend

!macro Withdraw EXTENSION
  DeleteRegValue HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids" "${KIND}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids"
  ; With a value of its own it is in use, which /ifempty does not see.
  ClearErrors
  EnumRegValue $0 HKCU "${CLASSES}\${EXTENSION}" 0
  ${If} ${Errors}
    DeleteRegKey /ifempty HKCU "${CLASSES}\${EXTENSION}"
  ${EndIf}
!macroend

!macro TellTheDesktop
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

; The person's own PATH in $1 with ";" at both ends; the error flag is set where it is too long to be handled here,
; which must then be left alone: NSIS cuts what is longer than its strings.
!macro ReadPath
  StrCpy $1 ""
  ; HKEY_CURRENT_USER; RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND
  System::Call 'advapi32::RegGetValueW(p -2147483647, w "Environment", w "Path", i 0x10000006, p 0, p 0, *i 0 r2) i .r0'
  ${If} $0 = 2 ; there is none
    ClearErrors
  ${ElseIf} $0 = 0
  ${AndIf} $2 < 1400 ; bytes, of two to a character
    ClearErrors
    ReadRegStr $1 HKCU "Environment" "Path"
  ${Else}
    SetErrors
  ${EndIf}
  StrCpy $1 ";$1;"
!macroend

; Writes what ReadPath left in $1, changed since.
!macro WritePath
  ${Do}
    StrCpy $2 $1 1
    ${If} $2 != ";"
      ${ExitDo}
    ${EndIf}
    StrCpy $1 $1 "" 1
  ${Loop}
  ${Do}
    StrCpy $2 $1 1 -1
    ${If} $2 != ";"
      ${ExitDo}
    ${EndIf}
    StrCpy $1 $1 -1
  ${Loop}
  ${If} $1 == ""
    DeleteRegValue HKCU "Environment" "Path"
  ${Else}
    WriteRegExpandStr HKCU "Environment" "Path" "$1"
  ${EndIf}
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=5000
!macroend

; ---- installing ---------------------------------------------------------------------------------------------

!macro Unless OPTION SECTION
  ClearErrors
  ${GetOptions} $R0 "${OPTION}" $R1
  ${IfNot} ${Errors}
    SectionSetFlags ${SECTION} 0
  ${EndIf}
!macroend

Section "${NAME}" SectionProgram
  SectionIn RO
  ; What lies there has to be ours, since it is replaced as a whole.
  ${DirState} "$INSTDIR" $0
  ${If} $0 = 1
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    MessageBox MB_OK|MB_ICONSTOP "$(SomebodyElses)" /SD IDOK
    SetErrorLevel 4
    Quit
  ${EndIf}
  !insertmacro WaitUntilIdle

  RMDir /r "$INSTDIR.new"
  SetOutPath "$INSTDIR.new"
  File /r "${PAYLOAD}\*.*"
  ClearErrors
  WriteUninstaller "$INSTDIR.new\uninstall.exe"
  SetOutPath "$TEMP" ; a process' own folder cannot be renamed
  StrCpy $Problem "$(DoesNotStart)"
  nsExec::Exec '"$INSTDIR.new\${COMMAND}" --version'
  Pop $0
  ${If} $0 != 0
    Abort "$(DoesNotStart)"
  ${EndIf}

  ; Virus scanners look at new programs for a moment, and hold them.
  StrCpy $Problem "$(NotReplaced)"
  StrCpy $Tries 0
  ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    RMDir /r "$INSTDIR.old"
    ${Do}
      ClearErrors
      Rename "$INSTDIR" "$INSTDIR.old"
      ${IfNot} ${Errors}
        ${ExitDo}
      ${EndIf}
      IntOp $Tries $Tries + 1
      ${If} $Tries > 20
        Abort "$(NotReplaced)"
      ${EndIf}
      Sleep 500
    ${Loop}
  ${Else}
    RMDir "$INSTDIR"
  ${EndIf}
  ${Do}
    ClearErrors
    Rename "$INSTDIR.new" "$INSTDIR"
    ${IfNot} ${Errors}
      ${ExitDo}
    ${EndIf}
    IntOp $Tries $Tries + 1
    ${If} $Tries > 20
      Rename "$INSTDIR.old" "$INSTDIR"
      Abort "$(NotReplaced)"
    ${EndIf}
    Sleep 500
  ${Loop}
  RMDir /r "$INSTDIR.old"

  CreateShortCut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${WINDOW}" "" "" "" "" "" "$(Comment)"
  WriteRegStr HKCU "${CLASSES}\${KIND}" "" "$(SessionLog)"
  WriteRegStr HKCU "${CLASSES}\${KIND}\DefaultIcon" "" "$INSTDIR\${WINDOW},0"
  WriteRegStr HKCU "${CLASSES}\${KIND}\shell\open\command" "" '"$INSTDIR\${WINDOW}" "%1"'
  WriteRegStr HKCU "${CLASSES}\${KIND}\shell\open" "MultiSelectModel" "Player"
  WriteRegStr HKCU "${CLASSES}\Applications\${WINDOW}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "${CLASSES}\Applications\${WINDOW}\shell\open\command" "" '"$INSTDIR\${WINDOW}" "%1"'
  !insertmacro ForEachExtension Offer
  !insertmacro TellTheDesktop

  WriteRegStr HKCU "${UNINSTALL}" DisplayName "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" DisplayVersion "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" DisplayIcon "$INSTDIR\${WINDOW}"
  WriteRegStr HKCU "${UNINSTALL}" Publisher "The Chat Log Uploader authors"
  WriteRegStr HKCU "${UNINSTALL}" InstallLocation "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" NoModify 1
  WriteRegDWORD HKCU "${UNINSTALL}" NoRepair 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" EstimatedSize $0
SectionEnd

Section "$(DesktopIcon)" SectionDesktop
  CreateShortCut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${WINDOW}" "" "" "" "" "" "$(Comment)"
SectionEnd

Section "$(OnPath)" SectionPath
  !insertmacro ReadPath
  ${If} ${Errors}
    DetailPrint "$(PathTooLong)"
  ${Else}
    ${WordFind} "$1" ";$INSTDIR;" "E#" $2
    ${If} ${Errors}
      StrCpy $1 "$1$INSTDIR"
      !insertmacro WritePath
    ${EndIf}
  ${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionProgram} "$(Comment)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionDesktop} "$(AboutDesktopIcon)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionPath} "$(AboutPath)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function .onInit
  StrCpy $0 "fit"
  ${IfNot} ${IsNativeAMD64}
  ${AndIfNot} ${IsNativeARM64} ; runs programs for x86-64 too
    StrCpy $0 "unfit"
  ${EndIf}
  ${IfNot} ${AtLeastWin10}
    StrCpy $0 "unfit"
  ${EndIf}
  ${If} $0 == "unfit"
    MessageBox MB_OK|MB_ICONSTOP "$(WrongWindows)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  ${GetParameters} $R0
  !insertmacro Unless "/NoDesktop" ${SectionDesktop}
  !insertmacro Unless "/NoPath" ${SectionPath}
FunctionEnd

Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR.new"
  SetErrorLevel 2
  ${If} $Problem != ""
    MessageBox MB_OK|MB_ICONSTOP "$Problem" /SD IDOK
  ${EndIf}
FunctionEnd

; ---- removing -----------------------------------------------------------------------------------------------

Section Uninstall
  !insertmacro WaitUntilIdle
  StrCpy $1 "keep"
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/DeleteData" $R1
  ${IfNot} ${Errors}
    StrCpy $1 "delete"
  ${ElseIf} ${FileExists} "${DATA}\*.*"
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AskForData)" /SD IDNO IDNO kept
    StrCpy $1 "delete"
    kept:
  ${EndIf}

  SetOutPath "$TEMP"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  !insertmacro ForEachExtension Withdraw
  DeleteRegKey HKCU "${CLASSES}\${KIND}"
  DeleteRegKey HKCU "${CLASSES}\Applications\${WINDOW}"
  !insertmacro TellTheDesktop
  ; The program's folder is ours as a whole: nothing but the installer writes there.
  RMDir /r "$INSTDIR"
  RMDir /r "$INSTDIR.new"
  RMDir /r "$INSTDIR.old"
  DeleteRegKey HKCU "${UNINSTALL}"
  ${If} $1 == "delete"
    RMDir /r "${DATA}"
  ${EndIf}
  !insertmacro ReadPath
  ${IfNot} ${Errors}
    ${WordFind} "$1" ";$INSTDIR;" "E#" $2
    ${IfNot} ${Errors}
      ${WordReplace} "$1" ";$INSTDIR;" ";" "+" $1
      !insertmacro WritePath
    ${EndIf}
  ${EndIf}
SectionEnd
