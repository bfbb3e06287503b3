<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>FirstRun</name>
    <message numerus="yes">
        <source>Archive %n sessions</source>
        <translation>
            <numerusform>Archive %n session</numerusform>
            <numerusform>Archive %n sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Archive all %n sessions now</source>
        <translation>
            <numerusform>Archive the session now</numerusform>
            <numerusform>Archive all %n sessions now</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Only the %n that are deleted soon</source>
        <translation>
            <numerusform>Only the one that is deleted soon</numerusform>
            <numerusform>Only the %n that are deleted soon</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions were found here.</source>
        <translation>
            <numerusform>%n session was found here.</numerusform>
            <numerusform>%n sessions were found here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{tool} will delete the first of them in %n days.</source>
        <translation>
            <numerusform>{tool} will delete the first of them in %n day.</numerusform>
            <numerusform>{tool} will delete the first of them in %n days.</numerusform>
        </translation>
    </message>
</context>
</TS>
