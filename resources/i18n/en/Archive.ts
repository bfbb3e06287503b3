<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Archive</name>
    <message numerus="yes">
        <source>%Ln companions</source>
        <translation>
            <numerusform>%Ln companion</numerusform>
            <numerusform>%Ln companions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Download %Ln sessions</source>
        <translation>
            <numerusform>Download %Ln session</numerusform>
            <numerusform>Download %Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions</source>
        <translation>
            <numerusform>%Ln session</numerusform>
            <numerusform>%Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions have their titles again.</source>
        <translation>
            <numerusform>%Ln session has its title again.</numerusform>
            <numerusform>%Ln sessions have their titles again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions have no title here.</source>
        <translation>
            <numerusform>%Ln session has no title here.</numerusform>
            <numerusform>%Ln sessions have no title here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln files could not be read: {reason}</source>
        <translation>
            <numerusform>%Ln file could not be read: {reason}</numerusform>
            <numerusform>%Ln files could not be read: {reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln more</source>
        <translation>
            <numerusform>Show %Ln more</numerusform>
            <numerusform>Show %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln versions so far</source>
        <translation>
            <numerusform>%Ln version so far</numerusform>
            <numerusform>%Ln versions so far</numerusform>
        </translation>
    </message>
</context>
</TS>
