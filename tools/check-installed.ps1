# Installs what dist/*-setup.exe holds, on Windows, does the main job with it on the sandbox, and removes it.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$setup = Get-Item dist/*-setup.exe
$done = Start-Process -Wait -PassThru $setup -ArgumentList '/S'
if ($done.ExitCode -ne 0) { throw "the installer ended with $($done.ExitCode)" }
$program = Join-Path $env:LOCALAPPDATA 'Programs/Chat Log Uploader'
$env:CHATLOG_HOME = Join-Path ([IO.Path]::GetTempPath()) 'chatlog-home'
bash tools/main-job.sh "$program/chatlog-uploader.exe"
$window = Start-Process -PassThru "$program/Chat Log Uploader.exe"
Start-Sleep -Seconds 15
if ($window.HasExited) { throw "the window ended with $($window.ExitCode)" }
Stop-Process $window
$window.WaitForExit()
& "$program/chatlog-uploader.exe" --profile sandbox sandbox stop
# With _?= it works in its own place and can be waited for; it cannot delete itself then.
$done = Start-Process -Wait -PassThru "$program/uninstall.exe" -ArgumentList '/S', "_?=$($program.Replace('/', '\'))"
$left = Get-ChildItem $program -ErrorAction SilentlyContinue | Where-Object Name -ne 'uninstall.exe'
if ($left) { throw "left behind: $left" }
