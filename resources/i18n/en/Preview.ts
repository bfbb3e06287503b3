<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Preview</name>
    <message numerus="yes">
        <source>{count} messages</source>
        <translation>
            <numerusform>{count} message</numerusform>
            <numerusform>{count} messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} lines of the log cannot be read.</source>
        <translation>
            <numerusform>{count} line of the log cannot be read.</numerusform>
            <numerusform>{count} lines of the log cannot be read.</numerusform>
        </translation>
    </message>
</context>
</TS>
