<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Transfers</name>
    <message numerus="yes">
        <source>Cancel all %n transfers?</source>
        <translation>
            <numerusform>Cancel %n transfer?</numerusform>
            <numerusform>Cancel all %n transfers?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancel %n transfers</source>
        <translation>
            <numerusform>Cancel %n transfer</numerusform>
            <numerusform>Cancel %n transfers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Retry %n failed</source>
        <translation>
            <numerusform>Retry %n failed</numerusform>
            <numerusform>Retry %n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left</source>
        <translation>
            <numerusform>%n left</numerusform>
            <numerusform>%n left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
</context>
</TS>
