; A program for Windows that stands in for ours in tests of the installer: it notes how it was called.
Unicode true
SilentInstall silent
RequestExecutionLevel user
OutFile "${OUTPUT}"
!include FileFunc.nsh
!include LogicLib.nsh

Section
  ${GetParameters} $R0
  FileOpen $0 "$LOCALAPPDATA\calls.txt" a
  FileSeek $0 0 END
  FileWriteUTF16LE $0 "$EXEFILE $R0$\n"
  FileClose $0
  ${If} $R0 == "go on"
    ${DoUntil} ${FileExists} "$LOCALAPPDATA\enough.txt"
      Sleep 50
    ${Loop}
  ${EndIf}
  ${If} ${FileExists} "$LOCALAPPDATA\broken.txt"
    SetErrorLevel 1
    Quit
  ${EndIf}
SectionEnd
