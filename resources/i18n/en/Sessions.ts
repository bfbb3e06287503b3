<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Sessions</name>
    <message numerus="yes">
        <source>Copy %n session IDs</source>
        <translation>
            <numerusform>Copy session ID</numerusform>
            <numerusform>Copy session IDs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Archive %n sessions</source>
        <translation>
            <numerusform>Archive %n session</numerusform>
            <numerusform>Archive %n sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected · {size}</source>
        <translation>
            <numerusform>%n selected · {size}</numerusform>
            <numerusform>%n selected · {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions · {size}</source>
        <translation>
            <numerusform>%n session · {size}</numerusform>
            <numerusform>%n sessions · {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Looked in %n places</source>
        <translation>
            <numerusform>Looked in %n place</numerusform>
            <numerusform>Looked in %n places</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{tool} · %n sessions · {size}</source>
        <translation>
            <numerusform>{tool} · %n session · {size}</numerusform>
            <numerusform>{tool} · %n sessions · {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading {read} of %n sessions…</source>
        <translation>
            <numerusform>Reading {read} of %n session…</numerusform>
            <numerusform>Reading {read} of %n sessions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show these %n</source>
        <translation>
            <numerusform>Show it</numerusform>
            <numerusform>Show them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions were added and are being archived</source>
        <translation>
            <numerusform>%n session was added and is being archived</numerusform>
            <numerusform>%n sessions were added and are being archived</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions will be deleted by {tool} within {days}</source>
        <translation>
            <numerusform>%n session will be deleted by {tool} within {days}</numerusform>
            <numerusform>%n sessions will be deleted by {tool} within {days}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions will be deleted by their tools within {days}</source>
        <translation>
            <numerusform>%n session will be deleted by its tool within {days}</numerusform>
            <numerusform>%n sessions will be deleted by their tools within {days}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Archive these %n</source>
        <translation>
            <numerusform>Archive it</numerusform>
            <numerusform>Archive them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files or folders were left out of the list</source>
        <translation>
            <numerusform>%n file or folder was left out of the list</numerusform>
            <numerusform>%n files or folders were left out of the list</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions are being archived</source>
        <translation>
            <numerusform>%n session is being archived</numerusform>
            <numerusform>%n sessions are being archived</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n items were left out</source>
        <translation>
            <numerusform>%n item was left out</numerusform>
            <numerusform>%n items were left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines cannot be read.</source>
        <translation>
            <numerusform>%n line cannot be read.</numerusform>
            <numerusform>%n lines cannot be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines hold no entry.</source>
        <translation>
            <numerusform>%n line holds no entry.</numerusform>
            <numerusform>%n lines hold no entry.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines are too long to be read.</source>
        <translation>
            <numerusform>%n line is too long to be read.</numerusform>
            <numerusform>%n lines are too long to be read.</numerusform>
        </translation>
    </message>
</context>
</TS>
