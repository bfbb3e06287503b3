<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Shell</name>
    <message numerus="yes">
        <source>%n transfers are not finished</source>
        <translation>
            <numerusform>%n transfer is not finished</numerusform>
            <numerusform>%n transfers are not finished</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to archive %n items</source>
        <translation>
            <numerusform>Drop to archive %n item</numerusform>
            <numerusform>Drop to archive %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to archive %n files</source>
        <translation>
            <numerusform>Drop to archive %n file</numerusform>
            <numerusform>Drop to archive %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to archive %n folders</source>
        <translation>
            <numerusform>Drop to archive %n folder</numerusform>
            <numerusform>Drop to archive %n folders</numerusform>
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
        <source>%n folders</source>
        <translation>
            <numerusform>%n folder</numerusform>
            <numerusform>%n folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n transfers failed</source>
        <translation>
            <numerusform>%n transfer failed</numerusform>
            <numerusform>%n transfers failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finished</source>
        <translation>
            <numerusform>%n finished</numerusform>
            <numerusform>%n finished</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{page}, %n failed</source>
        <translation>
            <numerusform>{page}, %n failed</numerusform>
            <numerusform>{page}, %n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting sessions are safe in “{second}” for now</source>
        <translation>
            <numerusform>%n waiting session is safe in “{second}” for now</numerusform>
            <numerusform>%n waiting sessions are safe in “{second}” for now</numerusform>
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
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
</TS>
